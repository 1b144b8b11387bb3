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
//!
//! Where a recipient is named, the whole of it is sealed for them in the format of age, and who keeps the other half of
//! the key opens it; nothing that is on this computer does.
mod age;
mod keys;
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
    keys::{Identity, NotAKey, Recipient},
    manifest::Manifest,
    shelf::{ahead, file_name, newest, prune},
    unpack::verify,
};
use crate::{
    Db, StoreError,
    carry::{Beside, CarryError, carry},
    lists, schools, sessions, sign_in_links,
};

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
    #[error("{0} is sealed: name the file with its key (--identity)")]
    Sealed(PathBuf),
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
    /// What else is left out: where other backups lie.
    pub others: Vec<PathBuf>,
    /// Sealed for them; `None`: as it is.
    pub recipient: Option<Recipient>,
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

/// Puts a backup into a folder that is empty or not there, and its records into `database`, which has none, or else
/// into a file of the folder. The folder is there whole or not at all, when every hash is as it was.
///
/// Whoever was signed in then is signed out, and no link to set a password is good any more: some of them were ended or
/// used since.
pub async fn restore(
    file: &Path,
    folder: &Path,
    identity: Option<&Identity>,
    database: Option<&Db>,
) -> Result<Manifest, BackupError> {
    if let Some(target) = database
        && !schools::all(&mut target.read().await?).await?.is_empty()
    {
        return Err(CarryError::NotEmpty.into());
    }
    let (from, to, identity) = (file.to_owned(), folder.to_owned(), identity.cloned());
    let unpacked = tokio::task::spawn_blocking(move || unpack::unpack(&from, &to, identity.as_ref())).await;
    let (manifest, part) = unpacked.unwrap_or(Err(BackupError::CutOff))?;
    let at = |err| BackupError::Io(folder.to_owned(), err);
    let records = part.join(DATABASE);
    let db = Db::open_file(&records).await?;
    let mut done = settled(&db, &manifest.data, folder).await.map_err(BackupError::from);
    if let Some(target) = database
        && done.is_ok()
    {
        done = carry(&db, target, Beside::Nobody).await.map(drop).map_err(BackupError::from);
    }
    db.close().await;
    done?;
    if database.is_some() {
        // Closed, so that nothing is beside it.
        fs::remove_file(&records).map_err(at)?;
    }
    fs::rename(&part, folder).map_err(at)?;
    Ok(manifest)
}

async fn settled(db: &Db, from: &str, to: &Path) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    sessions::close_everywhere(&mut tx).await?;
    sign_in_links::withdraw_all(&mut tx).await?;
    tx.commit().await?;
    lists_moved(db, from, to).await
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
