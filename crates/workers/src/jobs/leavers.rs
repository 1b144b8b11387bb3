//! Leavers are disabled when their last day is over, kept, then deleted or handed on (ACC-14).
use jiff::SignedDuration;
use store::{By, jobs::Job, leavers, roster, schools};

use super::{Doing, Failure, Kind, Office};

/// Doors ask for the last day themselves, at every request; this ends what is open and begins the time they are kept.
pub(crate) const KIND: Kind =
    Kind { name: "leavers", every: Some(SignedDuration::from_mins(15)), tries: 3, run: boxed };

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let by = By { person: None, name: "Schoolgate".to_owned(), at: (office.clock)() };
    let mut tx = office.db.write().await?;
    let disabled = leavers::disable_due(&mut tx, &by).await?;
    let mut ended = 0;
    for school in schools::all(&mut tx).await? {
        ended += leavers::end_due(&mut tx, &by, school.id).await?;
    }
    roster::prune(&mut tx, by.at).await?;
    tx.commit().await?;
    if 0 < disabled + ended {
        tracing::info!(disabled, ended, "leavers");
        office.snapshots.nudge();
    }
    Ok(())
}
