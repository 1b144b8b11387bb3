use axum::extract::State;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use store::{audit, audit::Entry};

use crate::{
    Console,
    components::{layout, notice::empty, when},
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

const PAGE: u32 = 50;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let before = fields.get("before").parse().ok();
    let mut tx = console.db.read().await?;
    let mut entries = audit::recent(&mut tx, staff.school.id, before, PAGE + 1).await?;
    let more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    let older = entries.last().filter(|_| more).map(|it| it.seq);
    Ok(page(&staff, &entries, older, &console.zone(staff.school.id)))
}

fn page(staff: &Staff, entries: &[Entry], older: Option<i64>, zone: &TimeZone) -> Markup {
    let content = html! {
        h1.govuk-heading-l { "Audit" }
        p.govuk-body.sg-lead {
            "Who changed what, and who looked at whose activity. Entries are added and never changed."
        }
        @if entries.is_empty() {
            (empty("Nothing has been written down yet", "Signing in, changing rules and looking at activity each leave an entry."))
        } @else {
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
                    tbody.govuk-table__body {
                        @for it in entries {
                            tr.govuk-table__row {
                                td.govuk-table__cell.sg-number { (it.seq) }
                                td.govuk-table__cell.sg-nowrap { (when::full(it.at, zone)) }
                                td.govuk-table__cell { (it.actor_name) }
                                td.govuk-table__cell { (it.act) }
                                td.govuk-table__cell.sg-break { (it.subject) }
                                td.govuk-table__cell.sg-break { (detail(it)) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(seq) = older {
            nav.sg-pager aria-label="Pages" { a.govuk-link href={ "/audit?before=" (seq) } { "Older entries" } }
        }
    };
    layout::page(staff, "/audit", "Audit", &content)
}

fn detail(entry: &Entry) -> Markup {
    html! {
        @match (&entry.before, &entry.after) {
            (Some(before), Some(after)) => { (before) " → " (after) },
            (Some(only), None) | (None, Some(only)) => { (only) },
            (None, None) => {},
        }
    }
}
