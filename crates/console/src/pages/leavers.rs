//! Those who have left and are still kept (ACC-14).
pub(crate) mod act;
pub(crate) mod one;

use axum::extract::State;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use school::{Choice, Id, Person, Roles, settings::LEAVER_HOLD};
use store::{Tx, leavers, leavers::Leaver, settings};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::empty,
        when,
    },
    failure::Failure,
    fields::Fields,
    people::asked,
    staff::{Reader, Staff},
};

const ROWS: u32 = 50;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let school = staff.school.id;
    let page_no: u32 = fields.get("page").parse().unwrap_or(1).clamp(1, 100_000);
    let mut tx = console.db.read().await?;
    let days = settings::of(&mut tx, school, None).await?.number(&LEAVER_HOLD);
    let skip = (page_no - 1) * ROWS;
    let mut held = leavers::held(&mut tx, school, fields.get("find"), skip, ROWS + 1).await?;
    let more = held.len() > ROWS as usize;
    held.truncate(ROWS as usize);
    drop(tx);
    console.viewed(&staff, "view leavers", &asked(&fields, "all")).await?;
    Ok(page(&staff, &held, days, (page_no, more), &fields, &console.zone(school)))
}

/// A leaver of the reader's own school; anybody else is not there.
pub(crate) async fn find(tx: &mut Tx, staff: &Staff, id: &str) -> Result<Leaver, Failure> {
    let id: Id<Person> = id.parse().map_err(|_| Failure::NotFound)?;
    leavers::get(tx, staff.school.id, id).await?.ok_or(Failure::NotFound)
}

/// What they were, in words.
pub(crate) fn roles(roles: Roles) -> String {
    roles.iter().map(Choice::label).collect::<Vec<_>>().join(", ")
}

fn page(
    staff: &Staff,
    held: &[Leaver],
    days: u32,
    (page_no, more): (u32, bool),
    fields: &Fields,
    zone: &TimeZone,
) -> Markup {
    let to = |n: u32| format!("/leavers?{}", fields.query_with(&[("page", &n.to_string())]));
    let content = html! {
        h1.govuk-heading-l { "Leavers" }
        p.govuk-body.sg-lead {
            "Whoever has left can use nothing any more, from the end of their last day. Their account is kept for "
            (days) " days, in case they come back, and is then deleted or handed on to their new school."
        }
        form.sg-panel.sg-filter method="get" action="/leavers" role="search" aria-label="Find a leaver" {
            (input(&Input::text("find", "Name or username", fields.get("find"))))
            div.sg-filter__buttons { button.govuk-button type="submit" { "Find" } a.govuk-link href="/leavers" { "Show all" } }
        }
        @if held.is_empty() {
            @if fields.get("find").is_empty() {
                (empty("Nobody is kept here", "Leavers come here by themselves on the evening of their last day, or when a roster that says so is approved."))
            } @else { (empty("Nobody found", "No leaver has such a name or username.")) }
        } @else {
            div.sg-scroll tabindex="0" role="region" aria-label="Leavers" {
                table.govuk-table.sg-table {
                    caption.govuk-visually-hidden { "Leavers, the last to leave first" }
                    thead.govuk-table__head {
                        tr.govuk-table__row {
                            @for name in ["Who", "Was", "Left", "Then"] { th.govuk-table__header scope="col" { (name) } }
                        }
                    }
                    tbody.govuk-table__body { @for it in held { (row(it, days, zone)) } }
                }
            }
        }
        nav.sg-pager aria-label="Pages" {
            @if 1 < page_no { a.govuk-link rel="prev" href=(to(page_no - 1)) { "Before" } }
            @if more { a.govuk-link rel="next" href=(to(page_no + 1)) { "More" } }
        }
    };
    layout::page(staff, "/leavers", "Leavers", &content)
}

fn row(it: &Leaver, days: u32, zone: &TimeZone) -> Markup {
    html! {
        tr.govuk-table__row {
            td.govuk-table__cell {
                a.govuk-link href={ "/leavers/" (it.id) } { (it.name) }
                span.sg-sub { (it.username) }
            }
            td.govuk-table__cell { (roles(it.roles)) @if let Some(year) = it.year { span.sg-sub { "Year " (year) } } }
            td.govuk-table__cell.sg-nowrap { (when::full(it.left_at, zone)) }
            td.govuk-table__cell { (fate(it, days, zone)) }
        }
    }
}

/// When they are deleted or handed on.
pub(crate) fn fate(it: &Leaver, days: u32, zone: &TimeZone) -> Markup {
    let verb = if it.moves_to.is_some() { "Handed on" } else { "Deleted" };
    html! {
        (verb) " after " (when::full(leavers::ends_at(it, days), zone))
        @if it.kept_until.is_some() { span.sg-sub { "kept longer by hand" } }
    }
}
