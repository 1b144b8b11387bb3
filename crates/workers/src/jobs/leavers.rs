//! Leavers are disabled when their last day is over, kept, then deleted or handed on (ACC-14).
use jiff::SignedDuration;
use school::{Id, Person, School};
use store::{By, StoreError, jobs::Job, leavers, roster, schools};

use super::{Doing, Failure, Kind, Office};
use crate::health::told;

/// Doors ask for the last day themselves, at every request; this ends what is open and begins the time they are kept.
pub(crate) const KIND: Kind =
    Kind { name: "leavers", every: Some(SignedDuration::from_mins(15)), tries: 3, run: boxed };

const FINDER: &str = "leavers";
/// More than one turn needs; the rest waits for the next.
const MOST: usize = 500;

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let by = By { person: None, name: "Schoolgate".to_owned(), at: (office.clock)() };
    if !office.may_destroy(by.at).await? {
        return Ok(());
    }
    let mut tx = office.db.read().await?;
    let to_disable = leavers::to_disable(&mut tx, by.at).await?;
    let mut to_end = Vec::new();
    for school in schools::all(&mut tx).await? {
        let ids = leavers::to_end(&mut tx, by.at, school.id).await?;
        to_end.extend(ids.into_iter().map(|it| (school.id, it)));
    }
    drop(tx);
    let (mut disabled, mut ended, mut faults) = (0, 0, Vec::new());
    for (people, count, is_end) in [(to_disable, &mut disabled, false), (to_end, &mut ended, true)] {
        for (school, id) in people {
            // One record that cannot be ended, with whatever is wrong with it, keeps nobody else.
            match one(office, &by, school, id, is_end).await {
                Ok(done) => *count += usize::from(done),
                Err(err) if err.is_away() => return Err(err.into()),
                // Somebody is at the same account; there is another turn.
                Err(err) if matches!(err, StoreError::Stale) || err.is_clash() => {}
                Err(err) => {
                    tracing::error!(person = %id, "a leaver's account cannot be ended: {}", told(&err));
                    let act = if is_end { "deleted or handed on" } else { "ended" };
                    faults.push(format!(
                        "the account /people/{id} should be {act}, its time being over, and cannot: {}",
                        told(&err)
                    ));
                }
            }
            if MOST <= *count {
                break;
            }
        }
    }
    office.health.set(FINDER, faults);
    let mut tx = office.db.write().await?;
    roster::prune(&mut tx, by.at).await?;
    tx.commit().await?;
    if 0 < disabled + ended {
        tracing::info!(disabled, ended, "leavers");
        office.snapshots.nudge();
    }
    Ok(())
}

/// In a transaction of its own. Whether anything was to be done.
async fn one(
    office: &Office,
    by: &By,
    school: Id<School>,
    id: Id<Person>,
    is_end: bool,
) -> Result<bool, StoreError> {
    let mut tx = office.db.write().await?;
    let done = if is_end {
        leavers::end(&mut tx, by, school, id).await?
    } else {
        leavers::disable(&mut tx, by, school, id).await?
    };
    tx.commit().await?;
    Ok(done)
}
