use std::collections::{BTreeMap, BTreeSet};

use school::Choice;

use super::{
    rule::category,
    times::when,
    words::{Words, Wrong, choose, clip, wrong},
};
use crate::{Category, Mode, Profile, Verdict, When, YouTube, search};

/// A profile as one layer writes it: only what is said. The rest comes from the profile that it is like, from the
/// layer above if that has one of the same name, or from [`Profile::strictest`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileText {
    pub name: Box<str>,
    pub like: Option<Box<str>>,
    /// Layers below cannot change it.
    pub locked: bool,
    pub mode: Option<Mode>,
    pub categories: BTreeMap<Category, Verdict>,
    pub uncategorised: Option<Verdict>,
    pub safe_search: Option<bool>,
    pub engines: Option<BTreeSet<&'static str>>,
    pub block_other_engines: Option<bool>,
    pub youtube: Option<YouTube>,
    pub blocked_files: Option<BTreeSet<Box<str>>>,
    pub times: Option<Vec<When>>,
    /// `Some(None)`: as the school sets it.
    pub session: Option<Option<u16>>,
    pub uninspected: Option<BTreeSet<Category>>,
}

impl ProfileText {
    /// What holds when this is said on top of `base`.
    pub fn over(&self, base: &Profile) -> Profile {
        let mut profile = base.clone();
        profile.name = self.name.clone();
        if let Some(mode) = self.mode {
            profile.mode = mode;
            profile.uncategorised = match mode {
                Mode::DenyByDefault => Verdict::Block,
                Mode::BlockByCategory => Verdict::Allow,
            };
        }
        set(&mut profile.uncategorised, self.uncategorised);
        profile.categories.extend(self.categories.iter().map(|(a, b)| (*a, *b)));
        set(&mut profile.safe_search, self.safe_search);
        set(&mut profile.engines, self.engines.clone());
        set(&mut profile.block_other_engines, self.block_other_engines);
        set(&mut profile.youtube, self.youtube);
        set(&mut profile.blocked_files, self.blocked_files.clone());
        set(&mut profile.times, self.times.clone());
        set(&mut profile.session, self.session);
        set(&mut profile.uninspected, self.uninspected.clone());
        profile
    }

    /// Reads one indented line.
    pub(super) fn line(&mut self, words: &mut Words) -> Result<(), Wrong> {
        if words.take("mode") {
            return once(&mut self.mode, mode(words)?);
        }
        if words.take("block files") {
            return self.files(none_or(words, file)?);
        }
        for verdict in Verdict::ALL {
            if words.take(verdict.code()) {
                return self.verdicts(*verdict, words);
            }
        }
        if words.take("uncategorised") {
            return once(&mut self.uncategorised, verdict(words)?);
        }
        if words.take("safe search") {
            return once(&mut self.safe_search, on_or_off(words)?);
        }
        if words.take("search engines") {
            return once(&mut self.engines, none_or(words, engine)?);
        }
        if words.take("other search engines") {
            let blocked = words.take("blocked");
            if !blocked && !words.take("by category") {
                return wrong(
                    "what other search engines get is not understood",
                    "write other search engines blocked, or other search engines by category",
                );
            }
            return once(&mut self.block_other_engines, blocked);
        }
        if words.take("youtube") {
            return once(&mut self.youtube, youtube(words)?);
        }
        if words.take("times") {
            return once(&mut self.times, words.list(when)?);
        }
        if words.take("session") {
            return once(&mut self.session, session(words)?);
        }
        if words.take("do not inspect") {
            return once(&mut self.uninspected, none_or(words, category)?);
        }
        let typed = words.text("a setting")?;
        wrong(
            format!("\"{}\" is not a setting of a profile", clip(&typed)),
            "write mode, block, warn, allow, block files, uncategorised, safe search, search engines, other search \
             engines, youtube, times, session or do not inspect; a rule starts at the left edge",
        )
    }

    /// Several lines add up.
    fn files(&mut self, files: BTreeSet<Box<str>>) -> Result<(), Wrong> {
        let before = self.blocked_files.as_ref().is_some_and(BTreeSet::is_empty);
        if before || (files.is_empty() && self.blocked_files.is_some()) {
            return wrong("no files and some files are blocked in one profile", "leave one of the lines");
        }
        self.blocked_files.get_or_insert_default().extend(files);
        Ok(())
    }

    fn verdicts(&mut self, verdict: Verdict, words: &mut Words) -> Result<(), Wrong> {
        for category in words.list(category)? {
            match self.categories.insert(category, verdict) {
                Some(before) if before != verdict => {
                    return wrong(
                        format!(
                            "{} is set twice, to {} and to {}",
                            category.code(),
                            before.code(),
                            verdict.code()
                        ),
                        "leave one",
                    );
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn set<T>(to: &mut T, from: Option<T>) {
    if let Some(it) = from {
        *to = it;
    }
}

fn once<T>(to: &mut Option<T>, it: T) -> Result<(), Wrong> {
    match to.replace(it) {
        None => Ok(()),
        Some(_) => wrong("this setting is there twice in the profile", "leave one"),
    }
}

fn none_or<T: Ord>(
    words: &mut Words,
    item: impl FnMut(&mut Words) -> Result<T, Wrong>,
) -> Result<BTreeSet<T>, Wrong> {
    if words.take("none") { Ok(BTreeSet::new()) } else { Ok(words.list(item)?.into_iter().collect()) }
}

fn mode(words: &mut Words) -> Result<Mode, Wrong> {
    match Mode::ALL.iter().find(|it| words.take(it.code())) {
        Some(mode) => Ok(*mode),
        None => wrong("the mode is not understood", "write mode deny by default, or mode block by category"),
    }
}

fn verdict(words: &mut Words) -> Result<Verdict, Wrong> {
    match Verdict::ALL.iter().find(|it| words.take(it.code())) {
        Some(verdict) => Ok(*verdict),
        None => wrong("what sites in no category get is not understood", "write allow, warn or block"),
    }
}

fn on_or_off(words: &mut Words) -> Result<bool, Wrong> {
    match (words.take("on"), words.take("off")) {
        (true, false) => Ok(true),
        (false, true) => Ok(false),
        _ => wrong("neither on nor off", "write on or off"),
    }
}

fn youtube(words: &mut Words) -> Result<YouTube, Wrong> {
    match YouTube::ALL.iter().find(|it| words.take(it.code())) {
        Some(it) => Ok(*it),
        None => wrong("how strict YouTube is, is not understood", "write youtube off, moderate or strict"),
    }
}

fn engine(words: &mut Words) -> Result<&'static str, Wrong> {
    let code = words.text("the search engine")?;
    match search::engine(&code.to_ascii_lowercase()) {
        Some(engine) => Ok(engine.code),
        None => wrong(
            format!("there is no search engine \"{}\"", clip(&code)),
            choose(&code, search::engine_codes()),
        ),
    }
}

fn file(words: &mut Words) -> Result<Box<str>, Wrong> {
    let typed = words.text("the kind of file")?.to_ascii_lowercase();
    let kind = typed.strip_prefix('.').unwrap_or(&typed);
    let plain = |it: &str| {
        it.starts_with(|c: char| c.is_ascii_alphanumeric())
            && it.len() <= 100
            && it.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'+' | b'.' | b'_'))
    };
    let known = match kind.split_once('/') {
        Some((kind, sub)) => plain(kind) && (plain(sub) || sub == "*"),
        None => plain(kind) && !kind.contains('.') && kind != "none",
    };
    if known {
        return Ok(kind.into());
    }
    wrong(
        format!("\"{}\" is not a kind of file", clip(&typed)),
        "write an ending such as exe, or a media type such as application/x-msdownload or video/*",
    )
}

fn session(words: &mut Words) -> Result<Option<u16>, Wrong> {
    if words.take("as the school") {
        return Ok(None);
    }
    let typed = words.text("the minutes")?;
    let minutes = typed.parse::<u16>().ok().filter(|it| 1 <= *it && *it <= 1440);
    if minutes.is_none() || !(words.take("minutes") || words.take("minute")) {
        return wrong(
            "the length of a session is not understood",
            "write session 60 minutes, from 1 to 1440",
        );
    }
    Ok(minutes)
}
