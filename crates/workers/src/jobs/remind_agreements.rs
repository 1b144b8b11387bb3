use std::collections::HashSet;

use agreements::Audience;
use casework::Notice;
use jiff::{SignedDuration, Timestamp};
use school::{
    Id, Person, School,
    settings::{AGREEMENT_REMIND_PARENTS, AGREEMENT_REMINDERS, AGREEMENT_STAFF_REMINDER},
};
use store::{
    Tx,
    agreements::{Book, Reminder, last_reminders, note_reminder},
    jobs,
    jobs::Job,
    settings,
};

use super::{Doing, Failure, Kind, Office, send_mail};

/// Writes to those who have something to sign as often as the school has set, to parents where it has set that too;
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
    let url = office.alerts.console.as_deref().unwrap_or("the console").trim_end_matches('/');
    let mut tx = office.db.write().await?;
    let chosen = settings::of(&mut tx, school.id, None).await?;
    let book = Book::of(&mut tx, school.id, zone).await?;
    let letters = Letters { school, url, book: &book, now };
    let asked: HashSet<Id<Person>> = job.payload.lines().skip(1).filter_map(|it| it.parse().ok()).collect();
    if !job.payload.is_empty() {
        letters.about_missing(&mut tx, WEEK, true, |it| asked.contains(&it.id)).await?;
        return Ok(tx.commit().await?);
    }
    if let Ok(days) = chosen.text(&AGREEMENT_REMINDERS).parse::<i64>() {
        let every = SignedDuration::from_hours(days * 24).max(WEEK);
        letters.about_missing(&mut tx, every, chosen.is_on(&AGREEMENT_REMIND_PARENTS), |_| true).await?;
    }
    if chosen.is_on(&AGREEMENT_STAFF_REMINDER) {
        letters.of_what_was_agreed(&mut tx).await?;
    }
    Ok(tx.commit().await?)
}

struct Letters<'a> {
    school: &'a School,
    url: &'a str,
    book: &'a Book,
    now: Timestamp,
}

impl Letters<'_> {
    /// `parents`: whether they are written to as well.
    async fn about_missing(
        &self,
        tx: &mut Tx,
        every: SignedDuration,
        parents: bool,
        about: impl Fn(&Person) -> bool,
    ) -> Result<(), Failure> {
        let mut last = last_reminders(tx, self.school.id, Reminder::Missing).await?;
        for kept in self.book.people.iter().filter(|it| about(&it.person)) {
            let Some((to, body)) = self.whom(&kept.person, parents) else { continue };
            // One of a time to come was sent by a clock that ran ahead.
            let waits =
                |at: &Timestamp| (SignedDuration::ZERO..every).contains(&self.now.duration_since(*at));
            let is_due = !last.get(&to.id).is_some_and(waits);
            let (true, Some(address)) = (is_due, &to.email) else { continue };
            let notice = Notice { subject: format!("{}: an agreement to sign", self.school.name), body };
            jobs::enqueue(tx, send_mail::KIND.name, &send_mail::payload(address.as_str(), &notice), self.now)
                .await?;
            note_reminder(tx, self.school.id, to.id, Reminder::Missing, self.now).await?;
            last.insert(to.id, self.now);
        }
        Ok(())
    }

    /// Who is to be written to about what is missing of this person, if anybody: they themselves, or whom to turn to
    /// first of those parents who can be written to. Letters name no child.
    fn whom<'b>(&'b self, person: &'b Person, parents: bool) -> Option<(&'b Person, String)> {
        if !person.stay.covers(self.now) {
            return None;
        }
        let missing = self.book.missing(person, self.now);
        let is_of = |id, audience| self.book.agreement(id).is_some_and(|it| it.audience == audience);
        // Pupils sign at the gate or in class, not by letter.
        let for_self = missing.iter().any(|it| {
            it.what.is_theirs()
                && !is_of(it.agreement, Audience::Pupils)
                && (parents || !is_of(it.agreement, Audience::Parents))
        });
        if for_self {
            let body = format!(
                "An agreement with {} waits for you to read and sign.\n\nSign in at {}/agreements/mine\n",
                self.school.name, self.url
            );
            return Some((person, body));
        }
        if !parents || missing.iter().all(|it| it.what.is_theirs()) {
            return None;
        }
        let body = format!(
            "The agreement of a child of yours at {} waits for your signature. Please read it with your child.\n\nSign in at {}/children, or ask the school office for a paper form.\n",
            self.school.name, self.url
        );
        let parent = self.book.parents(person.id).find(|it| it.email.is_some() && it.stay.covers(self.now));
        Some((parent?, body))
    }

    /// To staff, a year after they signed or were last reminded.
    async fn of_what_was_agreed(&self, tx: &mut Tx) -> Result<(), Failure> {
        let yearly = last_reminders(tx, self.school.id, Reminder::Yearly).await?;
        for kept in &self.book.people {
            let person = &kept.person;
            let signed = self.book.signed(person.id).iter().map(|it| it.at).max();
            let since = signed.max(yearly.get(&person.id).copied());
            let (Some(since), Some(address)) = (since, &person.email) else { continue };
            let is_staff = Audience::Adults.covers(person.roles) && person.stay.covers(self.now);
            if !is_staff || self.now.duration_since(since) < YEAR {
                continue;
            }
            let body = format!(
                "A year ago you signed the agreement for staff of {}. Please read it again: {}/agreements/mine\n",
                self.school.name, self.url
            );
            let notice = Notice { subject: format!("{}: what you agreed", self.school.name), body };
            jobs::enqueue(tx, send_mail::KIND.name, &send_mail::payload(address.as_str(), &notice), self.now)
                .await?;
            note_reminder(tx, self.school.id, person.id, Reminder::Yearly, self.now).await?;
        }
        Ok(())
    }
}
