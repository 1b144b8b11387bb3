//! One's own agreements: read, sign, see what was signed.
use agreements::{Agreement, Audience, Level, Missing, Reading, Signature, Standing};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maud::{Markup, html};
use school::{Choice, Role};
use store::{
    StoreError,
    agreements::{self as kept, Method, Signed, Signing},
};

use crate::{
    Console,
    components::{
        agreement,
        field::{Input, input},
        layout,
        notice::{Tone, complaints, notice},
        when,
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

struct Mine {
    missing: Vec<Missing>,
    in_force: Vec<Agreement>,
    file: Vec<(Signed, Agreement)>,
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let mine = Mine::of(&console, &staff).await?;
    Ok(page(&console, &staff, &fields, &mine, &[]))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let mine = Mine::of(&console, &staff).await?;
    let found = mine.in_force.iter().find(|it| it.id.to_string() == fields.get("agreement"));
    let shown = found.and_then(|it| {
        it.readings()
            .iter()
            .find(|reading| reading.hash().to_string() == fields.get("text"))
            .map(|reading| (it, reading))
    });
    let appointed: Option<Date> = fields.get("appointed").parse().ok();
    let mut wrong = Vec::new();
    if !fields.get("appointed").is_empty() && appointed.is_none() {
        wrong.push(("appointed", "Enter the date as day, month and year, or leave it empty"));
    }
    let Some((agreement, reading)) = shown.filter(|_| fields.get("answer") == "accept") else {
        wrong.push((
            "agreement",
            "The text has changed since you opened it. Read it again, and sign what stands now",
        ));
        return Ok((StatusCode::CONFLICT, page(&console, &staff, &fields, &mine, &wrong)).into_response());
    };
    if !wrong.is_empty() {
        return Ok((StatusCode::BAD_REQUEST, page(&console, &staff, &fields, &mine, &wrong)).into_response());
    }
    // A pupil in whose place a parent signs signs nothing here.
    if agreement.audience == Audience::Pupils && !mine.missing.iter().any(|it| it.what.is_theirs()) {
        return Ok(Redirect::to("/agreements/mine").into_response());
    }
    let by = staff.by(&console);
    let job_title = fields.get("job_title");
    let signing = Signing {
        signature: Signature {
            agreement: agreement.id,
            hash: reading.hash(),
            person: staff.id(),
            signer: Some(staff.id()),
            standing: Standing::Own,
            at: by.at,
        },
        signer_name: staff.person.name.as_str(),
        method: Method::Console,
        job_title: (!job_title.is_empty()).then_some(job_title),
        appointed_on: appointed,
        form: None,
    };
    let mut tx = console.db.write().await?;
    match kept::sign(&mut tx, &by, staff.school.id, &signing).await {
        Err(StoreError::Stale) => {
            drop(tx);
            let mine = Mine::of(&console, &staff).await?;
            let wrong = [(
                "agreement",
                "A new version was published while you read. Read it, and sign what stands now",
            )];
            return Ok((StatusCode::CONFLICT, page(&console, &staff, &fields, &mine, &wrong)).into_response());
        }
        other => other?,
    }
    tx.commit().await?;
    Ok(Redirect::to("/agreements/mine?signed=1").into_response())
}

impl Mine {
    async fn of(console: &Console, staff: &Staff) -> Result<Mine, Failure> {
        let mut tx = console.db.read().await?;
        let zone = console.zone(staff.school.id);
        let (missing, in_force) = kept::missing_of(&mut tx, &staff.person, zone, (console.clock)()).await?;
        let file = kept::file_of(&mut tx, staff.school.id, staff.id()).await?;
        Ok(Mine { missing, in_force, file })
    }
}

fn page(
    console: &Console,
    staff: &Staff,
    fields: &Fields,
    mine: &Mine,
    wrong: &[(&'static str, &'static str)],
) -> Markup {
    let mut theirs = mine.missing.iter().filter(|it| it.what.is_theirs());
    let next = theirs.find_map(|it| mine.in_force.iter().find(|a| a.id == it.agreement));
    let content = html! {
        h1.govuk-heading-l { "My agreements" }
        (complaints(wrong))
        @if next.is_none() && !fields.get("signed").is_empty() {
            (notice(Tone::Good, &html! { "Thank you. You have signed everything that is asked of you. " a.govuk-link href="/" { "Go on" } }))
        }
        @if let Some(agreement) = next { (to_sign(staff, fields, agreement, wrong)) }
        @for it in mine.missing.iter().filter(|it| !it.what.is_theirs()) {
            (notice(Tone::Warning, &html! { (it.what.label()) ". They can do it here under My children, or on paper at the office." }))
        }
        @if staff.person.roles.has(Role::Parent) {
            p.govuk-body { a.govuk-link href="/children" { "My children’s agreements" } }
        }
        (standing(mine))
        (history(console, staff, &mine.file))
    };
    layout::page(staff, "/agreements/mine", "My agreements", &content)
}

fn to_sign(staff: &Staff, fields: &Fields, it: &Agreement, wrong: &[(&'static str, &'static str)]) -> Markup {
    let level = Level::from_code(fields.get("reading"));
    let shown = level.map_or_else(|| it.suited(&staff.person), |level| it.reading(level));
    let roles: Vec<&str> = staff.person.roles.iter().filter(|it| it.is_staff()).map(Role::label).collect();
    let title = if fields.get("job_title").is_empty() {
        roles.join(", ")
    } else {
        fields.get("job_title").to_owned()
    };
    let is_work = matches!(it.audience, Audience::Adults | Audience::Operators) && !roles.is_empty();
    let complaint = |name: &str| wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let more = html! {
        @if is_work {
            (input(&Input { hint: "Kept with your signature, as it is today.", ..Input::text("job_title", "Job title", &title) }))
            (input(&Input {
                kind: "date",
                hint: "If you know it; may stay empty.",
                complaint: complaint("appointed"),
                ..Input::text("appointed", "Date of appointment", fields.get("appointed"))
            }))
        }
    };
    html! {
        section.sg-card {
            p.govuk-body-l { "Please read this and sign it. The pages of the console open when you have." }
            (agreement::readings(it, shown.level(), "/agreements/mine?reading="))
            (agreement::text(shown))
            (agreement::form(staff, "/agreements/mine", it, shown, "I have read this and I agree", &more))
        }
    }
}

fn standing(mine: &Mine) -> Markup {
    html! {
        @if !mine.in_force.is_empty() {
            h2.govuk-heading-m { "What applies to me" }
            ul.govuk-list {
                @for it in &mine.in_force {
                    li {
                        a.govuk-link href={ "/agreements/read/" (it.audience.code()) "/" (it.version) } { (it.title()) }
                        ", version " (it.version) ": "
                        @match mine.missing.iter().find(|missing| missing.agreement == it.id) {
                            Some(missing) => strong.govuk-tag.govuk-tag--orange { (missing.what.label()) },
                            None => strong.govuk-tag.govuk-tag--green { "Signed" },
                        }
                    }
                }
            }
        }
    }
}

/// What was signed, newest first. Of the person's own, and of anyone's whose file may be seen.
pub(super) fn history(console: &Console, staff: &Staff, file: &[(Signed, Agreement)]) -> Markup {
    let zone = console.zone(staff.school.id);
    html! {
        h2.govuk-heading-m { "What was signed" }
        @if file.is_empty() { p.govuk-body { "Nothing yet." } }
        @else {
            div.sg-scroll tabindex="0" role="region" aria-label="What was signed" {
                table.govuk-table.sg-table {
                    caption.govuk-visually-hidden { "Signatures, newest first" }
                    thead.govuk-table__head { tr.govuk-table__row { @for it in ["When", "Agreement", "By", "How"] { th.govuk-table__header scope="col" { (it) } } } }
                    tbody.govuk-table__body {
                        @for (line, of) in file {
                            tr.govuk-table__row {
                                td.govuk-table__cell { (when::full(line.signature.at, &zone)) }
                                td.govuk-table__cell {
                                    a.govuk-link href={ "/agreements/read/" (of.audience.code()) "/" (of.version) "?reading=" (level(line, of)) } { (of.audience.label()) ", version " (of.version) }
                                }
                                td.govuk-table__cell {
                                    (line.signer_name)
                                    @if let Some(title) = &line.job_title { ", " (title) }
                                    @if let Some(date) = line.appointed_on { " (appointed " (date.strftime("%-d %b %Y").to_string()) ")" }
                                    div.sg-muted { (line.signature.standing.label()) }
                                }
                                td.govuk-table__cell {
                                    (line.method.label())
                                    @if let Some(name) = &line.entered_by_name { ", entered by " (name) }
                                    @if let Some(form) = line.form && staff.rights.has(school::Right::RecordAgreements) {
                                        " " a.govuk-link href={ "/agreements/form/" (form) } { "The form" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn level(line: &Signed, of: &Agreement) -> &'static str {
    of.by_hash(line.signature.hash).map_or(Level::Standard, Reading::level).code()
}
