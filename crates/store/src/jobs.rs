//! Work that waits to be done. Enqueued in the transaction of what asks for it; taken by one worker at a time.
use jiff::{SignedDuration, Timestamp};
use school::Id;

use crate::{StoreError, Tx, by::fresh_id, error::corrupt};

/// A worker that has not reported by then is taken to be gone, and another may take the job: so a job must bear
/// being run twice.
pub const HELD_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Nothing is put off for longer, so what waits or is held for longer was written by a clock that ran ahead.
pub const FURTHEST: SignedDuration = SignedDuration::from_hours(3);
/// Twice what anything is held for: a clock that is put right by minutes takes no job from who is at it.
const HELD_AT_MOST: SignedDuration = SignedDuration::from_mins(20);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: Id<Job>,
    pub name: String,
    pub payload: String,
    pub run_at: Timestamp,
    /// Counts this one.
    pub attempts: u32,
    pub last_error: Option<String>,
}

pub async fn enqueue(
    tx: &mut Tx,
    name: &str,
    payload: &str,
    run_at: Timestamp,
) -> Result<Id<Job>, StoreError> {
    let id = fresh_id(run_at);
    let sql = "insert into job (id, name, payload, run_at, attempts) values ($1, $2, $3, $4, 0)";
    tx.run(sql, vec![id.into(), name.into(), payload.into(), run_at.into()]).await?;
    Ok(id)
}

/// Does nothing, and says false, while a job of this name and key is not yet done.
pub async fn enqueue_once(
    tx: &mut Tx,
    name: &str,
    key: &str,
    payload: &str,
    run_at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "insert into job (id, name, once_key, payload, run_at, attempts) values ($1, $2, $3, $4, $5, 0) \
               on conflict do nothing";
    let id: Id<Job> = fresh_id(run_at);
    let values = vec![id.into(), name.into(), key.into(), payload.into(), run_at.into()];
    Ok(tx.run(sql, values).await? == 1)
}

/// The job that has waited longest, held for [`HELD_FOR`]. Needs a transaction of its own, committed before the
/// work begins. What a clock that ran ahead put off, or held, for longer than anything honest is taken too.
pub async fn take(tx: &mut Tx, now: Timestamp) -> Result<Option<Job>, StoreError> {
    // Two who pick the same row: the second waits for the first, looks again, and finds it held.
    let sql = "update job set held_until = $2, attempts = attempts + 1 \
               where done_at is null and (held_until is null or held_until <= $1 or $3 < held_until) and id = \
               (select id from job where done_at is null and (run_at <= $1 or $4 < run_at) \
               and (held_until is null or held_until <= $1 or $3 < held_until) order by run_at, id limit 1) \
               returning id, name, payload, run_at, attempts, last_error";
    let held = now.saturating_add(HELD_FOR).map_err(|err| corrupt("held_until", err))?;
    let after = |span| now.saturating_add(span).unwrap_or(Timestamp::MAX);
    let values = vec![now.into(), held.into(), after(HELD_AT_MOST).into(), after(FURTHEST).into()];
    let row = tx.first(sql, values).await?;
    row.map(|row| {
        Ok(Job {
            id: row.parse("id")?,
            name: row.get("name")?,
            payload: row.get("payload")?,
            run_at: row.at("run_at")?,
            attempts: row.count("attempts")?,
            last_error: row.get("last_error")?,
        })
    })
    .transpose()
}

pub async fn done(tx: &mut Tx, id: Id<Job>, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update job set done_at = $2, held_until = null where id = $1";
    tx.run(sql, vec![id.into(), now.into()]).await.map(drop)
}

/// To be tried again at `again`; `None` gives up, and keeps the job with its error for people to see.
pub async fn failed(
    tx: &mut Tx,
    id: Id<Job>,
    error: &str,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update job set last_error = $2, held_until = null, run_at = $3, done_at = $4 where id = $1";
    let done = crate::sql::Value::at_or_null(again.is_none().then_some(now));
    tx.run(sql, vec![id.into(), error.into(), again.unwrap_or(now).into(), done]).await.map(drop)
}

/// How many wait, and how many were given up.
pub async fn waiting(tx: &mut Tx) -> Result<(u64, u64), StoreError> {
    let count = |row: Option<crate::sql::Row>| row.map_or(Ok(0), |row| row.count("n"));
    let waiting = tx.first("select count(*) as n from job where done_at is null", vec![]).await?;
    let sql = "select count(*) as n from job where done_at is not null and last_error is not null";
    let given_up = tx.first(sql, vec![]).await?;
    Ok((count(waiting)?, count(given_up)?))
}

/// Forgets what was done before `before`. Says how many.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run("delete from job where done_at < $1", vec![before.into()]).await
}
