use std::{cmp::Ordering, iter::Peekable};

use school::Choice;

use super::{CompiledList, layout::Row};
use crate::{Category, CategorySet};

/// What a new edition of a list brings and takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    pub added: u64,
    pub removed: u64,
    pub kept: u64,
}

/// The same, for the whole and by category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    pub entries: Change,
    /// Those categories that either edition has. Empty for sealed lists.
    pub categories: Vec<(Category, Change)>,
}

impl Change {
    /// More than a quarter of the old entries went, or as many came as that: somebody should look before it is
    /// trusted. A list that was empty has no quarter.
    pub fn is_jump(self) -> bool {
        let before = self.removed + self.kept;
        before > 0 && (self.added + self.removed) * 4 > before
    }
}

impl Changes {
    /// `None` where the two were hashed differently and cannot be compared entry by entry.
    pub fn between(old: &CompiledList, new: &CompiledList) -> Option<Changes> {
        if old.hasher() != new.hasher() {
            return None;
        }
        let mut entries = Change::default();
        let mut categories = vec![Change::default(); Category::ALL.len()];
        for (old, new) in old.entries().into_iter().zip(new.entries()) {
            let mut walk = Walk { old: listed(old).peekable(), new: listed(new).peekable() };
            while let Some((old, new)) = walk.step() {
                count(&mut entries, old.is_some(), new.is_some());
                let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
                for category in old.or(new).iter() {
                    count(&mut categories[category as usize], old.has(category), new.has(category));
                }
            }
        }
        let sealed = new.info().sealed;
        let named = Category::ALL.iter().copied().zip(categories);
        let categories = named.filter(|(_, it)| *it != Change::default() && !sealed).collect();
        Some(Changes { entries, categories })
    }

    /// Whether the whole, or any category of some size, jumped.
    pub fn is_jump(&self) -> bool {
        let sizeable = |it: Change| it.removed + it.kept >= SIZEABLE;
        self.entries.is_jump() || self.categories.iter().any(|(_, it)| sizeable(*it) && it.is_jump())
    }
}

/// Below this many entries a category may change by a quarter without anybody being told.
const SIZEABLE: u64 = 100;

/// Two sorted runs of keys, taken together.
struct Walk<A: Iterator, B: Iterator> {
    old: Peekable<A>,
    new: Peekable<B>,
}

impl<A, B> Walk<A, B>
where
    A: Iterator<Item = (u64, CategorySet)>,
    B: Iterator<Item = (u64, CategorySet)>,
{
    fn step(&mut self) -> Option<(Option<CategorySet>, Option<CategorySet>)> {
        let order = match (self.old.peek(), self.new.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((old, _)), Some((new, _))) => old.cmp(new),
        };
        let old = if order.is_le() { self.old.next() } else { None };
        let new = if order.is_ge() { self.new.next() } else { None };
        Some((old.map(|(_, set)| set), new.map(|(_, set)| set)))
    }
}

/// Entries proper, without the marks that say "this host has paths".
fn listed(entries: impl Iterator<Item = (u64, Row)>) -> impl Iterator<Item = (u64, CategorySet)> {
    entries.map(|(key, row)| (key, row.below.or(row.exact))).filter(|(_, set)| !set.is_empty())
}

fn count(change: &mut Change, before: bool, after: bool) {
    match (before, after) {
        (true, true) => change.kept += 1,
        (true, false) => change.removed += 1,
        (false, true) => change.added += 1,
        (false, false) => {}
    }
}
