//! The folder that daily backups are put into.
use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

const START: &str = "schoolgate-";
const END: &str = ".tar.zst";
const SEALED: &str = ".age";
const TIME: &str = "%Y-%m-%dT%H%M%SZ";

/// Says when it was made, and whether it is sealed.
pub fn file_name(made: Timestamp, sealed: bool) -> String {
    let seal = if sealed { SEALED } else { "" };
    format!("{START}{}{END}{seal}", made.strftime(TIME))
}

/// When the newest that is not after `now` was made. Only whole ones have such names.
pub fn newest(folder: &Path, now: Timestamp) -> io::Result<Option<Timestamp>> {
    Ok(all(folder)?.into_iter().map(|it| it.0).rfind(|it| *it <= now))
}

/// Those named as made after `now`: the clock ran ahead when they were made, or runs behind now.
pub fn ahead(folder: &Path, now: Timestamp) -> io::Result<Vec<PathBuf>> {
    Ok(all(folder)?.into_iter().filter(|it| now < it.0).map(|it| it.1).collect())
}

/// Removes all but the newest `keep`. Says how many went. Those of the future neither go nor count: which of the two
/// clocks was wrong is not known here, and no good one goes because of them.
pub fn prune(folder: &Path, keep: usize, now: Timestamp) -> io::Result<usize> {
    let all: Vec<_> = all(folder)?.into_iter().filter(|it| it.0 <= now).collect();
    let old = all.len().saturating_sub(keep.max(1));
    for (_, path) in all.iter().take(old) {
        fs::remove_file(path)?;
    }
    Ok(old)
}

/// Oldest first.
fn all(folder: &Path) -> io::Result<Vec<(Timestamp, PathBuf)>> {
    let entries = match fs::read_dir(folder) {
        Ok(it) => it,
        Err(err) if err.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(err) => return Err(err),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        let name = name.strip_suffix(SEALED).unwrap_or(name);
        let time = name.strip_prefix(START).and_then(|it| it.strip_suffix(END));
        let at = time.and_then(|it| DateTime::strptime(TIME, it).ok());
        if let Some(at) = at.and_then(|it| it.to_zoned(TimeZone::UTC).ok()) {
            found.push((at.timestamp(), path));
        }
    }
    found.sort();
    Ok(found)
}
