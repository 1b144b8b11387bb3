//! Work that waits in the store to be done: each job a file, all of them in one list.
mod apply_roster;
pub mod chase_unread;
pub mod check_audit;
mod fill_register;
pub mod issue_agreements;
pub mod lapse_guests;
mod lapse_placements;
mod leavers;
pub mod mail_alerts;
pub mod prune_activity;
mod read_roster;
pub mod refresh_lists;
pub mod remind_agreements;
mod remind_remote;
mod remind_reviews;
pub mod send_mail;
mod supervisor_digest;
pub mod watch_roster;

use std::{future::Future, path::PathBuf, pin::Pin, sync::Arc, time::Duration};

use gate::Current;
use jiff::{SignedDuration, Timestamp};
use store::{Db, StoreError, activity::Reader, audit::Signer, jobs, jobs::Job};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use self::watch_roster::{Looks, RosterFolder, Schedule};
use crate::{Alerts, Clock, Fetch, Health, LastKnown, Post, health::told, plausible, snapshots::Snapshots};

/// What jobs need.
pub struct Office {
    pub db: Db,
    pub current: Arc<Current>,
    pub snapshots: Snapshots,
    pub health: Health,
    pub alerts: Alerts,
    /// `None`: the school has no mail server; letters are given up with that reason.
    pub post: Option<Post>,
    pub log: Log,
    pub lists: ListFolder,
    /// `None`: rosters are only handed over in the console and by command.
    pub roster: Option<RosterFolder>,
    pub audit: AuditCare,
    /// For lists that are published on the internet.
    pub fetch: Fetch,
    pub clock: Clock,
    pub last_known: LastKnown,
}

/// The activity log, and how long it is kept.
pub struct Log {
    pub reader: Reader,
    pub keep_days: u16,
}

/// What the audit trail is watched over with.
pub struct AuditCare {
    /// Where signed checkpoints are kept.
    pub folder: PathBuf,
    pub signer: Signer,
    /// Another place for each of them.
    pub copy: Option<PathBuf>,
    /// Who gets each of them by mail.
    pub mail: Vec<String>,
}

/// Where compiled lists are kept.
#[derive(Clone)]
pub struct ListFolder {
    pub path: PathBuf,
    /// What the entries of sealed lists are hashed with.
    pub seal: [u8; 32],
}

/// A kind of job. What it does may be done twice: the process may end between the work and its being marked done.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// Enqueued by itself, at the start and then this often. Such a job takes no input.
    pub(crate) every: Option<SignedDuration>,
    /// After so many failures it is given up, and stays where people see it.
    pub(crate) tries: u32,
    pub(crate) run: for<'a> fn(&'a Office, &'a Job) -> Doing<'a>,
}

pub(crate) type Doing<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Worth another try.
    #[error("{0}")]
    NotNow(String),
    #[error("{0}")]
    Never(String),
}

impl From<StoreError> for Failure {
    fn from(err: StoreError) -> Failure {
        Failure::NotNow(told(&err))
    }
}

pub(crate) static JOBS: &[Kind] = &[
    remind_agreements::KIND,
    issue_agreements::KIND,
    send_mail::KIND,
    refresh_lists::KIND,
    lapse_guests::KIND,
    lapse_placements::KIND,
    prune_activity::KIND,
    chase_unread::KIND,
    read_roster::KIND,
    apply_roster::KIND,
    leavers::KIND,
    watch_roster::KIND,
    mail_alerts::KIND,
    supervisor_digest::KIND,
    remind_remote::KIND,
    remind_reviews::KIND,
    check_audit::KIND,
    fill_register::KIND,
];

/// One slow mail server must not hold up the lists, nor the lists a letter.
const LANES: usize = 3;
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Less than a job is held for, so that nobody else takes it while it runs.
const LONGEST: Duration = Duration::from_mins(9);
/// What is under way at the end gets this long.
const GRACE: Duration = Duration::from_secs(5);
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(10);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(2);
/// Done jobs are kept this long for people to see.
const KEEP_DONE: SignedDuration = SignedDuration::from_hours(14 * 24);
const FINDER: &str = "jobs";
const CLOCK_FINDER: &str = "clock";

/// When a periodic job was last put in its place, by both clocks.
type Last = (Timestamp, Instant);

impl Office {
    pub async fn run(self, stop: CancellationToken) {
        let lanes: [_; LANES] = std::array::from_fn(|_| self.lane(&stop));
        let [first, second, third] = lanes;
        tokio::join!(self.schedule(&stop), first, second, third);
    }

    /// Does what waits, and what that puts in line, until nothing is due: for a command beside which no gate runs.
    pub async fn work_off(&self) -> Result<(), StoreError> {
        while let Some(job) = self.take().await? {
            self.work(&job).await;
        }
        Ok(())
    }

    /// Puts periodic jobs in their places.
    async fn schedule(&self, stop: &CancellationToken) {
        // By the wall's time, and by time that only goes on: a clock that is set back would keep all of them waiting.
        let mut due: Vec<(&Kind, SignedDuration, Option<Last>)> =
            JOBS.iter().filter_map(|kind| Some((kind, kind.every?, None))).collect();
        loop {
            for (kind, every, last) in &mut due {
                let (wall, now) = ((self.clock)(), Instant::now());
                let waits = |(at, since): Last| {
                    wall.duration_since(at) < *every && now.duration_since(since) < every.unsigned_abs()
                };
                if !last.is_some_and(waits) {
                    match self.enqueue(kind, wall).await {
                        Ok(()) => *last = Some((wall, now)),
                        Err(err) => tracing::error!(job = kind.name, "not enqueued: {}", told(&err)),
                    }
                }
            }
            if let Err(err) = self.look_over().await {
                tracing::error!("jobs cannot be counted: {}", told(&err));
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(5)) => {}
            }
        }
    }

    /// Whether anything may be destroyed because its time has come: asked first by each job that does so, which
    /// otherwise waits for its next turn. A clock that jumped would take years of records away within the hour.
    async fn may_destroy(&self, now: Timestamp) -> Result<bool, StoreError> {
        let found = self.last_known.ask(&self.db, now).await?;
        let fault = match found {
            plausible::Clock::Plausible => None,
            plausible::Clock::Ahead => Some("far after the last time it knows"),
            plausible::Clock::Behind => Some("before a time that has been"),
        };
        let words = |how| {
            format!(
                "the clock of this computer may be wrong: it stands {how}. Put it right; if it is right, run \
                 `schoolgate clock confirm`. Until then nobody is ended, and nothing is deleted for its age"
            )
        };
        self.health.set(CLOCK_FINDER, fault.map(words).into_iter().collect());
        Ok(found == plausible::Clock::Plausible)
    }

    async fn enqueue(&self, kind: &Kind, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        jobs::enqueue_once(&mut tx, kind.name, kind.name, "", now).await?;
        jobs::prune(&mut tx, now.saturating_sub(KEEP_DONE).unwrap_or(Timestamp::MIN)).await?;
        tx.commit().await
    }

    /// What was given up is told until somebody has looked (and it is pruned).
    async fn look_over(&self) -> Result<(), StoreError> {
        let mut tx = self.db.read().await?;
        let (_, given_up) = jobs::waiting(&mut tx).await?;
        let fault = "some jobs were given up, such as letters that no server took: see the log";
        let faults = if given_up == 0 { Vec::new() } else { vec![fault.to_owned()] };
        self.health.set(FINDER, faults);
        Ok(())
    }

    async fn lane(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let taken = match self.take().await {
                Ok(taken) => taken,
                Err(err) => {
                    tracing::error!("no job can be taken: {}", told(&err));
                    None
                }
            };
            let Some(job) = taken else {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK_EVERY) => continue,
                }
            };
            tokio::select! {
                () = self.work(&job) => {}
                () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => return,
            }
        }
    }

    async fn take(&self) -> Result<Option<Job>, StoreError> {
        let mut tx = self.db.write().await?;
        let job = jobs::take(&mut tx, (self.clock)()).await?;
        tx.commit().await?;
        Ok(job)
    }

    async fn work(&self, job: &Job) {
        let kind = JOBS.iter().find(|it| it.name == job.name);
        let done = match kind {
            None => Err(Failure::Never("there is no job of this name".to_owned())),
            Some(kind) => match tokio::time::timeout(LONGEST, (kind.run)(self, job)).await {
                Ok(done) => done,
                Err(_) => Err(Failure::NotNow("it took too long".to_owned())),
            },
        };
        if let Err(err) = &done {
            tracing::warn!(job = job.name, attempt = job.attempts, "failed: {}", for_the_log(&job.name, err));
        }
        let tries = kind.map_or(0, |it| it.tries);
        if let Err(err) = self.mark(job, &done, tries).await {
            // It will be taken again when it is no longer held.
            tracing::error!(job = job.name, "what came of it is not written down: {}", told(&err));
        }
    }

    async fn mark(&self, job: &Job, done: &Result<(), Failure>, tries: u32) -> Result<(), StoreError> {
        let now = (self.clock)();
        let mut tx = self.db.write().await?;
        match done {
            Ok(()) => jobs::done(&mut tx, job.id, now).await?,
            Err(err) => {
                let again = match err {
                    Failure::NotNow(_) if job.attempts < tries => Some(wait_after(job.attempts, now)),
                    _ => None,
                };
                jobs::failed(&mut tx, job.id, &err.to_string(), again, now).await?;
            }
        }
        tx.commit().await
    }
}

/// The words of a mail server name who gets the letter: they stay with the job.
fn for_the_log(job: &str, err: &Failure) -> String {
    match err {
        _ if job != send_mail::KIND.name => err.to_string(),
        Failure::NotNow(_) => "the mail server did not take it; it is tried again".to_owned(),
        Failure::Never(_) => "it can never be sent; why stands with the job".to_owned(),
    }
}

/// Twice as long after each failure.
fn wait_after(attempts: u32, now: Timestamp) -> Timestamp {
    let wait = FIRST_WAIT.checked_mul(1 << attempts.saturating_sub(1).min(20));
    now.saturating_add(wait.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Failure, for_the_log, send_mail};

    /// A mail server repeats the address it refuses.
    #[test]
    fn the_log_names_nobody_who_gets_a_letter() {
        for fault in [Failure::Never, Failure::NotNow] {
            let err = fault("550 <amy.parent@example.org>: no such mailbox".to_owned());
            assert!(!for_the_log(send_mail::KIND.name, &err).contains('@'));
            assert!(for_the_log("prune activity", &err).contains("550"));
        }
    }
}
