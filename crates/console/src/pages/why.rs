//! The question that stands before somebody's activity, where the school asks it (LOG-04).
use maud::{Markup, html};
use school::Person;

use crate::{
    components::{
        field::{Input, input},
        layout,
        notice::complaints,
    },
    fields::Fields,
    staff::Staff,
};

/// More is cut off.
pub(crate) const LONGEST: usize = 200;

/// Asks why, and goes on to where the reader was going.
pub(crate) fn page(staff: &Staff, fields: &Fields, about: &Person) -> Markup {
    let asked = fields.get("asked") == "yes";
    let wrong = [("why", "Enter a reason, such as: asked by the head of year about Monday")];
    let complaint = asked.then_some(wrong[0].1);
    let hint = "It is written into the audit trail with your name. It does not have to be long.";
    let content = html! {
        @if asked { (complaints(&wrong)) }
        h1.govuk-heading-l { "Why do you look at the activity of " (about.name) "?" }
        form.sg-panel method="get" action="/activity" {
            @for name in ["person", "site", "category", "outcome", "from", "to", "only"] {
                @if !fields.get(name).is_empty() { input type="hidden" name=(name) value=(fields.get(name)); }
            }
            input type="hidden" name="asked" value="yes";
            (input(&Input { hint, complaint, ..Input::text("why", "Reason", "") }))
            button.govuk-button type="submit" { "Go on" }
            " "
            a.govuk-link href="/activity" { "Do not look" }
        }
    };
    layout::page(staff, "/activity", "Reason", &content)
}

/// What was given, cut to what is kept; `None`: nothing.
pub(crate) fn given(fields: &Fields) -> Option<String> {
    let words: String = fields.get("why").chars().take(LONGEST).collect();
    (!words.is_empty()).then_some(words)
}
