//! Policy text with line numbers, and two versions of it side by side in one column.
use std::collections::BTreeSet;

use maud::{Markup, html};
use similar::{ChangeTag, TextDiff};

/// `faults`: numbers of lines to point out, counted from 1.
pub(crate) fn numbered(text: &str, faults: &BTreeSet<u32>) -> Markup {
    html! {
        pre.sg-policy tabindex="0" {
            @for (number, line) in (1_u32..).zip(text.lines()) {
                span.sg-policy__line.sg-policy__line--fault[faults.contains(&number)] id={ "line-" (number) } {
                    span.sg-policy__number { (number) } (line) "\n"
                }
            }
        }
    }
}

/// What came (`+`) and what went (`-`), with a few lines around each; `None` when nothing did.
pub(crate) fn difference(old: &str, new: &str) -> Option<Markup> {
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(3);
    if groups.is_empty() {
        return None;
    }
    Some(html! {
        @for group in &groups {
            pre.sg-policy tabindex="0" {
                @for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                    @let (sign, class) = match change.tag() {
                        ChangeTag::Insert => ("+ ", "sg-policy__line sg-policy__line--added"),
                        ChangeTag::Delete => ("- ", "sg-policy__line sg-policy__line--removed"),
                        ChangeTag::Equal => ("  ", "sg-policy__line"),
                    };
                    @let number = change.new_index().or(change.old_index()).unwrap_or(0) + 1;
                    span class=(class) { span.sg-policy__number { (number) } (sign) (change.value().trim_end_matches('\n')) "\n" }
                }
            }
        }
    })
}
