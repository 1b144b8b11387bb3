//! Numbers and hashes (the encoding is told in the parent's comment, and stays as it is).
use std::collections::BTreeMap;

use jiff::Timestamp;
use school::{Id, Person, School};
use sha2::{Digest as _, Sha256};

use super::{COLUMNS, Entry, read};
use crate::{
    StoreError, Tx,
    error::corrupt,
    hex,
    sql::{Row, Value},
};

/// An entry that waits for its transaction to commit.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) school: Id<School>,
    pub(crate) at: Timestamp,
    pub(crate) actor: Option<Id<Person>>,
    pub(crate) actor_name: String,
    pub(crate) act: String,
    pub(crate) subject: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) reason: Option<String>,
}

/// What stands before the first entry.
pub(super) const START: [u8; 32] = [0; 32];
const DOMAIN: &[u8] = b"schoolgate audit 1\n";
/// Rows in one statement: twelve values each, far below what either engine takes.
const ROWS: usize = 200;
/// Rows read at once.
const PAGE: i64 = 2_000;

/// The hash of an entry that follows one of hash `before`.
pub(super) fn link(before: &[u8; 32], school: Id<School>, entry: &Entry) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(DOMAIN);
    hash.update(before);
    let mut field = |text: Option<&str>| match text {
        None => hash.update([0]),
        Some(text) => {
            hash.update([1]);
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
    };
    field(Some(&school.to_string()));
    field(Some(&entry.seq.to_string()));
    field(Some(&entry.at.as_millisecond().to_string()));
    field(entry.actor.map(|it| it.to_string()).as_deref());
    field(Some(&entry.actor_name));
    field(Some(&entry.act));
    field(Some(&entry.subject));
    field(entry.before.as_deref());
    field(entry.after.as_deref());
    field(entry.reason.as_deref());
    hash.finalize().into()
}

pub(super) fn series(school: Id<School>) -> String {
    format!("audit {school}")
}

/// Numbers, chains and writes what waits. Schools in the order of their ids, so that nobody waits in a circle.
pub(crate) async fn write_waiting(tx: &mut Tx, waiting: Vec<Waiting>) -> Result<(), StoreError> {
    let mut schools: BTreeMap<u128, Vec<Waiting>> = BTreeMap::new();
    for it in waiting {
        schools.entry(it.school.as_u128()).or_default().push(it);
    }
    for entries in schools.into_values() {
        let school = entries[0].school;
        let count = i64::try_from(entries.len()).map_err(|err| corrupt("seq", err))?;
        // From here to the end of the transaction nobody else has numbers of this school.
        let last = tx.next_of(&series(school), count).await?;
        let first = last - count + 1;
        let mut before = hash_of(tx, school, first - 1).await?;
        let mut values = Vec::new();
        let mut rows = 0;
        for (seq, it) in (first..).zip(entries) {
            let entry = Entry {
                seq,
                // As it is kept, and as it will be read.
                at: Timestamp::from_millisecond(it.at.as_millisecond()).map_err(|err| corrupt("at", err))?,
                actor: it.actor,
                actor_name: it.actor_name,
                act: it.act,
                subject: it.subject,
                before: it.before,
                after: it.after,
                reason: it.reason,
                hash: String::new(),
            };
            before = link(&before, school, &entry);
            values.extend(row(school, entry, &before));
            rows += 1;
            if rows == ROWS {
                insert(tx, rows, std::mem::take(&mut values)).await?;
                rows = 0;
            }
        }
        if rows != 0 {
            insert(tx, rows, values).await?;
        }
    }
    Ok(())
}

fn row(school: Id<School>, it: Entry, hash: &[u8; 32]) -> [Value; 11] {
    [
        school.into(),
        it.seq.into(),
        it.at.into(),
        Value::text_or_null(it.actor),
        Value::Text(Some(it.actor_name)),
        Value::Text(Some(it.act)),
        Value::Text(Some(it.subject)),
        Value::Text(it.before),
        Value::Text(it.after),
        Value::Text(it.reason),
        Value::Text(Some(hex::digits(hash))),
    ]
}

async fn insert(tx: &mut Tx, rows: usize, values: Vec<Value>) -> Result<(), StoreError> {
    tx.insert("audit", &format!("school, {COLUMNS}"), rows, values).await
}

/// The hash of an entry; that of nothing before the first.
async fn hash_of(tx: &mut Tx, school: Id<School>, seq: i64) -> Result<[u8; 32], StoreError> {
    if seq == 0 {
        return Ok(START);
    }
    let sql = "select hash from audit where school = $1 and seq = $2";
    let row = tx.first(sql, vec![school.into(), seq.into()]).await?;
    let kept: Option<String> = match &row {
        Some(row) => row.get("hash")?,
        None => None,
    };
    // The chain is broken there already. Acts go on being written down: the look over the trail tells of the break,
    // and an entry with no hash before it counts from nothing.
    Ok(kept.as_deref().and_then(hex::bytes).unwrap_or(START))
}

const ADOPTED: &str = "audit chained";

/// Chains the entries of a database from before there was a chain; once, and all of them or none. False: it has been
/// done before.
///
/// Where entries are chained and the mark that says so is gone, somebody took it away with another tool, so that what
/// they changed would be chained anew. Nothing is then touched, and [`is_marked`] tells of it for good.
pub(crate) async fn adopt(tx: &mut Tx) -> Result<bool, StoreError> {
    if tx.next(ADOPTED).await? != 1 {
        return Ok(false);
    }
    if tx.first("select seq from audit where hash is not null limit 1", vec![]).await?.is_some() {
        return Ok(false);
    }
    let schools =
        tx.all("select id from school order by id", vec![], |row| row.parse::<Id<School>>("id")).await?;
    for school in schools {
        let (mut before, mut last) = (START, 0);
        loop {
            let entries = page(tx, school, last).await?;
            for entry in &entries {
                before = link(&before, school, entry);
                last = entry.seq;
                let sql = "update audit set hash = $3 where school = $1 and seq = $2";
                tx.run(sql, vec![school.into(), last.into(), Value::Text(Some(hex::digits(&before)))])
                    .await?;
            }
            if entries.is_empty() {
                break;
            }
        }
    }
    Ok(true)
}

/// Whether it is known that the entries were chained as they were written.
pub(super) async fn is_marked(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(tx.first("select value from counter where name = $1", vec![ADOPTED.into()]).await?.is_some())
}

/// The next entries after number `after`, oldest first.
pub async fn page(tx: &mut Tx, school: Id<School>, after: i64) -> Result<Vec<Entry>, StoreError> {
    let sql = "select seq, at, actor, actor_name, act, subject, before, after, reason, hash from audit \
               where school = $1 and seq > $2 order by seq limit $3";
    let read: fn(&Row) -> Result<Entry, StoreError> = read;
    tx.all(sql, vec![school.into(), after.into(), PAGE.into()], read).await
}
