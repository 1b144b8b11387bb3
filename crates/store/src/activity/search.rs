//! Newest first over journals and segments: the part that can hold the newest row is looked at next, until nothing
//! unread can be newer than what the page already has.
use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    fs::File,
    sync::Arc,
};

use crate::activity::{
    Filter, Kept, Page, codec,
    error::{ActivityError, At},
    frame::Frame,
    journal,
    key::Cursor,
    opened::Opened,
    segment::Segment,
    wanted::Wanted,
};

/// All that is kept, as it was at one moment. What is removed meanwhile is passed over.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) journals: Vec<JournalView>,
}

#[derive(Debug)]
pub(crate) struct JournalView {
    pub(crate) file: Arc<File>,
    pub(crate) path: std::path::PathBuf,
    pub(crate) number: u64,
    pub(crate) frames: Vec<Frame>,
}

/// Something that holds rows up to `max`.
struct Part<'a> {
    max: i64,
    what: What<'a>,
}

enum What<'a> {
    Segment(&'a Segment),
    Group(Arc<Opened>, usize),
    Frame(&'a JournalView, Frame),
}

/// At most `limit` rows; looks at no more than about `budget` rows, and says where to go on.
pub(crate) fn search(view: &View, filter: &Filter, after: Option<Cursor>, limit: usize, budget: u64) -> Page {
    let wanted = Wanted::new(filter, after);
    let mut parts = parts(view, &wanted);
    let mut page = Page::default();
    let mut newest = BinaryHeap::new();
    let mut spent = 0;
    // One more than asked for shows whether there is more.
    let full = limit.saturating_add(1);
    while let Some(Part { max, what }) = parts.pop() {
        let oldest: Option<&Reverse<ByKey>> = newest.peek();
        if full <= newest.len() && oldest.is_some_and(|it| max < it.0.0.key.at) {
            break;
        }
        // What may hold rows up to the place where the page before ended is always looked at: each call gets on.
        if budget <= spent && after.is_none_or(|it| max < it.at) {
            let next = Cursor { at: max, journal: u64::MAX, row: u32::MAX };
            newest.retain(|it| next < it.0.0.key);
            page.next = Some(next);
            break;
        }
        let found = match what {
            What::Segment(segment) => {
                match Opened::open(segment) {
                    Ok(Some(opened)) => open_groups(&Arc::new(opened), &wanted, &mut parts),
                    Ok(None) => {}
                    Err(err) => page.skip(&err),
                }
                continue;
            }
            What::Group(opened, group) => {
                spent += opened.rows_in(group) as u64;
                opened.newest(group, &wanted, full)
            }
            What::Frame(journal, frame) => {
                spent += u64::from(frame.rows);
                of_frame(journal, &frame, &wanted)
            }
        };
        match found {
            Ok(rows) => {
                for row in rows {
                    newest.push(Reverse(ByKey(row)));
                    if full < newest.len() {
                        newest.pop();
                    }
                }
            }
            Err(err) => page.skip(&err),
        }
    }
    page.rows = newest.into_sorted_vec().into_iter().map(|it| it.0.0).collect();
    if limit < page.rows.len() {
        page.rows.truncate(limit);
        page.next = page.rows.last().map(|it| it.key);
    }
    page
}

/// The row of this key.
pub(crate) fn find(view: &View, key: Cursor) -> Result<Option<Kept>, ActivityError> {
    if let Some(segment) = view.segments.iter().find(|it| it.name.number == key.journal) {
        return Opened::open(segment)?.map_or(Ok(None), |opened| opened.find(key));
    }
    let Some(journal) = view.journals.iter().find(|it| it.number == key.journal) else { return Ok(None) };
    let frame = journal.frames.iter().find(|it| it.first <= key.row && key.row - it.first < it.rows);
    let Some(frame) = frame else { return Ok(None) };
    let payload = journal::payload(&journal.file, frame).at(&journal.path)?;
    let row = journal::rows(frame, &payload).find(|(row, _)| *row == key.row);
    let seen = row.and_then(|(_, bytes)| codec::take(bytes));
    Ok(seen.map(|seen| Kept { key, seen }).filter(|it| it.key.at == it.seen.at.as_microsecond()))
}

fn parts<'a>(view: &'a View, wanted: &Wanted<'_>) -> BinaryHeap<Part<'a>> {
    let segments = view.segments.iter().filter(|it| wanted.touches(it.name.min, it.name.max));
    let segments = segments.map(|it| Part { max: it.name.max, what: What::Segment(it) });
    let frames = view.journals.iter().flat_map(|journal| journal.frames.iter().map(move |it| (journal, it)));
    let frames = frames
        .filter(|(_, it)| wanted.touches(it.min, it.max))
        .map(|(journal, it)| Part { max: it.max, what: What::Frame(journal, *it) });
    segments.chain(frames).collect()
}

fn open_groups(opened: &Arc<Opened>, wanted: &Wanted<'_>, parts: &mut BinaryHeap<Part<'_>>) {
    for (group, (min, max)) in opened.groups().into_iter().enumerate() {
        if wanted.touches(min, max) {
            parts.push(Part { max, what: What::Group(Arc::clone(opened), group) });
        }
    }
}

fn of_frame(journal: &JournalView, frame: &Frame, wanted: &Wanted<'_>) -> Result<Vec<Kept>, ActivityError> {
    let payload = journal::payload(&journal.file, frame).at(&journal.path)?;
    let mut rows = Vec::new();
    let rows_of = journal::rows(frame, &payload);
    for (row, bytes) in
        rows_of.filter(|(_, it)| codec::may_be_of(it, wanted.filter.school, wanted.filter.person))
    {
        let Some(seen) = codec::take(bytes) else { continue };
        let key = Cursor { at: seen.at.as_microsecond(), journal: journal.number, row };
        if wanted.takes(key) && wanted.filter.matches(&seen) {
            rows.push(Kept { key, seen });
        }
    }
    Ok(rows)
}

impl Page {
    fn skip(&mut self, err: &ActivityError) {
        unreadable(err);
        self.unreadable += 1;
    }
}

pub(crate) fn unreadable(err: &ActivityError) {
    tracing::error!(error = err as &dyn std::error::Error, "part of the activity log does not read");
}

/// Older is less.
struct ByKey(Kept);

impl Ord for ByKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.key.cmp(&other.0.key)
    }
}
impl PartialOrd for ByKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for ByKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}
impl Eq for ByKey {}

impl Ord for Part<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.max.cmp(&other.max)
    }
}
impl PartialOrd for Part<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Part<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.max == other.max
    }
}
impl Eq for Part<'_> {}
