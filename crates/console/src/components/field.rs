//! Questions of a form.
use maud::{Markup, html};

/// One question answered in a line.
pub(crate) struct Input<'a> {
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) hint: &'a str,
    /// As of the HTML attribute `type`.
    pub(crate) kind: &'a str,
    pub(crate) value: &'a str,
    /// As of the HTML attribute `autocomplete`.
    pub(crate) autocomplete: &'a str,
    pub(crate) complaint: Option<&'a str>,
}

impl<'a> Input<'a> {
    pub(crate) fn text(name: &'a str, label: &'a str, value: &'a str) -> Input<'a> {
        Input { name, label, hint: "", kind: "text", value, autocomplete: "off", complaint: None }
    }
}

pub(crate) fn input(it: &Input<'_>) -> Markup {
    let hint = format!("{}-hint", it.name);
    let error = format!("{}-error", it.name);
    let described = match (it.hint.is_empty(), it.complaint) {
        (true, None) => None,
        (false, None) => Some(hint.clone()),
        (true, Some(_)) => Some(error.clone()),
        (false, Some(_)) => Some(format!("{hint} {error}")),
    };
    let failed = it.complaint.is_some();
    html! {
        div.govuk-form-group.govuk-form-group--error[failed] {
            label.govuk-label for=(it.name) { (it.label) }
            @if !it.hint.is_empty() { div.govuk-hint id=(hint) { (it.hint) } }
            @if let Some(words) = it.complaint {
                p.govuk-error-message id=(error) { span.govuk-visually-hidden { "Error: " } (words) }
            }
            input.govuk-input.govuk-input--error[failed] id=(it.name) name=(it.name) type=(it.kind) value=(it.value)
                autocomplete=(it.autocomplete) aria-describedby=[described] spellcheck="false" autocapitalize="none";
        }
    }
}

/// One of several. `choices` are code and label; an empty code stands for "any".
pub(crate) fn select(name: &str, label: &str, chosen: &str, choices: &[(String, String)]) -> Markup {
    html! {
        div.govuk-form-group {
            label.govuk-label for=(name) { (label) }
            select.govuk-select id=(name) name=(name) {
                @for (code, words) in choices { option value=(code) selected[code == chosen] { (words) } }
            }
        }
    }
}
