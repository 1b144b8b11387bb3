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
    let school = office.current.load().school.id;
    let mut tx = office.db.write().await?;
    guests::lapse(&mut tx, &ourselves((office.clock)()), school).await?;
    Ok(tx.commit().await?)
}
