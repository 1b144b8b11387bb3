//! Usernames for those whom the source gives none.
use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

use crate::{Choice, Username};

/// How a username is made of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameRule {
    #[default]
    GivenDotFamily,
    InitialFamily,
    FamilyDotGiven,
}

/// Those in use, and those promised.
#[derive(Debug, Clone, Default)]
pub struct Usernames(HashSet<Username>);

/// Leaves room for a number at the end: a username has 64 letters at most.
const LONGEST: usize = 56;

impl Usernames {
    /// Says whether it was free.
    pub fn take(&mut self, username: &Username) -> bool {
        self.0.insert(username.clone())
    }

    pub fn give_back(&mut self, username: &Username) {
        self.0.remove(username);
    }

    pub fn has(&self, username: &Username) -> bool {
        self.0.contains(username)
    }

    /// The first that is free: `ada.lovelace`, `ada.lovelace2` ...
    ///
    /// # Panics
    /// Never: there are more numbers than people.
    pub fn propose(&mut self, rule: NameRule, given: &str, family: &str) -> Username {
        let (given, family) = (plain(given), plain(family));
        let initial: String = given.chars().take(1).collect();
        let dotted = |a: &str, b: &str| {
            [a, b].map(str::to_owned).into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(".")
        };
        let stem = match rule {
            NameRule::GivenDotFamily => dotted(&given, &family),
            NameRule::InitialFamily => format!("{initial}{family}"),
            NameRule::FamilyDotGiven => dotted(&family, &given),
        };
        // Names in letters that a username cannot hold.
        let stem = if stem.is_empty() { "person" } else { stem.get(..LONGEST).unwrap_or(&stem) };
        let numbered = (2..u64::MAX).map(|n| format!("{stem}{n}"));
        let all = std::iter::once(stem.to_owned()).chain(numbered);
        let free = all.filter_map(|it| it.parse().ok()).find(|it| !self.has(it));
        let free = free.expect("letters a to z with a number are a username, and numbers do not run out");
        self.take(&free);
        free
    }
}

/// Letters `a` to `z`, digits and hyphens; marks come off, and letters that are two in ASCII become two.
fn plain(name: &str) -> String {
    let mut out = String::new();
    for c in name.trim().to_lowercase().nfd() {
        match c {
            'a'..='z' | '0'..='9' | '-' => out.push(c),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'þ' => out.push_str("th"),
            'ı' => out.push('i'),
            _ => {}
        }
    }
    out
}

impl Choice for NameRule {
    const ALL: &'static [NameRule] =
        &[NameRule::GivenDotFamily, NameRule::InitialFamily, NameRule::FamilyDotGiven];
    fn code(self) -> &'static str {
        match self {
            NameRule::GivenDotFamily => "given.family",
            NameRule::InitialFamily => "initial-family",
            NameRule::FamilyDotGiven => "family.given",
        }
    }
    fn label(self) -> &'static str {
        match self {
            NameRule::GivenDotFamily => "ada.lovelace",
            NameRule::InitialFamily => "alovelace",
            NameRule::FamilyDotGiven => "lovelace.ada",
        }
    }
}
