//! All rows of one database into another, whichever engine each is on: how a school moves from `SQLite` to the
//! `PostgreSQL` of its trust, and how what is on `PostgreSQL` gets into a backup.
//!
//! Everything happens in one transaction of the target, so that a move that was cut off has never been, and may begin
//! again. One that was done already finds all of its rows there and changes nothing. The source is only read.
use std::collections::{HashMap, HashSet};

use futures_util::StreamExt as _;
use school::{Id, School};
use sha2::{Digest as _, Sha256};

use crate::{
    Db, StoreError, Tx, audit, hex, schools,
    sql::{Row, Value},
};

/// Every table, each after those it refers to. A test holds this against the schema: a new table gets its line here.
pub(crate) const TABLES: &[&str] = &[
    "counter",
    "school",
    "site",
    "person",
    "school_group",
    "membership",
    "rules_version",
    "list_source",
    "list_state",
    "agreement",
    "concern",
    "concern_event",
    "audit",
    "session",
    "view_reason",
    "job",
    "pulse",
    "set_up_token",
    "trust",
    "setting",
    "audit_check",
    "parent_link",
    "roster_load",
    "roster_piece",
    "roster_row",
    "second_credential",
    "recovery_code",
    "password_state",
    "young_sign_in",
    "security_alert",
    "account_kept",
    "provider_link",
    "agreement_reading",
    "signed_form",
    "agreement_signature",
    "class_discussion",
    "agreement_issue",
    "agreement_reminder",
    "sign_in_link",
    "oversight",
    "placement",
    "class_identity",
    "post_holder",
    "grant_record",
    "access_plan",
    "digest",
    "guest",
    "remote_access",
    "local_body",
    "exceptional_case",
];

/// Rows in one statement, and the values they may have between them.
const ROWS: usize = 500;
const VALUES: usize = 30_000;

/// What was carried, table by table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    pub tables: Vec<Table>,
    /// All of it was there before.
    pub was_there: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub rows: u64,
    /// SHA-256 over the sorted hashes of the rows, in hex: the same on both sides.
    pub digest: String,
}

#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    #[error(
        "the target holds another school's records ({0}); where several schools are to share it, as in a trust, \
         say so with --trust"
    )]
    Others(String),
    #[error("the target has a school named {0} already, which is another one: rename one of the two first")]
    SameName(String),
    #[error(
        "{rows} rows of {table} are not in the target as they are here: this school was moved before, and has changed \
         on one side since. Nothing was changed. Go on with the target, or empty it and move again"
    )]
    Differs { table: &'static str, rows: usize },
    #[error("the audit trail of {0} does not read as written once it is in the target; nothing was changed")]
    Trail(String),
    #[error("the table {0} has other columns on the two sides: bring both up to date with this program")]
    Columns(&'static str),
    #[error("the target has records already: a backup is put back into an empty database")]
    NotEmpty,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether the target may hold other schools too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    Nobody,
    /// It is a trust's.
    Others,
}

pub async fn carry(from: &Db, to: &Db, beside: Beside) -> Result<Carried, CarryError> {
    let mut source = from.read().await?;
    let mut target = to.write().await?;
    target.defer_references().await?;
    let names = fits(&mut source, &mut target, beside).await?;
    let mut tables = Vec::new();
    let mut added = 0;
    for &name in TABLES {
        let columns = source.columns(name).await?;
        if columns != target.columns(name).await? {
            return Err(CarryError::Columns(name));
        }
        let (rows, new) = copy(&mut source, &mut target, name, &columns, &names).await?;
        added += new;
        tables.push(checked(&mut target, name, &columns, rows).await?);
    }
    for school in schools::all(&mut source).await? {
        let mut before = audit::verify(&mut source, school.id, &[], None).await?;
        // The target has a mark of its own.
        before.breaks.retain(|it| *it != audit::Break::Unmarked);
        let after = audit::verify(&mut target, school.id, &[], None).await?;
        // One that was broken before is moved as it is, and stays as provably broken.
        if before != after {
            return Err(CarryError::Trail(school.name.to_string()));
        }
    }
    target.commit().await?;
    Ok(Carried { tables, was_there: added == 0 })
}

/// Ids of the source that the target knows under another: a trust or a list of the same name.
type Names = HashMap<String, String>;

async fn fits(source: &mut Tx, target: &mut Tx, beside: Beside) -> Result<Names, CarryError> {
    let ours: Vec<School> = schools::all(source).await?;
    let theirs: Vec<School> = schools::all(target).await?;
    let is_ours = |id: Id<School>| ours.iter().any(|it| it.id == id);
    let others: Vec<&School> = theirs.iter().filter(|it| !is_ours(it.id)).collect();
    if let Some(it) = others.iter().find(|it| ours.iter().any(|our| our.name == it.name)) {
        return Err(CarryError::SameName(it.name.to_string()));
    }
    if !others.is_empty() && beside == Beside::Nobody {
        let names: Vec<&str> = others.iter().map(|it| it.name.as_str()).collect();
        return Err(CarryError::Others(names.join(", ")));
    }
    let mut names = Names::new();
    for sql in ["select id, name from trust", "select id, name from list_source"] {
        let pairs = |row: &Row| Ok((row.get::<String>("name")?, row.get::<String>("id")?));
        let known: HashMap<String, String> = target.all(sql, vec![], pairs).await?.into_iter().collect();
        for (name, id) in source.all(sql, vec![], pairs).await? {
            if let Some(other) = known.get(&name).filter(|it| **it != id) {
                names.insert(id, other.clone());
            }
        }
    }
    Ok(names)
}

/// What is looked for in the target when all is there. Rows in `must` are there as they are here; the others belong to
/// a trust or a list that the target had already, or to the clockwork of the program, and there the target wins.
#[derive(Default)]
struct Sent {
    must: Vec<[u8; 32]>,
    may: u64,
}

async fn copy(
    source: &mut Tx,
    target: &mut Tx,
    name: &'static str,
    columns: &[(String, Kind)],
    names: &Names,
) -> Result<(Sent, u64), CarryError> {
    let list: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let list = list.join(", ");
    let most = ROWS.min(VALUES / columns.len().max(1));
    let (mut sent, mut added) = (Sent::default(), 0);
    let mut waiting: Vec<Value> = Vec::new();
    let mut rows = 0;
    let mut stream = source.every(name, &list);
    while let Some(row) = stream.next().await {
        let mut values = read(&row?, columns)?;
        // The trail is hashed, and stays as it was written.
        let mapped = name != "audit" && map(&mut values, names);
        let theirs = mapped && matches!(name, "trust" | "list_source" | "list_state" | "setting");
        let value = |of: &str| columns.iter().position(|it| it.0 == of).and_then(|at| values.get(at));
        if theirs || is_clockwork(name, value) {
            sent.may += 1;
        } else {
            sent.must.push(hash(&values));
        }
        waiting.append(&mut values);
        rows += 1;
        if rows == most {
            added += target.insert_new(name, &list, rows, std::mem::take(&mut waiting)).await?;
            rows = 0;
        }
    }
    if rows != 0 {
        added += target.insert_new(name, &list, rows, waiting).await?;
    }
    Ok((sent, added))
}

/// Counters that count for the whole database, and jobs that wait once whoever enqueues them.
fn is_clockwork<'a>(table: &str, value: impl Fn(&str) -> Option<&'a Value>) -> bool {
    match table {
        "counter" => {
            matches!(value("name"), Some(Value::Text(Some(it))) if ["stamp", "audit chained", "last known time"].contains(&it.as_str()))
        }
        "job" => matches!(value("once_key"), Some(Value::Text(Some(_)))),
        _ => false,
    }
}

fn map(values: &mut [Value], names: &Names) -> bool {
    let mut mapped = false;
    for value in values {
        if let Value::Text(Some(text)) = value
            && let Some(other) = names.get(text)
        {
            other.clone_into(text);
            mapped = true;
        }
    }
    mapped
}

/// Reads the target, and finds there what was sent.
async fn checked(
    target: &mut Tx,
    name: &'static str,
    columns: &[(String, Kind)],
    mut sent: Sent,
) -> Result<Table, CarryError> {
    let list: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let mut there = HashSet::new();
    let mut stream = target.every(name, &list.join(", "));
    while let Some(row) = stream.next().await {
        there.insert(hash(&read(&row?, columns)?));
    }
    let missing = sent.must.iter().filter(|it| !there.contains(*it)).count();
    if missing != 0 {
        return Err(CarryError::Differs { table: name, rows: missing });
    }
    sent.must.sort_unstable();
    let mut digest = Sha256::new();
    sent.must.iter().for_each(|it| digest.update(it));
    let digest: [u8; 32] = digest.finalize().into();
    Ok(Table { name, rows: sent.must.len() as u64 + sent.may, digest: hex::digits(&digest) })
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Bool,
}

fn read(row: &Row, columns: &[(String, Kind)]) -> Result<Vec<Value>, StoreError> {
    let one = |(name, kind): &(String, Kind)| {
        Ok(match kind {
            Kind::Text => Value::Text(row.get(name)?),
            Kind::Int => Value::Int(row.get(name)?),
            Kind::Bool => Value::Bool(row.get(name)?),
        })
    };
    columns.iter().map(one).collect()
}

fn hash(values: &[Value]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for value in values {
        match value {
            Value::Text(None) | Value::Int(None) => hash.update([0]),
            Value::Text(Some(text)) => {
                hash.update([1]);
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text.as_bytes());
            }
            Value::Int(Some(number)) => {
                hash.update([2]);
                hash.update(number.to_be_bytes());
            }
            Value::Bool(it) => hash.update([3, u8::from(*it)]),
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
