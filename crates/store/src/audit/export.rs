//! Entries as text for others: everything that the hash is made from, and the hash.
use std::fmt::Write as _;

use school::{Choice, Id, School, defused};

use super::Entry;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object in each line, with the fields as they are hashed (`audit`).
    JsonLines,
    /// For a spreadsheet: what would be read as a formula gets an apostrophe before it, so hashes are checked from
    /// the other format.
    Csv,
}

impl Choice for Format {
    const ALL: &'static [Format] = &[Format::JsonLines, Format::Csv];
    fn code(self) -> &'static str {
        match self {
            Format::JsonLines => "jsonl",
            Format::Csv => "csv",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Format::JsonLines => "JSON lines",
            Format::Csv => "Spreadsheet",
        }
    }
}

const NAMES: [&str; 12] = [
    "school",
    "seq",
    "at",
    "time",
    "actor",
    "actor_name",
    "act",
    "subject",
    "before",
    "after",
    "reason",
    "hash",
];

/// The line before all others; empty where the format has none.
pub fn heading(format: Format) -> String {
    match format {
        Format::JsonLines => String::new(),
        Format::Csv => {
            let mut line = String::new();
            cells(&mut line, NAMES.iter().copied());
            line
        }
    }
}

/// One entry, with the end of its line.
pub fn line(format: Format, school: Id<School>, entry: &Entry) -> String {
    let text = |it: &str| Some(it.to_owned());
    let fields = [
        text(&school.to_string()),
        text(&entry.seq.to_string()),
        text(&entry.at.as_millisecond().to_string()),
        text(&entry.at.to_string()),
        entry.actor.map(|it| it.to_string()),
        text(&entry.actor_name),
        text(&entry.act),
        text(&entry.subject),
        entry.before.clone(),
        entry.after.clone(),
        entry.reason.clone(),
        text(&entry.hash),
    ];
    let mut line = String::new();
    match format {
        Format::JsonLines => {
            for (name, value) in NAMES.iter().zip(fields) {
                line.push_str(if line.is_empty() { "{" } else { "," });
                json(&mut line, name);
                line.push(':');
                match value {
                    None => line.push_str("null"),
                    Some(it) => json(&mut line, &it),
                }
            }
            line.push_str("}\n");
        }
        Format::Csv => cells(&mut line, fields.iter().map(|it| it.as_deref().unwrap_or_default())),
    }
    line
}

fn json(line: &mut String, text: &str) {
    line.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => line.extend(['\\', c]),
            '\n' => line.push_str("\\n"),
            c if c < ' ' || c == '\u{7f}' => {
                // A string takes all.
                let _ = write!(line, "\\u{:04x}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line.push('"');
}

/// Every one defused and in quotes.
fn cells<'a>(line: &mut String, all: impl Iterator<Item = &'a str>) {
    for (n, text) in all.enumerate() {
        if n != 0 {
            line.push(',');
        }
        line.push('"');
        line.push_str(&defused(text).replace('"', "\"\""));
        line.push('"');
    }
    line.push_str("\r\n");
}
