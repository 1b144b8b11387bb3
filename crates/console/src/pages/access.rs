//! The access register, as at any date (ACC-15).
use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use store::{access, access::Grant};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::{complaints, empty},
        pager::{page_of, pager},
        sheet,
        summary::table,
        when,
    },
    failure::Failure,
    fields::Fields,
    search::moment,
    staff::Reader,
};

const ROWS: u32 = 50;
const MOST: u32 = 1_000_000;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let (school, now) = (staff.school.id, (console.clock)());
    let zone = console.zone(school);
    let asked = moment(fields.get("at"), &zone);
    let complaint = asked.is_err().then_some("Enter a date and time, such as 2026-11-23T09:00");
    let at = asked.ok().flatten().unwrap_or(now);
    let page = page_of(&fields);
    let words = fields.get("words");
    let mut tx = console.db.read().await?;
    let count = access::count_at(&mut tx, school, at, words).await?;
    let found = access::as_at(&mut tx, school, at, words, ROWS.saturating_mul(page - 1), ROWS).await?;
    drop(tx);
    console.viewed(&staff, "view access register", &format!("as at {at}")).await?;
    let rows: Vec<_> = found.iter().map(|it| row(it, &zone)).collect();
    let all: Vec<_> = complaint.iter().map(|words| ("at", *words)).collect();
    let content = html! {
        (complaints(&all))
        div.sg-title {
            h1.govuk-heading-l { "Access register" }
            a.govuk-button.govuk-button--secondary href={ "/access.csv?" (fields.query_with(&[("page", "")])) } download="access.csv" { "Download as a spreadsheet" }
        }
        p.govuk-body.sg-lead { "Who is granted what, since when, by whom and on what basis. Choose a date to see how it stood then." }
        form.sg-panel.sg-filter method="get" action="/access" role="search" aria-label="Find grants" {
            (input(&Input { hint: "", kind: "datetime-local", complaint, ..Input::text("at", "As at (empty: now)", fields.get("at")) }))
            (input(&Input::text("words", "Name or access", words)))
            div.sg-filter__buttons { button.govuk-button type="submit" { "Show" } a.govuk-link href="/access" { "Now, everyone" } }
        }
        p.govuk-body { strong { (when::number(count)) } " grants held at " (when::full(at, &zone)) }
        @if rows.is_empty() { (empty("Nothing found", "No grant of this name was held then.")) }
        @else { (table("Grants, by name", &["Who", "What", "Since", "Given by", "Basis"], &rows)) }
        (pager("/access", &fields, page, ROWS, count))
    };
    Ok(layout::page(&staff, "/access", "Access register", &content))
}

pub(crate) async fn csv(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let (school, now) = (staff.school.id, (console.clock)());
    let zone = console.zone(school);
    let at = moment(fields.get("at"), &zone)
        .map_err(|()| {
            Failure::BadRequest("The date of this download cannot be read. Go back and look at it again.")
        })?
        .unwrap_or(now);
    let mut tx = console.db.read().await?;
    let found = access::as_at(&mut tx, school, at, fields.get("words"), 0, MOST).await?;
    drop(tx);
    console.viewed(&staff, "export access register", &format!("as at {at}")).await?;
    let time = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    let rows = found.into_iter().map(|it| {
        [
            it.person_name,
            it.what,
            time(it.since),
            it.until.map(time).unwrap_or_default(),
            it.given_by,
            it.basis,
        ]
    });
    let bytes = sheet::csv(&["Who", "What", "Since", "Until", "Given by", "Basis"], rows)?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"access.csv\""),
    ];
    Ok((headers, bytes).into_response())
}

fn row(it: &Grant, zone: &TimeZone) -> Vec<Markup> {
    vec![
        html! { a.govuk-link href={ "/people/" (it.person) } { (it.person_name) } },
        html! { (it.what) },
        when::full(it.since, zone),
        html! { (it.given_by) },
        html! { (it.basis) },
    ]
}
