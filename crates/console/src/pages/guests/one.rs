use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use school::{
    Choice, Right,
    guest::{Guest, Rules, Stage},
};
use store::{Tx, guests, guests::Kept, settings};

use super::{
    new::{id_of, local},
    state,
};
use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::complaints,
        when,
    },
    failure::Failure,
    people::People,
    staff::{Reader, Staff},
};

/// A guest with all that their page shows.
pub(super) struct Opened {
    pub(super) kept: Kept,
    pub(super) people: People,
    pub(super) rules: Rules,
}

pub(super) async fn open(tx: &mut Tx, staff: &Staff, id: &str) -> Result<Opened, Failure> {
    let school = staff.school.id;
    let kept = guests::get(tx, school, id_of(id)?).await?.ok_or(Failure::NotFound)?;
    let rules = Rules::of(&settings::of(tx, school, None).await?);
    let people = People::of(tx, school, kept.guest.people()).await?;
    Ok(Opened { kept, people, rules })
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let opened = open(&mut tx, &staff, &id).await?;
    let name = opened.kept.guest.name.as_str();
    drop(tx);
    console.viewed(&staff, "view guest", name).await?;
    Ok(page(&staff, &opened, &[], (console.clock)(), &console.zone(staff.school.id)))
}

/// The page again, with what is wrong with what was asked.
pub(super) fn again(console: &Console, staff: &Staff, opened: &Opened, wrong: &[(&str, &str)]) -> Response {
    let (now, zone) = ((console.clock)(), console.zone(staff.school.id));
    (StatusCode::CONFLICT, page(staff, opened, wrong, now, &zone)).into_response()
}

fn page(staff: &Staff, opened: &Opened, wrong: &[(&str, &str)], now: Timestamp, zone: &TimeZone) -> Markup {
    let it = &opened.kept.guest;
    let fact = |key: &str, value: Markup| html! { div.sg-fact { dt { (key) } dd { (value) } } };
    let name = |id| opened.people.name(id);
    let content = html! {
        a.govuk-back-link href="/guests" { "Guests" }
        (complaints(wrong))
        h1.govuk-heading-l { (it.name) }
        p.sg-concern__tags { (state(it, now)) }
        section.sg-card {
            dl.sg-facts {
                (fact("What they are", html! { (it.kind.label()) }))
                @if let Some(of) = &it.organisation { (fact("From", html! { (of) })) }
                (fact("What for", html! { (it.focus) }))
                (fact("Sponsor", html! { (name(Some(it.sponsor))) }))
                (fact("From", when::full(it.hours.from, zone)))
                (fact("Until", when::full(it.hours.until, zone)))
                (fact("Asked", html! { (when::full(it.asked_at, zone)) @if it.asked_by.is_some() { " by " (name(it.asked_by)) } }))
                (fact("Agreement", html! {
                    @if it.signed_on_paper { "Seen, signed on paper; the gate asks as well" }
                    @else { "The gate asks before anything opens" }
                }))
                @match &it.stage {
                    Stage::Requested => {}
                    Stage::Refused { by, at, why } => {
                        (fact("Refused", html! { (when::full(*at, zone)) " by " (name(Some(*by))) ": " (why) }))
                    }
                    Stage::Cleared { approval } | Stage::Admitted { approval, .. } => {
                        @if let Some(yes) = approval {
                            (fact("Approved", html! { (when::full(yes.at, zone)) " by " (name(Some(yes.by))) }))
                        }
                        @if let Stage::Admitted { by, at, account, .. } = &it.stage {
                            (fact("Let in", html! { (when::full(*at, zone)) @if by.is_some() { " by " (name(*by)) } }))
                            @if let Some(person) = opened.people.get(Some(*account)) {
                                (fact("User name", html! { (person.username) }))
                            }
                        }
                    }
                    Stage::Ended { by, at, why, .. } => {
                        (fact("Ended", html! { (when::full(*at, zone)) @if by.is_some() { " by " (name(*by)) } }))
                        @if !why.is_empty() { (fact("Why", html! { (why) })) }
                    }
                }
            }
        }
        (acts(staff, it, opened.kept.version, now, zone))
    };
    layout::page(staff, "/guests", it.name.as_str(), &content)
}

/// What this reader can do with this guest at this time.
fn acts(staff: &Staff, it: &Guest, version: i64, now: Timestamp, zone: &TimeZone) -> Markup {
    let (approves, sponsors) =
        (staff.rights.has(Right::ApproveGuests), staff.rights.has(Right::SponsorGuests));
    let over = it.hours.until <= now;
    let form = |act: &str, content: Markup| {
        html! {
            form method="post" action={ "/guests/" (it.id) "/" (act) } {
                (layout::token(staff))
                input type="hidden" name="version" value=(version);
                (content)
            }
        }
    };
    let button = |words: &str| html! { button.govuk-button type="submit" { (words) } };
    let quiet = |words: &str| html! { button.govuk-button.govuk-button--secondary type="submit" { (words) } };
    let is_open =
        matches!(it.stage, Stage::Requested | Stage::Cleared { .. } | Stage::Admitted { .. }) && !over;
    html! {
        @if it.stage == Stage::Requested && !over {
            @if approves {
                section.sg-card {
                    h2.sg-card__title { "Approve as an exceptional case" }
                    (form("approve", button("I have seen the signed agreement, and approve")))
                    (form("refuse", html! { (input(&Input::text("why", "Or refuse, and say why", ""))) (quiet("Refuse")) }))
                }
            } @else {
                p.govuk-body { "The head or campus lead has to approve this first." }
            }
        }
        @if sponsors && !over {
            @if let Stage::Cleared { .. } = it.stage {
                section.sg-card {
                    h2.sg-card__title { "They are here" }
                    p.govuk-body { "Makes their account and shows a slip with user name and code, once." }
                    (form("admit", button("Let them in and show the slip")))
                }
            }
            @if let Stage::Admitted { .. } = it.stage {
                section.sg-card {
                    h2.sg-card__title { "Slip lost?" }
                    p.govuk-body { "A new slip has a new code; the old one stops working, and ends their sign-in." }
                    (form("slip", quiet("Make a new slip")))
                }
            }
            @if is_open {
                section.sg-card {
                    h2.sg-card__title { "Their time" }
                    (form("extend", html! {
                        (input(&Input { kind: "datetime-local", ..Input::text("until", "New end", &local(it.hours.until, zone)) }))
                        (quiet("Change the end"))
                    }))
                    (form("end", html! {
                        (input(&Input::text("why", "Or end it now, and say why", "")))
                        button.govuk-button.govuk-button--warning type="submit" { "End now" }
                    }))
                }
            }
        }
    }
}
