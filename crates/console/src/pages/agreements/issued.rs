//! That parents were given the pupils' agreement (AUP-14): letters that went out, and what was done otherwise.
use std::collections::HashMap;

use agreements::{Agreement, Audience};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use school::{Choice, Id, Person, Right, settings::AGREEMENT_ISSUE};
use store::{
    agreements::{self as kept, Issue, Way},
    register, settings,
};

use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::{Tone, complaints, notice},
        when,
    },
    failure::Failure,
    fields::Fields,
    people,
    staff::{Reader, Staff},
};

const ROWS: u32 = 200;
/// What an office does by hand; letters are the worker's.
const BY_HAND: [Way; 3] = [Way::Newsletter, Way::Paper, Way::Meeting];

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let shown = page(&console, &staff, &fields, &[]).await?;
    console.viewed(&staff, "view agreements given to parents", &people::asked(&fields, "all")).await?;
    Ok(shown)
}

/// To all parents at once, in the newsletter or at a meeting.
pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut wrong = Vec::new();
    let way = Way::from_code(fields.get("way")).filter(|it| BY_HAND.contains(it));
    if way.is_none() {
        wrong.push(("way", "Choose how parents were given it"));
    }
    let note = fields.get("note");
    if note.is_empty() || 500 < note.chars().count() {
        wrong.push(("note", "Say in a few words what was sent or held, such as the newsletter’s number"));
    }
    let mut tx = console.db.write().await?;
    let in_force = kept::in_force(&mut tx, staff.school.id).await?;
    let agreement = in_force.iter().find(|it| it.audience == Audience::Pupils);
    let (Some(way), Some(agreement), true) = (way, agreement, wrong.is_empty()) else {
        drop(tx);
        let page = page(&console, &staff, &fields, &wrong).await?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    let issue = Issue {
        agreement: agreement.id,
        child: None,
        parent: None,
        way,
        note: note.to_owned(),
        at: by.at,
        by_name: by.name.clone(),
    };
    kept::issue(&mut tx, &by, staff.school.id, &issue).await?;
    tx.commit().await?;
    Ok(Redirect::to("/agreements/issued?recorded=1").into_response())
}

async fn page(
    console: &Console,
    staff: &Staff,
    fields: &Fields,
    wrong: &[(&'static str, &'static str)],
) -> Result<Markup, Failure> {
    let school = staff.school.id;
    let zone = console.zone(school);
    let mut tx = console.db.read().await?;
    let issues = kept::issues(&mut tx, school, ROWS).await?;
    let ids: Vec<Id<Person>> = issues.iter().flat_map(|it| [it.parent, it.child]).flatten().collect();
    let names = register::some(&mut tx, school, &ids).await?;
    let in_force = kept::in_force(&mut tx, school).await?;
    let chosen = settings::of(&mut tx, school, None).await?;
    let content = html! {
        h1.govuk-heading-l { "Given to parents" }
        (complaints(wrong))
        @if !fields.get("recorded").is_empty() { (notice(Tone::Good, &html! { "It is recorded." })) }
        p.govuk-body {
            "Schoolgate sends the agreement of pupils to their parents by e-mail, with a prompt to talk it through at home: "
            strong { (AGREEMENT_ISSUE.kind.words(&chosen.text(&AGREEMENT_ISSUE)).to_lowercase()) }
            ", as "
            @if staff.rights.has(Right::SeeSettings) { a.govuk-link href={ "/settings/" (AGREEMENT_ISSUE.key) } { "the settings" } }
            @else { "the settings" }
            " say. Parents without an e-mail address get none; give it to them on paper."
        }
        @if staff.rights.has(Right::RecordAgreements) { (form(staff, fields, wrong)) }
        h2.govuk-heading-m { "So far" }
        @if issues.is_empty() { p.govuk-body { "Nothing yet." } }
        @else { (table(&issues, &names, &in_force, &zone)) }
    };
    Ok(layout::page(staff, "/agreements/issued", "Given to parents", &content))
}

fn form(staff: &Staff, fields: &Fields, wrong: &[(&'static str, &'static str)]) -> Markup {
    let complaint = |name: &str| wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let ways: Vec<_> = BY_HAND.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect();
    html! {
        section.sg-card {
            h2.govuk-heading-m { "Record that all parents were given it" }
            form method="post" action="/agreements/issued" {
                (layout::token(staff))
                (select("way", "How", fields.get("way"), &ways))
                (input(&Input { hint: "Such as: Newsletter 12, page 3.", complaint: complaint("note"), ..Input::text("note", "What was sent or held", fields.get("note")) }))
                button.govuk-button type="submit" { "Record" }
            }
        }
    }
}

fn table(
    issues: &[Issue],
    names: &HashMap<Id<Person>, Person>,
    in_force: &[Agreement],
    zone: &TimeZone,
) -> Markup {
    let name = |it| names.get(&it).map_or_else(|| "Somebody who has left".to_owned(), people::name);
    html! {
        div.sg-scroll tabindex="0" role="region" aria-label="Given to parents" {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { "Newest first" }
                thead.govuk-table__head { tr.govuk-table__row { @for it in ["When", "To", "How", "By"] { th.govuk-table__header scope="col" { (it) } } } }
                tbody.govuk-table__body {
                    @for it in issues {
                        tr.govuk-table__row {
                            td.govuk-table__cell { (when::full(it.at, zone)) }
                            td.govuk-table__cell {
                                @match it.child {
                                    None => "All parents",
                                    Some(child) => {
                                        @if let Some(parent) = it.parent { (name(parent)) ", for " }
                                        (name(child))
                                    }
                                }
                                @if let Some(of) = in_force.iter().find(|of| of.id == it.agreement) { div.sg-muted { "Version " (of.version) } }
                            }
                            td.govuk-table__cell { (it.way.label()) @if !it.note.is_empty() { div.sg-muted { (it.note) } } }
                            td.govuk-table__cell { (it.by_name) }
                        }
                    }
                }
            }
        }
    }
}
