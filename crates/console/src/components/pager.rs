//! From one page of a long list to the next.
use maud::{Markup, html};

use crate::{components::when::number, fields::Fields};

/// The page asked for, from 1.
pub(crate) fn page_of(fields: &Fields) -> u32 {
    fields.get("page").parse().unwrap_or(1).max(1)
}

/// `Page 3 of 400`, with a way back and on. Keeps the rest of the query.
pub(crate) fn pager(path: &str, fields: &Fields, page: u32, rows: u32, of: u64) -> Markup {
    let pages = of.div_ceil(u64::from(rows)).max(1);
    let to = |page: u64| format!("{path}?{}", fields.query_with(&[("page", &page.to_string())]));
    let here = u64::from(page);
    html! {
        @if 1 < pages {
            nav.sg-pager aria-label="Pages" {
                span { @if 1 < here { a.govuk-link rel="prev" href=(to(here.min(pages + 1) - 1)) { "Before" } } }
                span.sg-muted { "Page " (number(here)) " of " (number(pages)) }
                span { @if here < pages { a.govuk-link rel="next" href=(to(here + 1)) { "Next" } } }
            }
        }
    }
}
