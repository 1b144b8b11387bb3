use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use school::Choice;

use super::{
    Hasher, ListInfo,
    layout::{HEADER, Header, Row, VERSION, bits_for},
};
use crate::{Category, CategorySet, target};

/// Longest path of an address entry, in characters; longer ones are refused as lines.
pub(super) const LONGEST_PATH: usize = 1024;

/// A list being gathered, to be compiled.
///
/// Holds sixteen bytes for each entry, never their text.
#[derive(Debug)]
pub struct Draft {
    hasher: Hasher,
    hosts: Vec<(u64, u16)>,
    urls: Vec<(u64, u16)>,
    rows: Rows,
    longest_path: usize,
    bad_lines: u64,
    scratch: Vec<u8>,
}

/// One site to be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Canonical, as [`crate::Host`] spells it.
    pub host: &'a str,
    /// Canonical, starting with `/`; empty for the whole host.
    pub path: &'a str,
    pub cover: Cover,
}

/// How far an entry reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// The host and everything below it.
    Below,
    /// The host alone.
    Exact,
}

/// What a draft cannot know by itself.
#[derive(Debug, Clone)]
pub struct Label {
    pub name: Arc<str>,
    pub source: String,
    pub licence: String,
    pub made_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotCompile {
    #[error("the list mixes categories in more than 65,535 ways")]
    TooManyMixtures,
    #[error("the list has more than four thousand million entries")]
    TooManyEntries,
}

/// Each distinct row once, numbered. One number is kept for "too many".
#[derive(Debug, Default)]
struct Rows {
    all: Vec<Row>,
    numbers: HashMap<Row, u16>,
    last: Option<(Row, u16)>,
    full: bool,
}

impl Draft {
    pub fn new(hasher: Hasher) -> Draft {
        Draft {
            hasher,
            hosts: Vec::new(),
            urls: Vec::new(),
            rows: Rows::default(),
            longest_path: 0,
            bad_lines: 0,
            scratch: Vec::new(),
        }
    }

    /// What a sealed list holds is illegal, whatever else it is said to be.
    pub fn add(&mut self, entry: Entry<'_>, categories: CategorySet) {
        let categories =
            if self.hasher.is_sealed() { categories.with(Category::Illegal) } else { categories };
        let row = self.rows.number(match entry.cover {
            Cover::Below => Row { below: categories, ..Row::default() },
            Cover::Exact => Row { exact: categories, ..Row::default() },
        });
        let host = self.hasher.hash(entry.host.as_bytes());
        let path = entry.path.trim_end_matches('/');
        if path.is_empty() {
            self.hosts.push((host, row));
            return;
        }
        self.longest_path = self.longest_path.max(path.len().min(LONGEST_PATH));
        self.scratch.clear();
        self.scratch.extend_from_slice(entry.host.as_bytes());
        self.scratch.extend(path.bytes().map(|b| b.to_ascii_lowercase()));
        self.urls.push((self.hasher.hash(&self.scratch), row));
        let shuts_paths = !categories.and(CategorySet::ALWAYS_BLOCKED).is_empty();
        self.hosts.push((host, self.rows.number(Row { has_paths: true, shuts_paths, ..Row::default() })));
    }

    /// Counts lines that could not be read, for people to be told.
    pub fn count_bad_lines(&mut self, lines: u64) {
        self.bad_lines += lines;
    }

    /// Nothing was added.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    /// The bytes of the compiled list. The same entries give the same bytes, in whatever order they came.
    pub fn compile(mut self, label: Label) -> Result<Vec<u8>, CannotCompile> {
        for table in [&mut self.hosts, &mut self.urls] {
            table.sort_unstable_by_key(|(key, _)| *key);
            self.rows.merge(table);
            if u32::try_from(table.len()).is_err() {
                return Err(CannotCompile::TooManyEntries);
            }
        }
        self.rows.tidy([&mut self.hosts, &mut self.urls]);
        if self.rows.full {
            return Err(CannotCompile::TooManyMixtures);
        }
        let info = self.info(label).to_text();
        let header = Header {
            version: VERSION,
            sealed: self.hasher.is_sealed(),
            mark: self.hasher.mark(),
            salt: self.hasher.salt(),
            hosts: self.hosts.len() as u64,
            urls: self.urls.len() as u64,
            rows: u32::from(self.rows.count()),
            info: u32::try_from(info.len()).map_err(|_| CannotCompile::TooManyEntries)?,
            host_bits: bits_for(self.hosts.len()),
            url_bits: bits_for(self.urls.len()),
            longest_path: u16::try_from(self.longest_path).unwrap_or(u16::MAX),
        };
        let size = HEADER + info.len() + (self.hosts.len() + self.urls.len()) * 11 + 4096;
        let mut file = vec![0; HEADER];
        file.reserve(size);
        file.extend_from_slice(info.as_bytes());
        for row in &self.rows.all {
            file.extend_from_slice(&row.to_bytes());
        }
        push_table(&mut file, &self.hosts, header.host_bits);
        push_table(&mut file, &self.urls, header.url_bits);
        let head = header.to_bytes(&file[HEADER..]);
        file[..head.len()].copy_from_slice(&head);
        Ok(file)
    }

    fn info(&self, label: Label) -> ListInfo {
        let mut uses = vec![0_u64; self.rows.all.len()];
        for (_, row) in self.hosts.iter().chain(&self.urls) {
            uses[usize::from(*row)] += 1;
        }
        let mut counts = [0_u64; Category::ALL.len()];
        let mut markers = 0;
        for (row, uses) in self.rows.all.iter().zip(uses) {
            let categories = row.below.or(row.exact);
            if categories.is_empty() {
                markers += uses;
            }
            for category in categories.iter() {
                counts[category as usize] += uses;
            }
        }
        let sealed = self.hasher.is_sealed();
        let counted = Category::ALL.iter().copied().zip(counts).filter(|(_, n)| *n > 0 && !sealed);
        ListInfo {
            name: label.name,
            source: label.source,
            licence: label.licence,
            made_at: label.made_at,
            sealed,
            hosts: self.hosts.len() as u64 - markers,
            urls: self.urls.len() as u64,
            counts: counted.collect(),
            bad_lines: self.bad_lines,
        }
    }
}

impl<'a> Entry<'a> {
    /// A whole host. A public suffix (`co.uk`) counts for itself alone, as it says nothing of what is below it;
    /// a service that people register below (`blogspot.com`) counts for all of it.
    pub fn host(host: &'a str) -> Entry<'a> {
        let is_suffix = !host.starts_with('[') && target::is_public_suffix(host);
        let cover = if is_suffix { Cover::Exact } else { Cover::Below };
        Entry { host, path: "", cover }
    }
}

impl Rows {
    fn number(&mut self, row: Row) -> u16 {
        if let Some((last, number)) = self.last
            && last == row
        {
            return number;
        }
        let number = self.numbers.get(&row).copied().unwrap_or_else(|| match u16::try_from(self.all.len()) {
            Ok(number) if number < u16::MAX => {
                self.all.push(row);
                self.numbers.insert(row, number);
                number
            }
            _ => {
                self.full = true;
                0
            }
        });
        self.last = Some((row, number));
        number
    }

    fn count(&self) -> u16 {
        u16::try_from(self.all.len()).unwrap_or(u16::MAX)
    }

    /// Makes one entry of all that have the same key. `table` is sorted by key.
    fn merge(&mut self, table: &mut Vec<(u64, u16)>) {
        table.dedup_by(|next, kept| {
            if next.0 != kept.0 {
                return false;
            }
            if next.1 != kept.1 {
                let row = self.all[usize::from(kept.1)].or(self.all[usize::from(next.1)]);
                kept.1 = self.number(row);
            }
            true
        });
    }

    /// Numbers the rows that are in use in an order of their own, so that the order of lines leaves no trace.
    fn tidy(&mut self, tables: [&mut Vec<(u64, u16)>; 2]) {
        let mut used = vec![false; self.all.len()];
        for (_, row) in tables.iter().flat_map(|table| table.iter()) {
            used[usize::from(*row)] = true;
        }
        let mut order: Vec<usize> = (0..self.all.len()).filter(|i| used[*i]).collect();
        order.sort_unstable_by_key(|i| {
            let row = self.all[*i];
            (row.below.bits(), row.exact.bits(), row.has_paths, row.shuts_paths)
        });
        let mut numbers = vec![0_u16; self.all.len()];
        for (new, old) in (0_u16..).zip(&order) {
            numbers[*old] = new;
        }
        for table in tables {
            for (_, row) in table {
                *row = numbers[usize::from(*row)];
            }
        }
        self.all = order.into_iter().map(|i| self.all[i]).collect();
    }
}

fn push_table(file: &mut Vec<u8>, table: &[(u64, u16)], bits: u8) {
    let mut filled = 0_usize;
    for bucket in 0..=1_u64 << bits {
        while table.get(filled).is_some_and(|(key, _)| key >> (64 - bits) < bucket) {
            filled += 1;
        }
        file.extend_from_slice(&u32::try_from(filled).unwrap_or(u32::MAX).to_le_bytes());
    }
    for (key, _) in table {
        file.extend_from_slice(&key.to_le_bytes());
    }
    for (_, row) in table {
        file.extend_from_slice(&row.to_le_bytes());
    }
}
