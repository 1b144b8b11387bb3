//! Individual access plans: a profile of their own for someone who needs one (ACC-16).
use std::collections::HashMap;

use jiff::Timestamp;
use school::{Id, Line, Person, School};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
    stamp,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub id: Id<Plan>,
    pub school: Id<School>,
    pub person: Id<Person>,
    /// Why, in words; for those alone who may see plans.
    pub need: String,
    /// Who decided it.
    pub decided_by: Line,
    /// The name of the profile they have instead of that of their year.
    pub profile: String,
    pub since: Timestamp,
    pub review_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub version: i64,
}

/// Replaces the one that runs for this person, if any. Fails with [`StoreError::Stale`] where somebody else makes one for
/// them at the same moment.
pub async fn make(tx: &mut Tx, by: &By, plan: &Plan) -> Result<(), StoreError> {
    let sql = "update access_plan set ended_at = $3, version = version + 1 \
               where school = $1 and person = $2 and ended_at is null";
    tx.run(sql, vec![plan.school.into(), plan.person.into(), by.at.into()]).await?;
    let sql = "insert into access_plan (id, version, school, person, need, decided_by, profile, since, review_at, made_by) \
               values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing";
    let values = vec![
        plan.id.into(),
        plan.school.into(),
        plan.person.into(),
        plan.need.as_str().into(),
        Value::text(&plan.decided_by),
        plan.profile.as_str().into(),
        plan.since.into(),
        plan.review_at.into(),
        by.name.as_str().into(),
    ];
    touched(tx.run(sql, values).await?)?;
    stamp::bump(tx).await?;
    // The need stays out of the trail, which others may read.
    let after = format!("profile {}, decided by {}", plan.profile, plan.decided_by);
    audit::note(tx, by, plan.school, "make access plan", &plan.person.to_string(), None, Some(&after)).await
}

/// Goes on until another review. Fails with [`StoreError::Stale`] where it changed meanwhile or has ended.
pub async fn review(tx: &mut Tx, by: &By, plan: &Plan, next: Timestamp) -> Result<(), StoreError> {
    let sql = "update access_plan set review_at = $4, reminded_at = null, version = version + 1 \
               where id = $1 and school = $2 and version = $3 and ended_at is null";
    let values = vec![plan.id.into(), plan.school.into(), plan.version.into(), next.into()];
    touched(tx.run(sql, values).await?)?;
    let (before, after) = (plan.review_at.to_string(), next.to_string());
    let subject = plan.person.to_string();
    audit::note(tx, by, plan.school, "review access plan", &subject, Some(&before), Some(&after)).await
}

/// Fails with [`StoreError::Stale`] where it changed meanwhile or has ended.
pub async fn end(tx: &mut Tx, by: &By, plan: &Plan) -> Result<(), StoreError> {
    let sql = "update access_plan set ended_at = $3, version = version + 1 \
               where id = $1 and school = $2 and version = $4 and ended_at is null";
    let values = vec![plan.id.into(), plan.school.into(), by.at.into(), plan.version.into()];
    touched(tx.run(sql, values).await?)?;
    stamp::bump(tx).await?;
    audit::note(tx, by, plan.school, "end access plan", &plan.person.to_string(), None, None).await
}

pub async fn get(tx: &mut Tx, school: Id<School>, id: Id<Plan>) -> Result<Option<Plan>, StoreError> {
    let sql = "select id, version, school, person, need, decided_by, profile, since, review_at, ended_at \
               from access_plan where school = $1 and id = $2";
    tx.first(sql, vec![school.into(), id.into()]).await?.as_ref().map(read).transpose()
}

/// Those that run, or those that have ended; the next to review first.
pub async fn all(tx: &mut Tx, school: Id<School>, ended: bool) -> Result<Vec<Plan>, StoreError> {
    let sql = "select id, version, school, person, need, decided_by, profile, since, review_at, ended_at \
               from access_plan where school = $1 and (ended_at is not null) = $2 order by review_at, id limit 1000";
    tx.all(sql, vec![school.into(), ended.into()], read).await
}

/// The profile that their plan gives someone.
pub async fn profile_of(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
) -> Result<Option<String>, StoreError> {
    let sql = "select profile from access_plan where school = $1 and person = $2 and ended_at is null";
    let row = tx.first(sql, vec![school.into(), person.into()]).await?;
    row.map(|row| row.get("profile")).transpose()
}

/// The profile of everyone who has a plan, for gates.
pub async fn profiles(tx: &mut Tx, school: Id<School>) -> Result<HashMap<Id<Person>, String>, StoreError> {
    let sql = "select person, profile from access_plan where school = $1 and ended_at is null";
    let rows = tx.rows(sql, vec![school.into()]).await?;
    rows.iter().map(|row| Ok((row.parse("person")?, row.get("profile")?))).collect()
}

/// Those whose review is due and of which nobody was reminded yet; marks them as reminded.
pub async fn to_remind(tx: &mut Tx, school: Id<School>, now: Timestamp) -> Result<Vec<Plan>, StoreError> {
    let sql = "select id, version, school, person, need, decided_by, profile, since, review_at, ended_at from access_plan \
               where school = $1 and ended_at is null and reminded_at is null and review_at <= $2";
    let due = tx.all(sql, vec![school.into(), now.into()], read).await?;
    let sql = "update access_plan set reminded_at = $2 \
               where school = $1 and ended_at is null and reminded_at is null and review_at <= $2";
    tx.run(sql, vec![school.into(), now.into()]).await?;
    Ok(due)
}

fn read(row: &Row) -> Result<Plan, StoreError> {
    Ok(Plan {
        id: row.parse("id")?,
        version: row.get("version")?,
        school: row.parse("school")?,
        person: row.parse("person")?,
        need: row.get("need")?,
        decided_by: row.parse("decided_by")?,
        profile: row.get("profile")?,
        since: row.at("since")?,
        review_at: row.at("review_at")?,
        ended_at: row.at_opt("ended_at")?,
    })
}

fn touched(rows: u64) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
