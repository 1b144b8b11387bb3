//! Sign-in cards for pupils who are too young for a password of their own (PWD-04): a code for each, in large letters,
//! on a sheet for the class. A code is kept and checked as a password is.
use axum::extract::State;
use maud::{Markup, html};
use rand::TryRng;
use school::passwords::{CARD_LENGTH, CARD_LETTERS};
use store::{audit, passwords};

use super::young::{buttons, children, head, is_chosen};
use crate::{
    Console,
    components::{
        layout,
        notice::{Tone, empty, notice},
        summary::table,
    },
    failure::Failure,
    fields::Fields,
    password,
    staff::Reader,
};

const PATH: &str = "/people/cards";

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let class = fields.get("class");
    let (names, children) = children(&console, &staff, &fields).await?;
    console.viewed(&staff, "view sign-in cards", if class.is_empty() { "no class" } else { class }).await?;
    let rows: Vec<_> = children
        .iter()
        .map(|it| {
            let state = if it.has_code { "Has one" } else { "None yet" };
            vec![html! { (it.person.name) }, html! { (it.person.username) }, html! { (state) }]
        })
        .collect();
    let content = html! {
        (head(&staff, PATH, class, names, "a user name and the code on a card. From that year on, pupils choose a password."))
        @if !is_chosen(&staff, "cards") {
        } @else if class.is_empty() {
            (empty("No class chosen", "Choose a class to see who of it signs in with a card."))
        } @else if children.is_empty() {
            (empty("Nobody in this class signs in with a card", "Its pupils are old enough for a password, or sign in with a school account."))
        } @else {
            (table(&format!("{class}: who signs in with a card"), &["Name", "User name", "Code"], &rows))
            (notice(Tone::Warning, &html! {
                p { "New cards end the old ones. The sheet is shown once: print it at once, and give each child their own." }
            }))
            form method="post" action="/people/cards" {
                (layout::token(&staff))
                input type="hidden" name="class" value=(class);
                (buttons(children.iter().any(|it| !it.has_code), "Make cards for those without", "Make new cards for all"))
            }
        }
    };
    Ok(layout::page(&staff, "/people/cards", "Sign-in cards", &content))
}

/// Makes them and shows them, this once.
pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    if !is_chosen(&staff, "cards") {
        return Err(Failure::BadRequest("The school has not chosen cards. Nothing was changed."));
    }
    let (_, mut children) = children(&console, &staff, &fields).await?;
    if fields.get("who") != "all" {
        children.retain(|it| !it.has_code);
    }
    // Hashed before the transaction, which other writers wait for.
    let mut cards = Vec::new();
    for child in children {
        let code = code()?;
        let hash = password::hash(&code).await?;
        cards.push((child.person, code, hash));
    }
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut tx = console.db.write().await?;
    for (person, _, hash) in &cards {
        passwords::set(&mut tx, &by, school, person.id, hash, false).await?;
    }
    let count = cards.len().to_string();
    audit::note(&mut tx, &by, school, "make sign-in cards", fields.get("class"), None, Some(&count)).await?;
    tx.commit().await?;
    let content = html! {
        a.govuk-back-link href="/people/cards" { "Sign-in cards" }
        h1.govuk-heading-l { "Sign-in cards for " (fields.get("class")) }
        p.govuk-body.sg-lead.sg-screen {
            "This is shown once: print it now (Ctrl+P). Cut the cards apart and give each child their own, or keep them in \
             the class and hand them out."
        }
        @if cards.is_empty() { (empty("No cards were made", "Everybody in this class has one.")) }
        div.sg-cards {
            @for (person, code, _) in &cards {
                section.sg-card.sg-slip {
                    h2.sg-card__title { (person.name) }
                    dl.sg-facts {
                        div.sg-fact { dt { "User name" } dd.sg-slip__code { (person.username) } }
                        div.sg-fact { dt { "Code" } dd.sg-slip__code { (code[..CARD_LENGTH / 2]) " " (code[CARD_LENGTH / 2..]) } }
                    }
                    p.govuk-body { "Keep your card safe. Tell your teacher if you lose it." }
                }
            }
        }
    };
    Ok(layout::page(&staff, "/people/cards", "Sign-in cards", &content))
}

fn code() -> Result<String, Failure> {
    let mut chance = [0; CARD_LENGTH];
    rand::rngs::SysRng
        .try_fill_bytes(&mut chance)
        .map_err(|_| Failure::Broken("the system gives no random numbers"))?;
    // Sixteen letters: each is as likely as any other.
    Ok(chance.iter().map(|it| char::from(CARD_LETTERS[usize::from(it % 16)])).collect())
}
