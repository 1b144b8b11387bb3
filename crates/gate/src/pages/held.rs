//! For somebody who has signed and whose access has still to be approved (ACC-19).
use maud::html;
use school::{Post, exceptional::Held};

use super::{Frame, Sheet};

/// Says whom it waits for, or that it was refused; help and the report form stay open.
pub(crate) fn page(frame: &Frame<'_>, held: Held) -> Sheet {
    let heads: Vec<&str> = (frame.snapshot.people.posts())
        .filter(|(post, _)| *post == Post::Head)
        .map(|(_, known)| known.person.name.as_str())
        .collect();
    let (title, lead) = match held {
        Held::Waiting => (
            "Waiting for approval",
            "Thank you, you have signed. Now the head or the campus lead has to approve your access.",
        ),
        Held::Refused => {
            ("Your access was not approved", "The head or the campus lead has decided against it.")
        }
    };
    let main = html! {
        h1 { (title) }
        p.lead { (lead) }
        div.box {
            @if held == Held::Waiting {
                p {
                    "Access for people who do not work here is an exception, and somebody has to say yes to it. Ask at the \
                     school office"
                    @if let Some(head) = heads.first() { ", which can reach " strong { (head) } }
                    ". Pages open by themselves when it is approved."
                }
            } @else {
                p { "If you think that this is a mistake, ask at the school office." }
            }
        }
        p { "You can get help and report something now, without waiting." }
        ul.do {
            li { a.main href={ (frame.base) "/help" } { "Get help" } }
            li { a.other href={ (frame.base) "/sign-out" } { "Sign out" } }
        }
    };
    Sheet::new(403, title, main)
}
