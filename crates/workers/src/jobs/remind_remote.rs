use casework::Notice;
use jiff::SignedDuration;
use school::{Id, Person, remote::RemoteAccess};
use store::{Tx, audit, jobs, jobs::Job, register, remote};

use super::{Doing, Failure, Kind, Office, send_mail};
use crate::alerts::ourselves;

/// Writes once, before it ends, to whoever holds an approval of remote access and to whoever gave it (ACC-22, ACC-23).
pub(crate) const KIND: Kind = Kind {
    name: "remind of remote access",
    every: Some(SignedDuration::from_hours(1)),
    tries: 5,
    run: boxed,
};

/// Before the end, as the page under Remote access marks it.
const BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    if office.post.is_none() {
        return Ok(());
    }
    let now = (office.clock)();
    let snapshot = office.current.load_full();
    let mut tx = office.db.write().await?;
    for it in remote::take_ending(&mut tx, snapshot.school.id, BEFORE, now).await? {
        let ends = it.until.to_zoned(snapshot.calendar.zone.clone());
        let ends = ends.strftime("%H:%M on %A %-d %B %Y").to_string();
        let people = people(&mut tx, &it).await?;
        let name = |id| people.iter().find(|it| it.id == id).map_or("someone", |it| it.name.as_str());
        let holder = Notice {
            subject: format!("{}: your remote access ends soon", snapshot.school.name),
            body: format!(
                "Your access to {} from outside, by {}, ends at {ends}.\n\nIf you still need it, ask the head \
                 before then.\n",
                snapshot.school.name, it.route
            ),
        };
        let url = office.alerts.console.as_deref().unwrap_or("the console").trim_end_matches('/');
        let giver = Notice {
            subject: format!("{}: an approval of remote access ends soon", snapshot.school.name),
            body: format!(
                "An approval of remote access that you entered ends at {ends}. Read it, and give another where it is \
                 needed: {url}/remote\n"
            ),
        };
        let mut told = Vec::new();
        for (id, notice) in [(it.person, &holder), (it.approved_by, &giver)] {
            let Some(to) = people.iter().find(|it| it.id == id).and_then(|it| it.email.as_ref()) else {
                continue;
            };
            let payload = send_mail::payload(&to.to_string(), notice);
            jobs::enqueue(&mut tx, send_mail::KIND.name, &payload, now).await?;
            told.push(name(id));
        }
        let words = if told.is_empty() { "nobody: no address is known".to_owned() } else { told.join(", ") };
        let (by, subject) = (ourselves(now), it.person.to_string());
        audit::note(&mut tx, &by, it.school, "remote access: ends soon", &subject, None, Some(&words))
            .await?;
    }
    Ok(tx.commit().await?)
}

async fn people(tx: &mut Tx, it: &RemoteAccess) -> Result<Vec<Person>, Failure> {
    let ids: [Id<Person>; 2] = [it.person, it.approved_by];
    Ok(register::some(tx, it.school, &ids).await?.into_values().collect())
}
