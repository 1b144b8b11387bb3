//! The folder as it stands, shared by the writing end and the searching ends.
use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{Timestamp, civil::Date};

use crate::activity::{
    ActivityError, Recovered, Settings,
    error::At,
    folder,
    journal::Journal,
    opened::Opened,
    room::Room,
    search::{JournalView, View},
    segment::Segment,
};

#[derive(Debug)]
pub(crate) struct Keeping {
    pub(crate) dir: PathBuf,
    pub(crate) settings: Settings,
    pub(crate) room: Room,
    state: Mutex<State>,
    /// Held while segments are made or removed: one at a time.
    pub(crate) tidying: Mutex<()>,
    _lock: File,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) segments: Vec<Arc<Segment>>,
    /// Done, not yet segments.
    pub(crate) closed: Vec<Arc<Journal>>,
    pub(crate) current: Option<Journal>,
    /// The number of the next journal.
    pub(crate) next: u64,
}

impl Keeping {
    pub(crate) fn open(
        dir: &Path,
        settings: Settings,
        room: Room,
        recovered: &mut Recovered,
    ) -> Result<Keeping, ActivityError> {
        folder::make(&folder::journals(dir))?;
        let lock = lock(dir)?;
        let mut segments = Vec::new();
        for (day, name) in folder::find_segments(dir)? {
            segments.push(Segment::new(dir, day, name));
        }
        let mut journals = Vec::new();
        for number in folder::find_journals(dir)? {
            if supersedes(&mut segments, number)? {
                let path = folder::journal(dir, number);
                fs::remove_file(&path).at(&path)?;
            } else {
                journals.extend(Journal::open(dir, number, &settings.zone, recovered)?);
            }
        }
        let numbers = segments.iter().map(|it| it.name.number).chain(journals.iter().map(|it| it.number));
        let next = numbers.max().unwrap_or(0) + 1;
        // The last one goes on where it stopped.
        let current = journals.pop();
        let state = State {
            segments: segments.into_iter().map(Arc::new).collect(),
            closed: journals.into_iter().map(Arc::new).collect(),
            current,
            next,
        };
        Ok(Keeping {
            dir: dir.to_owned(),
            settings,
            room,
            state: Mutex::new(state),
            tidying: Mutex::new(()),
            _lock: lock,
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.settings.zone.clone()).date()
    }

    pub(crate) fn sync(&self) -> Result<(), ActivityError> {
        let current = self.state().current.as_ref().map(|it| (Arc::clone(&it.file), it.path.clone()));
        // Not while holding the lock: a slow disk must not stop searches.
        current.map_or(Ok(()), |(file, path)| file.sync_data().at(&path))
    }

    pub(crate) fn view(&self) -> View {
        let state = self.state();
        let closed = state.closed.iter().map(AsRef::as_ref);
        let journals = closed.chain(&state.current).map(|it| JournalView {
            file: Arc::clone(&it.file),
            path: it.path.clone(),
            number: it.number,
            frames: it.frames.clone(),
        });
        View { segments: state.segments.clone(), journals: journals.collect() }
    }
}

impl State {
    /// What was written is on the disk before the next journal begins.
    pub(crate) fn close(&mut self, journal: Journal) -> Result<(), ActivityError> {
        let synced = journal.file.sync_data().at(&journal.path);
        self.closed.push(Arc::new(journal));
        synced
    }
}

fn lock(dir: &Path) -> Result<File, ActivityError> {
    let path = dir.join("lock");
    let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path).at(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ActivityError::InUse(dir.to_owned())),
        Err(TryLockError::Error(err)) => Err(err).at(&path),
    }
}

/// Whether a segment has all of this journal. One that does not read, while its journal is still there, is removed
/// and made again.
fn supersedes(segments: &mut Vec<Segment>, number: u64) -> Result<bool, ActivityError> {
    let Some(place) = segments.iter().position(|it| it.name.number == number) else { return Ok(false) };
    if matches!(Opened::open(&segments[place]), Ok(Some(_))) {
        return Ok(true);
    }
    let broken = segments.swap_remove(place);
    fs::remove_file(&broken.path).at(&broken.path)?;
    Ok(false)
}
