use maud::html;
use policy::{Decision, Target};
use school::Choice;

use super::{Frame, Sheet, blocked::shown, help};

/// The warning: why to think twice, and a button to go on. `token` shows that it was this page that was pressed.
pub(crate) fn page(frame: &Frame<'_>, decision: &Decision, target: &Target, url: &str, token: &str) -> Sheet {
    let group = decision.because.category.or_else(|| decision.categories.first());
    let main = html! {
        h1 { "Think before you go on" }
        p.lead {
            @match group {
                Some(group) => { "This page belongs to the group “" (group.label()) "”. " }
                None => "Your school asks you to think twice about this page. "
            }
            "You may go on if you need it for your work."
        }
        p { span.soft { "You asked for " } span.place { (shown(target)) } }
        div.box { p { "If you go on, it is noted, as every visit is. If you are not sure, ask a teacher first." } }
        form method="post" action={ (frame.base) "/go-on" } {
            input type="hidden" name="to" value=(url);
            input type="hidden" name="token" value=(token);
            ul.do {
                li { button.main type="submit" { "Go on to " (target.host()) } }
                li { a.other href={ (frame.base) "/" } { "Do not go on" } }
            }
        }
        (help::short(frame))
    };
    Sheet::new(403, "Think before you go on", main)
}
