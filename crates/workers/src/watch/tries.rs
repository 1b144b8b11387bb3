//! Attempts to get round the filter, and programmes that were refused, as the network manager is told of them (FIL-22,
//! NET-02).
use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
};

use jiff::{SignedDuration, Timestamp};
use policy::{Category, Outcome, Seen, Step};
use school::{Id, Person};
use store::security::Kind;

/// Something that somebody was kept from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    pub(crate) kind: Kind,
    pub(crate) subject: String,
    pub(crate) words: String,
    /// Stands on the page, and sends no letter.
    pub(crate) quiet: bool,
    pub(crate) at: Timestamp,
}

/// Who tried what of late, so that a browser that tries all day is told of once an hour.
#[derive(Default)]
pub(crate) struct Tried(HashMap<(Sort, Who), Run>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Person(Id<Person>),
    Device(IpAddr),
    /// Whoever it is: browsers do this by themselves, and a row for each person would hide the rest.
    Anybody(Box<str>),
}

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    /// A proxy, a VPN or another site that leads round the filter.
    WayRound,
    EncryptedDns,
    /// Something through a tunnel that is neither HTTP nor TLS, such as a VPN's own protocol.
    Unseen,
    /// A site by its bare address, which no list knows.
    BareAddress,
    Programme,
}

/// Attempts that followed on one another.
#[derive(Debug, Clone, Copy)]
struct Run {
    since: Timestamp,
    times: u32,
    told: Option<Timestamp>,
}

const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// A run is this many within this time: one by itself may be a mistake, or an app that only tries.
const RUN: u32 = 5;
const RUN_WITHIN: SignedDuration = SignedDuration::from_mins(10);
const MOST: usize = 50_000;
/// Endings of what is no programme, where a school blocks such files as well.
const NO_PROGRAMME: &[&str] = &[
    "3gp", "7z", "aac", "avi", "csv", "doc", "docx", "flac", "flv", "gif", "gz", "jpeg", "jpg", "m3u8",
    "m4a", "m4v", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "ogg", "pdf", "png", "ppt", "pptx", "rar",
    "tar", "torrent", "ts", "txt", "wav", "webm", "webp", "wma", "wmv", "xls", "xlsx", "zip",
];

impl Tried {
    /// What to tell of this request, if it is news. `name`: the username of a person.
    pub(crate) fn attempt(
        &mut self,
        seen: &Seen,
        name: impl Fn(Id<Person>) -> Option<String>,
    ) -> Option<Attempt> {
        let sort = Sort::of(seen)?;
        let who = match (sort, seen.person) {
            (Sort::EncryptedDns, _) => Who::Anybody(seen.host.clone()),
            (_, Some(person)) => Who::Person(person),
            (_, None) => Who::Device(seen.address),
        };
        if !self.is_news(sort, who, seen.at) {
            return None;
        }
        let by = seen.person.and_then(name).unwrap_or_else(|| seen.address.to_string());
        let (host, from) = (&seen.host, seen.address);
        let words = match sort {
            Sort::WayRound => format!("{by} tried to reach {host}, a way round the filter, from {from}"),
            Sort::EncryptedDns => format!(
                "Encrypted DNS at {host} was refused, last to {by} at {from}; browsers try it by themselves"
            ),
            Sort::Unseen => format!(
                "{by} tried again and again to send something that is neither HTTP nor TLS to {host}, as a VPN \
                 does, from {from}"
            ),
            Sort::BareAddress => format!(
                "{by} tried again and again to reach sites by their bare address, last {host}, from {from}"
            ),
            Sort::Programme => {
                format!("{by} was kept from downloading a programme from {host}, at {from}")
            }
        };
        let kind = if sort == Sort::Programme { Kind::Programme } else { Kind::Bypass };
        let quiet = sort == Sort::EncryptedDns;
        let subject = if quiet { host.to_string() } else { by };
        Some(Attempt { kind, subject, words, quiet, at: seen.at })
    }

    fn is_news(&mut self, sort: Sort, who: Who, at: Timestamp) -> bool {
        if MOST <= self.0.len() {
            self.0.retain(|_, it| super::is_within(it.told.unwrap_or(it.since), at, AGAIN));
        }
        let room = self.0.len() < MOST;
        let run = match self.0.entry((sort, who)) {
            Entry::Occupied(it) => it.into_mut(),
            Entry::Vacant(it) if room => it.insert(Run { since: at, times: 0, told: None }),
            // More than a school has: rather one too many than none.
            Entry::Vacant(_) => return sort.enough() == 1,
        };
        if RUN_WITHIN <= at.duration_since(run.since) {
            *run = Run { since: at, times: 0, ..*run };
        }
        run.times = run.times.saturating_add(1);
        let told = run.told.is_some_and(|told| super::is_within(told, at, AGAIN));
        if told || run.times < sort.enough() {
            return false;
        }
        run.told = Some(at);
        true
    }
}

impl Sort {
    fn of(seen: &Seen) -> Option<Sort> {
        let (refused, step) = (seen.outcome == Outcome::Blocked, seen.because.step);
        if seen.categories.has(Category::Bypass) && (refused || seen.outcome == Outcome::Warned) {
            return Some(Sort::WayRound);
        }
        if !refused {
            return None;
        }
        match step {
            Step::Unseen => Some(Sort::Unseen),
            Step::FileType => is_programme(seen.path.as_deref()).then_some(Sort::Programme),
            _ if seen.categories.has(Category::EncryptedDns) => Some(Sort::EncryptedDns),
            // An address that a list knows was refused for what it is.
            Step::BaseMode if is_bare(&seen.host) => Some(Sort::BareAddress),
            _ => None,
        }
    }

    /// After how many of them it is told.
    fn enough(self) -> u32 {
        match self {
            Sort::WayRound | Sort::EncryptedDns | Sort::Programme => 1,
            Sort::Unseen | Sort::BareAddress => RUN,
        }
    }
}

fn is_bare(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}

/// What was refused as a kind of file and does not look like anything else: the ending may be hidden, or not kept.
fn is_programme(path: Option<&str>) -> bool {
    let path = path.unwrap_or_default().split('?').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    let ending = last.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    !NO_PROGRAMME.contains(&ending.as_str())
}

#[cfg(test)]
mod tests;
