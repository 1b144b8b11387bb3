//! The folder in which checkpoints lie, one file each.
use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::Checkpoint;
use crate::files::replace;

const ENDING: &str = "checkpoint";

/// Puts it into a folder, which is made when it is missing. Its name says when, and which school.
pub fn put_checkpoint(folder: &Path, made: &Checkpoint) -> io::Result<PathBuf> {
    let time = made.made.strftime("%Y-%m-%dT%H%M%SZ");
    let path = folder.join(format!("{time}-{}.{ENDING}", made.school));
    fs::create_dir_all(folder)?;
    replace(&path, made.to_string().as_bytes())?;
    Ok(path)
}

/// All that lie in a folder; and, in words, those that cannot be used. A folder that is not there is empty.
pub fn checkpoints_in(folder: &Path) -> io::Result<(Vec<Checkpoint>, Vec<String>)> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok((vec![], vec![])),
        Err(err) => return Err(err),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == ENDING) {
            paths.push(path);
        }
    }
    paths.sort();
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for path in paths {
        match read_checkpoint(&path) {
            Ok(it) => good.push(it),
            Err(fault) => bad.push(fault),
        }
    }
    Ok((good, bad))
}

/// One file.
///
/// # Errors
/// In words, with the name of the file.
pub fn read_checkpoint(path: &Path) -> Result<Checkpoint, String> {
    let text = fs::read_to_string(path).map_err(|err| format!("{} cannot be read: {err}", path.display()))?;
    text.parse().map_err(|err| format!("{}: {err}", path.display()))
}
