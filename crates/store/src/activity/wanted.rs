use jiff::Timestamp;

use crate::activity::{Filter, key::Cursor};

/// A filter together with where the page before ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) filter: &'a Filter,
    /// Rows from here on, newest first, are wanted; the one at it is not.
    pub(crate) after: Option<Cursor>,
    /// Unix microseconds: included, not included.
    from: i64,
    to: i64,
}

impl Wanted<'_> {
    pub(crate) fn new(filter: &Filter, after: Option<Cursor>) -> Wanted<'_> {
        let from = filter.from.map_or(i64::MIN, Timestamp::as_microsecond);
        let to = filter.to.map_or(i64::MAX, Timestamp::as_microsecond);
        Wanted { filter, after, from, to }
    }

    /// Whether anything between these times can be wanted.
    pub(crate) fn touches(&self, min: i64, max: i64) -> bool {
        self.from <= max && min < self.to && self.after.is_none_or(|it| min <= it.at)
    }

    /// Whether no time between these is a reason to refuse.
    pub(crate) fn takes_all_between(&self, min: i64, max: i64) -> bool {
        self.from <= min && max < self.to && self.after.is_none_or(|it| max < it.at)
    }

    /// By its place alone.
    pub(crate) fn takes(&self, key: Cursor) -> bool {
        self.from <= key.at && key.at < self.to && self.after.is_none_or(|it| key < it)
    }
}
