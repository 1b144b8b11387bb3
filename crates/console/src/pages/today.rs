use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use policy::Outcome;
use school::{Choice, Right};
use store::{
    activity::{Counts, CountsOf},
    lists::{self, ListSource, ListState},
    pulse::{self, Pulse},
};

use crate::{
    Console,
    components::{
        bars::bars,
        layout,
        notice::{Tone, empty, notice},
        when::{ago, day, number},
    },
    failure::Failure,
    pages::{concerns, posts},
    staff::{Reader, Staff},
};

/// A gate that has said nothing for this long is taken to be down: it beats every few seconds.
const SILENT: SignedDuration = SignedDuration::from_mins(2);
const CATEGORIES: usize = 10;

struct Today {
    now: Timestamp,
    title: String,
    pulses: Vec<Pulse>,
    lists: Vec<(ListSource, Option<ListState>)>,
    counts: Counts,
    /// `None` for those who may not know.
    concerns: Option<usize>,
    /// Posts that must be filled and are not (ACC-09).
    vacant: Vec<school::Post>,
}

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let now = (console.clock)();
    let school = staff.school.id;
    let local = now.to_zoned(console.zone(school));
    let from = local.start_of_day().map_or(now, |it| it.timestamp());
    let mut tx = console.db.read().await?;
    let reader = console.activity.clone();
    let to = now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(now);
    let today = Today {
        now,
        title: day(local.date()),
        pulses: pulse::latest(&mut tx, school).await?,
        lists: lists::all(&mut tx).await?,
        vacant: posts::vacancies(&mut tx, staff.school.id, now).await?,
        concerns: if staff.rights.has(Right::SeeConcerns) {
            Some(concerns::waiting(&mut tx, &staff).await?)
        } else {
            None
        },
        counts: console.blocking(move || reader.counts(CountsOf { school, from, to })).await??,
    };
    Ok(page(&staff, &today))
}

fn page(staff: &Staff, today: &Today) -> Markup {
    let content = html! {
        span.govuk-caption-l { (today.title) }
        h1.govuk-heading-l { "Today" }
        @if let Some(n) = today.concerns.filter(|n| 0 < *n) {
            (notice(Tone::Warning, &html! {
                a.govuk-link href="/concerns" { (n) @if n == 1 { " new concern waits" } @else { " new concerns wait" } " for you" }
            }))
        }
        (status(today))
        @if !today.vacant.is_empty() {
            (notice(Tone::Warning, &html! { p { "Nobody holds: " (posts::labels(&today.vacant)) ". " a.govuk-link href="/posts" { "Who to ask" } } }))
        }
        (outcomes(staff, &today.counts))
        div.sg-two {
            section.sg-card {
                h2.sg-card__title { "What was blocked, by category" }
                (blocked(&today.counts))
            }
            (freshness(today))
        }
    };
    layout::page(staff, "/today", "Today", &content)
}

/// The one thing to know: does it work.
fn status(today: &Today) -> Markup {
    let silent = |it: &&Pulse| SILENT < today.now.duration_since(it.seen_at).abs();
    let faults: Vec<(&str, &str)> =
        today.pulses.iter().flat_map(|it| it.faults.iter().map(|f| (it.gate.as_str(), f.as_str()))).collect();
    let dropped: u64 = today.pulses.iter().map(|it| it.dropped).sum();
    let quiet = today.pulses.iter().find(silent);
    let (tone, title) = match (today.pulses.is_empty(), quiet, faults.is_empty()) {
        (true, _, _) => ("bad", "No gate has reported yet".to_owned()),
        (_, Some(gate), _) => ("bad", format!("The gate {} is silent", gate.gate)),
        (_, None, false) => ("warn", "The gate is working, with something to look at".to_owned()),
        (_, None, true) => ("good", "The gate is working".to_owned()),
    };
    html! {
        section class={ "sg-status sg-status--" (tone) } aria-label="Is the gate working" {
            div {
                p.sg-status__title { (title) }
                p.sg-status__text {
                    @match (today.pulses.first(), quiet) {
                        (None, _) => "Start Schoolgate on the server, or look at its log: it reports within seconds.",
                        (_, Some(gate)) => { "It was last heard " (ago(gate.seen_at, today.now)) ". Devices that use it have no web. Look whether Schoolgate runs on the server; the log says why it stopped." },
                        (Some(gate), None) => { "Started " (ago(gate.started_at, today.now)) ". Rules in force were read " (ago(gate.snapshot_at, today.now)) "." },
                    }
                }
            }
        }
        @for (gate, fault) in faults { (notice(Tone::Bad, &html! { (gate) ": " (fault) })) }
        @if 0 < dropped {
            (notice(Tone::Warning, &html! {
                (number(dropped)) " records were not kept for lack of room since the gate started. Refusals and searches are kept longest, up to four times as many as should ever wait. Check that the disk is fast and has space."
            }))
        }
    }
}

fn outcomes(staff: &Staff, counts: &Counts) -> Markup {
    let linked = staff.rights.has(Right::SeeActivity);
    html! {
        ul.sg-stats aria-label="Requests today, by what came of them" {
            li.sg-stat { span.sg-stat__figure { (number(counts.total())) } span.sg-stat__name { "Requests" } }
            @for outcome in Outcome::ALL {
                li.sg-stat {
                    span.sg-stat__figure { (number(counts.of(*outcome))) }
                    span.sg-stat__name {
                        @if linked { a href={ "/activity?outcome=" (outcome.code()) } { (outcome.label()) } }
                        @else { (outcome.label()) }
                    }
                }
            }
        }
    }
}

fn blocked(counts: &Counts) -> Markup {
    let of = |outcomes: &std::collections::BTreeMap<Outcome, u64>| {
        outcomes.get(&Outcome::Blocked).copied().unwrap_or(0)
    };
    let mut rows: Vec<(String, u64)> = counts
        .categories
        .iter()
        .map(|(category, it)| (category.label().to_owned(), of(it)))
        .filter(|(_, n)| 0 < *n)
        .collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    rows.truncate(CATEGORIES);
    html! {
        @if rows.is_empty() { (empty("Nothing was blocked today", "Blocked sites appear here by what they are about.")) }
        @else { (bars("Blocked requests today, by category", &rows)) }
    }
}

fn freshness(today: &Today) -> Markup {
    let help: u64 = today.pulses.iter().map(|it| it.help).sum();
    html! {
        section.sg-card {
            h2.sg-card__title { "How fresh the lists are" }
            @if today.lists.is_empty() { p.govuk-body { "There are no lists yet." } }
            ul.govuk-list {
                @for (source, state) in today.lists.iter().filter(|(it, _)| it.enabled) {
                    li {
                        (source.name) ": "
                        @match state.as_ref().and_then(|it| it.loaded_at) {
                            Some(at) => (ago(at, today.now)),
                            None => "not loaded yet",
                        }
                        @if state.as_ref().is_some_and(|it| it.fault.is_some() || !it.warnings.is_empty()) { " – " a.govuk-link href="/lists" { "look at this" } }
                    }
                }
            }
            p.govuk-body-s.sg-muted {
                "Help sites were opened " (number(help)) " times since the gate started. Nothing else is kept about those visits."
            }
        }
    }
}
