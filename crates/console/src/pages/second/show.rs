//! Showing a second credential, on the way to a page that demands it.
use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use store::{
    audit,
    second::{self, Credential, Kind},
    security, sessions,
};

use super::query;
use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    pages::sign_in::local,
    second::{Shown, accept},
    staff::{Reader, Staff},
};

const WRONG: &str = "That code is not right, or was used before. Wait for the next one and try again";
const WAIT: &str = "Too many wrong codes. Wait five minutes, then try again";

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let all = second::of(&mut console.db.read().await?, staff.id()).await?;
    let next = fields.get("next");
    if all.is_empty() && !next.is_empty() {
        // Led to set one up first, and on from there.
        return Ok(Redirect::to(&format!("/account/second?{}", query(next))).into_response());
    }
    Ok(page(&console, &staff, &all, next, None).into_response())
}

/// The challenge, for the script.
pub(crate) async fn ask(State(console): State<Console>, staff: Reader) -> Result<Response, Failure> {
    let all = second::of(&mut console.db.read().await?, staff.id()).await?;
    let now = (console.clock)();
    let asked = console.sign_in.passkeys.begin_show(&console.sign_in, staff.session, staff.id(), &all, now);
    let asked = asked.ok_or(Failure::BadRequest("You have no passkey here."))?;
    Ok(([(CONTENT_TYPE, "application/json")], asked).into_response())
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let now = (console.clock)();
    let (next, by) = (fields.get("next"), staff.by(&console));
    let mut tx = console.db.write().await?;
    let all = second::of(&mut tx, staff.id()).await?;
    let refused = |status: StatusCode, words| {
        Ok((status, page(&console, &staff, &all, next, Some(words))).into_response())
    };
    let Some(guess) = console.throttle.guess_own("second ", staff.own_person(), now) else {
        let words = format!("Wrong second credentials, again and again, in the session of {}", by.name);
        let subject = staff.person.username.as_str();
        let new = security::New { kind: security::Kind::Guessing, subject, words: &words, quiet: false };
        security::raise(&mut tx, &by, staff.school.id, new).await?;
        tx.commit().await?;
        return refused(StatusCode::TOO_MANY_REQUESTS, WAIT);
    };
    let answer = fields.raw("answer");
    let what = if answer.is_empty() {
        let shown = accept(&mut tx, &console.sign_in, staff.id(), fields.get("code"), now).await?;
        shown.map(|it| match it {
            Shown::Code => "code from an app",
            Shown::Paper => "code on paper",
        })
    } else {
        let owner = (staff.id(), &all[..]);
        let shown =
            console.sign_in.passkeys.finish_show(&console.sign_in, &staff.session, owner, answer, now);
        if let Some(it) = &shown {
            second::use_passkey(&mut tx, it.id, &it.secret, now).await?;
        }
        shown.map(|_| "passkey")
    };
    let subject = staff.person.username.as_str();
    let Some(what) = what else {
        audit::note(&mut tx, &by, staff.school.id, "second credential refused", subject, None, None).await?;
        tx.commit().await?;
        return refused(StatusCode::UNAUTHORIZED, WRONG);
    };
    console.throttle.right(guess);
    sessions::prove(&mut tx, &staff.session, now).await?;
    audit::note(&mut tx, &by, staff.school.id, "show second credential", subject, None, Some(what)).await?;
    tx.commit().await?;
    Ok(Redirect::to(local(next)).into_response())
}

fn page(console: &Console, staff: &Staff, all: &[Credential], next: &str, complaint: Option<&str>) -> Markup {
    let complaints_: Vec<_> = complaint.iter().map(|words| ("code", *words)).collect();
    let code = Input {
        hint: "Six digits from your app, or a code from paper",
        autocomplete: "one-time-code",
        complaint,
        ..Input::text("code", "Code", "")
    };
    let has_passkey = console.sign_in.passkeys.can() && all.iter().any(|it| it.kind == Kind::Passkey);
    let content = html! {
        (complaints(&complaints_))
        div.sg-narrow {
            div.sg-panel {
                h1.govuk-heading-l { "Show your second credential" }
                p.govuk-body {
                    "Pages about children and about how the school is protected ask for it. It counts for "
                    (staff.settings.number(&school::settings::SECOND_FRESH)) " minutes."
                }
                @if all.is_empty() {
                    p.govuk-body {
                        "You have none yet. "
                        a.govuk-link href="/account/second" { "Set one up" } "."
                    }
                }
                @if has_passkey {
                    form method="post" action="/account/second/show" data-passkey="/account/second/show/ask" hidden {
                        (layout::token(staff))
                        input type="hidden" name="answer";
                        input type="hidden" name="next" value=(next);
                        p.govuk-error-message data-passkey-words role="alert" hidden {}
                        button.govuk-button type="submit" { "Use a passkey" }
                    }
                }
                form method="post" action="/account/second/show" novalidate {
                    (layout::token(staff))
                    input type="hidden" name="next" value=(next);
                    (input(&code))
                    button.govuk-button type="submit" { "Go on" }
                }
                details.govuk-details {
                    summary.govuk-details__summary { span.govuk-details__summary-text { "I have lost it" } }
                    div.govuk-details__text {
                        "Use one of your codes on paper. If those are lost too, whoever looks after accounts can take your \
                         second credentials away, so that you set up new ones."
                    }
                }
            }
        }
    };
    layout::page(staff, "/account", "Show your second credential", &content)
}
