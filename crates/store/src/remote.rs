//! Approvals of access from a distance (ACC-22, ACC-23). Whether one lets somebody in: [`school::remote::may_enter`].
use jiff::{SignedDuration, Timestamp};
use school::{Choice, Id, Person, School, remote::RemoteAccess};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
    stamp,
};

pub async fn add(tx: &mut Tx, by: &By, it: &RemoteAccess) -> Result<(), StoreError> {
    let sql = "insert into remote_access (id, version, school, person, need, scope, route, starts_at, ends_at, \
               authority, approved_by, approved_at, ended_at) \
               values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = vec![
        it.id.into(),
        it.school.into(),
        it.person.into(),
        Value::text(&it.need),
        Value::text(&it.scope),
        Value::text(&it.route),
        it.from.into(),
        it.until.into(),
        it.authority.code().into(),
        it.approved_by.into(),
        it.approved_at.into(),
        Value::at_or_null(it.ended_at),
    ];
    tx.run(sql, values).await?;
    stamp::bump(tx).await?;
    let words =
        format!("{}; {}; by {} until {}; {}", it.need, it.scope, it.route, it.until, it.authority.label());
    audit::note(tx, by, it.school, "approve remote access", &it.person.to_string(), None, Some(&words)).await
}

/// Taken back at once. [`StoreError::Stale`] where it is over already.
pub async fn end(tx: &mut Tx, by: &By, it: &RemoteAccess) -> Result<(), StoreError> {
    let sql = "update remote_access set ended_at = $3, version = version + 1 \
               where id = $1 and school = $2 and ended_at is null and ends_at > $3";
    if tx.run(sql, vec![it.id.into(), it.school.into(), by.at.into()]).await? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    let before = format!("by {} until {}", it.route, it.until);
    audit::note(tx, by, it.school, "end remote access", &it.person.to_string(), Some(&before), None).await
}

/// The last to end first; those that are over among them.
pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<Vec<RemoteAccess>, StoreError> {
    let sql = "select id, school, person, need, scope, route, starts_at, ends_at, authority, approved_by, approved_at, \
               ended_at from remote_access where school = $1 order by ends_at desc, id";
    tx.all(sql, vec![school.into()], read).await
}

/// In force or still to come at `now`.
pub async fn standing(
    tx: &mut Tx,
    school: Id<School>,
    now: Timestamp,
) -> Result<Vec<RemoteAccess>, StoreError> {
    let sql = "select id, school, person, need, scope, route, starts_at, ends_at, authority, approved_by, approved_at, \
               ended_at from remote_access where school = $1 and ended_at is null and ends_at > $2 \
               order by ends_at, id";
    tx.all(sql, vec![school.into(), now.into()], read).await
}

/// Of one person, in force or still to come at `now`.
pub async fn of_person(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
    now: Timestamp,
) -> Result<Vec<RemoteAccess>, StoreError> {
    let sql = "select id, school, person, need, scope, route, starts_at, ends_at, authority, approved_by, approved_at, \
               ended_at from remote_access where school = $1 and person = $2 and ended_at is null and ends_at > $3 \
               order by ends_at, id";
    tx.all(sql, vec![school.into(), person.into(), now.into()], read).await
}

pub async fn get(
    tx: &mut Tx,
    school: Id<School>,
    id: Id<RemoteAccess>,
) -> Result<Option<RemoteAccess>, StoreError> {
    let sql = "select id, school, person, need, scope, route, starts_at, ends_at, authority, approved_by, approved_at, \
               ended_at from remote_access where school = $1 and id = $2";
    tx.first(sql, vec![school.into(), id.into()]).await?.as_ref().map(read).transpose()
}

/// Those in force that end within `time` and whose holders have not been told; from now on they have.
pub async fn take_ending(
    tx: &mut Tx,
    school: Id<School>,
    time: SignedDuration,
    now: Timestamp,
) -> Result<Vec<RemoteAccess>, StoreError> {
    let until = now.saturating_add(time).unwrap_or(Timestamp::MAX);
    let sql = "update remote_access set told_at = $2 where school = $1 and ended_at is null and told_at is null \
               and starts_at <= $2 and ends_at > $2 and ends_at <= $3 returning id, school, person, need, scope, route, \
               starts_at, ends_at, authority, approved_by, approved_at, ended_at";
    tx.all(sql, vec![school.into(), now.into(), until.into()], read).await
}

fn read(row: &Row) -> Result<RemoteAccess, StoreError> {
    Ok(RemoteAccess {
        id: row.parse("id")?,
        school: row.parse("school")?,
        person: row.parse("person")?,
        need: row.parse("need")?,
        scope: row.parse("scope")?,
        route: row.parse("route")?,
        from: row.at("starts_at")?,
        until: row.at("ends_at")?,
        authority: row.choice("authority")?,
        approved_by: row.parse("approved_by")?,
        approved_at: row.at("approved_at")?,
        ended_at: row.at_opt("ended_at")?,
    })
}
