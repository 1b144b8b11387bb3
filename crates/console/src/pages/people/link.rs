use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::Person;
use store::{By, passwords, people, schools, sign_in_links};

use crate::{
    Console,
    components::{layout, notice::complaints},
    failure::Failure,
    fields::Fields,
    pages::own_password::{new_password, questions},
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
    let mut tx = console.db.read().await?;
    let settings = store::settings::of(&mut tx, person.school, None).await?;
    let school = schools::get(&mut tx, person.school).await?.ok_or(Failure::NotFound)?;
    drop(tx);
    let all = new_password(&settings, &person, school.name.as_str(), &fields);
    if !all.is_empty() {
        return Ok((StatusCode::BAD_REQUEST, page(&person, &token, &all)).into_response());
    }
    let phc = password::hash(fields.raw("new")).await?;
    let by = By { person: Some(person.id), name: person.name.to_string(), at: (console.clock)() };
    let hash = Token::from_text(&token).ok_or(Failure::NotFound)?.hash();
    let mut tx = console.db.write().await?;
    if !sign_in_links::take(&mut tx, &hash, by.at).await? {
        return Err(Failure::NotFound);
    }
    passwords::set(&mut tx, &by, person.school, person.id, &phc, false).await?;
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

fn page(person: &Person, token: &str, all: &[(&'static str, String)]) -> Markup {
    let told: Vec<_> = all.iter().map(|(field, words)| (*field, words.as_str())).collect();
    layout::bare(
        "Set your password",
        &html! {
            (complaints(&told))
            div.sg-panel {
                h1.govuk-heading-l { "Set your password" }
                p.govuk-body { "For " strong { (person.name) } ", who signs in as " strong { (person.username) } ". This link works once." }
                form method="post" action={ "/set-password/" (token) } novalidate {
                    (questions(all))
                    button.govuk-button type="submit" { "Set the password" }
                }
            }
        },
    )
}
