//! A temporary password: an account administrator chooses it and says it to its owner, who changes it before anything
//! else opens (PWD-05). It is shown nowhere and sent to nobody.
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use school::{KeptBy, Person};
use store::{
    accounts, audit, passwords,
    powers::{self, Reset},
    sessions,
};

use super::{found, person};
use crate::{
    Console,
    components::{
        layout,
        notice::{Tone, complaints, notice},
    },
    failure::Failure,
    fields::Fields,
    pages::own_password::{new_password, questions},
    password,
    staff::{Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let person = whose(&console, &staff, &id).await?;
    console.viewed(&staff, "view person to change", person.username.as_str()).await?;
    Ok(page(&staff, &person, &[]))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let person = whose(&console, &staff, &id).await?;
    let all = new_password(&staff.settings, &person, staff.school.name.as_str(), &fields);
    if !all.is_empty() {
        return Ok((StatusCode::BAD_REQUEST, page(&staff, &person, &all)).into_response());
    }
    let phc = password::hash(fields.raw("new")).await?;
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut tx = console.db.write().await?;
    passwords::set(&mut tx, &by, school, person.id, &phc, true).await?;
    powers::reset(&mut tx, &by, &person, Reset::Password).await?;
    // Whoever is signed in with the old one is out.
    sessions::close_all(&mut tx, person.id).await?;
    audit::note(&mut tx, &by, school, "give temporary password", person.username.as_str(), None, None)
        .await?;
    tx.commit().await?;
    let done = notice(
        Tone::Good,
        &html! { p { "The password is set. Tell it to " (person.name) " yourself: it opens nothing but the page where they choose their own." } },
    );
    Ok(person::show(&console, &staff, &id, &done).await?.into_response())
}

/// Somebody of this school who is here, and whose password is kept here. One's own is changed under one's account.
async fn whose(console: &Console, staff: &Staff, id: &str) -> Result<Person, Failure> {
    let mut tx = console.db.read().await?;
    let found = found(&mut tx, staff.school.id, id).await?;
    if found.ended {
        return Err(Failure::BadRequest("This account has ended. Bring it back first."));
    }
    let person = found.kept.person;
    if person.id == staff.id() {
        return Err(Failure::BadRequest("Change your own password under Your account."));
    }
    if accounts::kept_by(&mut tx, person.id).await? != KeptBy::School {
        return Err(Failure::BadRequest(
            "This password is kept by the school's identity provider or directory. Change it there.",
        ));
    }
    Ok(person)
}

fn page(staff: &Staff, person: &Person, all: &[(&'static str, String)]) -> Markup {
    let told: Vec<_> = all.iter().map(|(field, words)| (*field, words.as_str())).collect();
    let content = html! {
        a.govuk-back-link href={ "/people/" (person.id) } { (person.name) }
        (complaints(&told))
        h1.govuk-heading-l { "Temporary password" }
        section.sg-card {
            p.govuk-body {
                "For " strong { (person.name) } ", who signs in as " strong { (person.username) } ". It ends their password and \
                 their sessions. They change it before anything else opens, here and at the gate. A link that sets a password \
                 is better where you can hand one over: then nobody but they ever knows it."
            }
            form method="post" action={ "/people/" (person.id) "/password" } novalidate {
                (layout::token(staff))
                (questions(all))
                button.govuk-button type="submit" { "Set the temporary password" }
            }
        }
    };
    layout::page(staff, "/people", "Temporary password", &content)
}
