use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::{
    Audience, Category, CategorySet, Host, Matches,
    compile::{Groups, Line},
    target::Suffixes,
};

/// The rules by what finds them.
#[derive(Debug, Default)]
pub(crate) struct Index {
    lines: Vec<(Line, u32)>,
    /// By host or domain.
    by_host: HashMap<Box<str>, Vec<u32>, BuildHasherDefault<Xxh>>,
    categories: CategorySet,
    by_category: Vec<(Category, u32)>,
    /// Patterns, and rules for everything.
    always: Vec<u32>,
}

/// Fast. Keys come from staff or from our own tables, so nobody gains from making them collide.
#[derive(Debug, Default)]
pub(crate) struct Xxh(u64);

impl Hasher for Xxh {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }
    fn write_u8(&mut self, byte: u8) {
        self.0 = self.0.rotate_left(5) ^ u64::from(byte);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

impl Index {
    /// Also gives every audience spoken of, once; each rule holds its number.
    pub(crate) fn new(lines: Vec<Line>) -> (Index, Vec<(Audience, Groups)>) {
        let mut index = Index::default();
        let mut audiences: Vec<(Audience, Groups)> = Vec::new();
        let mut numbers: HashMap<Audience, u32> = HashMap::new();
        for (line, n) in lines.into_iter().zip(0u32..) {
            let next = u32::try_from(audiences.len()).expect("compiling refuses more rules than that");
            let number = *numbers.entry(line.audience.clone()).or_insert(next);
            if number == next {
                audiences.push((line.audience.clone(), line.groups.clone()));
            }
            match &line.matches {
                Matches::Everything | Matches::Pattern(_) => index.always.push(n),
                Matches::Category(it) => {
                    index.categories = index.categories.with(*it);
                    index.by_category.push((*it, n));
                }
                Matches::Domain(host) | Matches::Host(host) => {
                    index.by_host.entry(host.clone()).or_default().push(n);
                }
                Matches::Address(it) => index.by_host.entry(it.host.clone()).or_default().push(n),
            }
            index.lines.push((line, number));
        }
        (index, audiences)
    }

    /// Calls with each rule that may speak of this host in these categories, and with the number of its audience.
    #[inline]
    pub(crate) fn each<'a>(
        &'a self,
        host: &Host,
        categories: CategorySet,
        mut call: impl FnMut(&'a Line, u32),
    ) {
        let mut give = |n: &u32| {
            if let Some((line, audience)) = self.lines.get(*n as usize) {
                call(line, *audience);
            }
        };
        if !self.by_host.is_empty() {
            match host.name() {
                Some(name) => {
                    for suffix in Suffixes::of(name) {
                        self.by_host.get(suffix).into_iter().flatten().for_each(&mut give);
                    }
                }
                None => self.by_host.get(&*host.as_text()).into_iter().flatten().for_each(&mut give),
            }
        }
        if !self.categories.and(categories).is_empty() {
            for (category, n) in &self.by_category {
                if categories.has(*category) {
                    give(n);
                }
            }
        }
        self.always.iter().for_each(give);
    }
}
