//! What is wrong or doubtful in a policy text, line by line.
use maud::{Markup, html};
use policy::Fault;
use school::Choice;

/// `linked`: the numbered text of this layer stands below on the same page.
pub(crate) fn faults(faults: &[Fault], linked: Option<school::Layer>) -> Markup {
    html! {
        ul.govuk-list.govuk-list--bullet.sg-faults {
            @for Fault { layer, problem, .. } in faults {
                li {
                    @if problem.line == 0 { (layer.label()) ": " }
                    @else if linked == Some(*layer) { a.govuk-link href={ "#line-" (problem.line) } { "Line " (problem.line) } ": " }
                    @else { (layer.label()) " line " (problem.line) ": " }
                    (problem.what) ". " span.sg-muted { (sentence(&problem.remedy)) }
                }
            }
        }
    }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
    let stop = if words.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}
