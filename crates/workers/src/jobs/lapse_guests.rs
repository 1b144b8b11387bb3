use jiff::SignedDuration;
use store::{guests, jobs::Job};

use super::{Doing, Failure, Kind, Office};
use crate::alerts::ourselves;

/// Closes the records of guests whose time is over (ACC-18). The doors have been shut to them since that minute anyway.
pub(crate) const KIND: Kind =
    Kind { name: "lapse guests", every: Some(SignedDuration::from_mins(1)), tries: 3, run: boxed };

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let (school, now) = (office.current.load().school.id, (office.clock)());
    if !office.may_destroy(now).await? {
        return Ok(());
    }
    let mut tx = office.db.write().await?;
    guests::lapse(&mut tx, &ourselves(now), school).await?;
    Ok(tx.commit().await?)
}
