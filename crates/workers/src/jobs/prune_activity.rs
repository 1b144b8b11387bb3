use jiff::SignedDuration;
use store::jobs::Job;

use super::{Doing, Failure, Kind, Office};
use crate::health::told;

/// Whole days go, so once an hour is often enough.
pub(crate) const KIND: Kind =
    Kind { name: "prune activity", every: Some(SignedDuration::from_hours(1)), tries: 3, run: boxed };

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let (reader, days, now) = (office.log.reader.clone(), office.log.keep_days, (office.clock)());
    if !office.may_destroy(now).await? {
        return Ok(());
    }
    let pruned = tokio::task::spawn_blocking(move || reader.retain(days, now)).await;
    let removed = match pruned {
        Ok(Ok(removed)) => removed,
        Ok(Err(err)) => return Err(Failure::NotNow(told(&err))),
        Err(err) => return Err(Failure::NotNow(err.to_string())),
    };
    if 0 < removed.days {
        tracing::info!(
            removed.days,
            removed.rows,
            keep_days = days,
            "activity older than it is kept for is gone"
        );
    }
    Ok(())
}
