//! Boxes that speak: what was done, what is wrong, what is empty.
use maud::{Markup, html};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Warning,
    Bad,
}

pub(crate) fn notice(tone: Tone, content: &Markup) -> Markup {
    let (class, word) = match tone {
        Tone::Good => ("moj-alert moj-alert--success", "Done"),
        Tone::Warning => ("moj-alert moj-alert--warning", "Warning"),
        Tone::Bad => ("moj-alert moj-alert--error", "Fault"),
    };
    html! {
        div class=(class) {
            div.sg-alert__word { (word) }
            div.moj-alert__content { (content) }
        }
    }
}

/// What a form complains of, above it, each with a link to its field.
pub(crate) fn complaints(complaints: &[(&str, &str)]) -> Markup {
    html! {
        @if !complaints.is_empty() {
            div.govuk-error-summary role="alert" {
                h2.govuk-error-summary__title { "There is a problem" }
                div.govuk-error-summary__body {
                    ul.govuk-list.govuk-error-summary__list {
                        @for (field, words) in complaints { li { a href={ "#" (field) } { (words) } } }
                    }
                }
            }
        }
    }
}

/// In the place of a table with no rows: says so, and what to do.
pub(crate) fn empty(title: &str, advice: &str) -> Markup {
    html! {
        div.sg-empty {
            p.sg-empty__title { (title) }
            p.sg-empty__advice { (advice) }
        }
    }
}
