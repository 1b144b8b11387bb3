use maud::html;

use super::{Frame, Sheet};
use crate::desk::encode;

/// `/password`: it is too old, or was given by somebody else (PWD-03, PWD-05); where it is changed, and what then.
pub(crate) fn page(frame: &Frame<'_>, back: Option<&str>) -> Sheet {
    let console = frame.snapshot.settings.console_url.as_deref().map(|it| it.trim_end_matches('/'));
    let again = format!("{}/sign-in?back={}", frame.base, encode(back.unwrap_or_default()));
    let main = html! {
        h1 { "Choose a new password first" }
        p.lead { "Your password was given to you by somebody else, or is older than the school allows. Pages open once you have \
                  chosen one of your own." }
        @if let Some(console) = console {
            ol {
                li { "Open the page below. It asks you to sign in with the password you have now." }
                li { "Choose a new password there." }
                li { "Come back here and sign in with the new one." }
            }
            ul.do {
                li { a.main href={ (console) "/account/password" } { "Choose a new password" } }
                li { a.other href=(again) { "I have a new one: sign in" } }
            }
        } @else {
            p { "Ask the school office for a new one, then sign in with it." }
            ul.do { li { a.main href=(again) { "I have a new one: sign in" } } }
        }
        p.soft { "Keep your password to yourself. Nobody at school will ask you for it." }
        p.soft { a href={ (frame.base) "/help" } { "Get help" } " is open all the same." }
    };
    Sheet::new(200, "Choose a new password first", main)
}

/// The same in a line, for what is no page, in a site's place.
pub(crate) fn asked(frame: &Frame<'_>, link: &str) -> Sheet {
    let main = html! {
        h1 { "Choose a new password first" }
        p.lead { "Pages open once you have chosen a password of your own." }
        ul.do { li { a.main href=(link) { "See how" } } }
        p { a href={ (frame.base) "/sign-out" } { "Sign out instead" } }
    };
    Sheet::new(403, "Choose a new password first", main)
}
