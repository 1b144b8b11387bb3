use axum::extract::{Path, State};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use school::{Choice, Group, KeptBy, Right, Rights, Stay};
use store::{Tx, accounts, groups, people::Kept, second, sign_in_links};

use super::{Found, found, granted, group_names, list::manages, role_names};
use crate::{
    Console,
    components::{field::select, layout, notice::Tone, notice::notice, summary::summary, tag, when},
    failure::Failure,
    pages::placements,
    staff::{Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    show(&console, &staff, &id, &html! {}).await
}

/// Someone, as their page is put together. Other areas add a section by a function that takes this.
pub(crate) struct Shown<'a> {
    pub(crate) staff: &'a Staff,
    pub(crate) kept: &'a Kept,
    /// Their account has ended.
    pub(crate) ended: bool,
    pub(crate) zone: TimeZone,
    pub(crate) now: Timestamp,
}

/// The page, with what was just done above it. Looking is written down.
pub(super) async fn show(
    console: &Console,
    staff: &Staff,
    id: &str,
    done: &Markup,
) -> Result<Markup, Failure> {
    let school = staff.school.id;
    let mut tx = console.db.read().await?;
    let Found { kept, ended } = found(&mut tx, school, id).await?;
    let shown = Shown { staff, kept: &kept, ended, zone: console.zone(school), now: (console.clock)() };
    let all = sections(&mut tx, &shown).await?;
    drop(tx);
    console.viewed(staff, "view person", kept.person.username.as_str()).await?;
    let person = &kept.person;
    let content = html! {
        (done)
        a.govuk-back-link href="/people" { "People" }
        div.sg-title {
            h1.govuk-heading-l { (person.name) }
            @if manages(staff) && !ended {
                a.govuk-button href={ "/people/" (person.id) "/change" } { "Change" }
            }
        }
        @if ended { (notice(Tone::Warning, &html! { p { "This account has ended: it opens no door. What was recorded stays." } })) }
        @for section in all { (section) }
    };
    Ok(layout::page(staff, "/people", person.name.as_str(), &content))
}

/// Each a function of its own; one that has nothing for this reader gives nothing.
async fn sections(tx: &mut Tx, shown: &Shown<'_>) -> Result<Vec<Markup>, Failure> {
    let groups = groups::all(tx, shown.staff.school.id).await?;
    let elsewhere = placements::elsewhere(tx, shown.kept.person.id, &shown.zone, shown.now).await?;
    Ok(vec![
        who(shown, &groups),
        roles(shown),
        elsewhere,
        signing_in(tx, shown).await?,
        granted::section(tx, shown).await?,
        acts(shown),
    ])
}

fn who(shown: &Shown<'_>, groups: &[Group]) -> Markup {
    let person = &shown.kept.person;
    summary(&[
        ("Username", html! { (person.username) }),
        ("Roles", html! { (role_names(person)) }),
        (
            "Year",
            html! { @if let Some(year) = person.year { (year.label()) " · " (year.key_stage().label()) } @else { "None" } },
        ),
        (
            "Classes and groups",
            html! { @if person.groups.is_empty() { "None" } @else { (group_names(person, groups)) } },
        ),
        ("E-mail", html! { @if let Some(email) = &person.email { (email) } @else { "None" } }),
        ("Stay", stay(person.stay, shown)),
    ])
}

fn stay(stay: Stay, shown: &Shown<'_>) -> Markup {
    let now = shown.now;
    html! {
        @match (stay.from, stay.until) {
            (None, None) => "No beginning and no end set",
            (Some(from), None) => { "From " (when::full(from, &shown.zone)) },
            (None, Some(until)) => { "Until " (when::full(until, &shown.zone)) },
            (Some(from), Some(until)) => { (when::full(from, &shown.zone)) " to " (when::full(until, &shown.zone)) },
        }
        @if stay.is_over(now) { " " (tag::tag("red", "Over")) }
        @else if !stay.covers(now) { " " (tag::tag("orange", "Not yet")) }
    }
}

fn roles(shown: &Shown<'_>) -> Markup {
    let rights = Rights::of(shown.kept.person.roles);
    html! {
        @if !rights.is_empty() && !shown.ended {
            section.sg-card {
                h2.govuk-heading-s { "May do at the console" }
                ul.govuk-list.govuk-list--bullet.sg-ticks {
                    @for right in Right::ALL.iter().filter(|it| rights.has(**it)) { li { (right.label()) } }
                }
            }
        }
    }
}

async fn signing_in(tx: &mut Tx, shown: &Shown<'_>) -> Result<Markup, Failure> {
    let id = shown.kept.person.id;
    let waits = sign_in_links::waits(tx, id, shown.now).await?;
    let keeper = accounts::kept_by(tx, id).await?;
    let keepers: Vec<_> =
        KeptBy::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect();
    let has_second = !second::of(tx, id).await?.is_empty();
    let own = id == shown.staff.id();
    Ok(html! {
        section.sg-card {
            h2.govuk-heading-s { "Signing in" }
            p.govuk-body {
                @if shown.ended { "Cannot sign in." }
                @else if keeper != KeptBy::School { "Who keeps the password: " (keeper.label()) "." }
                @else if shown.kept.password.is_some() { "Has a password." }
                @else { "Has no password here." }
                @if waits { " A link to set one has been made and not used yet." }
            }
            @if manages(shown.staff) && !shown.ended {
                form method="post" action={ "/people/" (id) "/reset" } {
                    (layout::token(shown.staff))
                    p.govuk-body.sg-muted { "Signs them out everywhere, takes the old password away and makes a link that sets a new one. Hand it over yourself." }
                    button.govuk-button.govuk-button--secondary type="submit" { "Reset sign-in" }
                }
                p.govuk-body { a.govuk-link href={ "/people/" (id) "/password" } { "Give a temporary password" } " where no link can be handed over." }
                @if id != shown.staff.id() {
                    form method="post" action={ "/people/" (id) "/kept-by" } {
                        (layout::token(shown.staff))
                        (select("by", "Who keeps the password", keeper.code(), &keepers))
                        p.govuk-body.sg-muted { "A change signs them out everywhere. The directory and the provider are those of the configuration." }
                        button.govuk-button.govuk-button--secondary type="submit" { "Save who keeps it" }
                    }
                }
            }
            @if has_second { p.govuk-body { "Has a second credential." } }
            @if has_second && manages(shown.staff) && !shown.ended && !own {
                form method="post" action={ "/people/" (id) "/forget-second" } {
                    (layout::token(shown.staff))
                    p.govuk-body.sg-muted { "For whoever has lost theirs, codes on paper too: signs them out everywhere and lets them set up a new one. Make sure who is asking. They and the head are told by e-mail." }
                    button.govuk-button.govuk-button--secondary type="submit" { "Take second credentials away" }
                }
            }
        }
    })
}

fn acts(shown: &Shown<'_>) -> Markup {
    let id = shown.kept.person.id;
    let own = id == shown.staff.id();
    let (action, words, button) = if shown.ended {
        ("back", "They get the roles they had, and a new password by a reset.", "Bring back")
    } else {
        (
            "end",
            "They are signed out everywhere at once and sign in nowhere any more. What was recorded of them stays.",
            "End this account",
        )
    };
    html! {
        @if manages(shown.staff) && !own {
            section.sg-card {
                h2.govuk-heading-s { (button) }
                form method="post" action={ "/people/" (id) "/" (action) } {
                    (layout::token(shown.staff))
                    input type="hidden" name="version" value=(shown.kept.version);
                    p.govuk-body.sg-muted { (words) }
                    button.govuk-button.govuk-button--secondary type="submit" { (button) }
                }
            }
        }
    }
}
