use casework::{Notice, Stage};
use jiff::SignedDuration;
use school::Roles;
use store::{concerns, jobs, jobs::Job, people};

use super::{Doing, Failure, Kind, Office, send_mail};

/// Reminds those whom an unread concern goes to, once a day while it waits (REP-03).
pub(crate) const KIND: Kind =
    Kind { name: "chase unread", every: Some(SignedDuration::from_hours(24)), tries: 3, run: boxed };

/// Unread for longer than this is chased.
const HOURS: u32 = 24;

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let now = (office.clock)();
    let school = office.current.load().school.clone();
    let mut tx = office.db.write().await?;
    let (mut leads, mut heads) = (0_u32, 0_u32);
    for concern in concerns::awaiting(&mut tx, school.id).await? {
        let waited = now.duration_since(concern.raised_at);
        if concern.stage != Stage::New || waited < SignedDuration::from_hours(HOURS.into()) {
            continue;
        }
        let about = match concern.about {
            Some(id) => people::get(&mut tx, school.id, id).await?.map_or(Roles::NONE, |it| it.person.roles),
            None => Roles::NONE,
        };
        let count = if casework::goes_to(about) == school::Role::Head { &mut heads } else { &mut leads };
        *count += 1;
    }
    for (count, addresses) in [(leads, &office.alerts.leads), (heads, &office.alerts.heads)] {
        if count == 0 {
            continue;
        }
        let notice = Notice::of_unread(school.name.as_str(), count, HOURS, office.alerts.console.as_deref());
        for to in addresses {
            let payload = send_mail::payload(to, &notice);
            jobs::enqueue(&mut tx, send_mail::KIND.name, &payload, now).await?;
        }
    }
    Ok(tx.commit().await?)
}
