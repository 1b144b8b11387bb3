use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use school::{Choice as _, Id, KeptBy, Person};
use store::{
    StoreError, accounts, leavers, people,
    people::Kept,
    powers::{self, Reset},
    second, sessions, sign_in_links,
    sign_in_links::Link,
};

use super::{found, person};
use crate::{
    Console,
    components::notice::{Tone, notice},
    failure::Failure,
    fields::Fields,
    session::Token,
    staff::Reader,
};

/// How long a link to set a password is good.
const LINK: SignedDuration = SignedDuration::from_hours(72);

/// Takes the password away, ends every session and makes a link, which is shown once.
pub(crate) async fn reset(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let token = Token::fresh().map_err(|_| Failure::Broken("the system gives no random numbers"))?;
    let mut tx = console.db.write().await?;
    let found = found(&mut tx, school, &id).await?;
    if found.ended {
        return Err(Failure::BadRequest("This account has ended. Bring it back first."));
    }
    let who: Id<Person> = found.kept.person.id;
    people::clear_password(&mut tx, &by, school, who).await?;
    powers::reset(&mut tx, &by, &found.kept.person, Reset::Password).await?;
    sessions::close_all(&mut tx, who).await?;
    let until = by.at.saturating_add(LINK).unwrap_or(Timestamp::MAX);
    sign_in_links::offer(&mut tx, &by, Link { school, person: who }, &token.hash(), until).await?;
    tx.commit().await?;
    // Of the configuration, and never of the request: whoever could choose the host would get the link.
    let link = format!("{}/set-password/{}", console.sign_in.url, token.text());
    let done = notice(
        Tone::Good,
        &html! {
            p { "Give this link to " (found.kept.person.name) " yourself. It sets a password once, within three days, and is not shown again." }
            p.sg-mono { (link) }
        },
    );
    person::show(&console, &staff, &id, &done).await
}

/// Who is asked whether a password is theirs: Schoolgate, the directory, or the identity provider (ACC-05).
pub(crate) async fn keep_by(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut tx = console.db.write().await?;
    let found = found(&mut tx, school, &id).await?;
    let who = found.kept.person.id;
    if found.ended {
        return Err(Failure::BadRequest("This account has ended. Bring it back first."));
    }
    if who == staff.id() {
        return Err(Failure::BadRequest(
            "Nobody changes who keeps their own password: another account administrator does it.",
        ));
    }
    let keeper = KeptBy::from_code(fields.get("by")).ok_or(Failure::BadRequest(
        "Choose who keeps the password: Schoolgate, the directory or the provider. Nothing was changed.",
    ))?;
    accounts::keep_by(&mut tx, &by, school, who, keeper).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{who}")).into_response())
}

/// Takes their second credentials away, so that they set up new ones (ACC-07). Head and owner are told.
pub(crate) async fn forget_second(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut tx = console.db.write().await?;
    let found = found(&mut tx, school, &id).await?;
    let person = &found.kept.person;
    if person.id == staff.id() {
        return Err(Failure::BadRequest(
            "Nobody takes away their own from here: look under your name, or ask another account administrator.",
        ));
    }
    // Sent twice: there are none any more, and nobody is told again.
    if second::of(&mut tx, person.id).await?.is_empty() {
        drop(tx);
    } else {
        second::forget(&mut tx, &by, school, person.id).await?;
        powers::reset(&mut tx, &by, person, Reset::Second).await?;
        tx.commit().await?;
    }
    let done = notice(
        Tone::Good,
        &html! {
            p {
                (person.name) " has no second credential any more, is signed out everywhere, and sets up a new one at the next \
                 sign-in. They and the head are told by e-mail."
            }
        },
    );
    person::show(&console, &staff, &id, &done).await
}

/// As the form knew them: what somebody else changed meanwhile is looked at first.
fn as_shown(kept: &Kept, fields: &Fields) -> Result<(), Failure> {
    let known = fields.get("version");
    if known.is_empty() || known == kept.version.to_string() {
        return Ok(());
    }
    Err(StoreError::Stale.into())
}

pub(crate) async fn end(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut tx = console.db.write().await?;
    let found = found(&mut tx, school, &id).await?;
    let who = found.kept.person.id;
    if who == staff.id() {
        return Err(Failure::BadRequest(
            "Nobody ends their own account: another account administrator does it.",
        ));
    }
    // Sent twice: it has ended already.
    if !found.ended {
        as_shown(&found.kept, &fields)?;
        people::leave(&mut tx, &by, school, who).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/people/{who}")).into_response())
}

pub(crate) async fn back(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut tx = console.db.write().await?;
    let found = found(&mut tx, school, &id).await?;
    let who = found.kept.person.id;
    if found.ended {
        as_shown(&found.kept, &fields)?;
        let leaver = leavers::get(&mut tx, school, who).await?.ok_or(StoreError::Stale)?;
        leavers::bring_back(&mut tx, &by, &leaver).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/people/{who}")).into_response())
}
