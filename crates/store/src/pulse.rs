//! Signs of life of each gate, for the page that says whether it works.
use jiff::Timestamp;
use school::{Id, School};

use crate::{
    StoreError, Tx,
    sql::{Row, Value},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    pub school: Id<School>,
    /// The gate's name.
    pub gate: String,
    pub started_at: Timestamp,
    pub seen_at: Timestamp,
    /// Counts since start.
    pub requests: u64,
    pub blocked: u64,
    /// Not recorded for lack of room; never a refusal.
    pub dropped: u64,
    /// Visits to help sites: a number, and nothing else of them.
    pub help: u64,
    /// When the rules now in force were compiled.
    pub snapshot_at: Timestamp,
    /// In words for staff; empty when all is well.
    pub faults: Vec<String>,
}

pub async fn beat(tx: &mut Tx, pulse: &Pulse) -> Result<(), StoreError> {
    let sql = "insert into pulse (school, gate, started_at, seen_at, requests, blocked, dropped, help, \
               snapshot_at, faults) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
               on conflict (school, gate) do update set started_at = excluded.started_at, \
               seen_at = excluded.seen_at, requests = excluded.requests, blocked = excluded.blocked, \
               dropped = excluded.dropped, help = excluded.help, snapshot_at = excluded.snapshot_at, \
               faults = excluded.faults";
    let values = vec![
        pulse.school.into(),
        pulse.gate.as_str().into(),
        pulse.started_at.into(),
        pulse.seen_at.into(),
        Value::count(pulse.requests),
        Value::count(pulse.blocked),
        Value::count(pulse.dropped),
        Value::count(pulse.help),
        pulse.snapshot_at.into(),
        Value::lines(&pulse.faults),
    ];
    tx.run(sql, values).await.map(drop)
}

/// The last of each gate.
pub async fn latest(tx: &mut Tx, school: Id<School>) -> Result<Vec<Pulse>, StoreError> {
    let sql = "select school, gate, started_at, seen_at, requests, blocked, dropped, help, snapshot_at, faults \
               from pulse where school = $1 order by gate";
    tx.all(sql, vec![school.into()], read).await
}

fn read(row: &Row) -> Result<Pulse, StoreError> {
    Ok(Pulse {
        school: row.parse("school")?,
        gate: row.get("gate")?,
        started_at: row.at("started_at")?,
        seen_at: row.at("seen_at")?,
        requests: row.count("requests")?,
        blocked: row.count("blocked")?,
        dropped: row.count("dropped")?,
        help: row.count("help")?,
        snapshot_at: row.at("snapshot_at")?,
        faults: row.lines("faults")?,
    })
}
