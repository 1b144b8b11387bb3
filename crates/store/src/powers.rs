//! Rights that show a school's gravest records or let a roster in: whoever is given one, and whoever of those who hold one
//! gets a new way to sign in, is told of, so that nobody comes to them unseen (ACC-12).
use school::{Choice, Id, Person, Post, Right, Rights, Roles, School, settings::LEADS_APPOINTED};

use crate::{By, StoreError, Tx, oversight, people, posts, register, security, settings};

const WATCHED: [Right; 3] = [Right::SeeConcerns, Right::SeeAudit, Right::ApproveRoster];

fn watched(roles: Roles) -> impl Iterator<Item = Right> {
    let rights = Rights::of(roles);
    WATCHED.into_iter().filter(move |it| rights.has(*it))
}

/// An alert where these roles give somebody one of these rights that they did not hold.
pub async fn gained(tx: &mut Tx, by: &By, before: Roles, after: &Person) -> Result<(), StoreError> {
    let had: Vec<Right> = watched(before).collect();
    let new: Vec<&str> = watched(after.roles).filter(|it| !had.contains(it)).map(Right::label).collect();
    if new.is_empty() {
        return Ok(());
    }
    let words = format!("{} gave {} these rights: {}.", by.name, after.name, new.join(", ").to_lowercase());
    let subject = after.username.as_str();
    let new = security::New { kind: security::Kind::Powers, subject, words: &words, quiet: false };
    security::raise(tx, by, after.school, new).await.map(drop)
}

/// What took somebody's way to sign in away, so that another can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    Password,
    Second,
}

/// An alert where somebody who holds one of these rights has to sign in anew. A second credential that was taken away is
/// always told of.
pub async fn reset(tx: &mut Tx, by: &By, person: &Person, what: Reset) -> Result<(), StoreError> {
    if what == Reset::Password && watched(person.roles).next().is_none() {
        return Ok(());
    }
    let what = match what {
        Reset::Password => "the password",
        Reset::Second => "the second credentials",
    };
    let words = format!("{} took {what} of {} away, so that new ones can be set.", by.name, person.name);
    let subject = person.username.as_str();
    let new = security::New { kind: security::Kind::SignInReset, subject, words: &words, quiet: false };
    security::raise(tx, by, person.school, new).await.map(drop)
}

/// Whether whoever gives roles needs a second person for these: the right to see concerns goes to whom the head has
/// appointed, as long as there is a head to appoint anybody. Words for the form; `None`: nothing is missing.
pub async fn refusal(
    tx: &mut Tx,
    by: &By,
    (school, person): (Id<School>, Id<Person>),
    roles: Roles,
) -> Result<Option<(&'static str, &'static str)>, StoreError> {
    let sees = |roles| Rights::of(roles).has(Right::SeeConcerns);
    if !sees(roles) || !oversight::is_in_force(tx, school, by.at).await? {
        return Ok(None);
    }
    let had = people::get(tx, school, person).await?.map_or(Roles::NONE, |it| it.person.roles);
    if sees(had) || !settings::of(tx, school, None).await?.is_on(&LEADS_APPOINTED) {
        return Ok(None);
    }
    let appoints = |roles| Rights::of(roles).has(Right::ManagePosts);
    let mut others = register::with_roles(tx, school, appoints).await?;
    others.retain(|it| Some(it.id) != by.person && it.id != person);
    let held = posts::at(tx, school, by.at).await?;
    let is_appointed = held
        .iter()
        .any(|it| it.person == person && matches!(it.post, Post::Head | Post::Dsl | Post::DeputyDsl));
    Ok((!others.is_empty() && !is_appointed).then_some((
        "roles",
        "This role reads concerns: it goes to whom the head has appointed. Add them without it, ask the head to appoint them \
         under Who to ask, then give it",
    )))
}
