use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use jiff::Timestamp;
use uuid::Uuid;

/// Identifies one `T`. Ids of different things do not mix; ids made later sort later (UUID v7, RFC 9562).
///
/// The ground makes no ids of its own: `store::fresh_id` does, and tests write them out.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    pub const fn new(uuid: Uuid) -> Id<T> {
        Id(uuid, PhantomData)
    }

    /// For fixed, well-known ids and for tests.
    pub const fn from_u128(bits: u128) -> Id<T> {
        Id(Uuid::from_u128(bits), PhantomData)
    }

    pub const fn as_u128(self) -> u128 {
        self.0.as_u128()
    }

    /// When it was made, to the millisecond. `None`: one written out.
    pub fn made_at(self) -> Option<Timestamp> {
        let (seconds, nanos) = self.0.get_timestamp()?.to_unix();
        Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanos).ok()?).ok()
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Id<T> {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Id<T>) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Id<T>) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Id<T>) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an identifier")]
pub struct NotAnId;

impl<T> FromStr for Id<T> {
    type Err = NotAnId;
    fn from_str(s: &str) -> Result<Id<T>, NotAnId> {
        Ok(Id(s.parse().map_err(|_| NotAnId)?, PhantomData))
    }
}
