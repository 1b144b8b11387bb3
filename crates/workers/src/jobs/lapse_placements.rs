use jiff::SignedDuration;
use store::{jobs::Job, placements};

use super::{Doing, Failure, Kind, Office};
use crate::alerts::ourselves;

/// Ends roles at this school of people from others whose time is over, or who have left their own school (ACC-10). No
/// door has been open to them since that moment anyway.
pub(crate) const KIND: Kind =
    Kind { name: "lapse placements", every: Some(SignedDuration::from_mins(1)), tries: 3, run: boxed };

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let school = office.current.load().school.id;
    let mut tx = office.db.write().await?;
    placements::end_due(&mut tx, &ourselves((office.clock)()), school).await?;
    Ok(tx.commit().await?)
}
