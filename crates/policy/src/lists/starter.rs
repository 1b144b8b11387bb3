use std::sync::Arc;

use jiff::Timestamp;
use school::Choice;

use super::{CompiledList, Draft, Entry, Fault, Format, Hasher, Import, Label, Report};
use crate::{Category, CategorySet};

/// A list that comes with the product, so that it works before anything is downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StarterList {
    pub name: &'static str,
    /// In the form that [`read_grouped`] reads.
    pub text: &'static str,
}

const LICENCE: &str = "Apache-2.0, written for Schoolgate";

/// All of them. A test reads each without a fault.
pub const STARTER_LISTS: &[StarterList] = &[
    StarterList { name: "Help", text: include_str!("../../data/help.list") },
    StarterList { name: "Education", text: include_str!("../../data/education.list") },
    StarterList { name: "Search engines", text: include_str!("../../data/search-engines.list") },
    StarterList { name: "Banking", text: include_str!("../../data/banking.list") },
    StarterList { name: "Health", text: include_str!("../../data/health.list") },
    StarterList { name: "Ways round the filter", text: include_str!("../../data/bypass.list") },
    StarterList { name: "Well-known sites", text: include_str!("../../data/well-known.list") },
];

/// All of them, ready to be looked up beside a school's own. `hasher` is that of the school's open lists.
///
/// # Panics
///
/// Never in a build that passed its tests: the text is part of the program.
pub fn starter_lists(hasher: &Hasher, made_at: Timestamp) -> Vec<CompiledList> {
    let open = |list: &StarterList| CompiledList::open(Arc::new(list.compile(hasher.clone(), made_at)));
    STARTER_LISTS.iter().map(|list| open(list).expect("what was just compiled")).collect()
}

impl StarterList {
    /// # Panics
    ///
    /// Never in a build that passed its tests: the text is part of the program.
    pub fn compile(&self, hasher: Hasher, made_at: Timestamp) -> Vec<u8> {
        let mut draft = Draft::new(hasher);
        let report = read_grouped(self.text.as_bytes(), &mut draft);
        draft.count_bad_lines(report.bad());
        let label =
            Label { name: self.name.into(), source: "built in".into(), licence: LICENCE.into(), made_at };
        draft.compile(label).expect("a few hundred entries in a few dozen categories")
    }
}

/// Reads our own form: `[code, code]` headings, under each one host or address a line, `#` for comments.
///
/// Lines under an unknown heading, or before the first, are faults.
pub fn read_grouped(bytes: &[u8], draft: &mut Draft) -> Report {
    let mut report = Report::default();
    let mut categories: Option<CategorySet> = None;
    for line in bytes.split(|byte| *byte == b'\n') {
        report.lines += 1;
        let trimmed = line.trim_ascii();
        let heading = trimmed.strip_prefix(b"[").and_then(|it| it.strip_suffix(b"]"));
        // With a colon it is an IPv6 address.
        if let Some(heading) = heading.filter(|it| !it.contains(&b':')) {
            categories = heading_set(heading);
            if categories.is_none() {
                report.add(report.lines, Fault::UnknownCategory);
            }
            continue;
        }
        let set = categories.unwrap_or_default();
        let one = Import::read(Format::Domains, line, &mut |entry: Entry<'_>| {
            if !set.is_empty() {
                draft.add(entry, set);
            }
        });
        if one.entries > 0 && categories.is_none() {
            report.add(report.lines, Fault::UnknownCategory);
        } else {
            report.entries += one.entries;
        }
        for (_, fault) in one.shown {
            report.add(report.lines, fault);
        }
    }
    report
}

fn heading_set(heading: &[u8]) -> Option<CategorySet> {
    let heading = std::str::from_utf8(heading).ok()?;
    heading.split(',').map(|code| Category::from_code(code.trim())).collect()
}
