use std::{fmt, fmt::Write as _, sync::Arc};

use school::Choice;

use super::{CompiledList, Hasher, draft::LONGEST_PATH, layout::Row, sieve::Sieve};
use crate::{Category, CategorySet, Host, Suffixes, Target, target};

/// Deepest path whose parts are tried; beyond, only the whole is.
pub(super) const DEEPEST: usize = 32;

/// Parts of a name that are looked up together; few names have more.
const AT_ONCE: usize = 6;

/// Several lists looked up as one.
#[derive(Clone, Default)]
pub struct Lists {
    lists: Vec<CompiledList>,
    groups: Vec<Group>,
}

/// The lists that share a hasher.
#[derive(Clone)]
struct Group {
    hasher: Hasher,
    numbers: Vec<u16>,
    /// Of their hosts.
    sieve: Sieve,
}

/// What the lists say of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    /// Of all lists that are not sealed.
    pub categories: CategorySet,
    /// The number of the sealed list that holds the target, as in [`Lists::get`].
    pub sealed: Option<u16>,
    /// Some list holds addresses with a path on this host or above it: at [`crate::Stage::Connect`] the host
    /// alone does not tell everything.
    pub has_paths: bool,
    /// As [`Found::has_paths`], but in a sealed list: then no rule may leave the connection unopened.
    pub has_sealed_paths: bool,
    /// As [`Found::has_paths`], in a category that is always blocked: then only the trust, by opening what is listed
    /// wrongly, may leave the connection unopened.
    pub has_shut_paths: bool,
}

/// Which list put a target in a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blame {
    pub list: Arc<str>,
    /// Length in bytes of the listed host, counted from the end of the target's host; 0 for sealed lists.
    pub matched: u16,
}

/// One listed entry that a target falls under.
struct Match {
    list: u16,
    categories: CategorySet,
    /// Length of the listed host.
    matched: usize,
    has_paths: bool,
    shuts_paths: bool,
    listed: bool,
}

impl Lists {
    /// Those past the 65,535th are left out. Reads every key once.
    pub fn new(lists: Vec<CompiledList>) -> Lists {
        let mut groups: Vec<Group> = Vec::new();
        for (number, list) in (0_u16..u16::MAX).zip(&lists) {
            match groups.iter_mut().find(|it| it.hasher == *list.hasher()) {
                Some(group) => group.numbers.push(number),
                None => groups.push(Group {
                    hasher: list.hasher().clone(),
                    numbers: vec![number],
                    sieve: Sieve::default(),
                }),
            }
        }
        for group in &mut groups {
            let of_group = || group.numbers.iter().map(|number| &lists[usize::from(*number)]);
            let count = of_group().map(CompiledList::hosts).sum();
            group.sieve = Sieve::new(count, of_group().flat_map(CompiledList::host_keys));
        }
        Lists { lists, groups }
    }

    /// Lists that know no site.
    pub fn empty() -> Lists {
        Lists::default()
    }

    pub fn get(&self, number: u16) -> Option<&CompiledList> {
        self.lists.get(usize::from(number))
    }

    pub fn iter(&self) -> impl Iterator<Item = &CompiledList> {
        self.lists.iter()
    }

    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.lists.iter().map(|list| &list.info().name)
    }

    /// Everything that the lists say. Allocates nothing.
    pub fn look_up(&self, target: &Target) -> Found {
        let mut found = Found::default();
        self.each_match(target, |it| {
            let sealed = self.lists[usize::from(it.list)].info().sealed;
            found.has_paths |= it.has_paths;
            found.has_sealed_paths |= it.has_paths && sealed;
            found.has_shut_paths |= it.shuts_paths && !sealed;
            if !it.listed {
            } else if sealed {
                found.sealed = found.sealed.or(Some(it.list));
            } else {
                found.categories = found.categories.or(it.categories);
            }
        });
        found
    }

    /// The list that puts the target in the category, by the longest host it lists. Asked for only when something
    /// has to be explained.
    pub fn blame(&self, target: &Target, category: Category) -> Option<Blame> {
        let mut best: Option<(u16, usize)> = None;
        self.each_match(target, |it| {
            let sealed = self.lists[usize::from(it.list)].info().sealed;
            let says = it.categories.has(category) && !sealed;
            if says && best.is_none_or(|(_, matched)| it.matched > matched) {
                best = Some((it.list, it.matched));
            }
        });
        let (list, matched) = best?;
        Some(Blame {
            list: self.get(list)?.info().name.clone(),
            matched: u16::try_from(matched).unwrap_or(0),
        })
    }

    fn each_match(&self, target: &Target, mut matched: impl FnMut(Match)) {
        match target.host() {
            Host::Name(name) => self.each_suffix(name, target.path(), &mut matched),
            Host::V4(it) => self.each_text(Text::of(it).as_str(), target.path(), &mut matched),
            Host::V6(it) => {
                self.each_text(Text::of(target.host()).as_str(), target.path(), &mut matched);
                if let Some(inner) = target::embedded_v4(*it) {
                    self.each_text(Text::of(&inner).as_str(), target.path(), &mut matched);
                }
            }
        }
    }

    fn each_suffix(&self, name: &str, path: &str, matched: &mut impl FnMut(Match)) {
        for Group { hasher, numbers, sieve } in &self.groups {
            let mut held = Suffixes::of(name)
                .map(|suffix| (suffix, hasher.hash(suffix.as_bytes())))
                .filter(|(_, key)| sieve.may_hold(*key));
            loop {
                let mut batch = [("", 0_u64); AT_ONCE];
                let mut count = 0;
                for (place, it) in batch.iter_mut().zip(&mut held) {
                    *place = it;
                    count += 1;
                }
                let batch = &batch[..count];
                if !batch.is_empty() {
                    self.each_held(numbers, batch, name, path, matched);
                }
                if count < AT_ONCE {
                    break;
                }
            }
        }
    }

    /// Parts of a name that some of these lists may hold.
    fn each_held(
        &self,
        numbers: &[u16],
        held: &[(&str, u64)],
        name: &str,
        path: &str,
        matched: &mut impl FnMut(Match),
    ) {
        for number in numbers {
            self.lists[usize::from(*number)].fetch(held.iter().map(|(_, key)| *key));
            for (suffix, key) in held {
                let whole = suffix.len() == name.len();
                self.try_host(*number, suffix, *key, whole, path, matched);
            }
        }
    }

    /// An address has nothing above it.
    fn each_text(&self, text: &str, path: &str, matched: &mut impl FnMut(Match)) {
        for Group { hasher, numbers, sieve } in &self.groups {
            let key = hasher.hash(text.as_bytes());
            if !sieve.may_hold(key) {
                continue;
            }
            for number in numbers {
                self.try_host(*number, text, key, true, path, matched);
            }
        }
    }

    fn try_host(
        &self,
        number: u16,
        host: &str,
        key: u64,
        whole: bool,
        path: &str,
        matched: &mut impl FnMut(Match),
    ) {
        let list = &self.lists[usize::from(number)];
        let Some(row) = list.host(key) else { return };
        let said = |row: Row| if whole { row.below.or(row.exact) } else { row.below };
        let of = |categories: CategorySet| Match {
            list: number,
            categories,
            matched: host.len(),
            has_paths: false,
            shuts_paths: false,
            listed: !categories.is_empty(),
        };
        matched(Match { has_paths: row.has_paths, shuts_paths: row.shuts_paths, ..of(said(row)) });
        if row.has_paths && path != "/" {
            each_path(list, host, path, |row| matched(of(said(row))));
        }
    }
}

impl fmt::Debug for Lists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// Where a listed path may end within a longer one.
pub(super) fn boundaries(path: &str) -> impl Iterator<Item = usize> {
    let mut in_query = false;
    path.bytes().enumerate().skip(1).filter_map(move |(i, byte)| {
        in_query |= byte == b'?';
        (matches!(byte, b'/' | b'?') || in_query && byte == b'&').then_some(i)
    })
}

fn each_path(list: &CompiledList, host: &str, path: &str, mut found: impl FnMut(Row)) {
    let mut text = [0_u8; 256 + LONGEST_PATH];
    let longest = list.longest_path().min(LONGEST_PATH).min(path.len());
    let end = host.len() + longest;
    let Some(text) = text.get_mut(..end) else { return };
    text[..host.len()].copy_from_slice(host.as_bytes());
    for (to, from) in text[host.len()..].iter_mut().zip(path.bytes()) {
        *to = from.to_ascii_lowercase();
    }
    let mut attempt = |length: usize| {
        if let Some(row) = list.url(list.hasher().hash(&text[..host.len() + length])) {
            found(row);
        }
    };
    for length in boundaries(path).take(DEEPEST).take_while(|it| *it <= longest) {
        attempt(length);
    }
    if path.len() <= longest {
        attempt(path.len());
    }
}

/// The text of an address without a heap: at most 47 characters.
struct Text {
    bytes: [u8; 48],
    length: usize,
}

impl Text {
    fn of(address: &impl fmt::Display) -> Text {
        let mut text = Text { bytes: [0; 48], length: 0 };
        // Cannot fail: the longest IPv6 address with brackets has 41 characters.
        let _ = write!(text, "{address}");
        text
    }
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// How many categories there are must fit a [`CategorySet`].
const _: () = assert!(Category::ALL.len() <= 128, "a row holds 128 categories");
