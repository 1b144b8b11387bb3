//! The idle lock (PWD-06): nothing is shown before the password is given again; somebody else may end the session that
//! was left, and never goes on with it (PWD-08).
use axum::{
    extract::State,
    http::{StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use store::{audit, security, sessions};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    owner::{Owner, is_owner, owner},
    pages::sign_in::{local, provider_again},
    session,
    staff::{Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    Ok(page(&staff, &owner(&console, &staff).await?, fields.get("next"), None))
}

/// The password, given again: on to where they were.
pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let next = fields.get("next");
    if staff.locked && !is_owner(&console, &staff, &fields).await? {
        let words = "That is not the password of this session. After a few wrong ones, wait five minutes.";
        let page = page(&staff, &owner(&console, &staff).await?, next, Some(words));
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    }
    let mut tx = console.db.write().await?;
    sessions::unlock(&mut tx, &staff.session, (console.clock)()).await?;
    let (by, subject) = (staff.by(&console), staff.person.username.as_str());
    audit::note(&mut tx, &by, staff.school.id, "unlock session", subject, None, None).await?;
    tx.commit().await?;
    Ok(Redirect::to(local(next)).into_response())
}

/// Somebody else found it: ended, and it is written down who left it.
pub(crate) async fn end(State(console): State<Console>, staff: Reader) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    sessions::close(&mut tx, &staff.session).await?;
    let by = store::By { person: None, name: "Someone at the lock page".to_owned(), at: (console.clock)() };
    let subject = staff.person.username.as_str();
    audit::note(&mut tx, &by, staff.school.id, "end session left open", subject, None, None).await?;
    let words = format!("{} left a session of the console open; the next person ended it", staff.person.name);
    let new = security::New { kind: security::Kind::LeftOpen, subject, words: &words, quiet: true };
    security::raise(&mut tx, &by, staff.school.id, new).await?;
    tx.commit().await?;
    Ok(([(SET_COOKIE, session::no_cookie(&console))], Redirect::to("/sign-in")).into_response())
}

fn page(staff: &Staff, owner: &Owner, next: &str, complaint: Option<&str>) -> Markup {
    let all: Vec<_> = complaint.iter().map(|words| ("password", *words)).collect();
    let password = Input {
        kind: "password",
        autocomplete: "current-password",
        complaint,
        ..Input::text("password", "Password", "")
    };
    if !staff.locked {
        let content = html! {
            div.sg-panel {
                h1.govuk-heading-l { "Not locked" }
                p.govuk-body { "This session is in use." }
                a.govuk-button href=(local(next)) { "Go on" }
            }
        };
        return layout::bare("Not locked", &content);
    }
    layout::bare(
        "Locked",
        &html! {
            (complaints(&all))
            div.sg-panel {
                h1.govuk-heading-l { "Locked" }
                p.govuk-body {
                    "This session of " strong { (staff.person.name) } " was not used for "
                    (session::idle(&staff.settings).as_mins()) " minutes."
                }
                @if let Owner::Provider(button) = owner {
                    p.govuk-body { "Sign in again with your school account. You go on where you were." }
                    @if let Some(button) = button {
                        a.govuk-button role="button" draggable="false" href=(provider_again(next)) { (button) }
                    }
                } @else {
                    form method="post" action="/lock" novalidate {
                        (layout::token(staff))
                        input type="hidden" name="next" value=(next);
                        (input(&password))
                        button.govuk-button type="submit" { "Go on where I was" }
                    }
                }
            }
            div.sg-panel {
                h2.govuk-heading-m { "Somebody else?" }
                p.govuk-body { "End this session and sign in as yourself. It is written down who left it open." }
                form method="post" action="/lock/end" {
                    (layout::token(staff))
                    button.govuk-button.govuk-button--secondary type="submit" { "End this session" }
                }
            }
        },
    )
}
