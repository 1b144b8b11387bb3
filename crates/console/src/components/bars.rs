//! A bar chart that is a table: each row's bar is a picture beside its figure, so nobody gets less.
use maud::{Markup, html};

use crate::components::when::number;

/// Horizontal bars in the order given, each drawn to the greatest value.
pub(crate) fn bars(caption: &str, rows: &[(String, u64)]) -> Markup {
    let most = rows.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    html! {
        table.sg-bars {
            caption.govuk-visually-hidden { (caption) }
            thead.govuk-visually-hidden {
                tr { th scope="col" { "Category" } th scope="col" { "Share" } th scope="col" { "Requests" } }
            }
            tbody {
                @for (name, n) in rows {
                    tr.sg-bars__row {
                        th.sg-bars__name scope="row" { (name) }
                        td.sg-bars__bar {
                            svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
                                rect.sg-bars__track width="100" height="10" {}
                                rect.sg-bars__fill width=((n * 100).div_ceil(most).max(1)) height="10" {}
                            }
                        }
                        td.sg-bars__figure { (number(*n)) }
                    }
                }
            }
        }
    }
}
