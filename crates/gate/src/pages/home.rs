use jiff::Timestamp;
use maud::html;
use school::{Choice, Role};

use super::{Frame, Sheet, help};
use crate::Who;

/// `/`: who you are here, and what you can do.
pub(crate) fn page(frame: &Frame<'_>, bound_until: Option<Timestamp>, token: &str) -> Sheet {
    let main = html! {
        @match frame.who {
            Who::Known(known) => {
                h1 { "You are " (known.person.name) }
                @let roles: Vec<&str> = known.person.roles.iter().map(Role::label).collect();
                p.lead {
                    (roles.join(", "))
                    @if let Some(year) = known.person.year { ", Year " (year) }
                    " at " (frame.school()) "."
                }
                @if let Some(until) = bound_until {
                    @let until = frame.snapshot.calendar.zone.to_datetime(until);
                    p { "You are signed in on this device until " strong { (until.strftime("%H:%M")) } "." }
                    form method="post" action={ (frame.base) "/sign-out" } {
                        input type="hidden" name="token" value=(token);
                        ul.do { li { button.main type="submit" { "Sign out" } } }
                    }
                } @else {
                    p { "Your browser or this device says who you are. To stop, close the browser or leave the device." }
                    ul.do { li { a.other href={ (frame.base) "/sign-in" } { "Sign in as someone else" } } }
                }
            }
            Who::Nobody => {
                h1 { "The school’s way to the internet" }
                p.lead { "Nobody is signed in on this device." }
                ul.do { li { a.main href={ (frame.base) "/sign-in" } { "Sign in" } } }
            }
        }
        h2 { "Someone to talk to" }
        (help::short(frame))
        h2 { "Other things you can do here" }
        ul {
            li { a href={ (frame.base) "/help" } { "Get help" } ", from people in and outside school" }
            li { a href={ (frame.base) "/report" } { "Report something" } " that worries you, or a page" }
            li { a href={ (frame.base) "/set-up" } { "Set up a device" } " with the school’s certificate" }
        }
        @if let Some(console) = &frame.snapshot.settings.console_url && super::blocked::is_staff(frame.who) {
            p { "Staff: " a href=(console) { "open the console" } "." }
        }
    };
    Sheet::new(200, "My sign-in", main)
}

/// An address the gate does not have.
pub(crate) fn missing(frame: &Frame<'_>) -> Sheet {
    let main = html! {
        h1 { "There is no such page" }
        p.lead { "The address may be misspelt." }
        p { a.main href={ (frame.base) "/" } { "To the front page" } }
    };
    Sheet::new(404, "There is no such page", main)
}

/// Asked for in a way that a page does not answer.
pub(crate) fn refused(frame: &Frame<'_>, status: u16, words: &str) -> Sheet {
    let main = html! {
        h1 { "That did not work" }
        p.lead { (words) }
        p { a.main href={ (frame.base) "/" } { "To the front page" } }
    };
    Sheet::new(status, "That did not work", main)
}
