//! What supervisors were sent of their operators' work (ACC-11).
use jiff::Timestamp;
use school::{Id, Person, School};

use crate::{By, StoreError, Tx, audit, sql::Row};

/// The work of one operator over some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub id: Id<Digest>,
    pub school: Id<School>,
    pub operator: Id<Person>,
    pub supervisor: Id<Person>,
    pub made_at: Timestamp,
    pub since: Timestamp,
    /// Not itself.
    pub until: Timestamp,
    /// Entries of the audit trail in that time, as counted when it was made.
    pub entries: u64,
}

/// How often one kind of thing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    pub act: String,
    pub times: u64,
}

impl Count {
    /// Whether it only looked.
    pub fn is_view(&self) -> bool {
        ["view", "open", "export", "explain", "search", "download"].iter().any(|it| self.act.starts_with(it))
    }
}

/// Operators who are here with those who answer for them.
pub async fn supervised(
    tx: &mut Tx,
    school: Id<School>,
) -> Result<Vec<(Id<Person>, Id<Person>)>, StoreError> {
    let sql = "select oversight.person, oversight.supervisor from oversight \
               join person on person.id = oversight.person \
               where oversight.school = $1 and oversight.supervisor is not null and person.left_at is null \
               order by oversight.person";
    let rows = tx.rows(sql, vec![school.into()]).await?;
    rows.iter().map(|row| Ok((row.parse("person")?, row.parse("supervisor")?))).collect()
}

/// Up to when somebody has been told of this operator's work.
pub async fn told_until(
    tx: &mut Tx,
    school: Id<School>,
    operator: Id<Person>,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select until from digest where school = $1 and operator = $2 order by until desc limit 1";
    let row = tx.first(sql, vec![school.into(), operator.into()]).await?;
    row.map(|row| row.at("until")).transpose()
}

/// What this person did, by kind, from `since` to before `until`.
pub async fn counts(
    tx: &mut Tx,
    school: Id<School>,
    operator: Id<Person>,
    (since, until): (Timestamp, Timestamp),
) -> Result<Vec<Count>, StoreError> {
    let sql = "select act, count(*) as n from audit where school = $1 and actor = $2 and at >= $3 and at < $4 \
               group by act order by act";
    let values = vec![school.into(), operator.into(), since.into(), until.into()];
    tx.all(sql, values, |row| Ok(Count { act: row.get("act")?, times: row.count("n")? })).await
}

pub async fn add(tx: &mut Tx, by: &By, it: &Digest) -> Result<(), StoreError> {
    let sql = "insert into digest (id, school, operator, supervisor, made_at, since, until, entries) \
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        it.id.into(),
        it.school.into(),
        it.operator.into(),
        it.supervisor.into(),
        it.made_at.into(),
        it.since.into(),
        it.until.into(),
        crate::sql::Value::count(it.entries),
    ];
    tx.run(sql, values).await?;
    let after = format!("{} entries for supervisor {}", it.entries, it.supervisor);
    audit::note(tx, by, it.school, "make digest", &it.operator.to_string(), None, Some(&after)).await
}

/// For this supervisor and for nobody else.
pub async fn get(
    tx: &mut Tx,
    school: Id<School>,
    supervisor: Id<Person>,
    id: Id<Digest>,
) -> Result<Option<Digest>, StoreError> {
    let sql = "select id, school, operator, supervisor, made_at, since, until, entries from digest \
               where school = $1 and supervisor = $2 and id = $3";
    let row = tx.first(sql, vec![school.into(), supervisor.into(), id.into()]).await?;
    row.as_ref().map(read).transpose()
}

/// The newest first.
pub async fn of(tx: &mut Tx, school: Id<School>, supervisor: Id<Person>) -> Result<Vec<Digest>, StoreError> {
    let sql = "select id, school, operator, supervisor, made_at, since, until, entries from digest \
               where school = $1 and supervisor = $2 order by until desc, id limit 200";
    tx.all(sql, vec![school.into(), supervisor.into()], read).await
}

fn read(row: &Row) -> Result<Digest, StoreError> {
    Ok(Digest {
        id: row.parse("id")?,
        school: row.parse("school")?,
        operator: row.parse("operator")?,
        supervisor: row.parse("supervisor")?,
        made_at: row.at("made_at")?,
        since: row.at("since")?,
        until: row.at("until")?,
        entries: row.count("entries")?,
    })
}
