//! What lies where in the folder of the activity log:
//!
//! ```text
//! lock                                   held by the process that writes
//! journal/0000000042.journal             rows as they come
//! 2026-11-22/0000000041_MIN_MAX_ROWS.parquet
//! ```
//!
//! A segment has the number of the journal it was made from; `MIN` and `MAX` are its first and last time in Unix
//! microseconds, so that a search need not open what it cannot use.
use std::{
    fs::{self, DirBuilder, File},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use jiff::civil::Date;

use crate::activity::error::{ActivityError, At};

/// What a segment's name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) number: u64,
    pub(crate) min: i64,
    pub(crate) max: i64,
    pub(crate) rows: u32,
}

pub(crate) fn journals(dir: &Path) -> PathBuf {
    dir.join("journal")
}
pub(crate) fn journal(dir: &Path, number: u64) -> PathBuf {
    journals(dir).join(format!("{number:010}.journal"))
}
pub(crate) fn day(dir: &Path, day: Date) -> PathBuf {
    dir.join(day.to_string())
}

impl Name {
    pub(crate) fn file_name(&self) -> String {
        format!("{:010}_{}_{}_{}.parquet", self.number, self.min, self.max, self.rows)
    }
    fn read(name: &str) -> Option<Name> {
        let mut parts = name.strip_suffix(".parquet")?.split('_');
        let mut next = || parts.next();
        let name = Name {
            number: next()?.parse().ok()?,
            min: next()?.parse().ok()?,
            max: next()?.parse().ok()?,
            rows: next()?.parse().ok()?,
        };
        next().is_none().then_some(name)
    }
}

/// Readable by its owner alone.
pub(crate) fn make(dir: &Path) -> Result<(), ActivityError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).at(dir)
}

/// Names made or removed in a folder last from here on.
pub(crate) fn sync(dir: &Path) -> Result<(), ActivityError> {
    File::open(dir).at(dir)?.sync_all().at(dir)
}

/// Numbers of the journals, in order.
pub(crate) fn find_journals(dir: &Path) -> Result<Vec<u64>, ActivityError> {
    let mut numbers: Vec<u64> =
        names(&journals(dir))?.iter().filter_map(|it| it.strip_suffix(".journal")?.parse().ok()).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Days and their segments. Half-written ones, which a crash left, are removed.
pub(crate) fn find_segments(dir: &Path) -> Result<Vec<(Date, Name)>, ActivityError> {
    let mut found = Vec::new();
    for name in names(dir)? {
        let Ok(date) = name.parse::<Date>() else { continue };
        let folder = day(dir, date);
        for name in names(&folder)? {
            if name.strip_suffix(".part").is_some() {
                let part = folder.join(name);
                fs::remove_file(&part).at(&part)?;
            } else if let Some(name) = Name::read(&name) {
                found.push((date, name));
            }
        }
    }
    Ok(found)
}

fn names(dir: &Path) -> Result<Vec<String>, ActivityError> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).at(dir)? {
        names.extend(entry.at(dir)?.file_name().into_string().ok());
    }
    Ok(names)
}
