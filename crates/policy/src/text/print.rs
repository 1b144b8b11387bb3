use std::fmt::{Display, Write as _};

use school::Choice;

use super::{Body, Document, ProfileText, Quoted};
use crate::{Schedule, Verdict};

/// Lists go on to a new line before this many characters.
const WIDTH: usize = 100;

/// The one canonical spelling. Reading it gives the same document again.
pub fn print(document: &Document) -> String {
    let mut out = String::new();
    let mut before: Option<&Body> = None;
    for entry in &document.entries {
        let apart = match (before, &entry.body) {
            (None, _) => false,
            (Some(Body::Rule(_)), Body::Rule(_)) | (Some(Body::Use(_)), Body::Use(_)) => {
                !entry.comments.is_empty()
            }
            _ => true,
        };
        if apart {
            out.push('\n');
        }
        comments(&mut out, &entry.comments);
        body(&mut out, &entry.body);
        before = Some(&entry.body);
    }
    if !document.tail.is_empty() && before.is_some() {
        out.push('\n');
    }
    comments(&mut out, &document.tail);
    out
}

fn line(out: &mut String, text: impl Display) {
    writeln!(out, "{text}").expect("a string takes what is written to it");
}

fn comments(out: &mut String, comments: &[Box<str>]) {
    for comment in comments {
        line(out, format_args!("# {comment}"));
    }
}

fn body(out: &mut String, body: &Body) {
    match body {
        Body::Profile(it) => profile(out, it),
        Body::Schedule(it) => schedule(out, it),
        Body::Use(it) => {
            let audience: Vec<String> = it.audience.iter().map(ToString::to_string).collect();
            let locked = if it.locked { " locked" } else { "" };
            line(
                out,
                format_args!("use profile {} for {}{locked}", Quoted(&it.profile), audience.join(", ")),
            );
        }
        Body::Rule(it) => match &it.note {
            None => line(out, it),
            Some(note) => line(out, format_args!("{it} note {}", Quoted(note))),
        },
    }
}

fn schedule(out: &mut String, it: &Schedule) {
    line(out, format_args!("schedule {}", Quoted(&it.name)));
    for time in &it.times {
        line(out, format_args!("    {time}"));
    }
}

fn profile(out: &mut String, it: &ProfileText) {
    let like = it.like.as_ref().map_or_else(String::new, |it| format!(" like {}", Quoted(it)));
    let locked = if it.locked { " locked" } else { "" };
    line(out, format_args!("profile {}{like}{locked}", Quoted(&it.name)));
    let mut say = |text: String| line(out, format_args!("    {text}"));
    if let Some(mode) = it.mode {
        say(format!("mode {}", mode.code()));
    }
    if let Some(verdict) = it.uncategorised {
        say(format!("uncategorised {}", verdict.code()));
    }
    for verdict in [Verdict::Block, Verdict::Warn, Verdict::Allow] {
        let codes =
            it.categories.iter().filter(|(_, to)| **to == verdict).map(|(it, _)| it.code().to_owned());
        for text in wrapped(verdict.code(), codes) {
            say(text);
        }
    }
    if let Some(on) = it.safe_search {
        say(format!("safe search {}", if on { "on" } else { "off" }));
    }
    if let Some(engines) = &it.engines {
        say(format!("search engines {}", or_none(engines)));
    }
    if let Some(blocked) = it.block_other_engines {
        say(format!("other search engines {}", if blocked { "blocked" } else { "by category" }));
    }
    if let Some(youtube) = it.youtube {
        say(format!("youtube {}", youtube.code()));
    }
    if let Some(files) = &it.blocked_files {
        let kinds = files.iter().map(ToString::to_string);
        let none = files.is_empty().then(|| "none".to_owned());
        for text in wrapped("block files", kinds.chain(none)) {
            say(text);
        }
    }
    if let Some(times) = &it.times {
        say(format!("times {}", or_none(times)));
    }
    match it.session {
        None => {}
        Some(None) => say("session as the school".to_owned()),
        Some(Some(minutes)) => say(format!("session {minutes} minutes")),
    }
    if let Some(uninspected) = &it.uninspected {
        let codes: Vec<&str> = uninspected.iter().map(|it| it.code()).collect();
        say(format!("do not inspect {}", or_none(&codes)));
    }
}

fn or_none<'a, T: Display + 'a>(items: impl IntoIterator<Item = &'a T>) -> String {
    let all: Vec<String> = items.into_iter().map(ToString::to_string).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// The same word may head several lines.
fn wrapped(word: &str, items: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for item in items {
        match lines.last_mut() {
            Some(last) if last.len() + item.len() + 2 <= WIDTH => {
                last.push_str(", ");
                last.push_str(&item);
            }
            _ => lines.push(format!("{word} {item}")),
        }
    }
    lines
}
