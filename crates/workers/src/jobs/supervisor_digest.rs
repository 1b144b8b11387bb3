use casework::Notice;
use jiff::SignedDuration;
use school::{Role, settings::DIGEST_EVERY};
use store::{
    digests::{self, Digest},
    fresh_id, jobs,
    jobs::Job,
    placements, settings,
};

use super::{Doing, Failure, Kind, Office, send_mail};
use crate::alerts::ourselves;

/// Tells supervisors how much their operators viewed and changed, as counts; the whole is read at the console (ACC-11).
pub(crate) const KIND: Kind =
    Kind { name: "supervisor digest", every: Some(SignedDuration::from_hours(1)), tries: 5, run: boxed };

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let now = (office.clock)();
    let school = office.current.load().school.clone();
    let mut tx = office.db.write().await?;
    let days = settings::of(&mut tx, school.id, None).await?.number(&DIGEST_EVERY);
    let every = SignedDuration::from_hours(24 * i64::from(days));
    for (operator, supervisor) in digests::supervised(&mut tx, school.id).await? {
        let since = digests::told_until(&mut tx, school.id, operator).await?.unwrap_or(now - every);
        if (SignedDuration::ZERO..every).contains(&now.duration_since(since)) {
            continue;
        }
        // The last one was made by a clock that ran ahead: from now on they come again.
        let since = since.min(now);
        let Some(operator) = placements::standing(&mut tx, school.id, operator, now).await? else { continue };
        let Some(supervisor) = placements::standing(&mut tx, school.id, supervisor, now).await? else {
            continue;
        };
        let leads = supervisor.roles.is_on_leadership() && supervisor.stay.covers(now);
        if !operator.roles.iter().any(Role::is_operator) || !leads {
            continue;
        }
        let counts = digests::counts(&mut tx, school.id, operator.id, (since, now)).await?;
        let sum = |views: bool| counts.iter().filter(|it| it.is_view() == views).map(|it| it.times).sum();
        let (viewed, changed): (u64, u64) = (sum(true), sum(false));
        let digest = Digest {
            id: fresh_id(now),
            school: school.id,
            operator: operator.id,
            supervisor: supervisor.id,
            made_at: now,
            since,
            until: now,
            entries: viewed + changed,
        };
        digests::add(&mut tx, &ourselves(now), &digest).await?;
        // Without an address, or a mail server, it waits for them at the console.
        let (Some(to), true) = (&supervisor.email, office.post.is_some()) else { continue };
        let url = office.alerts.console.as_deref().unwrap_or("the console").trim_end_matches('/');
        let body = format!(
            "An operator whom you supervise at {} looked at something {viewed} times and changed something {changed} \
             times since the last digest.\n\nRead what it was at {url}/digests/{}\n",
            school.name, digest.id
        );
        let notice = Notice { subject: format!("{}: work of an operator you supervise", school.name), body };
        jobs::enqueue(&mut tx, send_mail::KIND.name, &send_mail::payload(to.as_str(), &notice), now).await?;
    }
    Ok(tx.commit().await?)
}
