use std::{
    collections::{HashSet, VecDeque},
    fs, io,
    sync::{Arc, PoisonError},
};

use jiff::Timestamp;
use school::{Id, School};

use crate::activity::{
    ActivityError, Counts, CountsOf, Cursor, Filter, Kept, Page,
    error::At,
    folder,
    journal::Journal,
    keeping::Keeping,
    opened::Opened,
    search::{self, unreadable},
    segment::{self, Segment},
    tally::Tally,
};

/// The searching end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Reader {
    keeping: Arc<Keeping>,
}

/// What retention removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    pub days: u32,
    pub rows: u64,
}

/// Every matching row, newest first, read as they are asked for.
#[derive(Debug)]
pub struct Rows {
    reader: Reader,
    filter: Filter,
    ready: VecDeque<Kept>,
    next: Option<Cursor>,
    done: bool,
}

/// As many rows at once as one page may have.
const MOST: usize = 16_384;

impl Reader {
    pub(crate) fn new(keeping: Arc<Keeping>) -> Reader {
        Reader { keeping }
    }

    /// Newest first, those older than `after`, at most `limit` (and never more than 16,384).
    pub fn search(
        &self,
        filter: &Filter,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, ActivityError> {
        let budget = self.keeping.settings.search_rows;
        Ok(search::search(&self.keeping.view(), filter, after, limit.min(MOST), budget))
    }

    /// The row of this key, if it is this school's and still kept.
    pub fn get(&self, school: Id<School>, key: Cursor) -> Result<Option<Kept>, ActivityError> {
        Ok(search::find(&self.keeping.view(), key)?.filter(|it| it.seen.school == school))
    }

    /// Every matching row, newest first, for a file to be downloaded.
    pub fn rows(&self, filter: Filter) -> Rows {
        Rows { reader: self.clone(), filter, ready: VecDeque::new(), next: None, done: false }
    }

    /// Counts of a school, in whole hours. Reads no rows.
    pub fn counts(&self, of: CountsOf) -> Result<Counts, ActivityError> {
        const HOUR: i64 = 3_600_000_000;
        let zone = &self.keeping.settings.zone;
        let mut counts = Counts::default();
        let segments = {
            let state = self.keeping.state();
            for journal in state.closed.iter().map(AsRef::as_ref).chain(&state.current) {
                journal.tally.give(&of, zone, &mut counts);
            }
            state.segments.clone()
        };
        let (from, to) = (of.from.as_microsecond().saturating_sub(HOUR), of.to.as_microsecond());
        for segment in segments.iter().filter(|it| from <= it.name.max && it.name.min < to) {
            match tally(segment) {
                Ok(Some(tally)) => tally.give(&of, zone, &mut counts),
                Ok(None) => {}
                Err(err) => {
                    unreadable(&err);
                    counts.unreadable += 1;
                }
            }
        }
        Ok(counts)
    }

    /// Turns closed journals into segments. Slow; call it every few seconds on a thread of its own. Says how many.
    pub fn compact(&self) -> Result<u32, ActivityError> {
        let keeping = &*self.keeping;
        let _tidying = keeping.tidying.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = keeping.state().closed.clone();
        let mut made = 0;
        let mut failed = Ok(());
        // One that cannot be turned must not keep the others waiting.
        for journal in closed {
            match turn(keeping, &journal) {
                Ok(()) => made += 1,
                Err(err) => failed = failed.and(Err(err)),
            }
        }
        failed.map(|()| made)
    }

    /// Removes whole days that are more than `keep_days` before the day of `now`.
    pub fn retain(&self, keep_days: u16, now: Timestamp) -> Result<Removed, ActivityError> {
        let keeping = &*self.keeping;
        let today = keeping.day(now);
        let first = today.saturating_sub(jiff::Span::new().days(i32::from(keep_days)));
        {
            let mut state = keeping.state();
            if let Some(old) = state.current.take_if(|it| it.day < first) {
                state.close(old)?;
            }
        }
        self.compact()?;
        let _tidying = keeping.tidying.lock().unwrap_or_else(PoisonError::into_inner);
        let old: Vec<Arc<Segment>> = {
            let mut state = keeping.state();
            let (old, kept) = state.segments.drain(..).partition(|it| it.day < first);
            state.segments = kept;
            old
        };
        for segment in &old {
            remove(fs::remove_file(&segment.path)).at(&segment.path)?;
        }
        let days: HashSet<_> = old.iter().map(|it| it.day).collect();
        for day in &days {
            let folder = folder::day(&keeping.dir, *day);
            remove(fs::remove_dir(&folder)).at(&folder)?;
        }
        let rows = old.iter().map(|it| u64::from(it.name.rows)).sum();
        Ok(Removed { days: u32::try_from(days.len()).unwrap_or(u32::MAX), rows })
    }
}

impl Iterator for Rows {
    type Item = Result<Kept, ActivityError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.done {
            match self.reader.search(&self.filter, self.next, MOST) {
                Ok(page) => {
                    self.done = page.next.is_none();
                    self.next = page.next;
                    self.ready = page.rows.into();
                }
                Err(err) => {
                    self.done = true;
                    return Some(Err(err));
                }
            }
        }
        self.ready.pop_front().map(Ok)
    }
}

/// The order matters: see the top of `activity`.
fn turn(keeping: &Keeping, journal: &Journal) -> Result<(), ActivityError> {
    let segment = segment::write(&keeping.dir, journal)?;
    {
        let mut state = keeping.state();
        state.closed.retain(|it| it.number != journal.number);
        state.segments.extend(segment.map(Arc::new));
    }
    fs::remove_file(&journal.path).at(&journal.path)
}

/// `None`: the segment has been removed meanwhile.
fn tally(segment: &Segment) -> Result<Option<Arc<Tally>>, ActivityError> {
    if let Some(tally) = segment.tally.get() {
        return Ok(Some(Arc::clone(tally)));
    }
    let Some(opened) = Opened::open(segment)? else { return Ok(None) };
    let tally = Arc::new(opened.tally());
    Ok(Some(Arc::clone(segment.tally.get_or_init(|| tally))))
}

/// What is gone already need not be removed.
fn remove(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(err) if err.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
