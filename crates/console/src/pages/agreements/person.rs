//! One person's file of agreements (AUP-11), and what was signed on paper.
use agreements::{Audience, Signature, Standing};
use axum::{
    extract::{Path, State},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    },
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use maud::{Markup, html};
use school::{Choice, Id, Person, Right, Role};
use store::{
    agreements::{self as kept, Book, Form, Method, NotAForm, Signing},
    people,
};

use super::mine::history;
use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::{Tone, complaints, notice},
    },
    failure::Failure,
    fields::Fields,
    people as named,
    staff::{Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Markup, Failure> {
    let person = find(&console, &staff, &id).await?;
    let shown = page(&console, &staff, &fields, &person, &[]).await?;
    console.viewed(&staff, "view agreements of person", person.username.as_str()).await?;
    Ok(shown)
}

/// What somebody signed on paper (a form, a planner), entered by the office.
pub(crate) async fn paper(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let person = find(&console, &staff, &id).await?;
    let mut wrong = Vec::new();
    let zone = console.zone(staff.school.id);
    let by = staff.by(&console);
    let day =
        fields.get("day").parse::<Date>().ok().and_then(|it| it.at(12, 0, 0, 0).to_zoned(zone.clone()).ok());
    let at = day.map(|it| it.timestamp());
    if at.is_none_or(|it| by.at < it && by.at.duration_since(it).as_hours() < -12) {
        wrong.push(("day", "Enter the day on which it was signed"));
    }
    let name = fields.get("signer");
    if name.is_empty() || 200 < name.chars().count() {
        wrong.push(("signer", "Enter the name of whoever signed"));
    }
    let mut tx = console.db.write().await?;
    let in_force = kept::in_force(&mut tx, staff.school.id).await?;
    let agreement = in_force.iter().find(|it| it.id.to_string() == fields.get("agreement"));
    let standing = Standing::from_code(fields.get("standing")).unwrap_or(Standing::Own);
    let agreement = agreement.filter(|it| it.audience.covers(person.roles));
    if agreement.is_none() || (standing != Standing::Own && !person.roles.has(Role::Pupil)) {
        wrong.push(("agreement", "Choose an agreement that applies to this person"));
    }
    let scan = fields.file("scan").filter(|it| !it.bytes.is_empty());
    let scan = match scan.map(|it| (it, Form::media_type_of(&it.bytes))) {
        None => None,
        Some((file, Ok(media_type))) => Some((file, media_type)),
        Some((_, Err(why))) => {
            wrong.push((
                "scan",
                match why {
                    NotAForm::TooLarge => {
                        "The scan is larger than 4 MB: scan it in grey or at 150 dots per inch"
                    }
                    NotAForm::Kind => "The scan must be a PDF, a JPEG or a PNG",
                },
            ));
            None
        }
    };
    if let (Some(agreement), Some(at)) = (agreement, at)
        && kept::published_at(&mut tx, agreement.id)
            .await?
            .is_some_and(|it| at < it && !same_day(at, it, &zone))
    {
        wrong.push((
            "day",
            "This text did not stand yet on that day: what was signed then was an earlier version. Enter the day of this one",
        ));
    }
    let (Some(agreement), Some(at), true) = (agreement, at, wrong.is_empty()) else {
        drop(tx);
        let page = page(&console, &staff, &fields, &person, &wrong).await?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    let form = match scan {
        Some((file, media_type)) => {
            let school = staff.school.id;
            let add = kept::add_form(&mut tx, &by, school, person.id, &file.name, media_type, &file.bytes);
            Some(add.await?)
        }
        None => None,
    };
    let signing = Signing {
        signature: Signature {
            agreement: agreement.id,
            hash: agreement.readings()[0].hash(),
            person: person.id,
            signer: (standing == Standing::Own).then_some(person.id),
            standing,
            at: at.min(by.at),
        },
        signer_name: name,
        method: Method::Paper,
        job_title: Some(fields.get("job_title")).filter(|it| !it.is_empty()),
        appointed_on: None,
        form,
    };
    kept::sign(&mut tx, &by, staff.school.id, &signing).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/agreements/person/{}?entered=1", person.id)).into_response())
}

/// A scan as it came, to be saved: it is never shown inside the console. Whoever opens it is written down.
pub(crate) async fn form(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id: Id<Form> = id.parse().map_err(|_| Failure::NotFound)?;
    let mut tx = console.db.write().await?;
    let by = staff.by(&console);
    let (form, bytes) = kept::form(&mut tx, &by, staff.school.id, id).await?.ok_or(Failure::NotFound)?;
    tx.commit().await?;
    let ending = match form.media_type {
        "application/pdf" => "pdf",
        "image/png" => "png",
        _ => "jpg",
    };
    let headers = [
        (CONTENT_TYPE, form.media_type.to_owned()),
        // A name of ours: the one it was uploaded under may hold anything, and the person's file shows it.
        (CONTENT_DISPOSITION, format!("attachment; filename=\"form-{}.{ending}\"", form.id)),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

fn same_day(one: Timestamp, other: Timestamp, zone: &TimeZone) -> bool {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    day(one) == day(other)
}

async fn find(console: &Console, staff: &Staff, id: &str) -> Result<Person, Failure> {
    let id: Id<Person> = id.parse().map_err(|_| Failure::NotFound)?;
    let kept = people::get(&mut console.db.read().await?, staff.school.id, id).await?;
    Ok(kept.ok_or(Failure::NotFound)?.person)
}

async fn page(
    console: &Console,
    staff: &Staff,
    fields: &Fields,
    person: &Person,
    wrong: &[(&'static str, &'static str)],
) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let book = Book::of_one(&mut tx, staff.school.id, console.zone(staff.school.id), person.id).await?;
    let file = kept::file_of(&mut tx, staff.school.id, person.id).await?;
    let missing = book.missing(person, (console.clock)());
    let content = html! {
        a.govuk-back-link href="/agreements" { "Who has signed" }
        h1.govuk-heading-l { (named::name(person)) }
        (complaints(wrong))
        @if !fields.get("entered").is_empty() { (notice(Tone::Good, &html! { "The paper form is entered." })) }
        @if missing.is_empty() { p.govuk-body { strong.govuk-tag.govuk-tag--green { "Complete" } } }
        @for it in &missing {
            p.govuk-body {
                strong.govuk-tag.govuk-tag--orange { "Missing" } " " (it.what.label())
                @if let Some(of) = book.agreement(it.agreement) { " (" (of.title()) ", version " (of.version) ")" }
            }
        }
        @let parents: Vec<String> = book.parents(person.id).map(|it| it.name.to_string()).collect();
        @if !parents.is_empty() { p.govuk-body { "Parents and carers, whom to turn to first in front: " (parents.join(", ")) "." } }
        (history(console, staff, &file))
        @if staff.rights.has(Right::RecordAgreements) { (paper_form(staff, fields, person, &book, wrong)) }
    };
    Ok(layout::page(staff, "/agreements", "Agreements of a person", &content))
}

fn paper_form(
    staff: &Staff,
    fields: &Fields,
    person: &Person,
    book: &Book,
    wrong: &[(&'static str, &'static str)],
) -> Markup {
    let complaint = |name: &str| wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let all: Vec<_> = book
        .in_force
        .iter()
        .filter(|it| it.audience.covers(person.roles))
        .map(|it| (it.id.to_string(), format!("{}, version {}", it.audience.label(), it.version)))
        .collect();
    let standings: Vec<_> =
        if book.in_force.iter().any(|it| it.audience == Audience::Pupils) && person.roles.has(Role::Pupil) {
            vec![
                (Standing::Own.code().to_owned(), "The pupil".to_owned()),
                (Standing::Counter.code().to_owned(), "A parent, beside the pupil".to_owned()),
                (Standing::InPlace.code().to_owned(), "A parent, in the child’s place".to_owned()),
            ]
        } else {
            Vec::new()
        };
    html! {
        section.sg-card {
            h2.govuk-heading-m { "Enter a paper form" }
            form method="post" action={ "/agreements/person/" (person.id) "/paper" } enctype="multipart/form-data" {
                (layout::token(staff))
                (select("agreement", "Agreement", fields.get("agreement"), &all))
                @if !standings.is_empty() { (select("standing", "Signed by", fields.get("standing"), &standings)) }
                (input(&Input { complaint: complaint("signer"), ..Input::text("signer", "Name of whoever signed", fields.get("signer")) }))
                (input(&Input { kind: "date", complaint: complaint("day"), ..Input::text("day", "Signed on", fields.get("day")) }))
                @let failed = complaint("scan");
                div.govuk-form-group.govuk-form-group--error[failed.is_some()] {
                    label.govuk-label for="scan" { "Scan of the form, if there is one" }
                    div.govuk-hint id="scan-hint" { "A PDF, JPEG or PNG of at most 4 MB." }
                    @if let Some(words) = failed {
                        p.govuk-error-message { span.govuk-visually-hidden { "Error: " } (words) }
                    }
                    input.sg-file id="scan" name="scan" type="file" accept=".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png" aria-describedby="scan-hint";
                }
                button.govuk-button type="submit" { "Enter" }
            }
        }
    }
}
