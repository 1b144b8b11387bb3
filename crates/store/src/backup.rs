//! The whole of a data folder in one file, while it is in use (NET-12).
//!
//! A backup is a tar archive packed with zstd, so that it can be opened without this program: the records as a file of
//! `SQLite` (whichever engine they are on), then whatever lies in the data folder (keys, the certificate authority,
//! compiled lists, checkpoints), the journals of the activity log before its segments (see below), and last
//! `MANIFEST`: how it was made, and each file with its size and SHA-256.
//!
//! A journal of the activity log becomes a segment and is then removed. Since journals are copied first, whatever
//! vanishes in between is in a segment that is copied after; what is in both is sorted out when the log is next
//! opened, as after a crash. Rows that come while the backup is made may be in it or not; all from before are.
//!
//! The file has its name only when it is whole and on the disk: a backup that was cut off, or that found no room,
//! leaves those before it as they are.
mod manifest;
mod pack;
mod shelf;
mod unpack;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

pub use self::{
    manifest::Manifest,
    shelf::{ahead, file_name, newest, prune},
    unpack::verify,
};
use crate::{Db, StoreError, carry::CarryError, lists};

/// The records, in a backup and in the folder it is put back into.
pub const DATABASE: &str = "schoolgate.db";
/// The configuration, as it was; for reading, since its paths are of another place.
pub const CONFIGURATION: &str = "configuration.toml";
const MANIFEST: &str = "MANIFEST";

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} cannot be read or written")]
    Io(PathBuf, #[source] io::Error),
    #[error("{0} is no backup, or one that is cut off: {1}")]
    NotWhole(PathBuf, String),
    #[error("{0} is not empty: a backup is put back into a folder of its own")]
    NotEmpty(PathBuf),
    #[error("the records cannot be copied")]
    Records(#[from] CarryError),
    #[error("the records cannot be opened")]
    Store(#[from] StoreError),
    #[error("the work was cut off")]
    CutOff,
}

/// What is backed up.
#[derive(Debug, Clone)]
pub struct Backup {
    pub db: Db,
    /// The data folder.
    pub data: PathBuf,
    /// Where the records are, if that is a file.
    pub database: Option<PathBuf>,
    pub configuration: Option<PathBuf>,
}

impl Backup {
    /// Makes it, for its owner alone.
    pub async fn make(&self, to: &Path, now: Timestamp) -> Result<Manifest, BackupError> {
        let mut copy = to.as_os_str().to_owned();
        copy.push(".database.part");
        let copy = PathBuf::from(copy);
        let _ = fs::remove_file(&copy);
        let copied = self.db.copy_to(&copy).await;
        let made = match copied {
            Ok(()) => {
                let (this, to, copy) = (self.clone(), to.to_owned(), copy.clone());
                let version = self.db.upgrade().to;
                let work = move || pack::pack(&this, &copy, &to, version, now);
                tokio::task::spawn_blocking(work).await.unwrap_or(Err(BackupError::CutOff))
            }
            Err(err) => Err(err.into()),
        };
        let _ = fs::remove_file(&copy);
        made
    }
}

/// Puts a backup into a folder that is empty or not there; nothing is touched before every hash has been looked at.
/// The folder is there whole or not at all.
pub async fn restore(file: &Path, folder: &Path) -> Result<Manifest, BackupError> {
    let (from, to) = (file.to_owned(), folder.to_owned());
    let unpacked = tokio::task::spawn_blocking(move || unpack::unpack(&from, &to)).await;
    let (manifest, part) = unpacked.unwrap_or(Err(BackupError::CutOff))?;
    let db = Db::open_file(&part.join(DATABASE)).await?;
    let moved = lists_moved(&db, &manifest.data, folder).await;
    db.close().await;
    moved?;
    fs::rename(&part, folder).map_err(|err| BackupError::Io(folder.to_owned(), err))?;
    Ok(manifest)
}

/// Compiled lists lie in the data folder, and the records say where.
async fn lists_moved(db: &Db, from: &str, to: &Path) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    for (source, state) in lists::all(&mut tx).await? {
        let Some(mut state) = state else { continue };
        let inside = state.compiled_path.as_deref().and_then(|it| Path::new(it).strip_prefix(from).ok());
        if let Some(inside) = inside {
            state.compiled_path = Some(to.join(inside).display().to_string());
            lists::set_state(&mut tx, source.id, &state).await?;
        }
    }
    tx.commit().await
}
