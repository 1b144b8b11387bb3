use jiff::Timestamp;
use school::{Id, Person};
use uuid::{NoContext, Uuid};

/// Who acts, and when. Everything that changes a record takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// `None`: the product itself, or someone at the command line.
    pub person: Option<Id<Person>>,
    /// The name as it was then; it outlives the person's record.
    pub name: String,
    pub at: Timestamp,
}

/// A new id. Those made in a later millisecond sort later (UUID v7, RFC 9562 section 5.7).
pub fn fresh_id<T>(at: Timestamp) -> Id<T> {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    let nanos = u32::try_from(at.subsec_nanosecond()).unwrap_or(0);
    Id::new(Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos)))
}
