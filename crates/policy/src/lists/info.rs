use std::{fmt::Write as _, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use school::Choice;

use super::NotAList;
use crate::Category;

/// What people are told of a list; never an entry of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListInfo {
    pub name: Arc<str>,
    /// Where it came from: an address, a path or a few words.
    pub source: String,
    pub licence: String,
    /// When it was compiled, which is when it was fetched.
    pub made_at: Timestamp,
    /// Of illegal content: entries are hashed with a secret, never shown, never overridden (FIL-06).
    pub sealed: bool,
    /// Entries that are a whole host.
    pub hosts: u64,
    /// Entries that are a host with a path.
    pub urls: u64,
    /// Entries by category, those with none left out; an entry may count in several. Empty for sealed lists.
    pub counts: Vec<(Category, u64)>,
    pub bad_lines: u64,
}

impl ListInfo {
    pub fn entries(&self) -> u64 {
        self.hosts + self.urls
    }

    /// How long ago the list was refreshed: the heartbeat of a sealed list (BEY-02).
    pub fn age(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.made_at)
    }

    /// Older than it may be (FIL-25).
    pub fn is_stale(&self, now: Timestamp, longest: SignedDuration) -> bool {
        self.age(now) > longest
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        for (key, value) in [("name", &*self.name), ("source", &self.source), ("licence", &self.licence)] {
            let value = value.replace(['\n', '\r'], " ");
            writeln!(text, "{key} {value}").expect("writing to a string");
        }
        let seconds = self.made_at.as_second();
        write!(text, "made {seconds}\nhosts {}\nurls {}\nbad {}\n", self.hosts, self.urls, self.bad_lines)
            .expect("writing to a string");
        for (category, count) in &self.counts {
            writeln!(text, "count {} {count}", category.code()).expect("writing to a string");
        }
        text
    }

    pub(super) fn from_text(text: &[u8], sealed: bool) -> Result<ListInfo, NotAList> {
        let mut info = ListInfo {
            name: "".into(),
            source: String::new(),
            licence: String::new(),
            made_at: Timestamp::UNIX_EPOCH,
            sealed,
            hosts: 0,
            urls: 0,
            counts: Vec::new(),
            bad_lines: 0,
        };
        let text = std::str::from_utf8(text).map_err(|_| NotAList::Damaged)?;
        for line in text.lines() {
            let (key, value) = line.split_once(' ').ok_or(NotAList::Damaged)?;
            info.read(key, value).ok_or(NotAList::Damaged)?;
        }
        Ok(info)
    }

    /// A category of a later version is passed over.
    fn read(&mut self, key: &str, value: &str) -> Option<()> {
        match key {
            "name" => self.name = value.into(),
            "source" => value.clone_into(&mut self.source),
            "licence" => value.clone_into(&mut self.licence),
            "made" => self.made_at = Timestamp::from_second(value.parse().ok()?).ok()?,
            "hosts" => self.hosts = value.parse().ok()?,
            "urls" => self.urls = value.parse().ok()?,
            "bad" => self.bad_lines = value.parse().ok()?,
            "count" => {
                let (code, count) = value.split_once(' ')?;
                if let Some(category) = Category::from_code(code) {
                    self.counts.push((category, count.parse().ok()?));
                }
            }
            _ => {}
        }
        Some(())
    }
}
