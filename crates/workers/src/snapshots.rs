//! Builds what gates decide from, whenever something it is made of has changed.
mod build;
mod inputs;
mod lists;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use gate::{Current, Settings, Snapshot};
use policy::Rules;
use school::{Calendar, Id, School, Site};
use store::{Db, StoreError, stamp::Stamp};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use self::{build::Good, inputs::Inputs};
use crate::{Clock, Health, health::told};

/// All that a snapshot is made of besides what the store holds.
pub struct Parts {
    pub db: Db,
    pub school: Id<School>,
    /// The site that the gates stand at, where the school has several.
    pub site: Option<Id<Site>>,
    pub current: Arc<Current>,
    pub settings: Settings,
    pub calendar: Calendar,
    /// What the entries of sealed lists are hashed with (FIL-06).
    pub seal: [u8; 32],
    pub health: Health,
    pub clock: Clock,
}

/// Cheap to clone; every clone builds for the same gates.
#[derive(Clone)]
pub struct Snapshots(Arc<Inner>);

struct Inner {
    parts: Parts,
    /// Counts those who asked for a new snapshot, so that one build answers all who asked before it began.
    asked: AtomicU64,
    nudge: Notify,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The last of `asked` that a build has answered, and whether it went well.
    answered: (u64, bool),
    stamp: Option<Stamp>,
    inputs: Option<Arc<Inputs>>,
    good: Good,
    faults: Vec<String>,
}

const LOOK_EVERY: Duration = Duration::from_secs(1);
const FINDER: &str = "snapshot";

/// What stands before the first snapshot is built: everything is refused (FIL-28).
pub fn closed(school: School, settings: Settings, calendar: Calendar) -> Snapshot {
    Snapshot {
        school,
        site: None,
        rules: Rules::closed(),
        people: [].into_iter().collect(),
        agreements: Vec::new(),
        calendar,
        settings,
        remote: std::collections::HashMap::new(),
        chosen: school::settings::Settings::default(),
        faults: vec!["rules and lists have not been read yet".to_owned()],
    }
}

impl Snapshots {
    pub fn new(parts: Parts) -> Snapshots {
        let (asked, nudge, state) = (AtomicU64::new(0), Notify::new(), Mutex::default());
        Snapshots(Arc::new(Inner { parts, asked, nudge, state }))
    }

    /// Looks for changes every second, and at once when nudged.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.0.nudge.notified() => {
                    self.refresh().await;
                }
                () = tokio::time::sleep(LOOK_EVERY) => self.look().await,
            }
        }
    }

    /// Does not wait for the new snapshot.
    pub fn nudge(&self) {
        self.0.nudge.notify_one();
    }

    /// Builds a snapshot of what is stored now, and says whether it stands. On any fault the last good part of it
    /// stays, and the fault is told.
    pub async fn refresh(&self) -> bool {
        let ticket = self.0.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut state = self.0.state.lock().await;
        if state.answered.0 < ticket {
            self.answer(&mut state).await;
        }
        state.answered.1
    }

    async fn look(&self) {
        let stamp = self.stamp().await;
        let mut state = self.0.state.lock().await;
        let changed = match stamp {
            Ok(stamp) => state.stamp.as_ref() != Some(&stamp),
            Err(_) => true,
        };
        // While something is wrong it may come right without any change in the store: a file that is back.
        if changed || !state.faults.is_empty() {
            self.answer(&mut state).await;
        }
    }

    async fn answer(&self, state: &mut State) {
        let upto = self.0.asked.load(Ordering::SeqCst);
        let well = self.build(state).await;
        state.answered = (upto, well);
    }

    /// Whether what is stored now is what gates decide from now.
    async fn build(&self, state: &mut State) -> bool {
        let parts = &self.0.parts;
        let mut faults = Vec::new();
        match self.read().await {
            Ok((stamp, inputs)) => {
                state.stamp = Some(stamp);
                state.inputs = Some(Arc::new(inputs));
            }
            Err(err) => faults.push(format!("the records cannot be read: {}", told(&err))),
        }
        let readable = faults.is_empty();
        let Some(inputs) = state.inputs.clone() else {
            self.tell(state, faults);
            return false;
        };
        if !readable && state.faults == faults {
            return false;
        }
        let mut good = std::mem::take(&mut state.good);
        let seal = parts.seal;
        let (settings, calendar) = (parts.settings.clone(), parts.calendar.clone());
        let built = tokio::task::spawn_blocking(move || {
            let snapshot = build::snapshot(&inputs, &mut good, &seal, settings, calendar);
            (snapshot, good)
        });
        match built.await {
            Ok((mut snapshot, good)) => {
                faults.append(&mut snapshot.faults);
                snapshot.faults.clone_from(&faults);
                state.good = good;
                parts.current.swap(snapshot);
                parts.health.set_snapshot_at((parts.clock)());
            }
            Err(err) => faults.push(format!("the rules could not be put together: {err}")),
        }
        self.tell(state, faults);
        readable
    }

    async fn read(&self) -> Result<(Stamp, Inputs), StoreError> {
        let mut tx = self.0.parts.db.read().await?;
        let now = (self.0.parts.clock)();
        let stamp = store::stamp::of(&mut tx, self.0.parts.school, now).await?;
        Ok((stamp, Inputs::read(&mut tx, self.0.parts.school, self.0.parts.site, now).await?))
    }

    async fn stamp(&self) -> Result<Stamp, StoreError> {
        let mut tx = self.0.parts.db.read().await?;
        store::stamp::of(&mut tx, self.0.parts.school, (self.0.parts.clock)()).await
    }

    fn tell(&self, state: &mut State, faults: Vec<String>) {
        self.0.parts.health.set(FINDER, faults.clone());
        state.faults = faults;
    }
}
