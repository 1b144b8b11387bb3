//! The question that stands before activity, where the school asks it (LOG-04): for one person, or for everybody at once.
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::SignedDuration;
use maud::{Markup, html};
use school::{Id, Person, settings::ASK_WHY};
use store::{Tx, people, reasons, settings};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

/// More is cut off.
const LONGEST: usize = 200;
/// A reason counts for so long, in its session and for whom it was given.
const COUNTS: SignedDuration = SignedDuration::from_mins(15);
/// As a reason names them.
const EVERYONE: &str = "everyone";

/// What is known of why somebody looks.
pub(crate) enum Why {
    /// The school does not ask.
    NotAsked,
    Given(String),
    Missing,
}

impl Why {
    /// At the activity of one person, or of everybody.
    pub(crate) async fn of(
        console: &Console,
        tx: &mut Tx,
        staff: &Staff,
        person: Option<Id<Person>>,
    ) -> Result<Why, Failure> {
        if !settings::of(tx, staff.school.id, None).await?.is_on(&ASK_WHY) {
            return Ok(Why::NotAsked);
        }
        let now = (console.clock)();
        let since = now.saturating_sub(COUNTS).unwrap_or(now);
        let given = reasons::given(tx, &staff.session, &about(person), (since, now)).await?;
        Ok(given.map_or(Why::Missing, Why::Given))
    }

    pub(crate) fn words(&self) -> Option<&str> {
        match self {
            Why::Given(words) => Some(words),
            Why::NotAsked | Why::Missing => None,
        }
    }
}

fn about(person: Option<Id<Person>>) -> String {
    person.map_or_else(|| EVERYONE.to_owned(), |it| it.to_string())
}

/// Takes the answer, and goes on to where the reader was going.
pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let person: Option<Id<Person>> = fields.get("person").parse().ok();
    let words: String = fields.get("why").chars().take(LONGEST).collect();
    if words.is_empty() {
        let mut tx = console.db.read().await?;
        let person = match person {
            Some(id) => people::get(&mut tx, staff.school.id, id).await?.map(|it| it.person),
            None => None,
        };
        let page = page(&staff, &fields, person.as_ref(), true);
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    }
    let mut tx = console.db.write().await?;
    reasons::give(&mut tx, &staff.session, &about(person), &words, (console.clock)()).await?;
    tx.commit().await?;
    let query = fields.query_with(&[("token", ""), ("why", "")]);
    Ok(Redirect::to(&format!("/activity?{query}")).into_response())
}

/// Asks why.
pub(crate) fn page(staff: &Staff, fields: &Fields, about: Option<&Person>, asked: bool) -> Markup {
    let wrong = [("why", "Enter a reason, such as: asked by the head of year about Monday")];
    let complaint = asked.then_some(wrong[0].1);
    let hint = "It is written into the audit trail with your name. It does not have to be long.";
    let person = about.map(|it| it.id.to_string()).unwrap_or_default();
    let content = html! {
        @if asked { (complaints(&wrong)) }
        h1.govuk-heading-l {
            @match about {
                Some(person) => { "Why do you look at the activity of " (person.name) "?" },
                None => "Why do you look at the activity of everybody?",
            }
        }
        form.sg-panel method="post" action="/activity/why" {
            (layout::token(staff))
            @if !person.is_empty() { input type="hidden" name="person" value=(person); }
            @for name in ["site", "category", "outcome", "from", "to", "only"] {
                @if !fields.get(name).is_empty() { input type="hidden" name=(name) value=(fields.get(name)); }
            }
            (input(&Input { hint, complaint, ..Input::text("why", "Reason", "") }))
            p.govuk-body.sg-muted { "It counts for " (COUNTS.as_mins()) " minutes, for this alone." }
            button.govuk-button type="submit" { "Go on" }
            " "
            a.govuk-link href="/" { "Do not look" }
        }
    };
    layout::page(staff, "/activity", "Reason", &content)
}
