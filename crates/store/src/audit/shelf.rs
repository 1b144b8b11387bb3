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

/// What lies in the data folder's and in the other place for them, each once. Whoever puts the whole data folder back
/// has not put that one back. The newest of the first is put into the second if it is not there: it was away.
///
/// # Errors
/// Of the first; in words, of the second, beside what the first holds.
pub fn checkpoints_in_both(
    folder: &Path,
    copy: Option<&Path>,
) -> io::Result<(Vec<Checkpoint>, Vec<String>, Option<String>)> {
    let (mut good, mut bad) = checkpoints_in(folder)?;
    let Some(copy) = copy else { return Ok((good, bad, None)) };
    let fault = |err: io::Error| {
        format!("the other place of the audit trail's checkpoints, {}, cannot be used: {err}", copy.display())
    };
    let (there, unreadable) = match checkpoints_in(copy) {
        Ok(it) => it,
        Err(err) => return Ok((good, bad, Some(fault(err)))),
    };
    let newest = good.iter().max_by_key(|it| it.made).filter(|it| !there.contains(it));
    let put = newest.map_or(Ok(()), |it| put_checkpoint(copy, it).map(drop));
    good.extend(there.into_iter().filter(|it| !good.contains(it)).collect::<Vec<_>>());
    bad.extend(unreadable);
    Ok((good, bad, put.err().map(fault)))
}

/// One file.
///
/// # Errors
/// In words, with the name of the file.
pub fn read_checkpoint(path: &Path) -> Result<Checkpoint, String> {
    let text = fs::read_to_string(path).map_err(|err| format!("{} cannot be read: {err}", path.display()))?;
    text.parse().map_err(|err| format!("{}: {err}", path.display()))
}
