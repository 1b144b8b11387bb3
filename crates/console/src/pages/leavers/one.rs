//! One leaver, and what can still be done with the account.
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use school::{Right, School, settings::LEAVER_HOLD};
use store::{leavers::Leaver, schools, settings};

use super::{fate, find, roles};
use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::complaints,
        when,
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

/// What the page shows.
struct Shown<'a> {
    leaver: Leaver,
    /// Others of the same trust.
    schools: Vec<School>,
    days: u32,
    fields: &'a Fields,
    wrong: &'a [(&'static str, &'static str)],
    zone: TimeZone,
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    answer(&console, &staff, &id, &fields, &[]).await
}

/// The page, with what its forms complain of.
pub(super) async fn answer(
    console: &Console,
    staff: &Staff,
    id: &str,
    fields: &Fields,
    wrong: &[(&'static str, &'static str)],
) -> Result<Response, Failure> {
    let mut tx = console.db.read().await?;
    let leaver = find(&mut tx, staff, id).await?;
    let days = settings::of(&mut tx, staff.school.id, None).await?.number(&LEAVER_HOLD);
    let schools = of_trust(staff, schools::all(&mut tx).await?);
    drop(tx);
    console.viewed(staff, "view leaver", leaver.username.as_str()).await?;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let zone = console.zone(staff.school.id);
    Ok((status, page(staff, &Shown { leaver, schools, days, fields, wrong, zone })).into_response())
}

/// Accounts move within a trust, not to strangers.
pub(super) fn of_trust(staff: &Staff, schools: Vec<School>) -> Vec<School> {
    let ours = |it: &School| it.id != staff.school.id && it.trust.is_some() && it.trust == staff.school.trust;
    schools.into_iter().filter(ours).collect()
}

fn page(staff: &Staff, shown: &Shown<'_>) -> Markup {
    let it = &shown.leaver;
    let content = html! {
        (complaints(shown.wrong))
        span.govuk-caption-l { a.govuk-link href="/leavers" { "Leavers" } }
        h1.govuk-heading-l.sg-break { (it.name) }
        dl.sg-facts {
            div.sg-fact { dt { "Username" } dd { (it.username) } }
            div.sg-fact { dt { "Was" } dd { (roles(it.roles)) @if let Some(year) = it.year { ", Year " (year) } } }
            div.sg-fact { dt { "Left" } dd { (when::full(it.left_at, &shown.zone)) } }
            div.sg-fact { dt { "Then" } dd { (fate(it, shown.days, &shown.zone)) } }
        }
        p.govuk-body { "The account is disabled: it opens no gate and no page." }
        @if staff.rights.has(Right::ManagePeople) { (acts(staff, shown)) }
        @else { p.govuk-inset-text { "The account administrator can bring them back, keep them longer, hand them on or delete them." } }
    };
    layout::page(staff, "/leavers", it.name.as_str(), &content)
}

fn acts(staff: &Staff, shown: &Shown<'_>) -> Markup {
    let it = &shown.leaver;
    let post = |act: &str, inside: Markup| {
        html! {
            form.sg-card method="post" action={ "/leavers/" (it.id) "/" (act) } {
                (layout::token(staff))
                input type="hidden" name="version" value=(it.version);
                (inside)
            }
        }
    };
    let complaint = |name: &str| shown.wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let day = |at: jiff::Timestamp| at.to_zoned(shown.zone.clone()).date().to_string();
    let until = match shown.fields.get("until") {
        "" => it.kept_until.map(day).unwrap_or_default(),
        typed => typed.to_owned(),
    };
    let until = Input {
        kind: "date",
        complaint: complaint("until"),
        hint: "Empty: as long as the school's setting says",
        ..Input::text("until", "Keep until the end of", &until)
    };
    let delete = Input {
        complaint: complaint("username"),
        hint: "This cannot be undone. What law and the audit trail keep stays, under a bare number",
        ..Input::text(
            "username",
            "Type their username to show that you mean it",
            shown.fields.get("username"),
        )
    };
    let named = |it: &School| (it.id.to_string(), it.name.to_string());
    let choices: Vec<_> = shown.schools.iter().map(named).collect();
    let fates: Vec<_> = std::iter::once((String::new(), "Delete".to_owned()))
        .chain(choices.iter().map(|(id, name)| (id.clone(), format!("Hand on to {name}"))))
        .collect();
    let chosen = it.moves_to.map(|it| it.to_string()).unwrap_or_default();
    html! {
        div.sg-two {
            (post("back", html! {
                h2.govuk-heading-s { "Bring back" }
                p.govuk-body { "They have access again at once, with the password and the roles they had." }
                button.govuk-button type="submit" { "Bring back" }
            }))
            (post("plan", html! {
                h2.govuk-heading-s { "Keep longer" }
                (input(&until))
                @if !choices.is_empty() { (select("to", "And then", &chosen, &fates)) }
                button.govuk-button.govuk-button--secondary type="submit" { "Save" }
            }))
        }
        div.sg-two.sg-decide {
            @if !choices.is_empty() {
                (post("transfer", html! {
                    h2.govuk-heading-s { "Hand on now" }
                    p.govuk-body { "The account goes to another school of the trust, without posts and classes, and is deleted here." }
                    (select("school", "New school", &chosen, &choices))
                    button.govuk-button.govuk-button--secondary type="submit" { "Hand on" }
                }))
            }
            (post("delete", html! {
                h2.govuk-heading-s { "Delete now" }
                (input(&delete))
                button.govuk-button.govuk-button--secondary type="submit" { "Delete" }
            }))
        }
    }
}
