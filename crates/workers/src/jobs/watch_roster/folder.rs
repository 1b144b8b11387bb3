//! The watched folder as it lies there: what is new in it, what is put away, what is forgotten.
use std::{
    collections::HashMap,
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use jiff::Timestamp;
use school::Id;
use store::roster::Load;
use wire::roster::Bundle;

use super::{DONE, FAILED, MOST_BYTES, READING, REPORT, RosterFolder};

/// What each thing in the folder was like at the last look, and what is loaded and could not be moved out of the way.
#[derive(Clone, Default)]
pub struct Looks(Arc<Mutex<Known>>);

#[derive(Default)]
pub(super) struct Known {
    before: HashMap<PathBuf, Vec<Seen>>,
    pub(super) taken: HashMap<PathBuf, (Vec<Seen>, Id<Load>)>,
}

/// A file, its bytes, and when it was last written.
pub(super) type Seen = (PathBuf, u64, SystemTime);

/// One roster in the folder: a file, a folder of tables, or tables beside each other.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) name: String,
    /// What its files were like at this look.
    pub(super) seen: Vec<Seen>,
    files: Vec<PathBuf>,
    /// The one to move; `None`: each of the files.
    whole: Option<PathBuf>,
}

impl RosterFolder {
    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.looks.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was the same at the last look, and is older than `slot`; with its load, if it was loaded before.
    pub(super) fn look(&self, slot: Timestamp) -> io::Result<Vec<(Item, Option<Id<Load>>)>> {
        let slot = SystemTime::from(slot);
        let mut known = self.known();
        let (mut now, mut ready) = (HashMap::new(), Vec::new());
        for mut item in self.items()? {
            item.seen = item.files.iter().map(|it| seen(it)).collect::<io::Result<_>>()?;
            let key = item.key(self);
            now.insert(key.clone(), item.seen.clone());
            if known.before.get(&key) == Some(&item.seen) && item.seen.iter().all(|(_, _, at)| *at <= slot) {
                let loaded = known.taken.get(&key).filter(|it| it.0 == item.seen).map(|it| it.1);
                ready.push((item, loaded));
            }
        }
        known.before = now;
        Ok(ready)
    }

    /// Removes what was put away before then, with its report: rosters name every child of the school.
    pub(super) fn forget(&self, before: Timestamp) -> io::Result<()> {
        let before = SystemTime::from(before);
        for kept in [DONE, FAILED] {
            let folder = self.path.join(kept);
            if !folder.exists() {
                continue;
            }
            for report in entries(&folder)? {
                let name = name(&report);
                let Some(of) = name.strip_suffix(REPORT) else { continue };
                if before <= fs::metadata(&report)?.modified()? {
                    continue;
                }
                let roster = folder.join(of);
                let gone =
                    if roster.is_dir() { fs::remove_dir_all(&roster) } else { fs::remove_file(&roster) };
                match gone {
                    Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(err),
                    _ => fs::remove_file(&report)?,
                }
            }
        }
        Ok(())
    }

    fn items(&self) -> io::Result<Vec<Item>> {
        let (mut items, mut tables) = (Vec::new(), Vec::new());
        let mut all = entries(&self.path)?;
        all.sort();
        for path in all {
            let name = name(&path);
            if path.is_dir() {
                if ![READING, DONE, FAILED].contains(&name.as_str()) {
                    let mut files = entries(&path)?;
                    files.retain(|it| has_end(it, "csv"));
                    files.sort();
                    if files.iter().any(|it| is_manifest(it)) {
                        items.push(Item { name, seen: Vec::new(), files, whole: Some(path) });
                    }
                }
            } else if has_end(&path, "zip") {
                items.push(Item { name, seen: Vec::new(), files: vec![path.clone()], whole: Some(path) });
            } else if has_end(&path, "csv") {
                tables.push(path);
            }
        }
        if tables.iter().any(|it| is_manifest(it)) {
            items.push(Item { name: "tables".to_owned(), seen: Vec::new(), files: tables, whole: None });
        } else {
            let one = |path: PathBuf| Item {
                name: name(&path),
                seen: Vec::new(),
                files: vec![path.clone()],
                whole: Some(path),
            };
            items.extend(tables.into_iter().map(one));
        }
        Ok(items)
    }

    /// Those whose dry run has not been told yet.
    pub(super) fn waiting(&self) -> io::Result<Vec<(PathBuf, Id<Load>)>> {
        let folder = self.path.join(READING);
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let id = |path: PathBuf| {
            let id = name(&path).split(' ').next()?.parse().ok()?;
            Some((path, id))
        };
        Ok(entries(&folder)?.into_iter().filter_map(id).collect())
    }
}

impl Item {
    /// What it is known by from look to look.
    pub(super) fn key(&self, folder: &RosterFolder) -> PathBuf {
        self.whole.clone().unwrap_or_else(|| folder.path.clone())
    }

    /// A file as it is, several as one zip.
    pub(super) fn read(&self) -> io::Result<Vec<u8>> {
        let mut left = MOST_BYTES;
        for path in &self.files {
            left = left.checked_sub(fs::metadata(path)?.len()).ok_or_else(|| {
                io::Error::other("it is larger than any roster: leave the tables of people and classes alone")
            })?;
        }
        if let ([file], Some(whole)) = (self.files.as_slice(), &self.whole)
            && file == whole
        {
            return fs::read(file);
        }
        let mut bundle = Bundle::new(&self.name);
        for path in &self.files {
            bundle.add(&name(path), fs::read(path)?);
        }
        Ok(bundle.pack())
    }

    pub(super) fn move_to(&self, into: &Path) -> io::Result<()> {
        make(into.parent())?;
        if let Some(whole) = &self.whole {
            return fs::rename(whole, into);
        }
        make(Some(into))?;
        self.files.iter().try_for_each(|it| fs::rename(it, into.join(name(it))))
    }
}

/// What is not hidden.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !name(&path).starts_with('.') {
            found.push(path);
        }
    }
    Ok(found)
}

fn seen(path: &Path) -> io::Result<Seen> {
    let data = fs::metadata(path)?;
    Ok((path.to_owned(), data.len(), data.modified()?))
}

fn name(path: &Path) -> String {
    path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
}

fn has_end(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case(end))
}

fn is_manifest(path: &Path) -> bool {
    name(path).eq_ignore_ascii_case("manifest.csv")
}

/// For its owner alone.
pub(super) fn make(folder: Option<&Path>) -> io::Result<()> {
    folder.map_or(Ok(()), |it| DirBuilder::new().recursive(true).mode(0o700).create(it))
}

/// As [`make`]; anew, should it be there.
pub(super) fn keep(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}
