use std::{collections::BTreeSet, sync::Arc, time::Duration};

use gate::Current;
use jiff::Timestamp;
use store::{
    Db, StoreError, audit,
    pulse::{self, Pulse},
};
use tokio_util::sync::CancellationToken;

use crate::{Clock, Health, alerts::ourselves, health::told};

/// Says every few seconds that a gate lives, what it counted and what is wrong with it. A fault that comes or goes
/// is an entry in the audit trail too, so that it cannot be missed by who was not looking (FIL-28).
#[derive(Clone)]
pub struct Heart {
    pub db: Db,
    pub current: Arc<Current>,
    pub recorder: gate::Recorder,
    pub health: Health,
    /// The gate's name.
    pub gate: String,
    pub clock: Clock,
}

const EVERY: Duration = Duration::from_secs(5);

impl Heart {
    pub async fn run(self, stop: CancellationToken) {
        let started_at = (self.clock)();
        let mut known = BTreeSet::new();
        loop {
            match self.beat(started_at, &known).await {
                Ok(faults) => known = faults,
                Err(err) => tracing::error!("the pulse is not written: {}", told(&err)),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    /// Says which faults stand now.
    async fn beat(
        &self,
        started_at: Timestamp,
        known: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let now = (self.clock)();
        let school = self.current.load().school.id;
        let tally = self.recorder.tally();
        let faults = self.health.faults();
        let mut tx = self.db.write().await?;
        let beat = Pulse {
            school,
            gate: self.gate.clone(),
            started_at,
            seen_at: now,
            requests: tally.taken,
            blocked: self.health.blocked(),
            dropped: tally.dropped,
            help: tally.help,
            snapshot_at: self.health.snapshot_at().unwrap_or(started_at),
            faults: faults.clone(),
        };
        pulse::beat(&mut tx, &beat).await?;
        let faults: BTreeSet<String> = faults.into_iter().collect();
        let by = ourselves(now);
        for fault in faults.difference(known) {
            audit::note(&mut tx, &by, school, "fault", &self.gate, None, Some(fault)).await?;
        }
        for fault in known.difference(&faults) {
            audit::note(&mut tx, &by, school, "fault is over", &self.gate, Some(fault), None).await?;
        }
        tx.commit().await?;
        Ok(faults)
    }
}
