use std::collections::BTreeMap;

use jiff::Timestamp;
use policy::{Category, Outcome};
use school::{Id, School};

/// Whose counts, and of when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountsOf {
    pub school: Id<School>,
    /// Rounded down to the hour.
    pub from: Timestamp,
    /// Not included.
    pub to: Timestamp,
}

/// How many requests ended how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Each row once: under what decided, else under the gravest thing the site is about.
    pub categories: BTreeMap<Category, BTreeMap<Outcome, u64>>,
    /// Of all rows, how many name a person, name a device, and have a search term (BEY-01).
    pub with_person: u64,
    pub with_device: u64,
    pub with_search: u64,
    /// By the start of the hour.
    pub hours: BTreeMap<Timestamp, BTreeMap<Outcome, u64>>,
    /// The hosts refused most, about right: rare ones may be missing, and at the edges of the time asked for some of
    /// a neighbouring hour are counted.
    pub blocked_hosts: BTreeMap<Box<str>, u64>,
    /// Parts of the log that are not counted because they do not read; each is in the program's log.
    pub unreadable: u32,
}

impl Counts {
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }
    pub fn total(&self) -> u64 {
        self.outcomes.values().sum()
    }
    /// The `n` hosts refused most, most first.
    pub fn most_blocked(&self, n: usize) -> Vec<(&str, u64)> {
        let mut hosts: Vec<(&str, u64)> = self.blocked_hosts.iter().map(|(host, n)| (&**host, *n)).collect();
        hosts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        hosts.truncate(n);
        hosts
    }
}
