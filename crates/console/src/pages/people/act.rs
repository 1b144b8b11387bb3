use axum::{
    extract::{Path, State},
    http::{HeaderMap, header::HOST},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use school::{Choice as _, Id, KeptBy, Person};
use store::{accounts, people, sessions, sign_in_links, sign_in_links::Link};

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
    headers: HeaderMap,
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
    sessions::close_all(&mut tx, who).await?;
    let until = by.at.saturating_add(LINK).unwrap_or(Timestamp::MAX);
    sign_in_links::offer(&mut tx, &by, Link { school, person: who }, &token.hash(), until).await?;
    tx.commit().await?;
    let host = headers.get(HOST).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let scheme = if console.secure_cookies { "https" } else { "http" };
    let link = format!("{scheme}://{host}/set-password/{}", token.text());
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

pub(crate) async fn end(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
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
        people::leave(&mut tx, &by, school, who).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/people/{who}")).into_response())
}

pub(crate) async fn back(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut tx = console.db.write().await?;
    let found = found(&mut tx, school, &id).await?;
    let who = found.kept.person.id;
    if found.ended {
        people::come_back(&mut tx, &by, school, who).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/people/{who}")).into_response())
}
