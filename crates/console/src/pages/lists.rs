use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use maud::{Markup, html};
use school::Right;
use store::{
    audit, jobs, lists,
    lists::{ListSource, ListState},
};

use crate::{
    Console,
    components::{
        layout,
        notice::{Tone, empty, notice},
        tag::tag,
        when::{ago, number, size},
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

/// The job of `workers` that looks at every source.
const REFRESH: &str = "refresh lists";

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let lists = lists::all(&mut console.db.read().await?).await?;
    Ok(page(&staff, &lists, (console.clock)(), !fields.get("asked").is_empty()))
}

pub(crate) async fn check(State(console): State<Console>, staff: Reader) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    jobs::enqueue_once(&mut tx, REFRESH, REFRESH, "", by.at).await?;
    audit::note(&mut tx, &by, staff.school.id, "ask for list updates", "all lists", None, None).await?;
    tx.commit().await?;
    Ok(Redirect::to("/lists?asked=1").into_response())
}

fn page(staff: &Staff, lists: &[(ListSource, Option<ListState>)], now: Timestamp, asked: bool) -> Markup {
    let content = html! {
        @if asked {
            (notice(Tone::Good, &html! { "The lists will be looked at within the next minute. Reload to see how it went." }))
        }
        div.sg-title {
            h1.govuk-heading-l { "Lists" }
            @if staff.rights.has(Right::ManageLists) {
                form method="post" action="/lists/check" {
                    (layout::token(staff))
                    button.govuk-button.govuk-button--secondary type="submit" { "Check for updates now" }
                }
            }
        }
        p.govuk-body.sg-lead {
            "Lists say what sites are about. Profiles and rules say what to do about it. A list that cannot be read \
             keeps its last good version in use."
        }
        @if lists.is_empty() {
            (empty("There are no lists yet", "Add one to the configuration file and start Schoolgate again. Until then sites are known by rules alone."))
        }
        @for (source, state) in lists { (card(source, state.as_ref(), now)) }
    };
    layout::page(staff, "/lists", "Lists", &content)
}

fn card(source: &ListSource, state: Option<&ListState>, now: Timestamp) -> Markup {
    let row = |key: &str, value: &Markup| {
        html! { div.sg-fact { dt { (key) } dd { (value) } } }
    };
    html! {
        section.sg-card aria-label=(source.name) {
            div.sg-card__head {
                h2.sg-card__title { (source.name) }
                (health(source, state))
            }
            @if let Some(fault) = state.and_then(|it| it.fault.as_deref()) {
                (notice(Tone::Bad, &html! { "The last try failed: " (fault) ". The version before stays in use." }))
            }
            @for warning in state.iter().flat_map(|it| &it.warnings) {
                (notice(Tone::Warning, &html! { (warning) }))
            }
            dl.sg-facts {
                (row("Entries", &html! { (number(state.map_or(0, |it| it.entries))) }))
                (row("Loaded", &html! { (state.and_then(|it| it.loaded_at).map_or("never".to_owned(), |at| ago(at, now))) }))
                (row("Looked at", &html! { (state.map_or("never".to_owned(), |it| ago(it.tried_at, now))) }))
                @if !source.sealed {
                    @if let Some(state) = state {
                        (row("Size in use", &html! { (size(state.size_bytes)) }))
                        (row("Last change", &html! { (number(state.added)) " new, " (number(state.removed)) " gone" }))
                        (row("Bad lines", &html! { (number(state.bad_lines)) }))
                    }
                    (row("Form", &html! { (source.kind) }))
                    (row("From", &html! { span.sg-mono { (source.location) } }))
                }
                (row("Licence", &html! { (source.licence) }))
            }
            @if source.sealed {
                p.govuk-body-s.sg-muted {
                    "Sealed: its entries are kept as hashes, are never shown, and no rule can open what it closes."
                }
            }
        }
    }
}

fn health(source: &ListSource, state: Option<&ListState>) -> Markup {
    match state {
        _ if !source.enabled => tag("grey", "Off"),
        None => tag("blue", "Waiting to load"),
        Some(state) if state.loaded_at.is_none() => tag("red", "Not loaded"),
        Some(state) if state.fault.is_some() => tag("red", "Older version in use"),
        Some(state) if !state.warnings.is_empty() => tag("orange", "Look at this"),
        Some(_) if source.sealed => tag("green", "Sealed and in use"),
        Some(_) => tag("green", "In use"),
    }
}
