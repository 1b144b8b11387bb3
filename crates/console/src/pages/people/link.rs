use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::Person;
use store::{By, people, sign_in_links};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    password,
    session::Token,
};

pub(crate) async fn get(
    State(console): State<Console>,
    Path(token): Path<String>,
) -> Result<Markup, Failure> {
    let person = whose(&console, &token).await?;
    Ok(page(&person, &token, &[]))
}

pub(crate) async fn post(
    State(console): State<Console>,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let person = whose(&console, &token).await?;
    let password = fields.raw("password");
    let complaint = if password.chars().count() < password::SHORTEST {
        Some(("password", "Enter a password of at least 12 characters; three random words are good"))
    } else if password != fields.raw("again") {
        Some(("again", "The two passwords are not the same"))
    } else {
        None
    };
    if let Some(complaint) = complaint {
        return Ok((StatusCode::BAD_REQUEST, page(&person, &token, &[complaint])).into_response());
    }
    let phc = password::hash(password).await?;
    let by = By { person: Some(person.id), name: person.name.to_string(), at: (console.clock)() };
    let hash = Token::from_text(&token).ok_or(Failure::NotFound)?.hash();
    let mut tx = console.db.write().await?;
    if !sign_in_links::take(&mut tx, &hash, by.at).await? {
        return Err(Failure::NotFound);
    }
    people::set_password(&mut tx, &by, person.school, person.id, &phc).await?;
    tx.commit().await?;
    Ok(Redirect::to("/sign-in").into_response())
}

/// A link that was used, replaced, is too old or was never made is not found.
async fn whose(console: &Console, token: &str) -> Result<Person, Failure> {
    let hash = Token::from_text(token).ok_or(Failure::NotFound)?.hash();
    let mut tx = console.db.read().await?;
    let link = sign_in_links::find(&mut tx, &hash, (console.clock)()).await?.ok_or(Failure::NotFound)?;
    let kept = people::get(&mut tx, link.school, link.person).await?.ok_or(Failure::NotFound)?;
    Ok(kept.person)
}

fn page(person: &Person, token: &str, all: &[(&str, &str)]) -> Markup {
    let ask = |name, label, hint| {
        let complaint = all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
        input(&Input {
            hint,
            kind: "password",
            autocomplete: "new-password",
            complaint,
            ..Input::text(name, label, "")
        })
    };
    layout::bare(
        "Set your password",
        &html! {
            (complaints(all))
            div.sg-panel {
                h1.govuk-heading-l { "Set your password" }
                p.govuk-body { "For " strong { (person.name) } ", who signs in as " strong { (person.username) } ". This link works once." }
                form method="post" action={ "/set-password/" (token) } novalidate {
                    (ask("password", "Password", "At least 12 characters"))
                    (ask("again", "Password again", ""))
                    button.govuk-button type="submit" { "Set the password" }
                }
            }
        },
    )
}
