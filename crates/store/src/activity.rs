//! What gates saw, at volume (LOG-01, LOG-02, BEY-01): an append-only journal that becomes Parquet segments by day.
//!
//! One [`Activity`] writes; any number of [`Reader`]s search while it does. All calls block: on an async thread,
//! wrap them.
//!
//! Rows go to a journal, in frames that are whole or not there. A journal that is full, or of another day, is closed;
//! [`Reader::compact`] writes it as a segment under a name not yet used, syncs, renames, and only then removes the
//! journal. So at every moment a row is in a journal, or in a segment, or in both with the same number, and opening
//! removes journals whose number a segment has. Days are removed as whole folders.
//!
//! Visits to help sites never come here (design decision 9).
mod codec;
mod columns;
mod counts;
mod distinct;
mod error;
mod filter;
mod folder;
mod frame;
mod journal;
mod keeping;
mod key;
mod opened;
mod reader;
mod room;
mod search;
mod segment;
mod tally;
#[cfg(test)]
mod tests;
mod wanted;

use std::{
    path::Path,
    sync::{Arc, MutexGuard},
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use policy::{Seen, Step};

pub use crate::activity::{
    counts::{Counts, CountsOf},
    error::ActivityError,
    filter::Filter,
    key::{Cursor, NotACursor},
    reader::{Reader, Removed, Rows},
};
use crate::activity::{
    frame::Batch,
    journal::Journal,
    keeping::{Keeping, State},
    room::Room,
};

/// How the log is kept.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Days and hours are counted in this zone.
    pub zone: TimeZone,
    /// A journal becomes a segment after about this many rows ...
    pub roll_rows: u32,
    /// ... or bytes.
    pub roll_bytes: u64,
    /// One search looks at no more than about this many rows; the next goes on from there.
    pub search_rows: u64,
}

/// The writing end. One per folder, held by a lock that lasts until it and all its readers are dropped.
#[derive(Debug)]
pub struct Activity {
    keeping: Arc<Keeping>,
    recovered: Recovered,
    batch: Batch,
}

/// One row, with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Names this row for as long as it is kept.
    pub key: Cursor,
    pub seen: Seen,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Newest first.
    pub rows: Vec<Kept>,
    /// Where to go on. May be set although `rows` is short or empty: the search stopped after much work, and what
    /// is older than this is not searched yet.
    pub next: Option<Cursor>,
    /// Parts of the log that were passed over because they do not read; each is in the program's log.
    pub unreadable: u32,
}

/// What was found at opening.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Rows in journals, which a crash or a stop left behind.
    pub rows: u64,
    /// Bytes of a last write that was cut short.
    pub cut_bytes: u64,
    /// Bytes within journals that do not read; what stands around them is kept.
    pub damaged_bytes: u64,
}

/// What became of rows handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appended {
    pub kept: u64,
    /// Rows about help sites, which must never come here: not written.
    pub withheld: u64,
}

impl Settings {
    pub fn new(zone: TimeZone) -> Settings {
        Settings { zone, roll_rows: 131_072, roll_bytes: 64 << 20, search_rows: 20_000_000 }
    }
}

impl Activity {
    /// Makes the folder if it is missing. [`ActivityError::InUse`] when another process writes to it.
    pub fn open(dir: &Path, settings: Settings) -> Result<Activity, ActivityError> {
        Activity::open_with(dir, settings, Room::default())
    }

    fn open_with(dir: &Path, settings: Settings, room: Room) -> Result<Activity, ActivityError> {
        let mut recovered = Recovered::default();
        let keeping = Keeping::open(dir, settings, room, &mut recovered)?;
        if recovered.cut_bytes != 0 || recovered.damaged_bytes != 0 {
            tracing::warn!(?recovered, "the activity log was not closed cleanly");
        }
        Ok(Activity { keeping: Arc::new(keeping), recovered, batch: Batch::default() })
    }

    pub fn recovered(&self) -> Recovered {
        self.recovered.clone()
    }

    pub fn reader(&self) -> Reader {
        Reader::new(Arc::clone(&self.keeping))
    }

    /// Either all are written or, with an error, none; then the same may be handed in again. Survives the end of
    /// the process at once, and a power cut from the next [`Activity::sync`].
    pub fn append(&mut self, seen: &[Seen], now: Timestamp) -> Result<Appended, ActivityError> {
        self.batch.clear();
        for seen in seen.iter().filter(|it| may_be_kept(it)) {
            self.batch.push(seen);
        }
        let kept = u64::from(self.batch.rows());
        let appended = Appended { kept, withheld: seen.len() as u64 - kept };
        if kept == 0 {
            return Ok(appended);
        }
        let settings = &self.keeping.settings;
        let today = self.keeping.day(now);
        let mut state = self.keeping.state();
        let journal = current(&self.keeping, &mut state, today, now)?;
        journal.write(&mut self.batch, &self.keeping.room)?;
        for seen in seen.iter().filter(|it| may_be_kept(it)) {
            journal.tally.add(seen, &settings.zone);
        }
        Ok(appended)
    }

    /// To the disk itself. At least once a second.
    pub fn sync(&mut self) -> Result<(), ActivityError> {
        self.keeping.sync()
    }
}

/// Help is never watched. A refusal is recorded even of a host that is also on a list of help sites.
fn may_be_kept(seen: &Seen) -> bool {
    seen.because.step != Step::Help
}

/// The journal to write to: closes one that is full or of another day, and begins the next.
fn current<'a>(
    keeping: &Keeping,
    state: &'a mut MutexGuard<'_, State>,
    today: Date,
    now: Timestamp,
) -> Result<&'a mut Journal, ActivityError> {
    let settings = &keeping.settings;
    let state = &mut **state;
    if let Some(full) = state
        .current
        .take_if(|it| it.day != today || settings.roll_rows <= it.rows || settings.roll_bytes <= it.end)
    {
        state.close(full)?;
    }
    if state.current.is_none() {
        state.current = Some(Journal::create(&keeping.dir, state.next, today, now)?);
        state.next += 1;
    }
    state.current.as_mut().ok_or_else(|| error::damaged(&keeping.dir, "no journal"))
}
