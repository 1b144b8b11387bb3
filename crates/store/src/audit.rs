//! Who did what, and who looked at whom (LOG-03, LOG-04). Entries are added and never changed, and each carries a
//! hash that covers the one before it, so that no entry can be changed, taken out, put in or moved unseen.
//!
//! # How an outsider checks it
//!
//! The entries of one school are numbered from 1 without gaps. The hash of an entry is
//!
//! ```text
//! SHA-256( "schoolgate audit 1\n" || hash of the entry before (32 bytes; zeros before entry 1)
//!          || school || seq || at || actor || actor_name || act || subject || before || after || reason )
//! ```
//!
//! where each field is one byte `1`, its length in bytes as 8 bytes, most significant first, and its UTF-8 text; a
//! field that is absent is the single byte `0`. `seq` is the number and `at` the time in Unix milliseconds, both in
//! decimal digits; ids are in lower case with hyphens. Hashes are kept as 64 hex digits. `schoolgate audit export`
//! gives all of these fields.
//!
//! Whoever can write to the database could make the whole chain anew. Against that there are [`Checkpoint`]s: the
//! number and hash of the newest entry, signed with Ed25519 (RFC 8032) by a key in the data folder, a file each, to be
//! kept elsewhere. A chain that was made anew, cut short or put back to an older state no longer agrees with them.
//!
//! # How it is written
//!
//! [`note`] puts an entry aside; all of a transaction's entries are numbered, chained and written when it commits, in
//! one step for each school in the order of their ids. So the last number of a school is locked for the shortest
//! time, two transactions never wait for each other in a circle, and twenty thousand entries of an import cost a
//! few hundred statements.
mod chain;
mod checkpoint;
mod export;
mod search;
mod shelf;
mod verify;

use jiff::Timestamp;
use school::{Id, Person, School};

use crate::{By, StoreError, Tx, sql::Row};

pub(crate) use self::chain::{Waiting, adopt, write_waiting};
pub use self::{
    chain::page as oldest,
    checkpoint::{Checkpoint, NotACheckpoint, Signer},
    export::{Format, heading, line},
    search::{Wanted, recent, search},
    shelf::{checkpoints_in, checkpoints_in_both, put_checkpoint, read_checkpoint},
    verify::{Break, Check, Report, keep_check, keep_checkpoint, last_check, verify},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Counts from 1 in each school, without gaps.
    pub seq: i64,
    pub at: Timestamp,
    pub actor: Option<Id<Person>>,
    pub actor_name: String,
    pub act: String,
    pub subject: String,
    pub before: Option<String>,
    pub after: Option<String>,
    /// Why, in the words of who did it, where that was asked for.
    pub reason: Option<String>,
    /// 64 hex digits.
    pub hash: String,
}

/// What is to be written down.
#[derive(Debug, Clone, Copy, Default)]
pub struct Note<'a> {
    pub act: &'a str,
    pub subject: &'a str,
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    pub reason: Option<&'a str>,
}

/// In the transaction of what it tells of: either both are kept or neither is.
#[expect(
    clippy::unused_async,
    reason = "every other function of the store is awaited, and this one may be again"
)]
pub async fn note(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    act: &str,
    subject: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<(), StoreError> {
    add(tx, by, school, Note { act, subject, before, after, reason: None })
}

/// As [`note`], with a reason where there is one. Needs no waiting: it is written when the transaction commits.
pub fn add(tx: &mut Tx, by: &By, school: Id<School>, note: Note<'_>) -> Result<(), StoreError> {
    tx.put_aside(Waiting {
        school,
        at: by.at,
        actor: by.person,
        actor_name: by.name.clone(),
        act: note.act.to_owned(),
        subject: note.subject.to_owned(),
        before: note.before.map(ToOwned::to_owned),
        after: note.after.map(ToOwned::to_owned),
        reason: note.reason.map(ToOwned::to_owned),
    })
}

const COLUMNS: &str = "seq, at, actor, actor_name, act, subject, before, after, reason, hash";

fn read(row: &Row) -> Result<Entry, StoreError> {
    Ok(Entry {
        seq: row.get("seq")?,
        at: row.at("at")?,
        actor: row.parse_opt("actor")?,
        actor_name: row.get("actor_name")?,
        act: row.get("act")?,
        subject: row.get("subject")?,
        before: row.get("before")?,
        after: row.get("after")?,
        reason: row.get("reason")?,
        hash: row.get::<Option<String>>("hash")?.unwrap_or_default(),
    })
}
