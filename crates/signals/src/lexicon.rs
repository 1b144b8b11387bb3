use aho_corasick::AhoCorasick;
use school::Choice;

use crate::{
    Severity, Theme,
    normalise::{normalise, squash},
};

/// What worries us and what does not, read from a text whose form `lexicon.txt` explains at its head.
#[derive(Debug)]
pub struct Lexicon {
    pub(crate) automaton: AhoCorasick,
    /// In the automaton's order.
    pub(crate) keys: Vec<Key>,
    pub(crate) entries: Vec<Entry>,
    help: Vec<Box<str>>,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct BadLine {
    /// Counts from 1.
    pub line: usize,
    pub what: &'static str,
}

/// A run of words, found by its fixed beginning; `rest` is compared where that is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) entry: usize,
    /// Which of the entry's parts this is, as a bit.
    pub(crate) part: u8,
    /// Each follows the end of the word before it.
    pub(crate) rest: Box<[Box<str>]>,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) says: Says,
    /// All of these bits must be found.
    pub(crate) parts: u8,
    pub(crate) phrase: Box<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// A worry. A firm one is not moved by good contexts.
    Worry { theme: Theme, severity: Severity, firm: bool },
    /// Evidence for or against a theme, or any theme.
    Context { theme: Option<Theme>, weighs: Weighs },
    /// Takes away the entry at this place, firm or not.
    Unless(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weighs {
    Raise,
    Lower,
    Cancel,
}

/// Parts of one phrase, so that a set of them fits a byte.
const MOST_PARTS: usize = 8;
/// Ways to write one part with its alternatives.
const MOST_SPELLINGS: usize = 64;
/// Shorter runs of words would be found inside honest words when run together.
const LEAST_SQUASHED: usize = 8;

impl Lexicon {
    /// # Errors
    /// Every line that cannot be read; a lexicon with one is not used.
    pub fn parse(text: &str) -> Result<Lexicon, Vec<BadLine>> {
        let mut draft = Draft::default();
        let mut bad = Vec::new();
        for (n, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if let Err(what) = draft.line(line) {
                bad.push(BadLine { line: n + 1, what });
            }
        }
        if !bad.is_empty() {
            return Err(bad);
        }
        let automaton = AhoCorasick::new(&draft.patterns)
            .map_err(|_| vec![BadLine { line: 0, what: "the lexicon is too large" }])?;
        Ok(Lexicon { automaton, keys: draft.keys, entries: draft.entries, help: draft.help })
    }

    /// The lexicon that comes with Schoolgate.
    ///
    /// # Errors
    /// As [`Lexicon::parse`]; a test holds that there are none.
    pub fn ours() -> Result<Lexicon, Vec<BadLine>> {
        Lexicon::parse(include_str!("lexicon.txt"))
    }

    /// How many worries it knows.
    pub fn len(&self) -> usize {
        self.entries.iter().filter(|it| matches!(it.says, Says::Worry { .. })).count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether what is typed at this host is never scored (design decision 9).
    pub fn is_help(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.help.iter().any(|help| {
            let start = host.len().wrapping_sub(help.len());
            host.get(start..).is_some_and(|tail| tail.eq_ignore_ascii_case(help))
                && (start == 0 || host.as_bytes()[start - 1] == b'.')
        })
    }
}

#[derive(Default)]
struct Draft {
    patterns: Vec<String>,
    keys: Vec<Key>,
    entries: Vec<Entry>,
    help: Vec<Box<str>>,
}

impl Draft {
    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        let (first, rest) = line.split_once(char::is_whitespace).ok_or("nothing follows the first word")?;
        let rest = rest.trim();
        if first == "help" {
            if rest.contains(char::is_whitespace) {
                return Err("a help site is one host");
            }
            self.help.push(rest.to_ascii_lowercase().into());
            return Ok(());
        }
        let (second, rest) = rest.split_once(char::is_whitespace).ok_or("a phrase is missing")?;
        let says = says(first, second)?;
        let (phrase, unless) = match rest.split_once(" unless ") {
            Some((phrase, unless)) => (phrase.trim(), Some(unless)),
            None => (rest.trim(), None),
        };
        if phrase.ends_with(" unless") {
            return Err("nothing follows `unless`");
        }
        let worry = self.entries.len();
        self.entry(says, phrase)?;
        match (unless, says) {
            (None, _) => Ok(()),
            (Some(unless), Says::Worry { .. }) => {
                unless.split('|').try_for_each(|context| self.entry(Says::Unless(worry), context.trim()))
            }
            (Some(_), _) => Err("only a worry can have `unless`"),
        }
    }

    fn entry(&mut self, says: Says, phrase: &str) -> Result<(), &'static str> {
        let entry = self.entries.len();
        let parts: Vec<&str> = phrase.split(" + ").collect();
        if MOST_PARTS < parts.len() {
            return Err("more than 8 parts");
        }
        let all = parts.iter().enumerate().fold(0, |bits, (n, _)| bits | 1 << n);
        self.entries.push(Entry { says, parts: all, phrase: phrase.into() });
        for (n, part) in parts.into_iter().enumerate() {
            for words in spellings(part)? {
                self.key(entry, 1 << n, &words)?;
            }
        }
        Ok(())
    }

    fn key(&mut self, entry: usize, part: u8, words: &[&str]) -> Result<(), &'static str> {
        let mut runs = vec![String::from(" ")];
        for word in words {
            let (stem, open) = match word.strip_suffix('*') {
                Some(stem) => (stem, true),
                None => (*word, false),
            };
            if word.trim_end_matches('*').contains('*') {
                return Err("a star stands only at the end of a word");
            }
            let normal = normalise(stem);
            let normal = normal.trim();
            if normal.is_empty() {
                return Err("a word without letters");
            }
            if let Some(run) = runs.last_mut() {
                run.push_str(normal);
                if open {
                    runs.push(String::from(" "));
                } else {
                    run.push(' ');
                }
            }
        }
        let whole = runs.len() == 1;
        if runs.last().is_some_and(|it| it == " ") {
            runs.pop();
        }
        let mut runs = runs.into_iter();
        let first = runs.next().ok_or("a phrase is missing")?;
        if whole && 1 < words.len() {
            let squashed = squash(&first);
            if LEAST_SQUASHED <= squashed.len() {
                self.patterns.push(squashed);
                self.keys.push(Key { entry, part, rest: Box::default() });
            }
        }
        self.patterns.push(first);
        self.keys.push(Key { entry, part, rest: runs.map(Into::into).collect() });
        Ok(())
    }
}

fn says(first: &str, second: &str) -> Result<Says, &'static str> {
    let theme = match first {
        "any" => None,
        code => Some(Theme::from_code(code).ok_or("the first word is no theme")?),
    };
    let weighs = match second {
        "raise" => Some(Weighs::Raise),
        "lower" => Some(Weighs::Lower),
        "cancel" => Some(Weighs::Cancel),
        _ => None,
    };
    if let Some(weighs) = weighs {
        return Ok(Says::Context { theme, weighs });
    }
    let (code, firm) = match second.strip_suffix('!') {
        Some(code) => (code, true),
        None => (second, false),
    };
    let severity = Severity::from_code(code).ok_or("the second word is no severity and no weight")?;
    let theme = theme.ok_or("a worry needs a theme")?;
    Ok(Says::Worry { theme, severity, firm })
}

/// Every way to write a part, where `a/b` stands for either.
fn spellings(part: &str) -> Result<Vec<Vec<&str>>, &'static str> {
    let mut all: Vec<Vec<&str>> = vec![Vec::new()];
    for word in part.split_whitespace() {
        let choices: Vec<&str> = word.split('/').collect();
        all = choices
            .iter()
            .flat_map(|choice| all.iter().map(move |it| [&it[..], &[*choice]].concat()))
            .collect();
        if MOST_SPELLINGS < all.len() {
            return Err("more than 64 ways to write it");
        }
    }
    if all.iter().any(Vec::is_empty) {
        return Err("a phrase is missing");
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_reads() {
        let lexicon = Lexicon::ours().expect("our own lexicon");
        assert!((50..=200).contains(&lexicon.len()), "{}", lexicon.len());
        for theme in Theme::ALL {
            let has = |it: &Entry| matches!(it.says, Says::Worry { theme: of, .. } if of == *theme);
            assert!(lexicon.entries.iter().any(has), "{theme:?}");
        }
    }

    #[test]
    fn bad_lines_are_named() {
        let check = |line: &str, what: &'static str| {
            let text = format!("# head\nbullying low left out of games\n{line}\n");
            assert_eq!(Lexicon::parse(&text).err(), Some(vec![BadLine { line: 3, what }]), "{line}");
        };
        check("bullying", "nothing follows the first word");
        check("bullying low", "a phrase is missing");
        check("weather low rain", "the first word is no theme");
        check("bullying huge rain", "the second word is no severity and no weight");
        check("any low rain", "a worry needs a theme");
        check("bullying low ra*n", "a star stands only at the end of a word");
        check("bullying low ???", "a word without letters");
        check("bullying low rain unless", "nothing follows `unless`");
        check("any lower rain unless sun", "only a worry can have `unless`");
        check("help two hosts", "a help site is one host");
        check("bullying low a/b a/b a/b a/b a/b a/b a/b", "more than 64 ways to write it");
        check("bullying low a + b + c + d + e + f + g + h + i", "more than 8 parts");
    }

    #[test]
    fn help_hosts_cover_what_is_under_them() {
        let lexicon = Lexicon::parse("help help.example.org").expect("a lexicon");
        let check = |host: &str, expected: bool| assert_eq!(lexicon.is_help(host), expected, "{host}");
        check("help.example.org", true);
        check("chat.HELP.example.org.", true);
        check("nohelp.example.org", false);
        check("example.org", false);
        check("", false);
        check("é.org", false);
    }
}
