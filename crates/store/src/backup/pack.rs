use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};
use zstd::stream::write::Encoder;

use super::{Backup, BackupError, CONFIGURATION, DATABASE, MANIFEST, Manifest, Recipient, age::Sealing};
use crate::files;

/// Most of it is packed already.
const LEVEL: i32 = 3;

pub(super) fn pack(
    this: &Backup,
    records: &Path,
    to: &Path,
    version: i64,
    now: Timestamp,
) -> Result<Manifest, BackupError> {
    let at = |err| BackupError::Io(to.to_owned(), err);
    let (file, part) = files::begin(to).map_err(at)?;
    let written = Noted { to: &file, hash: Sha256::new() };
    let made = match &this.recipient {
        None => write(this, records, written, to, version, now).map(|it| it.0),
        Some(recipient) => sealed(this, recipient, records, written, to, version, now)
            .and_then(|(made, hash)| read_back(&file, hash).map(|()| made).map_err(at)),
    };
    let finished = made.and_then(|it| files::finish(&file, &part, to).map(|()| it).map_err(at));
    if finished.is_err() {
        // Whatever failed is what matters; a leftover is written over next time.
        let _ = fs::remove_file(&part);
    }
    finished
}

fn sealed<W: Write>(
    this: &Backup,
    recipient: &Recipient,
    records: &Path,
    to: Noted<W>,
    path: &Path,
    version: i64,
    now: Timestamp,
) -> Result<(Manifest, [u8; 32]), BackupError> {
    let at = |err| BackupError::Io(path.to_owned(), err);
    let sealing = Sealing::new(to, recipient).map_err(at)?;
    let (made, sealing) = write(this, records, sealing, path, version, now)?;
    Ok((made, sealing.finish().map_err(at)?.hash.finalize().into()))
}

/// What is sealed cannot be opened here, so it is held against what was written, byte for byte.
fn read_back(mut file: &File, is: [u8; 32]) -> io::Result<()> {
    file.sync_all()?;
    file.seek(SeekFrom::Start(0))?;
    let mut hashed = Hashed { from: file, hash: Sha256::new(), length: 0 };
    io::copy(&mut hashed, &mut io::sink())?;
    let found: [u8; 32] = hashed.hash.finalize().into();
    if found == is { Ok(()) } else { Err(io::Error::other("it does not read as it was written")) }
}

fn write<W: Write>(
    this: &Backup,
    records: &Path,
    out: W,
    to: &Path,
    version: i64,
    now: Timestamp,
) -> Result<(Manifest, W), BackupError> {
    let at = |err| BackupError::Io(to.to_owned(), err);
    let mut encoder = Encoder::new(out, LEVEL).map_err(at)?;
    encoder.include_checksum(true).map_err(at)?;
    let mut packing = Packing { tar: Builder::new(encoder), files: BTreeMap::new(), now };
    packing.file(records, DATABASE)?;
    if let Some(path) = &this.configuration {
        packing.file(path, CONFIGURATION)?;
    }
    let mut not: Vec<PathBuf> = vec![this.data.join("activity"), this.data.join(DATABASE)];
    not.extend(this.database.clone());
    not.extend(this.others.clone());
    not.extend(to.parent().filter(|it| **it != this.data).map(Path::to_owned));
    packing.folder(&this.data, "", &not)?;
    // Journals first: see the parent's comment.
    packing.folder(&this.data.join("activity/journal"), "activity/journal/", &not)?;
    not[0] = this.data.join("activity/journal");
    packing.folder(&this.data.join("activity"), "activity/", &not)?;
    let manifest =
        Manifest { made: now, version, data: this.data.display().to_string(), files: packing.files.clone() };
    let text = manifest.to_string();
    packing.entry(MANIFEST, text.len() as u64, text.as_bytes()).map_err(at)?;
    let encoder = packing.tar.into_inner().map_err(at)?;
    Ok((manifest, encoder.finish().map_err(at)?))
}

/// Notes what goes through it.
struct Noted<W> {
    to: W,
    hash: Sha256,
}

impl<W: Write> Write for Noted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

struct Packing<W: Write> {
    tar: Builder<W>,
    files: BTreeMap<String, ([u8; 32], u64)>,
    now: Timestamp,
}

impl<W: Write> Packing<W> {
    /// Everything in a folder and below, but what is half written, locks, and `not`.
    fn folder(&mut self, folder: &Path, prefix: &str, not: &[PathBuf]) -> Result<(), BackupError> {
        let at = |err| BackupError::Io(folder.to_owned(), err);
        let entries = match fs::read_dir(folder) {
            Ok(it) => it,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(err) => return Err(at(err)),
        };
        let mut paths =
            entries.map(|it| it.map(|it| it.path())).collect::<Result<Vec<_>, _>>().map_err(at)?;
        paths.sort();
        for path in paths {
            let Some(name) = path.file_name().and_then(|it| it.to_str()) else { continue };
            if not.contains(&path) || is_passing(name) {
                continue;
            }
            // A link may lead anywhere, and nothing of ours is one.
            let Ok(kind) = fs::symlink_metadata(&path) else { continue };
            if kind.is_dir() {
                self.folder(&path, &format!("{prefix}{name}/"), not)?;
            } else if kind.is_file() {
                self.file(&path, &format!("{prefix}{name}"))?;
            }
        }
        Ok(())
    }

    /// What is gone since it was listed is left out.
    fn file(&mut self, path: &Path, name: &str) -> Result<(), BackupError> {
        let at = |err| BackupError::Io(path.to_owned(), err);
        let mut file = match File::open(path) {
            Ok(it) => it,
            Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(err) => return Err(at(err)),
        };
        let size = file.metadata().map_err(at)?.len();
        if Path::new(name).extension().is_some_and(|it| it == "journal") {
            // Grows while it is read, and may have its last, failed write cut off; it is never large.
            let mut bytes = Vec::new();
            file.take(size).read_to_end(&mut bytes).map_err(at)?;
            return self.entry(name, bytes.len() as u64, bytes.as_slice()).map_err(at);
        }
        self.entry(name, size, &mut file).map_err(at)
    }

    fn entry(&mut self, name: &str, size: u64, from: impl Read) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.now.as_second()).unwrap_or_default());
        let mut hashed = Hashed { from: from.take(size), hash: Sha256::new(), length: 0 };
        self.tar.append_data(&mut header, name, &mut hashed)?;
        if hashed.length != size {
            return Err(io::Error::other(format!("{name} became shorter while it was read")));
        }
        self.files.insert(name.to_owned(), (hashed.hash.finalize().into(), size));
        Ok(())
    }
}

/// What another process leaves behind when it is killed, and what lives only while it runs.
fn is_passing(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|it| it.to_str()).unwrap_or_default();
    let of_sqlite = ["-wal", "-shm", "-journal"].iter().any(|it| name.ends_with(it));
    matches!(ending, "part" | "new" | "lock") || name == "lock" || of_sqlite
}

pub(super) struct Hashed<R> {
    pub(super) from: R,
    pub(super) hash: Sha256,
    pub(super) length: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.length += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
