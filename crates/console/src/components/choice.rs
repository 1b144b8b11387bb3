//! Questions with several answers, and long ones.
use maud::{Markup, html};

/// Boxes to tick: code, label, and whether it is ticked. Folded away where `folded` says how the fold is called.
pub(crate) fn checkboxes(
    name: &str,
    legend: &str,
    hint: &str,
    complaint: Option<&str>,
    choices: &[(String, String, bool)],
) -> Markup {
    let failed = complaint.is_some();
    html! {
        div.govuk-form-group.govuk-form-group--error[failed] {
            fieldset.govuk-fieldset id=(name) {
                legend.govuk-fieldset__legend.govuk-label--s { (legend) }
                @if !hint.is_empty() { div.govuk-hint { (hint) } }
                @if let Some(words) = complaint {
                    p.govuk-error-message { span.govuk-visually-hidden { "Error: " } (words) }
                }
                div.govuk-checkboxes.govuk-checkboxes--small.sg-ticks {
                    @for (code, label, ticked) in choices {
                        div.govuk-checkboxes__item {
                            input.govuk-checkboxes__input type="checkbox" id={ (name) "-" (code) } name=(name) value=(code) checked[*ticked];
                            label.govuk-label.govuk-checkboxes__label for={ (name) "-" (code) } { (label) }
                        }
                    }
                }
            }
        }
    }
}

pub(crate) fn textarea(name: &str, label: &str, hint: &str, complaint: Option<&str>, value: &str) -> Markup {
    let failed = complaint.is_some();
    html! {
        div.govuk-form-group.govuk-form-group--error[failed] {
            label.govuk-label for=(name) { (label) }
            @if !hint.is_empty() { div.govuk-hint id={ (name) "-hint" } { (hint) } }
            @if let Some(words) = complaint {
                p.govuk-error-message { span.govuk-visually-hidden { "Error: " } (words) }
            }
            textarea.govuk-textarea id=(name) name=(name) rows="4" aria-describedby=[(!hint.is_empty()).then(|| format!("{name}-hint"))] { (value) }
        }
    }
}
