use std::collections::BTreeSet;

use casework::Notice;
use jiff::{SignedDuration, Timestamp};
use school::{Id, Person, Post, Role};
use store::{Tx, jobs, jobs::Job, plans, plans::Plan, posts, register};

use super::{Doing, Failure, Kind, Office, send_mail};

/// Writes once to whoever decided on an access plan, and to those who look after special needs, when its review is due
/// (ACC-16). Names and needs stay in the console.
pub(crate) const KIND: Kind =
    Kind { name: "remind of reviews", every: Some(SignedDuration::from_hours(1)), tries: 5, run: boxed };

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, _job: &Job) -> Result<(), Failure> {
    if office.post.is_none() {
        return Ok(());
    }
    let now = (office.clock)();
    let school = office.current.load().school.clone();
    let mut tx = office.db.write().await?;
    let due = plans::to_remind(&mut tx, school.id, now).await?;
    if due.is_empty() {
        return Ok(());
    }
    let holders = posts::at(&mut tx, school.id, now).await?;
    let sencos: Vec<_> = holders.iter().filter(|it| it.post == Post::Senco).map(|it| it.person).collect();
    let url = office.alerts.console.as_deref().unwrap_or("the console").trim_end_matches('/');
    let addresses = addresses(&mut tx, school.id, &due, &sencos, now).await?;
    if addresses.is_empty() {
        // They stay due until somebody can be written to.
        return Ok(());
    }
    for to in addresses {
        let body = format!(
            "The review of {} individual access plans at {} is due.\n\nRead them at {url}/plans\n",
            due.len(),
            school.name
        );
        let notice = Notice { subject: format!("{}: access plans to review", school.name), body };
        jobs::enqueue(&mut tx, send_mail::KIND.name, &send_mail::payload(&to, &notice), now).await?;
    }
    Ok(tx.commit().await?)
}

/// Each once. The head's where nobody else has one.
async fn addresses(
    tx: &mut Tx,
    school: Id<school::School>,
    due: &[Plan],
    sencos: &[Id<Person>],
    now: Timestamp,
) -> Result<BTreeSet<String>, Failure> {
    let mut people: Vec<Person> = register::some(tx, school, sencos).await?.into_values().collect();
    people.extend(register::with_roles(tx, school, |it| it.has(Role::Senco)).await?);
    for plan in due {
        // A name and a post, as the page asks for it. A pupil may have the same name.
        let name = plan.decided_by.as_str().split(',').next().unwrap_or_default().trim();
        let wanted = register::Wanted { words: name.to_owned(), ..register::Wanted::default() };
        let found = register::find(tx, school, &wanted, 0, 20).await?;
        let is_them = |it: &Person| it.name.as_str().eq_ignore_ascii_case(name) && it.roles.of_the_house();
        people.extend(found.into_iter().map(|it| it.person).filter(is_them));
    }
    let mail = |all: Vec<Person>| {
        let here = all.into_iter().filter(|it| it.stay.covers(now));
        here.filter_map(|it| it.email).map(|it| it.to_string()).collect()
    };
    let found: BTreeSet<String> = mail(people);
    if !found.is_empty() {
        return Ok(found);
    }
    Ok(mail(register::with_roles(tx, school, |it| it.has(Role::Head)).await?))
}
