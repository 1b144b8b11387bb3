//! That classes talked about their agreement (AUP-13), by class, with what is still to be talked about in front.
use agreements::{Agreement, Audience};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maud::{Markup, html};
use school::Group;
use store::{
    agreements::{self as kept, Discussion},
    groups,
};

use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::{Tone, complaints, empty, notice},
        when,
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

/// Of the talks held, at most.
const ROWS: usize = 200;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    page(&console, &staff, &fields, &[]).await
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut wrong = Vec::new();
    let mut tx = console.db.write().await?;
    let classes = groups::all(&mut tx, staff.school.id).await?;
    let class = classes.iter().find(|it| it.id.to_string() == fields.get("class"));
    if class.is_none() {
        wrong.push(("class", "Choose the class"));
    }
    let today = by.at.to_zoned(console.zone(staff.school.id)).date();
    let day = fields.get("day").parse::<Date>().ok().filter(|it| *it <= today);
    if day.is_none() {
        wrong.push(("day", "Enter the day on which it was talked about, today or before"));
    }
    if 500 < fields.get("note").chars().count() {
        wrong.push(("note", "Write at most 500 characters"));
    }
    let agreement = pupils(kept::in_force(&mut tx, staff.school.id).await?);
    let (Some(class), Some(held_on), Some(agreement), true) = (class, day, agreement, wrong.is_empty())
    else {
        drop(tx);
        let page = page(&console, &staff, &fields, &wrong).await?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    let talk = Discussion {
        group: class.id,
        agreement: agreement.id,
        held_on,
        note: fields.get("note").to_owned(),
        recorded_by_name: by.name.clone(),
    };
    kept::discuss(&mut tx, &by, staff.school.id, &talk).await?;
    tx.commit().await?;
    Ok(Redirect::to("/agreements/discussions?recorded=1").into_response())
}

fn pupils(in_force: Vec<Agreement>) -> Option<Agreement> {
    in_force.into_iter().find(|it| it.audience == Audience::Pupils)
}

async fn page(
    console: &Console,
    staff: &Staff,
    fields: &Fields,
    wrong: &[(&'static str, &'static str)],
) -> Result<Markup, Failure> {
    let school = staff.school.id;
    let mut tx = console.db.read().await?;
    let mut classes = groups::all(&mut tx, school).await?;
    classes.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
    let talks = kept::discussions(&mut tx, school).await?;
    let agreement = pupils(kept::in_force(&mut tx, school).await?);
    let talked = |class: &Group| {
        talks
            .iter()
            .any(|it| it.group == class.id && agreement.as_ref().is_some_and(|of| of.id == it.agreement))
    };
    let waiting: Vec<&str> = classes.iter().filter(|it| !talked(it)).map(|it| it.name.as_str()).collect();
    let content = html! {
        h1.govuk-heading-l { "Class discussions" }
        (complaints(wrong))
        @if !fields.get("recorded").is_empty() { (notice(Tone::Good, &html! { "The discussion is recorded." })) }
        @match &agreement {
            None => { (empty("There is no agreement for pupils yet", "When one is published, classes talk about it and it is recorded here.")) }
            Some(agreement) => {
                p.govuk-body {
                    "Pupils understand what they sign when they have talked about it. The agreement in force is "
                    a.govuk-link href={ "/agreements/read/pupils/" (agreement.version) } { (agreement.title()) ", version " (agreement.version) }
                    "."
                }
                @if classes.is_empty() { (empty("There are no classes yet", "They come with the roster.")) }
                @else {
                    @if waiting.is_empty() { p.govuk-body { strong.govuk-tag.govuk-tag--green { "Complete" } " Every class has talked about it." } }
                    @else { p.govuk-body { strong { (waiting.len()) " of " (classes.len()) " classes" } " have not talked about it yet: " (waiting.join(", ")) "." } }
                    (form(staff, fields, &classes, wrong))
                }
            }
        }
        h2.govuk-heading-m { "Held so far" }
        @if talks.is_empty() { p.govuk-body { "None yet." } }
        @else { (table(&talks, &classes)) }
    };
    Ok(layout::page(staff, "/agreements/discussions", "Class discussions", &content))
}

fn form(staff: &Staff, fields: &Fields, classes: &[Group], wrong: &[(&'static str, &'static str)]) -> Markup {
    let complaint = |name: &str| wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let choose = std::iter::once((String::new(), "Choose a class".to_owned()));
    let choices: Vec<_> =
        choose.chain(classes.iter().map(|it| (it.id.to_string(), it.name.to_string()))).collect();
    html! {
        section.sg-card {
            h2.govuk-heading-m { "Record a discussion" }
            form method="post" action="/agreements/discussions" {
                (layout::token(staff))
                (select("class", "Class", fields.get("class"), &choices))
                (input(&Input { kind: "date", complaint: complaint("day"), ..Input::text("day", "Held on", fields.get("day")) }))
                (input(&Input { hint: "What came up, without names of pupils.", complaint: complaint("note"), ..Input::text("note", "Note", fields.get("note")) }))
                button.govuk-button type="submit" { "Record" }
            }
        }
    }
}

fn table(talks: &[Discussion], classes: &[Group]) -> Markup {
    let name = |it: &Discussion| {
        classes.iter().find(|class| class.id == it.group).map_or("A class of earlier", |it| it.name.as_str())
    };
    html! {
        div.sg-scroll tabindex="0" role="region" aria-label="Discussions held" {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { "Discussions, newest first" }
                thead.govuk-table__head { tr.govuk-table__row { @for it in ["Held on", "Class", "Note", "Recorded by"] { th.govuk-table__header scope="col" { (it) } } } }
                tbody.govuk-table__body {
                    @for it in talks.iter().take(ROWS) {
                        tr.govuk-table__row {
                            td.govuk-table__cell { (when::day(it.held_on)) }
                            th.govuk-table__header scope="row" { (name(it)) }
                            td.govuk-table__cell { (it.note) }
                            td.govuk-table__cell { (it.recorded_by_name) }
                        }
                    }
                }
            }
        }
    }
}
