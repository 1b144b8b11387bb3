//! Rosters: what was handed over, and what came of it (ACC-03).
pub(crate) mod decide;
pub(crate) mod load;
pub(crate) mod problems;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use school::{Choice, Id, Right};
use store::{
    Tx, roster,
    roster::{Load, NewLoad, Stage},
};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::{complaints, empty},
        tag::tag,
        when,
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

/// Of an upload, with the form around it. A roster of 20,000 people with all their classes is a few megabytes.
pub(crate) const LARGEST: usize = 33 * 1024 * 1024;

const SHOWN: u32 = 50;
const MAIN: &str = "mis";

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let loads = roster::recent(&mut console.db.read().await?, staff.school.id, SHOWN).await?;
    Ok(page(&staff, &loads, &Fields::default(), &[], &console.zone(staff.school.id)))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let school = staff.school.id;
    let source = match fields.get("source") {
        "" => MAIN.to_owned(),
        some => some.to_lowercase(),
    };
    let mut wrong = Vec::new();
    let file = fields.file("file").filter(|it| !it.bytes.is_empty());
    if file.is_none() {
        wrong.push((
            "file",
            "Choose the file that your management information system wrote; it must not be empty",
        ));
    }
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if 40 < source.len() || !source.chars().all(named) {
        wrong.push(("source", "Use letters, digits and hyphens, at most 40"));
    }
    let mapping = fields.raw("mapping").replace("\r\n", "\n");
    let Some(file) = file.filter(|_| wrong.is_empty()) else {
        let loads = roster::recent(&mut console.db.read().await?, school, SHOWN).await?;
        let page = page(&staff, &loads, &fields, &wrong, &console.zone(school));
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    let new = NewLoad {
        school,
        source: &source,
        file_name: if file.name.is_empty() { "roster" } else { &file.name },
        mapping: mapping.trim(),
        bytes: &file.bytes,
    };
    let mut tx = console.db.write().await?;
    let id = roster::receive(&mut tx, &staff.by(&console), &new).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/roster/{id}")).into_response())
}

/// A load of the reader's own school; anything else is not there.
pub(crate) async fn find(tx: &mut Tx, staff: &Staff, id: &str) -> Result<Load, Failure> {
    let id: Id<Load> = id.parse().map_err(|_| Failure::NotFound)?;
    let load = roster::get(tx, id).await?;
    load.filter(|it| it.school == staff.school.id).ok_or(Failure::NotFound)
}

pub(crate) fn stage(stage: Stage) -> Markup {
    let colour = match stage {
        Stage::Waiting | Stage::Reading | Stage::Approved | Stage::Applying => "blue",
        Stage::Ready => "orange",
        Stage::Applied => "green",
        Stage::Refused | Stage::Replaced => "grey",
        Stage::Failed => "red",
    };
    tag(colour, stage.label())
}

fn page(staff: &Staff, loads: &[Load], fields: &Fields, wrong: &[(&str, &str)], zone: &TimeZone) -> Markup {
    let content = html! {
        (complaints(wrong))
        h1.govuk-heading-l { "Rosters" }
        p.govuk-body.sg-lead {
            "Who joins, moves and leaves, as your management information system says. Nothing changes until somebody has \
             looked it over and approved it."
        }
        @if staff.rights.has(Right::LoadRoster) { (upload(staff, fields, wrong)) }
        h2.govuk-heading-m { "Loaded so far" }
        @if loads.is_empty() {
            (empty("No roster has been loaded yet", "Export people, classes and contacts from your management information system, and load the file here."))
        } @else {
            div.sg-scroll tabindex="0" role="region" aria-label="Rosters" {
                table.govuk-table.sg-table {
                    caption.govuk-visually-hidden { "Rosters, newest first" }
                    thead.govuk-table__head {
                        tr.govuk-table__row {
                            @for name in ["Loaded", "File", "By", "What it changes", "Stage"] {
                                th.govuk-table__header scope="col" { (name) }
                            }
                        }
                    }
                    tbody.govuk-table__body { @for it in loads { (row(it, zone)) } }
                }
            }
        }
    };
    layout::page(staff, "/roster", "Rosters", &content)
}

fn row(it: &Load, zone: &TimeZone) -> Markup {
    html! {
        tr.govuk-table__row {
            td.govuk-table__cell.sg-nowrap { (when::full(it.loaded_at, zone)) }
            td.govuk-table__cell.sg-break {
                a.govuk-link href={ "/roster/" (it.id) } { (it.file_name) }
                @if it.source != MAIN { span.sg-sub { "from " (it.source) } }
            }
            td.govuk-table__cell { (it.loaded_by_name) }
            td.govuk-table__cell { @if it.mode.is_some() { (it.words()) } }
            td.govuk-table__cell { (stage(it.stage)) }
        }
    }
}

fn upload(staff: &Staff, fields: &Fields, wrong: &[(&str, &str)]) -> Markup {
    let complaint = |name: &str| wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let source = Input {
        hint: "A roster speaks only of people who came from the same source. With one management information system, leave \
               this empty",
        complaint: complaint("source"),
        ..Input::text("source", "Source, where there are several", fields.get("source"))
    };
    let failed = complaint("file").is_some();
    html! {
        form.sg-card method="post" action="/roster" enctype="multipart/form-data" {
            (layout::token(staff))
            h2.govuk-heading-m { "Load a roster" }
            div.govuk-form-group.govuk-form-group--error[failed] {
                label.govuk-label.govuk-label--s for="file" { "File" }
                div.govuk-hint id="file-hint" { "OneRoster 1.1 or 1.2 as a zip, or a CSV export of pupils or staff. At most 32 MB." }
                @if let Some(words) = complaint("file") {
                    p.govuk-error-message { span.govuk-visually-hidden { "Error: " } (words) }
                }
                input.sg-file id="file" name="file" type="file" accept=".zip,.csv,.txt,text/csv,application/zip" aria-describedby="file-hint";
            }
            details.govuk-details open[!fields.get("mapping").is_empty() || complaint("source").is_some()] {
                summary.govuk-details__summary { span.govuk-details__summary-text { "A CSV with columns of its own, or a second source" } }
                div.govuk-form-group {
                    label.govuk-label for="mapping" { "Which column is what" }
                    div.govuk-hint id="mapping-hint" {
                        "One line each: heading = field. Leave it empty to have the headings guessed; the problems then say what was not found."
                    }
                    textarea.govuk-textarea.sg-policy-input id="mapping" name="mapping" rows="6" spellcheck="false" autocomplete="off"
                        aria-describedby="mapping-hint" placeholder="Admission No = id\nForename = given name\nSurname = family name" {
                        "\n" (fields.raw("mapping"))
                    }
                }
                (input(&source))
            }
            button.govuk-button type="submit" { "Load and compare" }
        }
    }
}
