//! Guests: who is in now, who is expected, and who was here.
pub(crate) mod act;
pub(crate) mod cases;
pub(crate) mod community;
pub(crate) mod new;
pub(crate) mod one;
pub(crate) mod slip;

use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use school::{
    Choice, Right,
    guest::{Guest, Stage},
};
use store::{guests, guests::Kept};

use crate::{
    Console,
    components::{layout, notice::empty, sheet, tag, when},
    failure::Failure,
    fields::Fields,
    people::People,
    staff::{Reader, Staff},
};

/// More than a school has in a year; older ones stay in the store.
const MOST_PAST: u32 = 2_000;

const HEADINGS: [&str; 11] = [
    "Name",
    "Kind",
    "Organisation",
    "What for",
    "Sponsor",
    "From",
    "Until",
    "Asked",
    "State",
    "Why",
    "Agreement on paper",
];

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let (school, now) = (staff.school.id, (console.clock)());
    let past = fields.get("show") == "past";
    let mut tx = console.db.read().await?;
    let all = if past {
        guests::past(&mut tx, school, MOST_PAST).await?
    } else {
        guests::current(&mut tx, school).await?
    };
    let people = People::of(&mut tx, school, all.iter().map(|it| it.guest.sponsor)).await?;
    let words = format!("{} guests", all.len());
    drop(tx);
    console.viewed(&staff, "view guests", &words).await?;
    Ok(page(&staff, &all, &people, past, now, &console.zone(school)))
}

fn page(staff: &Staff, all: &[Kept], people: &People, past: bool, now: Timestamp, zone: &TimeZone) -> Markup {
    let tab = |href, name, here: bool| {
        html! { li { a.sg-tabs__link href=(href) aria-current=[here.then_some("page")] { (name) } } }
    };
    let stage =
        |what: fn(&Stage) -> bool| -> Vec<&Kept> { all.iter().filter(|it| what(&it.guest.stage)).collect() };
    let content = html! {
        div.sg-title {
            h1.govuk-heading-l { "Guests" }
            @if staff.rights.has(Right::SponsorGuests) { a.govuk-button href="/guests/new" { "New guest" } }
        }
        nav.sg-tabs aria-label="Which guests" {
            ul { (tab("/guests", "Now and soon", !past)) (tab("/guests?show=past", "Past", past)) }
        }
        @if past {
            p.govuk-body { a.govuk-link href="/guests.csv" { "Download as a spreadsheet (CSV)" } }
            @if all.is_empty() {
                (empty("Nobody has been here yet", "Guests whose time is over, and those who were refused, are kept here."))
            } @else {
                (table("Past guests, the latest first", &all.iter().collect::<Vec<_>>(), people, now, zone))
            }
        } @else {
            @let (inside, expected, waiting) = (
                stage(|it| matches!(it, Stage::Admitted { .. })),
                stage(|it| matches!(it, Stage::Cleared { .. })),
                stage(|it| matches!(it, Stage::Requested)),
            );
            @if all.is_empty() {
                (empty("No guests today", "A guest gets an account for a time, with a sponsor who answers for them."))
            }
            @for (title, some) in [("Waiting for approval", waiting), ("In now", inside), ("Expected", expected)] {
                @if !some.is_empty() {
                    h2.govuk-heading-m { (title) " (" (some.len()) ")" }
                    (table(title, &some, people, now, zone))
                }
            }
        }
    };
    layout::page(staff, "/guests", "Guests", &content)
}

fn table(caption: &str, all: &[&Kept], people: &People, now: Timestamp, zone: &TimeZone) -> Markup {
    html! {
        div.sg-scroll {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { (caption) }
                thead.govuk-table__head {
                    tr.govuk-table__row {
                        @for name in ["Name", "What for", "Sponsor", "From", "Until", "State"] {
                            th.govuk-table__header scope="col" { (name) }
                        }
                    }
                }
                tbody.govuk-table__body {
                    @for Kept { guest, .. } in all {
                        tr.govuk-table__row {
                            td.govuk-table__cell {
                                a.govuk-link href={ "/guests/" (guest.id) } { (guest.name) }
                                span.sg-sub {
                                    (guest.kind.label())
                                    @if let Some(it) = &guest.organisation { ", " (it) }
                                }
                            }
                            td.govuk-table__cell { (guest.focus) }
                            td.govuk-table__cell { (people.name(Some(guest.sponsor))) }
                            td.govuk-table__cell.sg-nowrap { (when::full(guest.hours.from, zone)) }
                            td.govuk-table__cell.sg-nowrap { (when::full(guest.hours.until, zone)) }
                            td.govuk-table__cell { (state(guest, now)) }
                        }
                    }
                }
            }
        }
    }
}

/// Their stage in a word; who is in too early or too late is not in.
pub(crate) fn state(guest: &Guest, now: Timestamp) -> Markup {
    let over = guest.hours.until <= now;
    match guest.stage {
        Stage::Requested if over => tag::tag("grey", "Not approved in time"),
        Stage::Requested => tag::tag("purple", guest.stage.label()),
        Stage::Cleared { .. } if over => tag::tag("grey", "Did not come"),
        Stage::Cleared { .. } => tag::tag("blue", guest.stage.label()),
        Stage::Admitted { .. } if over => tag::tag("grey", "Time is over"),
        Stage::Admitted { .. } if now < guest.hours.from => tag::tag("blue", "Has their slip"),
        Stage::Admitted { .. } => tag::tag("green", guest.stage.label()),
        Stage::Refused { .. } => tag::tag("red", guest.stage.label()),
        Stage::Ended { .. } => tag::tag("grey", guest.stage.label()),
    }
}

pub(crate) async fn export(State(console): State<Console>, staff: Reader) -> Result<Response, Failure> {
    let school = staff.school.id;
    let zone = console.zone(school);
    let mut tx = console.db.read().await?;
    let mut all = guests::current(&mut tx, school).await?;
    all.extend(guests::past(&mut tx, school, u32::MAX).await?);
    let people = People::of(&mut tx, school, all.iter().map(|it| it.guest.sponsor)).await?;
    let words = format!("{} guests", all.len());
    drop(tx);
    console.viewed(&staff, "export guests", &words).await?;
    let time = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let rows = all.iter().map(|Kept { guest, .. }| {
        let why = match &guest.stage {
            Stage::Refused { why, .. } | Stage::Ended { why, .. } => why.clone(),
            _ => String::new(),
        };
        [
            guest.name.to_string(),
            guest.kind.label().to_owned(),
            guest.organisation.as_ref().map(ToString::to_string).unwrap_or_default(),
            guest.focus.to_string(),
            people.name(Some(guest.sponsor)),
            time(guest.hours.from),
            time(guest.hours.until),
            time(guest.asked_at),
            guest.stage.label().to_owned(),
            why,
            if guest.signed_on_paper { "yes" } else { "no" }.to_owned(),
        ]
    });
    let bytes = sheet::csv(&HEADINGS, rows)?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"guests.csv\""),
    ];
    Ok((headers, bytes).into_response())
}
