//! Community users: their opening hours, and the local organisations that share the school's approach (ACC-20).
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{
    OpeningHours, Right,
    settings::{COMMUNITY_HOURS, Settings},
};
use store::{fresh_id, local_bodies, local_bodies::LocalBody, settings};

use super::new::line;
use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::{complaints, empty},
        tag,
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let all = local_bodies::all(&mut tx, staff.school.id).await?;
    let chosen = settings::of(&mut tx, staff.school.id, None).await?;
    drop(tx);
    console.viewed(&staff, "view local organisations", &format!("{} organisations", all.len())).await?;
    Ok(page(&staff, &all, &chosen, &Fields::default(), &[]))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let mut wrong = Vec::new();
    let name = line("name", "Name", &fields, &mut wrong);
    if 2_000 < fields.get("note").chars().count() + fields.get("contact").chars().count() {
        wrong.push(("note", "The note cannot be longer than 2,000 characters".to_owned()));
    }
    let (Some(name), true) = (name, wrong.is_empty()) else {
        let all = local_bodies::all(&mut tx, staff.school.id).await?;
        let chosen = settings::of(&mut tx, staff.school.id, None).await?;
        let page = page(&staff, &all, &chosen, &fields, &wrong);
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    let body = LocalBody {
        id: fresh_id(by.at),
        school: staff.school.id,
        name,
        contact: fields.get("contact").to_owned(),
        shares: fields.get("shares") == "yes",
        note: fields.get("note").to_owned(),
    };
    local_bodies::put(&mut tx, &by, &body).await?;
    tx.commit().await?;
    Ok(Redirect::to("/guests/community").into_response())
}

fn page(
    staff: &Staff,
    all: &[LocalBody],
    chosen: &Settings,
    fields: &Fields,
    wrong: &[(&'static str, String)],
) -> Markup {
    let told: Vec<_> = wrong.iter().map(|(name, words)| (*name, words.as_str())).collect();
    let content = html! {
        (complaints(&told))
        h1.govuk-heading-l { "Community users" }
        p.govuk-body.sg-lead {
            "People of the neighbourhood sign in with an account of their own, for a time, under their own profile and \
             agreement, and only in the hours that are theirs."
        }
        section.sg-card {
            h2.sg-card__title { "Opening hours" }
            p.govuk-body {
                @match OpeningHours::read(&chosen.text(&COMMUNITY_HOURS)) {
                    Ok(None) => "At any hour: nothing is set.",
                    Ok(Some(hours)) => { (hours) "." }
                    Err(why) => { strong { "Closed: " (why) "." } }
                }
                " They are a setting of the school."
            }
        }
        h2.govuk-heading-m { "Local organisations" }
        @if all.is_empty() {
            (empty("None is noted yet", "Note which bodies of the neighbourhood share the school’s approach to online safety."))
        } @else {
            div.sg-scroll {
                table.govuk-table.sg-table {
                    caption.govuk-visually-hidden { "Local organisations" }
                    thead.govuk-table__head {
                        tr.govuk-table__row {
                            @for name in ["Name", "Contact", "Our approach", "Note"] {
                                th.govuk-table__header scope="col" { (name) }
                            }
                        }
                    }
                    tbody.govuk-table__body {
                        @for it in all {
                            tr.govuk-table__row {
                                td.govuk-table__cell { (it.name) }
                                td.govuk-table__cell.sg-break { (it.contact) }
                                td.govuk-table__cell {
                                    @if it.shares { (tag::tag("green", "Shared")) } @else { (tag::tag("grey", "Not yet")) }
                                }
                                td.govuk-table__cell.sg-break { (it.note) }
                            }
                        }
                    }
                }
            }
        }
        @if staff.rights.has(Right::SponsorGuests) {
            section.sg-card {
                h2.sg-card__title { "Note an organisation" }
                p.govuk-body { "One of the same name is replaced." }
                form method="post" action="/guests/community" novalidate {
                    (layout::token(staff))
                    @let complaint = told.iter().find(|(it, _)| *it == "name").map(|(_, words)| *words);
                    (input(&Input { complaint, ..Input::text("name", "Name", fields.get("name")) }))
                    (input(&Input::text("contact", "Contact", fields.get("contact"))))
                    (input(&Input::text("note", "How it was agreed", fields.get("note"))))
                    div.govuk-form-group {
                        div.govuk-checkboxes {
                            div.govuk-checkboxes__item {
                                input.govuk-checkboxes__input id="shares" type="checkbox" name="shares" value="yes"
                                    checked[fields.get("shares") == "yes"];
                                label.govuk-label.govuk-checkboxes__label for="shares" { "They share the school’s approach" }
                            }
                        }
                    }
                    button.govuk-button type="submit" { "Save" }
                }
            }
        }
    };
    layout::page(staff, "/guests/community", "Community users", &content)
}
