use axum::extract::State;
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use store::{
    audit,
    audit::{Check, Entry, Wanted},
};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::{Tone, complaints, empty, notice},
        when,
    },
    failure::Failure,
    fields::Fields,
    people::asked,
    search::moment,
    staff::{Reader, Staff},
};

const PAGE: u32 = 50;

type Complaints = Vec<(&'static str, &'static str)>;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let zone = console.zone(staff.school.id);
    let (wanted, wrong) = wanted(&fields, &zone);
    let before = fields.get("before").parse().ok();
    let mut tx = console.db.read().await?;
    let check = audit::last_check(&mut tx, staff.school.id).await?;
    let mut entries = match &wrong[..] {
        [] => audit::search(&mut tx, staff.school.id, &wanted, before, PAGE + 1).await?,
        _ => Vec::new(),
    };
    let more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    drop(tx);
    console.viewed(&staff, "view audit", &asked(&fields, "newest")).await?;
    let older = entries.last().filter(|_| more).map(|it| it.seq);
    let content = html! {
        (complaints(&wrong))
        div.sg-title {
            h1.govuk-heading-l { "Audit" }
            div {
                a.govuk-button.govuk-button--secondary href="/audit.csv" download="audit.csv" { "Download as a spreadsheet" }
                " "
                a.govuk-link href="/audit.jsonl" download="audit.jsonl" { "With hashes, as JSON lines" }
            }
        }
        p.govuk-body.sg-lead {
            "Who changed what, and who looked at whose activity. Entries are added and never changed."
        }
        (state(check.as_ref(), &zone))
        (filter(&fields, &wrong))
        (found(&entries, &fields, wrong.is_empty(), &zone))
        nav.sg-pager aria-label="Pages" {
            @if before.is_some() { a.govuk-link href={ "/audit?" (fields.query_with(&[("before", "")])) } { "Back to the newest" } }
            @if let Some(seq) = older {
                a.govuk-link rel="next" href={ "/audit?" (fields.query_with(&[("before", &seq.to_string())])) } { "Older entries" }
            }
        }
    };
    Ok(layout::page(&staff as &Staff, "/audit", "Audit", &content))
}

fn wanted(fields: &Fields, zone: &TimeZone) -> (Wanted, Complaints) {
    let mut wrong = Vec::new();
    let mut at = |name: &'static str| -> Option<Timestamp> {
        moment(fields.get(name), zone).unwrap_or_else(|()| {
            wrong.push((name, "Enter a date and time, such as 2026-11-23T09:00"));
            None
        })
    };
    let (from, to) = (at("from"), at("to"));
    let text = |name: &str| fields.get(name).to_owned();
    (Wanted { who: text("who"), act: text("act"), words: text("about"), from, to, actor: None }, wrong)
}

/// When the trail was last read through, and what came of it.
fn state(check: Option<&Check>, zone: &TimeZone) -> Markup {
    let signed = |it: &Check| {
        html! {
            @if let Some((at, entries)) = it.checkpoint {
                " The last checkpoint was signed on " (when::full(at, zone)) " and covers " (entries) " entries."
            }
        }
    };
    match check.map(|it| (it, it.at)) {
        Some((it, Some(at))) if it.faults.is_empty() => notice(
            Tone::Good,
            &html! { "Last checked on " (when::full(at, zone)) ": all " (it.entries) " entries are as they were written." (signed(it)) },
        ),
        Some((it, Some(at))) => notice(
            Tone::Bad,
            &html! {
                p { "Last checked on " (when::full(at, zone)) ": the trail is not as it was written. Keep the database and its backups as they are, and tell the head." }
                ul.govuk-list.govuk-list--bullet { @for fault in it.faults.iter().take(20) { li { (fault) } } }
                (signed(it))
            },
        ),
        _ => notice(Tone::Warning, &html! { "The trail has not been checked yet. That happens each night." }),
    }
}

fn filter(fields: &Fields, wrong: &Complaints) -> Markup {
    let ask = |name, label, kind| {
        let complaint = wrong.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
        input(&Input { kind, complaint, ..Input::text(name, label, fields.get(name)) })
    };
    html! {
        form.sg-panel.sg-filter method="get" action="/audit" role="search" aria-label="Search the audit trail" {
            (ask("who", "Who did it", "text"))
            (ask("act", "What was done", "text"))
            (ask("about", "About whom or what", "text"))
            (ask("from", "From", "datetime-local"))
            (ask("to", "To", "datetime-local"))
            div.sg-filter__buttons {
                button.govuk-button type="submit" { "Find" }
                a.govuk-link href="/audit" { "Clear all" }
            }
        }
    }
}

fn found(entries: &[Entry], fields: &Fields, good: bool, zone: &TimeZone) -> Markup {
    if entries.is_empty() {
        let asked = ["who", "act", "about", "from", "to"].iter().any(|it| !fields.get(it).is_empty());
        return match (good, asked) {
            (false, _) => html! {},
            (true, true) => {
                empty("Nothing found", "No entry fits. Take away a filter, or choose a longer time.")
            }
            (true, false) => empty(
                "Nothing has been written down yet",
                "Signing in, changing rules and looking at activity each leave an entry.",
            ),
        };
    }
    html! {
        div.sg-scroll tabindex="0" role="region" aria-label="Audit entries" {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { "Audit entries, newest first" }
                thead.govuk-table__head {
                    tr.govuk-table__row {
                        @for name in ["No.", "When", "Who", "What", "About", "Detail"] {
                            th.govuk-table__header scope="col" { (name) }
                        }
                    }
                }
                tbody.govuk-table__body { @for it in entries { (row(it, zone)) } }
            }
        }
    }
}

fn row(it: &Entry, zone: &TimeZone) -> Markup {
    html! {
        tr.govuk-table__row {
            td.govuk-table__cell.sg-number { (it.seq) }
            td.govuk-table__cell.sg-nowrap { (when::full(it.at, zone)) }
            td.govuk-table__cell { (it.actor_name) }
            td.govuk-table__cell { (it.act) }
            td.govuk-table__cell.sg-break { (it.subject) }
            td.govuk-table__cell.sg-break {
                @match (&it.before, &it.after) {
                    (Some(before), Some(after)) => {
                        div { span.sg-sub { "before" } (before) }
                        div { span.sg-sub { "after" } (after) }
                    },
                    (Some(only), None) => { div { span.sg-sub { "before" } (only) } },
                    (None, Some(only)) => { (only) },
                    (None, None) => {},
                }
                @if let Some(reason) = &it.reason { div { span.sg-sub { "reason" } (reason) } }
            }
        }
    }
}
