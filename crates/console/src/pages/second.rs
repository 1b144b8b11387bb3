//! One's second credentials: what there is, when it was last used, add, name, remove, and codes on paper.
pub(crate) mod app;
pub(crate) mod passkey;
pub(crate) mod show;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Choice, Id};
use store::second::{self, Credential};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::{Tone, notice},
        when,
    },
    failure::Failure,
    fields::Fields,
    owner::owner,
    second::RECOVERY_CODES,
    staff::{First, Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let all = second::of(&mut tx, staff.id()).await?;
    let left = second::recovery_left(&mut tx, staff.id()).await?;
    drop(tx);
    let owner = owner(&console, &staff).await?;
    let zone = console.zone(staff.school.id);
    let next = fields.get("next");
    let content = html! {
        a.govuk-back-link href="/account" { "Your account" }
        h1.govuk-heading-l { "Your second credentials" }
        @if staff.first == Some(First::Second) {
            (notice(Tone::Warning, &html! {
                p { "Your role opens pages about children or changes how the school is protected. Set up a second \
                     credential before you go on: a password alone can be seen over a shoulder." }
            }))
        } @else if !next.is_empty() && all.is_empty() {
            (notice(Tone::Warning, &html! {
                p { "The page you were going to asks for a second credential. Set one up here, and you go on to it." }
            }))
        }
        p.govuk-body {
            "Beside your password: something that you have. Case files and administration ask for it, and it counts for "
            (staff.settings.number(&school::settings::SECOND_FRESH)) " minutes."
        }
        @for it in &all {
            section.sg-card {
                h2.govuk-heading-m { (it.name) }
                p.govuk-body {
                    (it.kind.label()) ". Added " (when::full(it.added_at, &zone)) ", "
                    @match it.used_at {
                        Some(at) => { "last used " (when::full(at, &zone)) "." },
                        None => "never used.",
                    }
                }
                form method="post" action={ "/account/second/" (it.id) "/name" } {
                    (layout::token(&staff))
                    (input(&Input { hint: "So that you know which it is", ..Input::text("name", "Name", &it.name) }))
                    div.govuk-button-group {
                        button.govuk-button.govuk-button--secondary type="submit" { "Save the name" }
                        button.govuk-button.govuk-button--warning type="submit"
                            formaction={ "/account/second/" (it.id) "/remove" } { "Remove" }
                    }
                }
            }
        }
        section.sg-card {
            h2.govuk-heading-m { "Add an app that shows codes" }
            p.govuk-body { "Any authenticator app on a phone: it shows six new digits every half minute." }
            a.govuk-button href={ "/account/second/app?" (query(next)) } { "Add an app" }
        }
        section.sg-card {
            h2.govuk-heading-m { "Add a passkey" }
            @if console.sign_in.passkeys.can() {
                p.govuk-body { "Your computer, phone or a security key asks for your finger, face or PIN." }
                noscript { p.govuk-body { "Passkeys need JavaScript. An app that shows codes does not." } }
                (passkey::form(&staff, all.is_empty().then_some(&owner), next))
            } @else {
                p.govuk-body {
                    "The console is reached by an address here and not by a name, and passkeys belong to names. Use an app."
                }
            }
        }
        @if !all.is_empty() {
            section.sg-card {
                h2.govuk-heading-m { "Codes on paper" }
                p.govuk-body {
                    "For the day on which the rest is lost. " (left) " of " (RECOVERY_CODES) " are left. New codes replace \
                     the old ones."
                }
                form method="post" action="/account/second/codes" {
                    (layout::token(&staff))
                    button.govuk-button.govuk-button--secondary type="submit" { "Make new codes" }
                }
            }
        }
    };
    Ok(layout::page(&staff, "/account", "Your second credentials", &content))
}

pub(crate) async fn name(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let id: Id<Credential> = id.parse().map_err(|_| Failure::NotFound)?;
    let mut tx = console.db.write().await?;
    if !second::rename(&mut tx, staff.id(), id, &named(&fields, "Second credential")).await? {
        return Err(Failure::NotFound);
    }
    tx.commit().await?;
    Ok(Redirect::to("/account/second").into_response())
}

pub(crate) async fn remove(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id: Id<Credential> = id.parse().map_err(|_| Failure::NotFound)?;
    may_change(&console, &staff, "/account/second").await?;
    let mut tx = console.db.write().await?;
    let by = staff.by(&console);
    if !second::remove(&mut tx, &by, (staff.own_school().id, staff.id()), id).await? {
        return Err(Failure::NotFound);
    }
    tx.commit().await?;
    Ok(Redirect::to("/account/second").into_response())
}

/// Makes new codes and shows them, this once.
pub(crate) async fn codes(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    may_change(&console, &staff, "/account/second").await?;
    let papers = console.sign_in.papers(staff.id())?;
    let hashes: Vec<_> = papers.iter().map(|(_, hash)| *hash).collect();
    let mut tx = console.db.write().await?;
    if second::of(&mut tx, staff.id()).await?.is_empty() {
        return Err(Failure::BadRequest("Set up an app or a passkey first. Nothing was changed."));
    }
    second::set_recovery(&mut tx, &staff.by(&console), (staff.own_school().id, staff.id()), &hashes).await?;
    tx.commit().await?;
    let content = html! {
        h1.govuk-heading-l { "Your codes on paper" }
        p.govuk-body {
            "Print this page or copy them by hand, and keep them where only you reach them. Each works once. They are not \
             shown again."
        }
        ol.govuk-list.sg-codes { @for (code, _) in &papers { li { code { (code) } } } }
        a.govuk-button href="/account/second" { "I have kept them" }
    };
    Ok(layout::page(&staff, "/account", "Your codes on paper", &content))
}

/// Whoever has a second credential changes nothing about them without showing one: else a password that was seen would
/// be enough.
async fn may_change(console: &Console, staff: &Staff, back: &str) -> Result<(), Failure> {
    let has = !second::of(&mut console.db.read().await?, staff.id()).await?.is_empty();
    if has && !staff.is_proved((console.clock)()) {
        return Err(Failure::First {
            to: format!("/account/second/show?{}", query(back)),
            why: "Show a second credential first.",
        });
    }
    Ok(())
}

fn named(fields: &Fields, otherwise: &str) -> String {
    let name: String = fields.get("name").chars().filter(|it| !it.is_control()).take(60).collect();
    if name.trim().is_empty() { otherwise.to_owned() } else { name }
}

fn query(next: &str) -> String {
    if next.is_empty() {
        String::new()
    } else {
        serde_html_form::to_string([("next", next)]).unwrap_or_default()
    }
}
