use jiff::SignedDuration;
use store::{access, jobs::Job};

use super::{Doing, Failure, Kind, Office};
use crate::alerts::ourselves;

/// Writes into the access register what people have who were here before there was one (ACC-15). Finds nobody from the
/// second time on.
pub(crate) const KIND: Kind =
    Kind { name: "fill access register", every: Some(SignedDuration::from_hours(24)), tries: 3, run: boxed };

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let school = office.current.load().school.id;
    let mut tx = office.db.write().await?;
    access::catch_up(&mut tx, &ourselves((office.clock)()), school).await?;
    Ok(tx.commit().await?)
}
