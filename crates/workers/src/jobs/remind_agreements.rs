use std::collections::HashSet;

use agreements::Audience;
use casework::Notice;
use jiff::{SignedDuration, Timestamp};
use school::{
    Id, Person,
    settings::{AGREEMENT_REMINDERS, AGREEMENT_STAFF_REMINDER},
};
use store::{
    agreements::{Book, Reminder, last_reminders, note_reminder},
    jobs,
    jobs::Job,
    settings,
};

use super::{Doing, Failure, Kind, Office, send_mail};

/// Writes to those who have something to sign, and to parents about their children, as often as the school has set;
/// at once where somebody in the console asked for it (the job then carries their name and whom it is about). Nobody
/// gets more than one such letter a week (AUP-12). Staff are reminded once a year of what they agreed (AUP-13).
pub(crate) const KIND: Kind = Kind {
    name: "remind about agreements",
    every: Some(SignedDuration::from_hours(6)),
    tries: 5,
    run: boxed,
};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, job: &Job) -> Result<(), Failure> {
    if office.post.is_none() {
        return Ok(());
    }
    let now = (office.clock)();
    let current = office.current.load_full();
    let (school, zone) = (&current.school, current.calendar.zone.clone());
    let mut tx = office.db.write().await?;
    let chosen = settings::of(&mut tx, school.id, None).await?;
    let asked: HashSet<Id<Person>> = job.payload.lines().skip(1).filter_map(|it| it.parse().ok()).collect();
    let by_hand = !job.payload.is_empty();
    let every = match chosen.text(&AGREEMENT_REMINDERS).parse::<i64>() {
        _ if by_hand => WEEK,
        Ok(days) => SignedDuration::from_hours(days * 24).max(WEEK),
        Err(_) => SignedDuration::MAX,
    };
    let book = Book::of(&mut tx, school.id, zone).await?;
    let mut last = last_reminders(&mut tx, school.id, Reminder::Missing).await?;
    let is_due = |at: Option<&Timestamp>, every| at.is_none_or(|at| every <= now.duration_since(*at));
    let url = office.alerts.console.as_deref().unwrap_or("the console").trim_end_matches('/');
    for kept in &book.people {
        let person = &kept.person;
        if by_hand && !asked.contains(&person.id) || every == SignedDuration::MAX {
            continue;
        }
        let missing = book.missing(person, now);
        let pupils = book.in_force.iter().find(|it| it.audience == Audience::Pupils).map(|it| it.id);
        let for_parents = missing.iter().any(|it| !it.what.is_theirs());
        let for_self = missing.iter().any(|it| it.what.is_theirs() && Some(it.agreement) != pupils);
        let (to, body) = if for_self {
            (
                Some(person),
                format!(
                    "An agreement with {} waits for you to read and sign.\n\nSign in at {url}/agreements/mine\n",
                    school.name
                ),
            )
        } else if for_parents {
            // Whom to turn to first, of those who can be written to.
            let parent = book.parents(person.id).find(|it| it.email.is_some() && it.stay.covers(now));
            (
                parent,
                format!(
                    "The agreement of a child of yours at {} waits for your signature. Please read it with your child.\n\nSign in at {url}/children, or ask the school office for a paper form.\n",
                    school.name
                ),
            )
        } else {
            (None, String::new())
        };
        let Some((to, address)) = to.and_then(|it| Some((it.id, it.email.as_ref()?))) else { continue };
        if !is_due(last.get(&to), every) {
            continue;
        }
        let notice = Notice { subject: format!("{}: an agreement to sign", school.name), body };
        jobs::enqueue(&mut tx, send_mail::KIND.name, &send_mail::payload(address.as_str(), &notice), now)
            .await?;
        note_reminder(&mut tx, school.id, to, Reminder::Missing, now).await?;
        last.insert(to, now);
    }
    if !by_hand && chosen.is_on(&AGREEMENT_STAFF_REMINDER) {
        let yearly = last_reminders(&mut tx, school.id, Reminder::Yearly).await?;
        for kept in &book.people {
            let person = &kept.person;
            let signed = book.signed(person.id).iter().map(|it| it.at).max();
            let since = signed.max(yearly.get(&person.id).copied());
            let (Some(since), Some(address)) = (since, &person.email) else { continue };
            if !Audience::Adults.covers(person.roles) || now.duration_since(since) < YEAR {
                continue;
            }
            let body = format!(
                "A year ago you signed the agreement for staff of {}. Please read it again: {url}/agreements/mine\n",
                school.name
            );
            let notice = Notice { subject: format!("{}: what you agreed", school.name), body };
            jobs::enqueue(&mut tx, send_mail::KIND.name, &send_mail::payload(address.as_str(), &notice), now)
                .await?;
            note_reminder(&mut tx, school.id, person.id, Reminder::Yearly, now).await?;
        }
    }
    Ok(tx.commit().await?)
}
