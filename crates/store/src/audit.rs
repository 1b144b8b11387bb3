//! Who did what, and who looked at whom (LOG-04). Entries are added and never changed.
use jiff::Timestamp;
use school::{Id, Person, School};

use crate::{
    By, StoreError, Tx,
    sql::{Row, Value},
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
}

/// In the transaction of what it tells of: either both are kept or neither is.
pub async fn note(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    act: &str,
    subject: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<(), StoreError> {
    let seq = tx.next(&format!("audit {school}")).await?;
    let sql = "insert into audit (school, seq, at, actor, actor_name, act, subject, before, after) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        school.into(),
        seq.into(),
        by.at.into(),
        Value::text_or_null(by.person),
        by.name.as_str().into(),
        act.into(),
        subject.into(),
        before.into(),
        after.into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// Newest first: those before entry `before`, or the newest of all.
pub async fn recent(
    tx: &mut Tx,
    school: Id<School>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let sql = "select seq, at, actor, actor_name, act, subject, before, after from audit \
               where school = $1 and seq < $2 order by seq desc limit $3";
    let values = vec![school.into(), before.unwrap_or(i64::MAX).into(), i64::from(limit).into()];
    tx.all(sql, values, read).await
}

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
    })
}
