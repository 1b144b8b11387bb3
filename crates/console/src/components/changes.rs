//! What changes from one policy text to another, by meaning; the lines follow for those who want them.
use maud::{Markup, html};

use crate::components::policy_text::difference;

/// Nothing by meaning where either text cannot be read: the lines say it then.
pub(crate) fn changes(old: &str, new: &str) -> Markup {
    let Some(lines) = difference(old, new) else {
        return html! { p.govuk-body { "Nothing changes: the two texts are the same." } };
    };
    let Ok(all) = policy::diff(old, new) else { return lines };
    html! {
        @if all.is_empty() {
            p.govuk-body { "Only comments, spelling or order change. Every decision stays as it is." }
        } @else {
            div.sg-scroll tabindex="0" role="region" aria-label="What changes" {
                table.govuk-table.sg-table {
                    caption.govuk-visually-hidden { "What changes, by meaning" }
                    thead.govuk-table__head {
                        tr.govuk-table__row {
                            @for name in ["About", "Until now", "From now on"] {
                                th.govuk-table__header scope="col" { (name) }
                            }
                        }
                    }
                    tbody.govuk-table__body {
                        @for it in &all {
                            tr.govuk-table__row {
                                th.govuk-table__header.sg-break scope="row" { (it.about) }
                                td.govuk-table__cell.sg-break { (it.before.as_deref().unwrap_or("–")) }
                                td.govuk-table__cell.sg-break { (it.after.as_deref().unwrap_or("taken out")) }
                            }
                        }
                    }
                }
            }
        }
        details.sg-lines {
            summary.sg-fold__head { "Line by line" }
            (lines)
        }
    }
}
