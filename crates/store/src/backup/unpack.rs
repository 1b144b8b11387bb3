use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Read},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Component, Path, PathBuf},
};

use sha2::{Digest as _, Sha256};
use tar::Archive;
use zstd::stream::read::Decoder;

use super::{
    BackupError, DATABASE, Identity, MANIFEST, Manifest,
    age::{self, Opening},
    pack::Hashed,
};

/// More is no manifest of ours.
const LONGEST: u64 = 256 << 20;

/// Reads all of it, and says what it holds when every file is there as it was. `identity`: for one that is sealed.
pub fn verify(file: &Path, identity: Option<&Identity>) -> Result<Manifest, BackupError> {
    held_against(file, identity, |_, from| io::copy(from, &mut io::sink()))
}

/// Into a folder beside the one that is wanted, which is the second part of what is given back. It is hashed while it
/// is written, so that what was looked at is what lies there; where it is not whole, nothing stays.
pub(super) fn unpack(
    file: &Path,
    folder: &Path,
    identity: Option<&Identity>,
) -> Result<(Manifest, PathBuf), BackupError> {
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(1..) => return Err(BackupError::NotEmpty(folder.to_owned())),
        Err(err) if err.kind() != io::ErrorKind::NotFound => {
            return Err(BackupError::Io(folder.to_owned(), err));
        }
        _ => {}
    }
    let mut part = folder.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let at = |err| BackupError::Io(part.clone(), err);
    if part.exists() {
        fs::remove_dir_all(&part).map_err(at)?;
    }
    make(&part).map_err(at)?;
    let manifest = held_against(file, identity, |path, from| {
        let to = part.join(path);
        make(to.parent().unwrap_or(&part))?;
        let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&to)?;
        let length = io::copy(from, &mut out)?;
        out.sync_all()?;
        Ok(length)
    });
    match manifest {
        Ok(manifest) => Ok((manifest, part)),
        Err(err) => {
            let _ = fs::remove_dir_all(&part);
            Err(err)
        }
    }
}

/// Hands over each file, and holds all of them against the manifest.
fn held_against(
    file: &Path,
    identity: Option<&Identity>,
    mut with: impl FnMut(&str, &mut dyn Read) -> io::Result<u64>,
) -> Result<Manifest, BackupError> {
    let mut found = BTreeMap::new();
    let manifest = each(file, identity, |path, from| {
        let mut hashed = Hashed { from, hash: Sha256::new(), length: 0 };
        with(path, &mut hashed)?;
        found.insert(path.to_owned(), (hashed.hash.finalize().into(), hashed.length));
        Ok(())
    })?;
    let not_whole = |words: String| Err(BackupError::NotWhole(file.to_owned(), words));
    let Some(manifest) = manifest else { return not_whole("it has no manifest".to_owned()) };
    for (path, is) in &manifest.files {
        match found.remove(path) {
            Some(it) if it == *is => {}
            Some(_) => return not_whole(format!("{path} is not what was put in")),
            None => return not_whole(format!("{path} is missing")),
        }
    }
    match found.into_keys().next() {
        Some(path) => not_whole(format!("{path} was put in by another hand")),
        None if !manifest.files.contains_key(DATABASE) => not_whole("it has no records".to_owned()),
        None => Ok(manifest),
    }
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// What is in the seal, or the file itself where there is none.
fn opened(file: &Path, identity: Option<&Identity>) -> Result<Box<dyn Read>, BackupError> {
    let at = |err| BackupError::Io(file.to_owned(), err);
    let mut from = BufReader::new(File::open(file).map_err(at)?);
    let is_sealed = from.fill_buf().map_err(at)?.starts_with(age::FIRST_LINE.as_bytes());
    match identity {
        _ if !is_sealed => Ok(Box::new(from)),
        None => Err(BackupError::Sealed(file.to_owned())),
        Some(identity) => {
            let opening = Opening::new(from, identity);
            let cut = |err: io::Error| BackupError::NotWhole(file.to_owned(), err.to_string());
            Ok(Box::new(opening.map_err(cut)?))
        }
    }
}

/// Hands over each file but the manifest, which is given back.
fn each(
    file: &Path,
    identity: Option<&Identity>,
    mut with: impl FnMut(&str, &mut dyn Read) -> io::Result<()>,
) -> Result<Option<Manifest>, BackupError> {
    let cut = |err: io::Error| BackupError::NotWhole(file.to_owned(), err.to_string());
    let mut archive: Archive<Decoder<'_, _>> =
        Archive::new(Decoder::new(opened(file, identity)?).map_err(cut)?);
    let mut manifest = None;
    for entry in archive.entries().map_err(cut)? {
        let mut entry = entry.map_err(cut)?;
        let path = entry.path().map_err(cut)?.into_owned();
        let plain = path.components().all(|it| matches!(it, Component::Normal(_)));
        let Some(name) = path.to_str().filter(|_| plain && entry.header().entry_type().is_file()) else {
            return Err(BackupError::NotWhole(file.to_owned(), format!("{} has no place", path.display())));
        };
        if name == MANIFEST {
            let mut text = String::new();
            (&mut entry).take(LONGEST).read_to_string(&mut text).map_err(cut)?;
            let read = text.parse::<Manifest>();
            manifest = Some(read.map_err(|it| BackupError::NotWhole(file.to_owned(), it.to_owned()))?);
        } else {
            with(name, &mut entry).map_err(cut)?;
        }
    }
    // To the very end, where the checksum of all of it stands.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(cut)?;
    Ok(manifest)
}
