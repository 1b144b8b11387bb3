use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Line, Person, Role, Roles, School, Username};
use store::{By, passwords, people, schools, set_up};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    password::{self, rules},
    session::Token,
};

pub(crate) async fn get(
    State(console): State<Console>,
    Path(token): Path<String>,
) -> Result<Markup, Failure> {
    let school = open(&console, &token).await?;
    Ok(page(&school, &token, &Fields::default(), &[]))
}

pub(crate) async fn post(
    State(console): State<Console>,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let school = open(&console, &token).await?;
    let again =
        |all: &[_]| Ok((StatusCode::BAD_REQUEST, page(&school, &token, &fields, all)).into_response());
    let (name, username) = match asked(&fields) {
        Ok(good) => good,
        Err(all) => return again(&all),
    };
    let by = By { person: None, name: "Set-up link".to_owned(), at: (console.clock)() };
    let person = Person {
        id: store::fresh_id(by.at),
        school: school.id,
        username,
        name,
        // Someone must be able to make the other accounts.
        roles: Roles::NONE.with(Role::NetworkManager).with(Role::AccountAdministrator),
        year: None,
        groups: Vec::new(),
        email: None,
        stay: school::Stay::ALWAYS,
    };
    let settings = store::settings::of(&mut console.db.read().await?, school.id, None).await?;
    let faults = rules::faults(&settings, &person, school.name.as_str(), fields.raw("password"));
    if !faults.is_empty() {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return again(&all.iter().map(|words| ("password", words.as_str())).collect::<Vec<_>>());
    }
    let phc = password::hash(fields.raw("password")).await?;
    let mut tx = console.db.write().await?;
    let hash = Token::from_text(&token).ok_or(Failure::NotFound)?.hash();
    if !set_up::take(&mut tx, &hash, by.at).await? {
        return Err(Failure::NotFound);
    }
    match people::add(&mut tx, &by, &person).await {
        // Undone with the rest: the link stays good.
        Err(store::StoreError::Taken(_)) => {
            return again(&[("username", "Someone has this username already")]);
        }
        other => other?,
    }
    passwords::set(&mut tx, &by, school.id, person.id, &phc, false).await?;
    tx.commit().await?;
    Ok(Redirect::to("/sign-in").into_response())
}

/// The school that the link is for. A link that was used, replaced or never made is not found.
async fn open(console: &Console, token: &str) -> Result<School, Failure> {
    let hash = Token::from_text(token).ok_or(Failure::NotFound)?.hash();
    let mut tx = console.db.read().await?;
    if !set_up::is_open(&mut tx, &hash, (console.clock)()).await? {
        return Err(Failure::NotFound);
    }
    schools::all(&mut tx).await?.into_iter().next().ok_or(Failure::Broken("there is no school yet"))
}

fn asked(fields: &Fields) -> Result<(Line, Username), Vec<(&'static str, &'static str)>> {
    let name: Option<Line> = fields.get("name").parse().ok();
    let username: Option<Username> = fields.get("username").parse().ok();
    let password = fields.raw("password");
    let mut all = Vec::new();
    if name.is_none() {
        all.push(("name", "Enter your full name, in one line"));
    }
    if username.is_none() {
        all.push(("username", "Enter a username of letters, digits and . _ - @ '"));
    }
    if password != fields.raw("again") {
        all.push(("again", "The two passwords are not the same"));
    }
    match (name, username) {
        (Some(name), Some(username)) if all.is_empty() => Ok((name, username)),
        _ => Err(all),
    }
}

fn page(school: &School, token: &str, fields: &Fields, all: &[(&str, &str)]) -> Markup {
    let ask = |name, label, hint, kind, autocomplete| {
        let value = if kind == "password" { "" } else { fields.get(name) };
        let complaint = all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
        input(&Input { name, label, hint, kind, value, autocomplete, complaint })
    };
    layout::bare(
        "Set up",
        &html! {
            (complaints(all))
            div.sg-panel {
                span.govuk-caption-l { (school.name) }
                h1.govuk-heading-l { "Make the first account" }
                p.govuk-body {
                    "It is for the network manager: it sees what the gate does, changes rules and lists, and makes the other \
                     accounts. This link works once."
                }
                form method="post" action={ "/set-up/" (token) } novalidate {
                    (ask("name", "Your full name", "", "text", "name"))
                    (ask("username", "Username", "You sign in with it", "text", "username"))
                    (ask("password", "Password", "Three random words with a digit are good", "password", "new-password"))
                    (ask("again", "Password again", "", "password", "new-password"))
                    div.govuk-inset-text { (rules::KEEP_PRIVATE) }
                    button.govuk-button type="submit" { "Make the account" }
                }
            }
        },
    )
}
