use std::collections::{BTreeMap, BTreeSet};

use school::Choice;

use crate::{Category, Verdict, When};

/// What a number of people may have: the settings behind every decision that no rule makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: Box<str>,
    pub mode: Mode,
    /// What each category gets. Those not named get what the mode gives.
    pub categories: BTreeMap<Category, Verdict>,
    /// What a site in no category gets.
    pub uncategorised: Verdict,
    pub safe_search: bool,
    /// Codes of the search engines that are open (see [`crate::search_engines`]).
    pub engines: BTreeSet<&'static str>,
    /// What search engines not named above get: blocked, or whatever their category gets.
    pub block_other_engines: bool,
    pub youtube: YouTube,
    /// Endings of file names, in lower case without the dot, and media types such as `application/x-msdownload`
    /// (`video/*` for all of a kind).
    pub blocked_files: BTreeSet<Box<str>>,
    /// When the web is open at all (FIL-24). Any of them opens it.
    pub times: Vec<When>,
    /// Minutes after which a person must sign in again (PWD-07). `None`: the school's setting.
    pub session: Option<u16>,
    /// Carried unopened. Help is always so.
    pub uninspected: BTreeSet<Category>,
}

/// What everything gets that nothing speaks of (FIL-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Only what is allowed opens.
    DenyByDefault,
    /// All opens but what is blocked.
    BlockByCategory,
}

/// How strictly the site hides videos (its restricted mode). Applies wherever it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum YouTube {
    Off,
    Moderate,
    Strict,
}

impl Profile {
    /// The strictest: deny by default, nothing allowed. Every profile starts from this one.
    pub fn strictest(name: &str) -> Profile {
        Profile {
            name: name.into(),
            mode: Mode::DenyByDefault,
            categories: BTreeMap::new(),
            uncategorised: Verdict::Block,
            safe_search: true,
            engines: BTreeSet::new(),
            block_other_engines: true,
            youtube: YouTube::Strict,
            blocked_files: BTreeSet::new(),
            times: vec![When::Always],
            session: None,
            uninspected: [Category::Banking, Category::Health, Category::Help].into(),
        }
    }

    /// Categories that get this, in the order of [`Category::ALL`].
    pub fn categories(&self, verdict: Verdict) -> impl Iterator<Item = Category> {
        self.categories.iter().filter(move |(_, it)| **it == verdict).map(|(category, _)| *category)
    }

    /// Each setting with its value, as people read them, in a fixed order.
    pub fn in_words(&self) -> Vec<(&'static str, String)> {
        let labels = |verdict| words(self.categories(verdict).map(Category::label));
        let on = |it: bool| if it { "on" } else { "off" }.to_owned();
        vec![
            ("Base mode", self.mode.label().to_owned()),
            ("Blocked categories", labels(Verdict::Block)),
            ("Warned categories", labels(Verdict::Warn)),
            ("Allowed categories", labels(Verdict::Allow)),
            ("Sites in no category", self.uncategorised.label().to_owned()),
            ("Safe search", on(self.safe_search)),
            ("Search engines", words(self.engines.iter().copied())),
            (
                "Other search engines",
                if self.block_other_engines { "Blocked" } else { "As their category" }.to_owned(),
            ),
            ("YouTube restricted mode", self.youtube.label().to_owned()),
            ("Blocked kinds of file", words(self.blocked_files.iter().map(AsRef::as_ref))),
            ("Open", words(self.times.iter().map(ToString::to_string))),
            (
                "Session",
                self.session.map_or_else(|| "As the school".to_owned(), |it| format!("{it} minutes")),
            ),
            ("Not inspected", words(self.uninspected.iter().map(|it| it.label()))),
        ]
    }
}

fn words<S: AsRef<str>>(items: impl Iterator<Item = S>) -> String {
    let all: Vec<S> = items.collect();
    if all.is_empty() {
        return "None".to_owned();
    }
    all.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("; ")
}

impl Choice for Mode {
    const ALL: &'static [Mode] = &[Mode::DenyByDefault, Mode::BlockByCategory];
    fn code(self) -> &'static str {
        match self {
            Mode::DenyByDefault => "deny by default",
            Mode::BlockByCategory => "block by category",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Mode::DenyByDefault => "Only what is allowed opens",
            Mode::BlockByCategory => "All opens but what is blocked",
        }
    }
}

impl Choice for YouTube {
    const ALL: &'static [YouTube] = &[YouTube::Off, YouTube::Moderate, YouTube::Strict];
    fn code(self) -> &'static str {
        match self {
            YouTube::Off => "off",
            YouTube::Moderate => "moderate",
            YouTube::Strict => "strict",
        }
    }
    fn label(self) -> &'static str {
        match self {
            YouTube::Off => "Off",
            YouTube::Moderate => "Moderate",
            YouTube::Strict => "Strict",
        }
    }
}
