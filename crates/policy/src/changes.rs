//! What changed between two texts, by meaning: order, spelling and comments do not count.
use std::collections::BTreeMap;

use crate::{
    Matches, Rule,
    text::{Body, Document, Problem, Quoted, parse, print},
};

/// One thing that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is about, such as `profile "Key Stage 3"` or `bbc.co.uk`.
    pub about: String,
    /// As it was written; `None`: it is new.
    pub before: Option<String>,
    /// As it is written; `None`: it was taken out.
    pub after: Option<String>,
}

/// "added: ...", "taken out: ..." or "changed: ... to ...".
impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, "{}: changed from {before} to {after}", self.about),
            (None, Some(after)) => write!(f, "{}: added {after}", self.about),
            (Some(before), None) => write!(f, "{}: taken out {before}", self.about),
            (None, None) => f.write_str(&self.about),
        }
    }
}

/// # Errors
/// The problems of the first text that cannot be read.
pub fn diff(old: &str, new: &str) -> Result<Vec<Change>, Vec<Problem>> {
    let (old, new) = (said(&parse(old)?), said(&parse(new)?));
    let mut changes = Vec::new();
    for (about, before) in &old {
        let none = Vec::new();
        let after = new.get(about).unwrap_or(&none);
        pair(&about.0, before, after, &mut changes);
    }
    for (about, after) in new.iter().filter(|(about, _)| !old.contains_key(about)) {
        pair(&about.0, &[], after, &mut changes);
    }
    Ok(changes)
}

/// What is alike cancels out; the rest is paired in order.
fn pair(about: &str, before: &[String], after: &[String], changes: &mut Vec<Change>) {
    let only = |these: &[String], others: &[String]| -> Vec<String> {
        let mut others: Vec<&String> = others.iter().collect();
        let mut left = Vec::new();
        for it in these {
            match others.iter().position(|other| *other == it) {
                Some(at) => drop(others.swap_remove(at)),
                None => left.push(it.clone()),
            }
        }
        left
    };
    let (mut gone, mut come) = (only(before, after).into_iter(), only(after, before).into_iter());
    loop {
        let (before, after) = (gone.next(), come.next());
        if before.is_none() && after.is_none() {
            return;
        }
        changes.push(Change { about: about.to_owned(), before, after });
    }
}

/// What is said, by what it is about. The second part of the key keeps kinds apart and settings in order.
fn said(document: &Document) -> BTreeMap<(String, u8), Vec<String>> {
    let mut all: BTreeMap<(String, u8), Vec<String>> = BTreeMap::new();
    let mut say = |about: String, kind: u8, words: String| all.entry((about, kind)).or_default().push(words);
    for entry in &document.entries {
        let written = canonical(&entry.body);
        match &entry.body {
            Body::Profile(profile) => {
                let name = format!("profile {}", Quoted(&profile.name));
                let mut lines = written.lines().map(str::trim);
                say(name.clone(), 0, lines.next().unwrap_or_default().to_owned());
                for line in lines {
                    for (setting, value) in settings(line) {
                        say(format!("{name}, {setting}"), 1, value);
                    }
                }
            }
            Body::Schedule(schedule) => {
                let times: Vec<String> = schedule.times.iter().map(ToString::to_string).collect();
                say(format!("schedule {}", Quoted(&schedule.name)), 2, times.join("; "));
            }
            Body::Use(it) => {
                for audience in &it.audience {
                    let locked = if it.locked { " locked" } else { "" };
                    say(format!("profile for {audience}"), 3, format!("{}{locked}", Quoted(&it.profile)));
                }
            }
            Body::Rule(rule) => say(about(rule), 4, written.trim().to_owned()),
        }
    }
    all
}

fn canonical(body: &Body) -> String {
    let entry = crate::text::Entry { line: 0, comments: vec![], body: body.clone() };
    print(&Document { entries: vec![entry], tail: vec![] })
}

const SETTINGS: [&str; 10] = [
    "mode",
    "uncategorised",
    "safe search",
    "search engines",
    "other search engines",
    "youtube",
    "block files",
    "times",
    "session",
    "do not inspect",
];

/// A line of a profile as settings: each category by itself, so that one moved shows as one change.
fn settings(line: &str) -> Vec<(String, String)> {
    for verb in ["block", "warn", "allow"] {
        if let Some(rest) = line.strip_prefix(verb)
            && !rest.starts_with(" files")
        {
            let category = |it: &str| (format!("category {}", it.trim()), verb.to_owned());
            return rest.split(',').map(category).collect();
        }
    }
    match SETTINGS.iter().find_map(|name| Some((*name, line.strip_prefix(name)?.trim()))) {
        Some((name, value)) => vec![(name.to_owned(), value.to_owned())],
        None => vec![("setting".to_owned(), line.to_owned())],
    }
}

fn about(rule: &Rule) -> String {
    match &rule.matches {
        Matches::Domain(host) => host.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_by_meaning() {
        let check = |old: &str, new: &str, words: &[&str]| {
            let changes = diff(old, new).expect("both can be read");
            let got: Vec<String> = changes.iter().map(ToString::to_string).collect();
            assert_eq!(got, words, "{old:?} to {new:?}");
        };
        let profile = "profile \"A\"\n  mode deny by default\n  block games, news\n";
        check(profile, profile, &[]);
        check("allow a.test\nblock b.test", "# why\nblock B.test.\n\nallow a.test for everyone", &[]);
        check(
            profile,
            "profile \"A\"\n  mode block by category\n  block news\n  allow games\n",
            &[
                "profile \"A\", category games: changed from block to allow",
                "profile \"A\", mode: changed from deny by default to block by category",
            ],
        );
        check(
            "block a.test for year 7",
            "block a.test for year 8\nallow c.test",
            &[
                "a.test: changed from block a.test for year 7 to block a.test for year 8",
                "c.test: added allow c.test",
            ],
        );
        check("allow a.test", "", &["a.test: taken out allow a.test"]);
        check(
            "use profile a for year 7, year 8",
            "use profile b for year 7\nuse profile a for year 8 locked",
            &[
                "profile for year 7: changed from \"a\" to \"b\"",
                "profile for year 8: changed from \"a\" to \"a\" locked",
            ],
        );
        assert!(diff("nonsense", "").is_err());
    }
}
