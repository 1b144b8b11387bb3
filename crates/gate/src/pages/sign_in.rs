use std::borrow::Cow;

use jiff::Timestamp;
use maud::html;
use school::{
    NotLetIn, OpeningHours,
    remote::NotEntered,
    settings::{COMMUNITY_HOURS, YOUNG_SIGN_IN},
};

use super::{Frame, Sheet};
use crate::{Refusal, desk::encode};

/// What stands in the sign-in form.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Form<'a> {
    pub(crate) username: &'a str,
    /// Where to go afterwards; empty for the gate's own front page.
    pub(crate) back: &'a str,
    pub(crate) token: &'a str,
    pub(crate) wrong: Option<Wrong>,
}

/// Why the form has come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    Refused(Refusal),
    /// The page had been open for too long, or was not ours.
    Stale,
    Empty,
    /// They are signed in on another device, until then.
    Twice(Timestamp),
    /// Somebody else was asked, and this is why it came to nothing.
    Elsewhere(NotLetIn),
}

impl Wrong {
    fn words(self, frame: &Frame<'_>) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Wrong::Refused(Refusal::Ended(since)) => {
                let when = spoken(frame, since);
                return format!(
                    "Your access ended {when}. If you need longer, ask the person who invited you, or the office."
                )
                .into();
            }
            Wrong::Refused(Refusal::NotYet(from)) => {
                let when = spoken(frame, from);
                return format!("Your access begins {when}. If you need it sooner, ask the office.").into();
            }
            Wrong::Twice(until) => {
                let when = spoken(frame, until);
                return format!(
                    "You are signed in on another device. Sign out there first: open this page on it. Otherwise that \
                     sign-in ends {when}. If it was not you, tell a teacher or the office."
                )
                .into();
            }
            Wrong::Refused(Refusal::Closed) => return closed(frame).into(),
            Wrong::Refused(Refusal::Outside(why)) => return outside(why).into(),
            Wrong::Elsewhere(why) => return why.to_string().into(),
            Wrong::Refused(Refusal::Down) => return NotLetIn::Down.to_string().into(),
            Wrong::Refused(Refusal::Again) => {
                "You have been signed in for as long as one sign-in lasts. Please sign in again."
            }
            Wrong::Refused(Refusal::Wrong) => {
                "That name and password do not go together. Check both and try again."
            }
            Wrong::Refused(Refusal::Busy) => {
                "Many people are signing in just now. Wait a moment, then try again."
            }
            Wrong::Refused(Refusal::SlowDown) => {
                "That was a lot of wrong tries. Wait five minutes, then try again. If you have forgotten your \
                 password, ask a teacher."
            }
            Wrong::Stale => "This page was open for a long time. Please type your name and password again.",
            Wrong::Empty => "Type both your name and your password.",
        })
    }

    pub(super) fn is_to_wait(self) -> bool {
        matches!(self, Wrong::Refused(Refusal::Busy | Refusal::SlowDown))
    }

    pub(super) fn status(self) -> u16 {
        #[expect(clippy::match_same_arms, reason = "what is left of elsewhere comes after what is not")]
        match self {
            Wrong::Refused(
                Refusal::Wrong
                | Refusal::Again
                | Refusal::Ended(_)
                | Refusal::NotYet(_)
                | Refusal::Closed
                | Refusal::Outside(_),
            ) => 403,
            Wrong::Refused(Refusal::Busy | Refusal::Down) | Wrong::Elsewhere(NotLetIn::Down) => 503,
            Wrong::Elsewhere(_) | Wrong::Twice(_) => 403,
            Wrong::Refused(Refusal::SlowDown) => 429,
            Wrong::Stale | Wrong::Empty => 422,
        }
    }
}

/// `at 15:00 on Wednesday 25 November`, by the school's clock.
fn spoken(frame: &Frame<'_>, at: Timestamp) -> String {
    frame.snapshot.calendar.zone.to_datetime(at).strftime("at %H:%M on %A %-d %B").to_string()
}

/// When they may come again, in the school's own words for its hours.
fn closed(frame: &Frame<'_>) -> String {
    match OpeningHours::read(&frame.snapshot.chosen.text(&COMMUNITY_HOURS)) {
        Ok(Some(hours)) => {
            format!("The school is open to community users {hours}. Please come back in those hours.")
        }
        Ok(None) | Err(_) => {
            "The school is not open to community users at this time. Ask the office.".to_owned()
        }
    }
}

/// What to do about it, for somebody who comes in from outside (ACC-22, ACC-23).
fn outside(why: NotEntered) -> &'static str {
    match why {
        NotEntered::NoApproval => {
            "You are coming in from outside the school, and nobody has approved that for you at this time. Ask the \
             head: an approval says what you need it for, by which way, and until when."
        }
        NotEntered::OtherRoute => {
            "You are coming in from outside the school, but your approval is for another way in. Use the way that \
             was approved, or ask the head."
        }
    }
}

/// `/sign-in`.
pub(crate) fn form(frame: &Frame<'_>, form: &Form<'_>) -> Sheet {
    let wrong = form.wrong.map(|it| it.words(frame));
    let password = match frame.snapshot.chosen.text(&YOUNG_SIGN_IN).as_str() {
        "cards" => "Password, or the code on your card",
        _ => "Password",
    };
    let main = html! {
        h1 { "Sign in" }
        p.lead { "Say who you are, and the pages that are open for you will open." }
        form method="post" action={ (frame.base) "/sign-in" } {
            @if let Some(words) = &wrong { p.why #wrong role="alert" { (words) } }
            input type="hidden" name="token" value=(form.token);
            input type="hidden" name="back" value=(form.back);
            label for="username" { "User name" }
            input #username type="text" name="username" value=(form.username) autocomplete="username"
                autocapitalize="none" spellcheck="false" maxlength="64" required
                aria-invalid=[wrong.as_ref().map(|_| "true")] aria-describedby=[wrong.as_ref().map(|_| "wrong")];
            label for="password" { (password) }
            input #password type="password" name="password" autocomplete="current-password" maxlength="1024"
                required aria-invalid=[wrong.as_ref().map(|_| "true")]
                aria-describedby=[wrong.as_ref().map(|_| "wrong")];
            ul.do { li { button.main type="submit" { "Sign in" } } }
        }
        @if !frame.snapshot.people.classes().is_empty() {
            ul.do {
                li { a.other href={ (frame.base) "/sign-in/pictures?back=" (encode(form.back)) } { "Sign in with pictures" } }
            }
        }
        @if let Some(provider) = &frame.snapshot.settings.provider {
            // A link, not a form: browsers hold `form-action` against where a form's answer leads.
            ul.do {
                li {
                    a.other href={ (frame.base) "/sign-in/provider?back=" (encode(form.back)) } { (provider.button) }
                }
            }
        }
        div.box {
            p {
                "Your password is yours alone. Never tell it to anyone, and sign out when you leave a shared "
                "machine."
            }
            p {
                "The school filters what is opened here and records it under your name. It opens encrypted pages "
                "to check them, except banking, health and help."
            }
        }
        p.soft {
            "You can "
            a href={ (frame.base) "/help" } { "get help" }
            " and "
            a href={ (frame.base) "/report" } { "report something" }
            " without signing in."
        }
    };
    let title = match form.wrong {
        Some(Wrong::Refused(Refusal::Ended(_))) => "Your access has ended",
        Some(Wrong::Refused(Refusal::NotYet(_))) => "Your access has not begun yet",
        Some(Wrong::Refused(Refusal::Closed)) => "Closed at this hour",
        Some(Wrong::Refused(Refusal::Outside(_))) => "Not open to you from outside",
        Some(_) => "Not signed in: try again",
        None => "Sign in",
    };
    let sheet = Sheet::new(form.wrong.map_or(200, Wrong::status), title, main);
    match form.wrong {
        Some(Wrong::Refused(Refusal::SlowDown)) => sheet.header("retry-after", "300"),
        Some(it) if it.is_to_wait() => sheet.header("retry-after", "30"),
        _ => sheet,
    }
}

/// Shown in a site's place when nobody has signed in and the browser is not simply sent to the form: over plain
/// HTTP, where the device may not have the school's certificate yet, or beside a browser's own sign-in box.
pub(crate) fn asked(frame: &Frame<'_>, status: u16, url: &str, refusal: Option<Refusal>) -> Sheet {
    let gate = &frame.snapshot.settings.gate_name;
    let title = match refusal {
        Some(Refusal::Ended(_)) => "Your access has ended",
        Some(Refusal::Closed) => "Closed at this hour",
        Some(Refusal::Outside(_)) => "Not open to you from outside",
        _ => "Please sign in first",
    };
    let main = html! {
        h1 { (title) }
        @if let Some(refusal) = refusal { p.why role="alert" { (Wrong::Refused(refusal).words(frame)) } }
        @if matches!(refusal, Some(Refusal::Ended(_) | Refusal::Closed | Refusal::Outside(_))) {
            p.lead { "Someone else on this device can sign in as themselves." }
        } @else {
            p.lead { "The school’s internet opens when it knows who you are." }
        }
        ul.do { li { a.main href={ "https://" (gate) "/sign-in?back=" (encode(url)) } { "Sign in" } } }
        p {
            "If your browser warns you instead of showing the sign-in page, this device does not know the "
            "school’s certificate yet. "
            a href={ "http://" (gate) "/set-up" } { "Set up this device" }
            "."
        }
    };
    Sheet::new(status, "Please sign in first", main)
}

/// Signed in. `back` is an address that has been checked, or nothing.
pub(crate) fn done(frame: &Frame<'_>, name: &str, back: Option<&str>) -> Sheet {
    let main = html! {
        h1 { "Hello, " (name) }
        p.lead { "You are signed in on this device." }
        @if let Some(back) = back {
            ul.do { li { a.main href=(back) { "Carry on" } } }
            p.soft { "Going to " span.place { (back) } }
        }
        p { "When you leave this device, " a href={ (frame.base) "/" } { "sign out" } "." }
    };
    let sheet = Sheet::new(200, "Signed in", main);
    // Not a redirect: browsers apply the form's `form-action` to where a redirect leads, and this one leads anywhere.
    match back {
        Some(back) => sheet.header("refresh", format!("0;url={back}")),
        None => sheet,
    }
}

/// Chose to go on after a warning.
pub(crate) fn going(frame: &Frame<'_>, to: &str) -> Sheet {
    let main = html! {
        h1 { "Going on" }
        p.lead { "Going to " a.place href=(to) { (to) } }
        p { "If you see something you do not like, turn the screen off and tell a teacher." }
        p { a.other href={ (frame.base) "/help" } { "Get help" } }
    };
    Sheet::new(200, "Going on", main).header("refresh", format!("0;url={to}"))
}

/// Signed out; `declined` when it was by not accepting the agreement (AUP-08).
pub(crate) fn out(frame: &Frame<'_>, declined: bool) -> Sheet {
    let main = html! {
        h1 { "You are signed out" }
        @if declined {
            p.lead { "You did not accept the agreement, so pages stay closed for now. That is all right." }
            p { "Have a question about it? Ask a teacher. When you sign in again you can read it again." }
        } @else {
            p.lead { "The next person on this device has to sign in as themselves." }
        }
        ul.do {
            li { a.main href={ (frame.base) "/sign-in" } { "Sign in" } }
            li { a.other href={ (frame.base) "/help" } { "Get help" } }
        }
    };
    Sheet::new(200, "Signed out", main)
}
