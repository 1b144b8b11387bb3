use casework::{Notice, Stage};
use jiff::SignedDuration;
use school::Roles;
use store::{concerns, jobs, jobs::Job, people};

use super::{Doing, Failure, Kind, Office, send_mail};

/// Reminds those whom an unread concern goes to, once a day while it waits (REP-03): in the hour in which another day
/// of waiting is full, so that nothing has to be remembered and a restart reminds nobody twice.
pub(crate) const KIND: Kind =
    Kind { name: "chase unread", every: Some(SignedDuration::from_hours(1)), tries: 3, run: boxed };

/// Unread for longer than this is chased.
const HOURS: u32 = 24;
const DAY: i64 = 24;

/// What waits with some of those whom concerns go to.
#[derive(Default)]
struct Unread {
    count: u32,
    /// One of them has waited another whole day within the last hour.
    due: bool,
}

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    let now = (office.clock)();
    let school = office.current.load().school.clone();
    let mut tx = office.db.write().await?;
    let (mut leads, mut heads) = (Unread::default(), Unread::default());
    for concern in concerns::awaiting(&mut tx, school.id).await? {
        let waited = now.duration_since(concern.raised_at);
        if concern.stage != Stage::New || waited < SignedDuration::from_hours(HOURS.into()) {
            continue;
        }
        let about = match concern.about {
            Some(id) => people::get(&mut tx, school.id, id).await?.map_or(Roles::NONE, |it| it.person.roles),
            None => Roles::NONE,
        };
        let unread = if casework::goes_to(about) == school::Role::Head { &mut heads } else { &mut leads };
        unread.count += 1;
        unread.due |= waited.as_hours() % DAY == 0;
    }
    for (unread, addresses) in [(leads, &office.alerts.leads), (heads, &office.alerts.heads)] {
        if !unread.due {
            continue;
        }
        let notice =
            Notice::of_unread(school.name.as_str(), unread.count, HOURS, office.alerts.console.as_deref());
        for to in addresses {
            let payload = send_mail::payload(to, &notice);
            jobs::enqueue(&mut tx, send_mail::KIND.name, &payload, now).await?;
        }
    }
    Ok(tx.commit().await?)
}
