//! Sign-ins at the gate on their way into the audit trail (LOG-03).
use std::{collections::VecDeque, time::Duration};

use gate::{Missed, Snapshot};
use jiff::Timestamp;
use school::{Id, School};
use store::{By, Db, StoreError, Tx, audit};
use tokio::time::{Instant, timeout};

use crate::{
    Health,
    alerts::ourselves,
    health::told,
    places::{Alert, Entry, Places},
};

/// Those that wait while the database is away, oldest first. What there is no room for is counted, and the number
/// stands in the trail when it can be written to again: a hole in it is never silent.
pub(crate) struct Notes {
    places: Places,
    waiting: VecDeque<Note>,
    /// That the gate could not hand over, and that found no room here.
    missed: Missed,
    lost: u64,
    /// Since when none could be written.
    failing: Option<Instant>,
    health: Health,
}

/// Of some ten minutes of the worst morning.
const MOST: usize = 20_000;
/// Written in one transaction.
const AT_ONCE: usize = 500;
const LONGEST: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_mins(1);
const FINDER: &str = "sign-ins";
/// How entries of the audit trail about people who come from outside begin.
const REMOTE: &str = "remote access";

#[derive(Debug)]
struct Note {
    by: By,
    what: String,
    address: String,
    alerts: Vec<Alert>,
}

impl Notes {
    pub(crate) fn new(missed: Missed, health: Health) -> Notes {
        Notes { places: Places::default(), waiting: VecDeque::new(), missed, lost: 0, failing: None, health }
    }

    /// Puts it in line. Many of the same refusal are one.
    pub(crate) fn take(&mut self, snapshot: &Snapshot, it: &Entry<'_>) {
        let Some(left_out) = self.places.row(it) else { return };
        let mut address = it.address.to_string();
        let mut what = it.what.to_owned();
        // LOG-03: what happens from outside is found under one word.
        if let Some(route) = snapshot.settings.routes.by(it.address) {
            address = format!("{address}, from outside by {route}");
            what = format!("{REMOTE}: {what}");
        }
        if left_out > 0 {
            address = format!("{address}, and {left_out} times more since it was last written down");
        }
        let alerts = self.places.alerts(snapshot, it);
        if MOST <= self.waiting.len() {
            self.lost += 1;
            return;
        }
        let by = By { person: it.person, name: it.username.to_owned(), at: it.at };
        self.waiting.push_back(Note { by, what, address, alerts });
    }

    /// For what is looked up in between.
    pub(crate) fn places(&mut self) -> &mut Places {
        &mut self.places
    }

    /// Whether any waits for another try.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.lost == 0
    }

    /// Writes them down, as far as it goes; the rest waits.
    pub(crate) async fn write(&mut self, db: &Db, school: Id<School>, now: Timestamp) {
        self.lost += self.missed.take();
        while !self.is_empty() {
            let count = self.waiting.len().min(AT_ONCE);
            match self.some(db, school, count, now).await {
                Ok(()) => {
                    self.waiting.drain(..count);
                    self.lost = 0;
                }
                Err(why) => {
                    // An import may hold the records for a while; that is no fault yet.
                    let since = *self.failing.get_or_insert_with(Instant::now);
                    if PATIENCE <= since.elapsed() {
                        let fault =
                            format!("sign-ins cannot be written into the audit trail and wait: {why}");
                        self.health.set(FINDER, vec![fault]);
                    }
                    return;
                }
            }
        }
        if self.failing.take().is_some() {
            self.health.set(FINDER, Vec::new());
        }
    }

    /// What is still here when the program ends goes with it.
    pub(crate) fn end(&self) {
        if !self.is_empty() {
            let lost = self.waiting.len() as u64 + self.lost;
            tracing::error!(lost, "sign-ins are not in the audit trail");
        }
    }

    async fn some(&self, db: &Db, school: Id<School>, count: usize, now: Timestamp) -> Result<(), String> {
        // Not longer: the clerk has others to serve.
        let Ok(begun) = timeout(LONGEST, db.write()).await else {
            return Err("the database is busy or away".to_owned());
        };
        match begun {
            Ok(tx) => self.put(tx, school, count, now).await.map_err(|err| told(&err)),
            Err(err) => Err(told(&err)),
        }
    }

    async fn put(
        &self,
        mut tx: Tx,
        school: Id<School>,
        count: usize,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if self.lost != 0 {
            let words = format!("{} sign-ins and refusals could not be written down before this", self.lost);
            audit::note(&mut tx, &ourselves(now), school, "sign-ins lost", "the gate", None, Some(&words))
                .await?;
        }
        for it in self.waiting.range(..count) {
            audit::note(&mut tx, &it.by, school, &it.what, &it.by.name, None, Some(&it.address)).await?;
            for alert in &it.alerts {
                alert.raise(&mut tx, school, it.by.at).await?;
            }
        }
        tx.commit().await
    }
}
