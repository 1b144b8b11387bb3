//! Any bytes are a roster or are refused in words; nobody stands twice in it, and every link and enrolment of a whole
//! roster leads to somebody.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use wire::roster::{Bundle, MAX_PROBLEMS, Mode, Roster, read, read_bundle};

/// A zip is hardly ever made by chance, so tables are given by their names: after `@name` to the next one.
fn tables(bytes: &[u8]) -> Option<Bundle> {
    let mut bundle = Bundle::new("fuzz");
    for part in bytes.strip_prefix(b"@")?.split(|it| *it == b'@') {
        let end = part.iter().position(|it| *it == b'\n')?;
        bundle.add(&String::from_utf8_lossy(&part[..end]), part[end + 1..].to_vec());
    }
    Some(bundle)
}

fn holds(roster: &Roster) {
    assert!(roster.problems.len() <= MAX_PROBLEMS + 1);
    if roster.is_fatal() {
        assert!(roster.people.is_empty() && roster.enrolments.is_empty());
    }
    let mut people = HashSet::new();
    for it in &roster.people {
        assert!(!it.source_id.is_empty() && people.insert(it.source_id.as_str()));
        assert!(!roster.held.contains(&it.source_id));
    }
    if roster.mode == Mode::Bulk {
        for it in &roster.links {
            assert!(people.contains(it.child.as_str()) && people.contains(it.parent.as_str()));
            assert_ne!(it.child, it.parent);
        }
        assert!(roster.enrolments.iter().all(|it| people.contains(it.person.as_str())));
    }
}

fuzz_target!(|bytes: &[u8]| {
    holds(&read("fuzz.csv", bytes));
    if let Some(bundle) = tables(bytes) {
        holds(&read_bundle(&bundle, None));
    }
});
