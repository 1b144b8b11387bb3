//! Takes what gates saw to the activity log, and what was searched past the lexicon.
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use policy::{Outcome, Seen};
use store::activity::{Activity, ActivityError};
use tokio_util::sync::CancellationToken;

use crate::{
    Clock, Health, Watch,
    health::{held, told},
    watch::{Attempt, Nameless, Tried, Worry},
};

/// Stop it after the gates, so that it takes the last of what they saw.
pub struct Recording {
    pub gate: gate::Recorder,
    pub activity: Activity,
    pub watch: Watch,
    pub health: Health,
    pub clock: Clock,
}

/// A person who searches is seen by the office this soon.
const EVERY: Duration = Duration::from_millis(150);
/// A power cut loses no more than this.
const SYNC_EVERY: Duration = Duration::from_millis(700);
/// What waits here while the log cannot be written. Beyond it the gate's own bound holds.
const BACKLOG: usize = 200_000;
/// Worries that wait while the register cannot be written. There are few, and none may be lost.
const MOST_WORRIES: usize = 50_000;
/// At the end, how often a failing log is tried again before giving up.
const LAST_TRIES: u32 = 10;

/// The activity log, as far as the recorder knows it.
trait Log: Send {
    /// All or none; with an error the same is handed in again.
    fn append(&mut self, seen: &[Seen], now: Timestamp) -> Result<(), ActivityError>;
    fn sync(&mut self) -> Result<(), ActivityError>;
}

impl Log for Activity {
    fn append(&mut self, seen: &[Seen], now: Timestamp) -> Result<(), ActivityError> {
        Activity::append(self, seen, now).map(drop)
    }
    fn sync(&mut self) -> Result<(), ActivityError> {
        Activity::sync(self)
    }
}

/// The log and what it has not taken yet, handed to a blocking thread together.
struct Ledger {
    log: Box<dyn Log>,
    waiting: Vec<Seen>,
    synced: Instant,
    unsynced: bool,
}

impl Recording {
    pub async fn run(self, stop: CancellationToken) {
        let Recording { gate, activity, watch, health, clock } = self;
        let mut desk = Desk::new(gate, Box::new(activity), watch, health, clock);
        loop {
            tokio::select! {
                () = stop.cancelled() => return desk.finish().await,
                () = tokio::time::sleep(EVERY) => {}
            }
            desk.turn(false).await;
        }
    }
}

struct Desk {
    gate: gate::Recorder,
    ledger: Arc<Mutex<Ledger>>,
    watch: Watch,
    health: Health,
    clock: Clock,
    /// Empty between turns; kept for its room.
    fresh: Vec<Seen>,
    worries: Vec<Worry>,
    nameless: Nameless,
    ways_round: Vec<Attempt>,
    tried: Tried,
}

impl Desk {
    fn new(gate: gate::Recorder, log: Box<dyn Log>, watch: Watch, health: Health, clock: Clock) -> Desk {
        let ledger = Ledger { log, waiting: Vec::new(), synced: Instant::now(), unsynced: false };
        Desk {
            gate,
            ledger: Arc::new(Mutex::new(ledger)),
            watch,
            health,
            clock,
            fresh: Vec::new(),
            worries: Vec::new(),
            nameless: Nameless::default(),
            ways_round: Vec::new(),
            tried: Tried::default(),
        }
    }

    /// Whether everything that was taken from the gate is written down.
    async fn turn(&mut self, last: bool) -> bool {
        self.take();
        let raised = self.raise().await;
        let kept = self.keep(last).await;
        raised && kept
    }

    fn take(&mut self) {
        let mut ledger = held(&self.ledger);
        if BACKLOG <= ledger.waiting.len() || MOST_WORRIES <= self.worries.len() {
            return;
        }
        self.gate.drain(&mut self.fresh);
        let blocked = self.fresh.iter().filter(|it| it.outcome == Outcome::Blocked).count();
        self.health.add_blocked(blocked as u64);
        self.worries.append(&mut self.watch.assess(&self.fresh, &mut self.nameless));
        self.ways_round.append(&mut self.watch.ways_round(&self.fresh, &mut self.tried));
        ledger.waiting.append(&mut self.fresh);
    }

    async fn raise(&mut self) -> bool {
        let mut done = self.watch.raise(&mut self.worries).await;
        if done.is_ok() {
            done = self.watch.tell(&mut self.ways_round).await;
        }
        match done {
            Ok(()) => {
                self.health.set("concerns", Vec::new());
                true
            }
            Err(err) => {
                let fault = format!("concerns cannot be written down and wait: {}", told(&err));
                self.health.set("concerns", vec![fault]);
                false
            }
        }
    }

    async fn keep(&mut self, last: bool) -> bool {
        let (ledger, now) = (Arc::clone(&self.ledger), (self.clock)());
        let kept = tokio::task::spawn_blocking(move || held(&ledger).keep(now, last)).await;
        let fault = match kept {
            Ok(Ok(())) => None,
            Ok(Err(err)) => Some(told(&err)),
            Err(err) => Some(err.to_string()),
        };
        let well = fault.is_none();
        let faults = fault.map(|it| format!("the record cannot be written; what is seen waits: {it}"));
        self.health.set("record", faults.into_iter().collect());
        well
    }

    async fn finish(mut self) {
        for _ in 0..LAST_TRIES {
            if self.turn(true).await {
                return;
            }
            tokio::time::sleep(EVERY).await;
        }
        let rows = held(&self.ledger).waiting.len();
        tracing::error!(rows, concerns = self.worries.len(), "what could not be written is lost");
    }
}

impl Ledger {
    fn keep(&mut self, now: Timestamp, last: bool) -> Result<(), ActivityError> {
        if !self.waiting.is_empty() {
            self.log.append(&self.waiting, now)?;
            self.waiting.clear();
            self.unsynced = true;
        }
        if self.unsynced && (last || SYNC_EVERY <= self.synced.elapsed()) {
            self.log.sync()?;
            self.synced = Instant::now();
            self.unsynced = false;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
