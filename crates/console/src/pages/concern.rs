use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use casework::{Concern, Stage, StageError, may_see};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use school::{Choice, Id, Person, Roles};
use store::{StoreError, Tx, audit, concerns, concerns::Event, people};

use crate::{
    Console,
    components::{layout, notice::complaints, tag, when},
    failure::Failure,
    fields::Fields,
    pages::concerns::{name, severity, title},
    staff::{Reader, Staff},
};

/// A concern with all that its page shows.
struct Opened {
    concern: Concern,
    about: Option<Person>,
    reporter: Option<Person>,
    events: Vec<Event>,
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let opened = open(&mut tx, &staff, &id).await?;
    drop(tx);
    console.viewed(&staff, "open concern", &id).await?;
    Ok(page(&staff, &opened, None, &console.zone(staff.school.id)))
}

pub(crate) async fn seen(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let opened = open(&mut tx, &staff, &id).await?;
    if let Ok(concern) = opened.concern.see(staff.id(), by.at) {
        concerns::save_stage(&mut tx, &by, &concern).await?;
        audit::note(&mut tx, &by, staff.school.id, "mark concern seen", &id, None, None).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/concerns/{id}")).into_response())
}

pub(crate) async fn close(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let mut opened = open(&mut tx, &staff, &id).await?;
    let zone = console.zone(staff.school.id);
    let outcome = fields.get("outcome");
    match opened.concern.clone().close(staff.id(), by.at, outcome) {
        Ok(concern) => match concerns::save_stage(&mut tx, &by, &concern).await {
            Ok(()) => {
                audit::note(&mut tx, &by, staff.school.id, "close concern", &id, None, None).await?;
                tx.commit().await?;
                return Ok(Redirect::to("/concerns").into_response());
            }
            // Between our look and our turn somebody else closed it.
            Err(StoreError::Stale) => {
                drop(tx);
                opened = open(&mut console.db.read().await?, &staff, &id).await?;
            }
            Err(other) => return Err(other.into()),
        },
        Err(StageError::Closed) => {}
        Err(StageError::NoOutcome) => {
            let wrong = Unsaved { typed: outcome, words: "Write what came of it before you close it" };
            return Ok((StatusCode::BAD_REQUEST, page(&staff, &opened, Some(wrong), &zone)).into_response());
        }
    }
    // Sent twice: what is kept is what they wrote.
    if let Stage::Closed { by, outcome: kept, .. } = &opened.concern.stage
        && *by == staff.id()
        && kept == outcome.trim()
    {
        return Ok(Redirect::to("/concerns").into_response());
    }
    let wrong = Unsaved { typed: outcome, words: "Somebody else closed this concern first" };
    Ok((StatusCode::CONFLICT, page(&staff, &opened, Some(wrong), &zone)).into_response())
}

/// What somebody wrote that was not kept, and why.
#[derive(Clone, Copy)]
struct Unsaved<'a> {
    typed: &'a str,
    words: &'static str,
}

/// Not found for everyone who may not see it, so that its existence tells nothing.
async fn open(tx: &mut Tx, staff: &Staff, id: &str) -> Result<Opened, Failure> {
    let id: Id<Concern> = id.parse().map_err(|_| Failure::NotFound)?;
    let school = staff.school.id;
    let concern = concerns::get(tx, school, id).await?.ok_or(Failure::NotFound)?;
    let about = find(tx, staff, concern.about).await?;
    if !may_see(&concern, about.as_ref().map_or(Roles::NONE, |it| it.roles), &staff.person) {
        return Err(Failure::NotFound);
    }
    let reporter = find(tx, staff, concern.reporter).await?;
    let events = concerns::events(tx, school, id).await?;
    Ok(Opened { concern, about, reporter, events })
}

async fn find(tx: &mut Tx, staff: &Staff, id: Option<Id<Person>>) -> Result<Option<Person>, Failure> {
    let Some(id) = id else { return Ok(None) };
    Ok(people::get(tx, staff.school.id, id).await?.map(|it| it.person))
}

fn page(staff: &Staff, opened: &Opened, unsaved: Option<Unsaved<'_>>, zone: &TimeZone) -> Markup {
    let it = &opened.concern;
    let fact = |key: &str, value: Markup| html! { div.sg-fact { dt { (key) } dd { (value) } } };
    let all: Vec<_> = unsaved.iter().map(|it| ("outcome", it.words)).collect();
    let content = html! {
        a.govuk-back-link href="/concerns" { "Concerns" }
        (complaints(&all))
        h1.govuk-heading-l { (title(it)) " – " (name(opened.about.as_ref())) }
        p.sg-concern__tags {
            @match &it.stage {
                Stage::New => { (tag::tag("purple", "New")) },
                Stage::Seen { .. } => { (tag::tag("blue", "Being looked into")) },
                Stage::Closed { .. } => { (tag::tag("grey", "Closed")) },
            }
            " " @if let Some(severity) = severity(it) { (tag::severity(severity)) }
        }
        section.sg-card {
            blockquote.sg-quote { @for line in it.words.lines() { p { (line) } } }
            dl.sg-facts {
                (fact("Came as", html! { (it.origin.label()) }))
                (fact("First seen", when::full(it.raised_at, zone)))
                (fact("How often", html! { @if it.times == 1 { "once" } @else { (it.times) " times" } }))
                @if let Some(place) = &it.place { (fact("Where", html! { span.sg-break { (place) } })) }
                @if let Some(reporter) = &opened.reporter { (fact("Told by", html! { (name(Some(reporter))) })) }
                @if let (Some(about), true) = (it.about, staff.rights.has(school::Right::SeeActivity)) {
                    (fact("Context", html! { a.govuk-link href={ "/activity?person=" (about) } { "Their activity" } }))
                }
            }
        }
        @if !matches!(it.stage, Stage::Closed { .. }) { (forms(staff, it, unsaved)) }
        @else if let Some(it) = unsaved { (too_late(it)) }
        h2.govuk-heading-m { "What happened" }
        (chronology(&opened.events, zone))
    };
    layout::page(staff, "/concerns", title(it), &content)
}

/// What they wrote, to be read beside what the other one wrote and told to them.
fn too_late(unsaved: Unsaved<'_>) -> Markup {
    html! {
        section.sg-card {
            div.govuk-form-group {
                label.govuk-label.govuk-label--s for="outcome" { "What you wrote" }
                div.govuk-hint id="outcome-hint" {
                    "It was not kept: the concern was closed while you wrote, with the words that stand last below. If \
                     yours say something else, take them to whoever closed it."
                }
                textarea.govuk-textarea id="outcome" rows="3" readonly aria-describedby="outcome-hint" { "\n" (unsaved.typed) }
            }
        }
    }
}

fn forms(staff: &Staff, it: &Concern, unsaved: Option<Unsaved<'_>>) -> Markup {
    let complaint = unsaved.map(|it| it.words);
    html! {
        section.sg-card {
            @if it.stage == Stage::New {
                form method="post" action={ "/concerns/" (it.id) "/seen" } {
                    (layout::token(staff))
                    button.govuk-button.govuk-button--secondary type="submit" { "I am looking into this" }
                }
            }
            form method="post" action={ "/concerns/" (it.id) "/close" } {
                (layout::token(staff))
                div.govuk-form-group.govuk-form-group--error[complaint.is_some()] {
                    label.govuk-label.govuk-label--s for="outcome" { "What came of it" }
                    div.govuk-hint id="outcome-hint" { "In a sentence or two: whom you spoke to and what was decided" }
                    @if let Some(words) = complaint {
                        p.govuk-error-message id="outcome-error" { span.govuk-visually-hidden { "Error: " } (words) }
                    }
                    textarea.govuk-textarea id="outcome" name="outcome" rows="3" maxlength="4000"
                        aria-describedby="outcome-hint" { "\n" (unsaved.map_or("", |it| it.typed)) }
                }
                button.govuk-button type="submit" { "Close this concern" }
            }
        }
    }
}

fn chronology(events: &[Event], zone: &TimeZone) -> Markup {
    html! {
        ol.moj-timeline.sg-timeline {
            @for event in events {
                li.moj-timeline__item {
                    div.moj-timeline__header {
                        h3.moj-timeline__title {
                            @match event.what.as_str() {
                                "raised" => "Raised", "again" => "Seen again", "seen" => "Being looked into",
                                "closed" => "Closed", other => (other)
                            }
                        }
                        p.moj-timeline__byline { "by " (event.actor_name) }
                    }
                    p.moj-timeline__date { (when::full(event.at, zone)) }
                    @if let Some(words) = &event.words { div.moj-timeline__description { (words) } }
                }
            }
        }
    }
}
