//! Facts in two columns: what, and how it stands.
use maud::{Markup, html};

pub(crate) fn summary(rows: &[(&str, Markup)]) -> Markup {
    html! {
        dl.govuk-summary-list {
            @for (key, value) in rows {
                div.govuk-summary-list__row {
                    dt.govuk-summary-list__key { (key) }
                    dd.govuk-summary-list__value { (value) }
                }
            }
        }
    }
}

/// A table whose first column names the row.
pub(crate) fn table(caption: &str, headings: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.sg-scroll tabindex="0" role="region" aria-label=(caption) {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { (caption) }
                thead.govuk-table__head {
                    tr.govuk-table__row { @for name in headings { th.govuk-table__header scope="col" { (name) } } }
                }
                tbody.govuk-table__body {
                    @for row in rows {
                        tr.govuk-table__row { @for cell in row { td.govuk-table__cell.sg-break { (cell) } } }
                    }
                }
            }
        }
    }
}
