//! An approved roster takes effect: wholly, or not at all (ACC-03).
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use school::{Id, settings::ROSTER_JUMP};
use store::{
    By, StoreError,
    jobs::Job,
    roster::{self, Applied, Found, Load},
};

use super::{Doing, Failure, Kind, Office, read_roster};

pub(crate) const KIND: Kind = Kind { name: roster::APPLY_JOB, every: None, tries: 5, run: boxed };

const REPORT_EVERY: Duration = Duration::from_secs(1);
const CHANGED: &str = "People have changed since this was looked over, so nothing was written. This is how it stands now: \
                       look again, and approve it again.";

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, job: &Job) -> Result<(), Failure> {
    let id = read_roster::load_of(job)?;
    let done = apply(office, id).await;
    if let Err(err) = &done {
        read_roster::give_up(office, job, KIND.tries, id, err).await?;
    }
    done
}

async fn apply(office: &Office, id: Id<Load>) -> Result<(), Failure> {
    let now = (office.clock)();
    let mut tx = office.db.write().await?;
    if !roster::start_applying(&mut tx, id, now).await? {
        return Ok(());
    }
    let Some(load) = roster::get(&mut tx, id).await? else { return Ok(()) };
    let total = load.counts.changes();
    roster::set_progress(&mut tx, id, 0, total).await?;
    tx.commit().await?;
    let Some(wanted) = read_roster::wanted(office, &load).await? else { return Ok(()) };
    let mode = wanted.mode;

    let mut tx = office.db.write().await?;
    let Found { known, versions } = roster::known(&mut tx, load.school, (office.clock)()).await?;
    let chosen = store::settings::of(&mut tx, load.school, None).await?;
    let (plan, known) = read_roster::plan(office, &load, known, wanted, &chosen).await?;
    let found = Found { known, versions };
    let name = load.decided_by_name.clone().unwrap_or_else(|| "Schoolgate".to_owned());
    let by = By { person: load.decided_by, name, at: now };
    let written = AtomicU64::new(0);
    let mut told = |rows: u64| written.store(rows, Ordering::Relaxed);
    let applied = tokio::select! {
        applied = roster::apply(&mut tx, &by, &load, &found, &plan, &mut told) => applied,
        never = report(office, id, &written, total) => match never {},
    };
    match applied {
        Ok(Applied::Done) => {
            tx.commit().await?;
            office.snapshots.nudge();
            // Thousands of rows may be new; the pages that list them are slow until the database has looked.
            if let Err(err) = office.db.analyze().await {
                tracing::warn!("the database did not look at what a roster brought: {err}");
            }
            tracing::info!(load = %id, "a roster took effect: {}", load.words());
        }
        Ok(Applied::Changed) => {
            drop(tx);
            let mut tx = office.db.write().await?;
            let percent = chosen.number(&ROSTER_JUMP);
            roster::write_dry_run(&mut tx, &load, mode, &plan, percent, Some(CHANGED), now).await?;
            tx.commit().await?;
        }
        Err(StoreError::Stale) => {
            return Err(Failure::NotNow("somebody changed a person at the same moment".to_owned()));
        }
        Err(err) => return Err(err.into()),
    }
    Ok(())
}

/// For the page that waits, where one may write while another does. On `SQLite` it waits for the whole.
async fn report(office: &Office, id: Id<Load>, written: &AtomicU64, total: u64) -> std::convert::Infallible {
    loop {
        tokio::time::sleep(REPORT_EVERY).await;
        if !office.db.has_many_writers() {
            continue;
        }
        let done = written.load(Ordering::Relaxed);
        let told = async {
            let mut tx = office.db.write().await?;
            roster::set_progress(&mut tx, id, done, total).await?;
            tx.commit().await
        };
        if let Err(err) = told.await {
            tracing::debug!("progress is not written down: {err}");
        }
    }
}
