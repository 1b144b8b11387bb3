//! Takes what gates saw to the activity log, and what was searched past the lexicon.
mod left_over;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use policy::{Outcome, Seen};
use store::activity::{Activity, ActivityError, Filter, Reader};
use tokio_util::sync::CancellationToken;

use self::left_over::LeftOver;
use crate::{
    Clock, Health, Watch,
    health::{held, told},
    watch::{Attempt, Nameless, Tried, Worry},
};

/// Stop it after the gates, so that it takes the last of what they saw.
pub struct Recording {
    pub gate: gate::Recorder,
    pub activity: Activity,
    /// Where a mark is kept while worries wait for the register.
    pub left_over: PathBuf,
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
        let Recording { gate, activity, left_over, watch, health, clock } = self;
        let reader = activity.reader();
        let mut desk = Desk::new(gate, Box::new(activity), watch, health, clock);
        desk.left_over = Some(LeftOver::read(left_over));
        desk.look_again(reader).await;
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
    left_over: Option<LeftOver>,
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
            left_over: None,
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

    /// What was searched since worries last waited is looked over again: those that are in the register already stay
    /// as they are.
    async fn look_again(&mut self, reader: Reader) {
        let Some(since) = self.left_over.as_ref().and_then(LeftOver::since) else { return };
        let filter = Filter { from: Some(since), searches: true, ..Filter::all(self.watch.school()) };
        let read = move || reader.rows(filter).map(|it| it.map(|it| it.seen)).collect::<Result<Vec<_>, _>>();
        let fault = match tokio::task::spawn_blocking(read).await {
            Ok(Ok(mut seen)) => {
                seen.sort_by_key(|it| it.at);
                let mut worries = self.watch.assess(&seen, &mut self.nameless);
                worries.iter_mut().for_each(Worry::perhaps_known);
                self.worries.append(&mut worries);
                return;
            }
            Ok(Err(err)) => told(&err),
            Err(err) => err.to_string(),
        };
        let fault = format!("searches from before the last start could not be looked over again: {fault}");
        self.health.set("searches before the start", vec![fault]);
        // Kept: the next start tries again.
        self.left_over = None;
    }

    /// So that a start knows of them, should this run end first.
    fn mark(&mut self) {
        let oldest = self.worries.iter().map(Worry::at).min();
        if let Some(err) = self.left_over.as_mut().and_then(|it| it.mark(oldest).err()) {
            tracing::error!("that concerns wait cannot be marked: {err}");
        }
    }

    async fn raise(&mut self) -> bool {
        if !self.worries.is_empty() {
            // Before the register is asked, which may take its time to fail.
            self.mark();
        }
        let mut done = self.watch.raise(&mut self.worries).await;
        self.mark();
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
