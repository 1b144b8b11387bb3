use std::{fmt, str::FromStr};

/// Where a row stands: by time, then by the order in which it was written down. The same for as long as the row is
/// kept, whatever file it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// Unix microseconds.
    pub(crate) at: i64,
    pub(crate) journal: u64,
    pub(crate) row: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a place in the activity log")]
pub struct NotACursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.at, self.journal, self.row)
    }
}
impl FromStr for Cursor {
    type Err = NotACursor;
    fn from_str(s: &str) -> Result<Cursor, NotACursor> {
        let mut parts = s.split('.');
        let (at, journal, row) = (parts.next(), parts.next(), parts.next());
        let cursor = || {
            Some(Cursor { at: at?.parse().ok()?, journal: journal?.parse().ok()?, row: row?.parse().ok()? })
        };
        cursor().filter(|_| parts.next().is_none()).ok_or(NotACursor)
    }
}
