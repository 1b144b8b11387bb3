//! The last time that was believed, of the whole database: what a clock is held against before anything is destroyed
//! because of it.
use jiff::Timestamp;

use crate::{By, StoreError, Tx, audit, schools, sql::Row};

/// A row of `counter`, in Unix milliseconds.
const NAME: &str = "last known time";

/// `None`: nothing has ever run on it. A database from before this was kept says when a gate was last heard of.
pub async fn get(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    let one = |row: Option<Row>| row.map_or(Ok(None), |row| row.at_opt("value"));
    let kept = tx.first("select value from counter where name = $1", vec![NAME.into()]).await?;
    match one(kept)? {
        Some(at) => Ok(Some(at)),
        None => one(tx.first("select max(seen_at) as value from pulse", vec![]).await?),
    }
}

/// It is believed to be `now`. Never goes back.
pub async fn keep(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    let sql = "insert into counter (name, value) values ($1, $2) \
               on conflict (name) do update set value = excluded.value where counter.value < excluded.value";
    tx.run(sql, vec![NAME.into(), now.into()]).await.map(drop)
}

/// Somebody has looked, and says that it is `by.at`: whatever was believed before.
pub async fn confirm(tx: &mut Tx, by: &By) -> Result<(), StoreError> {
    let before = get(tx).await?;
    let sql = "insert into counter (name, value) values ($1, $2) \
               on conflict (name) do update set value = excluded.value";
    tx.run(sql, vec![NAME.into(), by.at.into()]).await?;
    let (before, after) = (before.map(|it| it.to_string()), by.at.to_string());
    for school in schools::all(tx).await? {
        audit::note(tx, by, school.id, "confirm clock", "the time", before.as_deref(), Some(&after)).await?;
    }
    Ok(())
}
