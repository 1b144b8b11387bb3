use axum::{
    extract::State,
    http::header::SET_COOKIE,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Choice, Right, Role};
use store::{audit, sessions};

use crate::{Console, components::layout, failure::Failure, session, staff::Reader};

/// The first page of whoever signed in.
pub(crate) async fn first(staff: Reader) -> Redirect {
    Redirect::to(layout::home(&staff))
}

/// Asked by the page's script while somebody types; being asked is all that it does.
pub(crate) async fn alive(_: Reader) {}

pub(crate) async fn get(staff: Reader) -> Markup {
    let roles: Vec<&str> = staff.person.roles.iter().map(Role::label).collect();
    layout::page(
        &staff,
        "/account",
        "Your account",
        &html! {
            h1.govuk-heading-l { "Your account" }
            dl.govuk-summary-list {
                (row("Name", staff.person.name.as_str()))
                (row("Username", staff.person.username.as_str()))
                (row("School", staff.own_school().name.as_str()))
                @if staff.own_school().id != staff.school.id { (row("You act at", staff.school.name.as_str())) }
                (row("Roles", &roles.join(", ")))
            }
            ul.govuk-list {
                @if staff.has_choice { li { a.govuk-link href="/acting" { "Act at another school" } } }
                li { a.govuk-link href="/account/password" { "Change your password" } }
                li { a.govuk-link href="/account/second" { "Your second credentials" } }
                li { a.govuk-link href="/account/sessions" { "Where you are signed in" } }
            }
            h2.govuk-heading-m { "What you may do here" }
            @if staff.rights.is_empty() {
                p.govuk-body { "Your role opens no pages of the console. If your work needs one, ask the head." }
            } @else {
                ul.govuk-list.govuk-list--bullet {
                    @for right in Right::ALL.iter().filter(|it| staff.rights.has(**it)) { li { (right.label()) } }
                }
            }
            p.govuk-body {
                "Your session locks after " (session::idle(&staff.settings).as_mins()) " minutes without use, and ends "
                (session::longest(&staff.settings, staff.person.roles).as_hours()) " hours after you signed in. What you look at and change "
                "is written down."
            }
        },
    )
}

pub(crate) async fn sign_out(State(console): State<Console>, staff: Reader) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    sessions::close(&mut tx, &staff.session).await?;
    let by = staff.by(&console);
    let (school, subject) = (staff.own_school().id, staff.own_person().username.as_str());
    audit::note(&mut tx, &by, school, "sign out", subject, None, None).await?;
    tx.commit().await?;
    Ok(([(SET_COOKIE, session::no_cookie(&console))], Redirect::to("/sign-in")).into_response())
}

fn row(key: &str, value: &str) -> Markup {
    html! {
        div.govuk-summary-list__row {
            dt.govuk-summary-list__key { (key) }
            dd.govuk-summary-list__value { (value) }
        }
    }
}
