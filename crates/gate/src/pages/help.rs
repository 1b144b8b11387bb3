use maud::{Markup, html};
use school::Choice;

use super::{Frame, Sheet};

const LINES: &str = include_str!("help-lines.txt");

/// Someone outside school who helps (REP-05).
#[derive(Debug, Clone, Copy)]
struct HelpLine {
    name: &'static str,
    /// Empty where there is only an address.
    number: &'static str,
    url: &'static str,
    whom: &'static str,
    what: &'static str,
}

fn lines() -> impl Iterator<Item = HelpLine> {
    LINES.lines().filter(|it| !it.starts_with('#')).filter_map(|line| {
        let mut parts = line.split('|').map(str::trim);
        Some(HelpLine {
            name: parts.next()?,
            number: parts.next()?,
            url: parts.next()?,
            whom: parts.next()?,
            what: parts.next()?,
        })
    })
}

/// Where the help page leads.
#[cfg(test)]
pub(crate) fn addresses() -> impl Iterator<Item = &'static str> {
    lines().map(|it| it.url)
}

/// `/help`.
pub(crate) fn page(frame: &Frame<'_>) -> Sheet {
    let main = html! {
        h1 { "Get help" }
        p.lead { "Whatever has happened, you are not in trouble for asking." }
        div.box {
            h2 { "In danger right now?" }
            p { "Ring " a.call href="tel:999" { "999" } " or tell the nearest adult." }
        }
        h2 { "At school" }
        p { "Tell any adult you trust, or write it down and send it to the people who look after pupils’ safety." }
        (who_to_ask(frame))
        p { a.main href={ (frame.base) "/report" } { "Report something" } }
        h2 { "Outside school" }
        p {
            "These pages always open, on any device and without signing in. The school keeps no note of who "
            "looks at them."
        }
        (every_line())
        (upset())
    };
    Sheet::new(200, "Get help", main)
}

/// Those who hold a post, by name (ACC-08).
fn who_to_ask(frame: &Frame<'_>) -> Markup {
    let mut posts = frame.snapshot.people.posts().peekable();
    html! {
        @if posts.peek().is_some() {
            ul.lines {
                @for (post, known) in posts {
                    li {
                        p { strong { (known.person.name) } ", " (post.label()) }
                        p.soft { (post.about()) }
                    }
                }
            }
        }
    }
}

fn every_line() -> Markup {
    html! {
        ul.lines {
            @for line in lines() {
                li {
                    p { a href=(line.url) rel="noreferrer" { strong { (line.name) } } }
                    @if !line.number.is_empty() { p.call { (number(line.number)) } }
                    p { (line.what) }
                    p.soft { (line.whom) }
                }
            }
        }
    }
}

fn number(number: &str) -> Markup {
    let dial: String = number.chars().filter(|it| !it.is_whitespace()).collect();
    html! {
        @if dial.chars().all(|it| it.is_ascii_digit()) { a href={ "tel:" (dial) } { (number) } } @else { (number) }
    }
}

/// The short form that stands on notices: the first two help lines, and a way to the rest.
pub(crate) fn short(frame: &Frame<'_>) -> Markup {
    html! {
        p {
            "You can also talk to someone outside school: "
            @for (i, line) in lines().take(2).enumerate() {
                @if i != 0 { ", or " }
                a href=(line.url) rel="noreferrer" { (line.name) }
                @if !line.number.is_empty() { " on " strong.number { (number(line.number)) } " (free, day and night)" }
            }
            ". " a href={ (frame.base) "/help" } { "All help lines" } "."
        }
    }
}

/// What to do after seeing something upsetting (CHG-16), in the order to do it.
pub(crate) fn upset() -> Markup {
    html! {
        section.box aria-labelledby="upset" {
            h2 #upset { "Seen something that upset you?" }
            ol {
                li { "Turn the screen off, or close the lid." }
                li { "Tell a teacher or another adult straight away." }
                li { "You have done nothing wrong by telling." }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_lines_file_reads_in_full_and_begins_with_childline_and_ceop() {
        let written = LINES.lines().filter(|it| !it.starts_with('#') && !it.is_empty()).count();
        let all: Vec<HelpLine> = lines().collect();
        assert_eq!(all.len(), written, "a line has fewer than five parts");
        assert_eq!((all[0].name, all[0].number, all[1].name), ("Childline", "0800 1111", "CEOP"));
        for line in all {
            assert!(line.url.starts_with("https://") && !line.what.is_empty(), "{line:?}");
        }
    }
}
