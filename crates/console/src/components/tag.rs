//! Words in a coloured box. The word says it all; the colour only helps to find it.
use maud::{Markup, html};
use policy::{Outcome, Verdict};
use school::Choice;
use signals::Severity;

pub(crate) fn tag(colour: &str, words: &str) -> Markup {
    html! { strong class={ "govuk-tag govuk-tag--" (colour) } { (words) } }
}

pub(crate) fn outcome(outcome: Outcome) -> Markup {
    let colour = match outcome {
        Outcome::Allowed => "green",
        Outcome::Warned => "orange",
        Outcome::Blocked => "red",
        Outcome::AskedToSignIn | Outcome::AskedToAgree | Outcome::Held => "blue",
        Outcome::Failed => "grey",
    };
    tag(colour, outcome.label())
}

pub(crate) fn verdict(verdict: Verdict) -> Markup {
    let colour = match verdict {
        Verdict::Allow => "green",
        Verdict::Warn => "orange",
        Verdict::Block => "red",
    };
    tag(colour, verdict.label())
}

pub(crate) fn severity(severity: Severity) -> Markup {
    let (colour, words) = match severity {
        Severity::High => ("red", "High: look now"),
        Severity::Medium => ("orange", "Medium: today"),
        Severity::Low => ("blue", "Low: this week"),
    };
    tag(colour, words)
}
