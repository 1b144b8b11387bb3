//! The policy of the trust: one text for all its schools, which must read well at each before it is put in force.
use std::sync::Arc;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use policy::Fault;
use school::{Layer, Place, School};
use store::rules;

use super::Ours;
use crate::{
    Console,
    components::{
        changes::changes,
        faults::faults,
        field::{Input, input},
        layout,
        notice::{Tone, complaints, notice},
        when,
    },
    draft::{self, Around, Text},
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

/// What stands, and what somebody is about to make of it.
struct Draft {
    text: String,
    note: String,
    before: Option<rules::RulesVersion>,
    /// The schools where it cannot be put in force, each with why; `None` while nothing has been looked at.
    wrong: Option<Vec<(School, Vec<Fault>)>>,
    complaints: Vec<(&'static str, &'static str)>,
}

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let ours = Ours::of(&mut tx, &staff).await?;
    let before = rules::of_trust(&mut tx, ours.trust.id).await?;
    let text = before.as_ref().map(|it| it.text.clone()).unwrap_or_default();
    let draft = Draft { text, note: String::new(), before, wrong: None, complaints: Vec::new() };
    Ok(page(&console, &staff, &ours, &draft))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let text = fields.raw("text").replace("\r\n", "\n");
    // One transaction from reading to writing: a school that saves meanwhile waits.
    let mut tx = console.db.write().await?;
    let ours = Ours::of(&mut tx, &staff).await?;
    let before = rules::of_trust(&mut tx, ours.trust.id).await?;
    let mut wrong = Vec::new();
    for school in &ours.schools {
        let mut texts = draft::current(&mut tx, school).await?;
        texts.retain(|it| it.place != Place::Trust);
        texts.push(Text { place: Place::Trust, policy: text.clone(), version: 0 });
        let around = Around::of(&mut tx, school, &texts).await?;
        let lists = console.lists(school.id);
        let read = console.blocking(move || around.compile(&texts, &Arc::clone(&lists))).await?;
        wrong.extend(read.err().map(|faults| (school.clone(), faults)));
    }
    let saves = fields.get("do") == "save";
    let note = fields.get("note").to_owned();
    let mut complaints = Vec::new();
    if saves && note.is_empty() {
        complaints.push(("note", "Say in a few words why it changes"));
    }
    if saves && fields.get("base") != base(before.as_ref()) {
        complaints.push((
            "text",
            "Somebody else has saved a version since you began. Look at what would change now",
        ));
    }
    if !saves || !complaints.is_empty() || !wrong.is_empty() {
        let status = if saves { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        let draft = Draft { text, note, before, wrong: Some(wrong), complaints };
        return Ok((status, page(&console, &staff, &ours, &draft)).into_response());
    }
    rules::save_for_trust(&mut tx, &staff.by(&console), ours.trust.id, &text, &note).await?;
    tx.commit().await?;
    Ok(Redirect::to("/trust/rules").into_response())
}

/// What stood when the form was opened, so that a version by somebody else is noticed.
fn base(before: Option<&rules::RulesVersion>) -> String {
    before.map(|it| it.saved_at.as_nanosecond().to_string()).unwrap_or_default()
}

fn page(console: &Console, staff: &Staff, ours: &Ours, draft: &Draft) -> Markup {
    let complaint = |name: &str| draft.complaints.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let note = Input {
        complaint: complaint("note"),
        hint: "Kept with the version, such as: agreed by the board in November",
        ..Input::text("note", "Why it changes", &draft.note)
    };
    let good = draft.wrong.as_ref().is_some_and(Vec::is_empty);
    let content = html! {
        (complaints(&draft.complaints))
        h1.govuk-heading-l { "Policy of the trust" }
        p.govuk-body.sg-lead {
            "One text for all " (ours.schools.len()) " schools of " (ours.trust.name) ". What is said here holds at each \
             where the school or one of its sites does not say otherwise; what ends in " code { "locked" } ", they cannot \
             say otherwise."
        }
        @match &draft.before {
            Some(it) => p.govuk-body.sg-muted { "Saved " (when::full(it.saved_at, &console.zone(staff.school.id))) " by " (it.saved_by_name) ": " (it.note) },
            None => p.govuk-body.sg-muted { "The trust has said nothing yet: each school’s own policy holds." },
        }
        @if let Some(wrong) = &draft.wrong { (preview(draft, wrong)) }
        form method="post" action="/trust/rules" {
            (layout::token(staff))
            input type="hidden" name="base" value=(base(draft.before.as_ref()));
            section.sg-card {
                div.govuk-form-group {
                    label.govuk-label.govuk-label--s for="text" { "Policy text of the trust" }
                    textarea.govuk-textarea.sg-policy-input id="text" name="text" rows="18" spellcheck="false" autocomplete="off" { "\n" (draft.text) }
                }
                (input(&note))
                div.sg-filter__buttons {
                    button.govuk-button type="submit" name="do" value="look" { "See what changes" }
                    @if good { button.govuk-button.govuk-button--secondary type="submit" name="do" value="save" { "Put in force at every school" } }
                }
            }
        }
    };
    layout::page(staff, "/trust/rules", "Policy of the trust", &content)
}

fn preview(draft: &Draft, wrong: &[(School, Vec<Fault>)]) -> Markup {
    html! {
        @for (school, why) in wrong {
            (notice(Tone::Bad, &html! {
                "At " (school.name) " this text cannot be put in force. What stands stays, everywhere."
                (faults(why, Some(Layer::Trust)))
            }))
        }
        @if wrong.is_empty() {
            h2.govuk-heading-m { "What changes" }
            (changes(draft.before.as_ref().map_or("", |it| it.text.as_str()), &draft.text))
        }
    }
}
