//! Changing one's own password. Who was given one, or has one that is too old, comes here before anything else opens.
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use store::{passwords, sessions};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::{Tone, complaints, notice},
    },
    failure::Failure,
    fields::Fields,
    owner::is_owner,
    pages::sign_in::local,
    password::{self, rules},
    staff::{First, Reader, Staff},
};

pub(crate) async fn get(staff: Reader, fields: Fields) -> Markup {
    page(&staff, &fields, &[])
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut all =
        new_password(staff.own_settings(), staff.own_person(), staff.own_school().name.as_str(), &fields);
    if !is_owner(&console, &staff, &fields).await? {
        all.insert(0, ("password", "That is not your password now".to_owned()));
    } else if fields.raw("password") == fields.raw("new") {
        all.push(("new", "Choose one that you do not have yet".to_owned()));
    }
    if !all.is_empty() {
        return Ok((StatusCode::BAD_REQUEST, page(&staff, &fields, &all)).into_response());
    }
    let phc = password::hash(fields.raw("new")).await?;
    let mut tx = console.db.write().await?;
    passwords::set(&mut tx, &staff.by(&console), staff.own_school().id, staff.id(), &phc, false).await?;
    // Whoever knew the old one is out.
    sessions::close_others(&mut tx, staff.id(), &staff.session).await?;
    tx.commit().await?;
    let next = if fields.get("next").is_empty() { "/account" } else { local(fields.get("next")) };
    Ok(Redirect::to(next).into_response())
}

/// What is wrong with the fields `new` and `again`, of whoever's password it will be.
pub(crate) fn new_password(
    settings: &school::settings::Settings,
    person: &school::Person,
    school: &str,
    fields: &Fields,
) -> Vec<(&'static str, String)> {
    let new = fields.raw("new");
    let mut all: Vec<_> =
        rules::faults(settings, person, school, new).iter().map(|it| ("new", it.to_string())).collect();
    if all.is_empty() && new != fields.raw("again") {
        all.push(("again", "The two passwords are not the same".to_owned()));
    }
    all
}

/// The two questions, with the notice that stands wherever a password is set (PWD-05).
pub(crate) fn questions(all: &[(&'static str, String)]) -> Markup {
    let ask = |name, label, hint| {
        let complaint = all.iter().find(|(it, _)| *it == name).map(|(_, words)| words.as_str());
        input(&Input {
            kind: "password",
            hint,
            autocomplete: "new-password",
            complaint,
            ..Input::text(name, label, "")
        })
    };
    html! {
        (ask("new", "New password", "Three random words are good"))
        (ask("again", "New password again", ""))
        div.govuk-inset-text { (rules::KEEP_PRIVATE) }
    }
}

fn page(staff: &Staff, fields: &Fields, all: &[(&'static str, String)]) -> Markup {
    let told: Vec<_> = all.iter().map(|(field, words)| (*field, words.as_str())).collect();
    let complaint = told.iter().find(|(it, _)| *it == "password").map(|it| it.1);
    let old = Input {
        kind: "password",
        autocomplete: "current-password",
        complaint,
        ..Input::text("password", "Your password now", "")
    };
    let content = html! {
        a.govuk-back-link href="/account" { "Your account" }
        (complaints(&told))
        @if staff.first == Some(First::Password) {
            (notice(Tone::Warning, &html! {
                p { "Your password has to be changed before you go on: it was given to you by somebody else, or is older \
                     than the school allows." }
            }))
        }
        h1.govuk-heading-l { "Change your password" }
        section.sg-card {
            form method="post" action="/account/password" novalidate {
                (layout::token(staff))
                input type="hidden" name="next" value=(fields.get("next"));
                (input(&old))
                (questions(all))
                button.govuk-button type="submit" { "Change it" }
            }
        }
    };
    layout::page(staff, "/account", "Change your password", &content)
}
