use std::collections::BTreeMap;

use agreements::{Audience, Level};
use casework::Notice;
use jiff::{SignedDuration, Timestamp};
use school::{Id, Person, Role, settings::AGREEMENT_ISSUE};
use store::{
    By,
    agreements::{Book, Issue, Way, issue, last_issues},
    jobs,
    jobs::Job,
    settings,
};

use super::{Doing, Failure, Kind, Office, send_mail};

/// Gives the pupils' agreement to parents (AUP-14): where the school has set it, when a child joins or as often as it says. One
/// letter for all the children of a parent that are due, to whom to turn to first; each child is logged.
pub(crate) const KIND: Kind = Kind {
    name: "give the agreement to parents",
    every: Some(SignedDuration::from_hours(1)),
    tries: 5,
    run: boxed,
};

/// Letters of one run, so that a school's first day does not hold up everybody else's post. The rest go an hour later.
const AT_ONCE: usize = 200;
/// So long after their first day, or after they were added, has a child just joined.
const NEW: SignedDuration = SignedDuration::from_hours(30 * 24);
const PROMPT: &str = "Please read it with your child and talk about it: what they do online and like about it, what has \
                      ever upset them, and whom they can tell. You need not answer this letter.";

fn boxed<'a>(office: &'a Office, _: &'a Job) -> Doing<'a> {
    Box::pin(run(office))
}

async fn run(office: &Office) -> Result<(), Failure> {
    if office.post.is_none() {
        return Ok(());
    }
    let now = (office.clock)();
    let current = office.current.load_full();
    let (school, zone) = (&current.school, current.calendar.zone.clone());
    let mut tx = office.db.write().await?;
    let chosen = settings::of(&mut tx, school.id, None).await?;
    let Some(often) = Often::of(&chosen.text(&AGREEMENT_ISSUE)) else { return Ok(()) };
    let book = Book::of(&mut tx, school.id, zone).await?;
    let Some(agreement) = book.in_force.iter().find(|it| it.audience == Audience::Pupils) else {
        return Ok(());
    };
    let last = last_issues(&mut tx, school.id).await?;
    let mut letters: BTreeMap<Id<Person>, (&Person, Vec<&Person>)> = BTreeMap::new();
    for kept in &book.people {
        let child = &kept.person;
        if !child.roles.has(Role::Pupil)
            || !child.stay.covers(now)
            || !often.is_due(child, last.get(&child.id), now)
        {
            continue;
        }
        let parent = book.parents(child.id).find(|it| it.email.is_some() && it.stay.covers(now));
        let Some(parent) = parent else { continue };
        letters.entry(parent.id).or_insert_with(|| (parent, Vec::new())).1.push(child);
    }
    let by = By { person: None, name: "Schoolgate".to_owned(), at: now };
    for (parent, children) in letters.values().take(AT_ONCE) {
        let Some(address) = &parent.email else { continue };
        let names: Vec<&str> = children.iter().map(|it| it.name.as_str()).collect();
        let reading = agreement.reading(Level::Standard);
        let body = format!(
            "This is the agreement on the use of computers and the internet that pupils of {} sign, among them {}.\n\n{PROMPT}\n\n{}\n\n{}\n",
            school.name,
            listed(&names),
            reading.title(),
            reading.text(),
        );
        let notice = Notice { subject: format!("{}: the pupils’ agreement", school.name), body };
        jobs::enqueue(&mut tx, send_mail::KIND.name, &send_mail::payload(address.as_str(), &notice), now)
            .await?;
        for child in children {
            let it = Issue {
                agreement: agreement.id,
                child: Some(child.id),
                parent: Some(parent.id),
                way: Way::Email,
                note: String::new(),
                at: now,
                by_name: by.name.clone(),
            };
            issue(&mut tx, &by, school.id, &it).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// How often the school has set.
enum Often {
    OnEntry,
    Every(SignedDuration),
}

impl Often {
    /// `None`: never.
    fn of(value: &str) -> Option<Often> {
        match value {
            "entry" => Some(Often::OnEntry),
            days => Some(Often::Every(SignedDuration::from_hours(days.parse::<i64>().ok()? * 24))),
        }
    }

    fn is_due(&self, child: &Person, last: Option<&Timestamp>, now: Timestamp) -> bool {
        match (self, last) {
            (Often::Every(often), last) => last.is_none_or(|it| *often <= now.duration_since(*it)),
            (Often::OnEntry, Some(_)) => false,
            (Often::OnEntry, None) => {
                let entered = child.stay.from.max(child.id.made_at());
                entered.is_some_and(|it| now.duration_since(it) < NEW)
            }
        }
    }
}

/// `Ada, Bo and Cy`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}
