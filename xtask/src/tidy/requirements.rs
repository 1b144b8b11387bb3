//! docs/requirements.md: a row that says `done` names tests, and those tests exist.
use std::{
    collections::{BTreeSet, HashSet},
    fs,
    path::Path,
};

use anyhow::Context as _;

use super::{Complaint, source::Source};

/// Rows of the catalogue as it was handed to us. Rows are struck out, never deleted.
const ROWS: usize = 400;

pub(crate) fn complaints(root: &Path, sources: &[Source]) -> anyhow::Result<Vec<Complaint>> {
    let path = root.join("docs/requirements.md");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let mut found = table(&text, &tests(sources));
    let rows = text.lines().filter_map(row).count();
    if rows < ROWS {
        found.push(format!("docs/requirements.md: {rows} rows; none of the {ROWS} may go"));
    }
    Ok(found)
}

fn table(text: &str, tests: &HashSet<&str>) -> Vec<Complaint> {
    let (mut found, mut ids) = (Vec::new(), BTreeSet::new());
    for (id, status) in text.lines().filter_map(row) {
        if !ids.insert(id) {
            found.push(format!("docs/requirements.md: {id} stands twice"));
        }
        found.extend(complaint(status, tests).map(|it| format!("docs/requirements.md: {id}: {it}")));
    }
    found
}

/// Identifier and status of a row of the catalogue.
fn row(line: &str) -> Option<(&str, &str)> {
    let cells: Vec<&str> = line.strip_prefix('|')?.strip_suffix('|')?.split(" | ").map(str::trim).collect();
    let (id, [_, _, _, _, status]) = (*cells.first()?, cells.get(1..)?) else { return None };
    let (area, number) = id.split_once('-')?;
    let is_id = area.len() == 3
        && area.chars().all(|it| it.is_ascii_uppercase())
        && number.chars().all(|it| it.is_ascii_digit());
    is_id.then_some((id, *status))
}

fn complaint(status: &str, tests: &HashSet<&str>) -> Option<Complaint> {
    let (word, rest) = status.split_once(':').unwrap_or((status, ""));
    match word.trim() {
        "done" => {
            let names =
                || rest.split([',', ';']).map(|it| it.trim().trim_matches('`')).filter(|it| !it.is_empty());
            if names().next().is_none() {
                return Some("done, and no test is named".to_owned());
            }
            let missing: Vec<&str> = names().filter(|it| !tests.contains(last(it))).collect();
            (!missing.is_empty()).then(|| format!("no such test: {}", missing.join(", ")))
        }
        "partial" if rest.trim().is_empty() => Some("partial, and what is missing is not said".to_owned()),
        "" | "partial" => None,
        other => Some(format!("`{other}` is no status: write done: tests, or partial: what is missing")),
    }
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Names of functions that carry a test attribute.
fn tests(sources: &[Source]) -> HashSet<&str> {
    let mut found = HashSet::new();
    for source in sources {
        let mut marked = false;
        for line in source.code.lines().map(str::trim) {
            if line.starts_with("#[") {
                marked |= line.contains("test");
            } else if let Some(name) = function(line) {
                if marked {
                    found.insert(name);
                }
                marked = false;
            }
        }
    }
    found
}

fn function(line: &str) -> Option<&str> {
    let at = line.find("fn ")?;
    let before = &line[..at];
    let plain = before.split_whitespace().all(|it| matches!(it, "pub" | "async" | "const" | "pub(crate)"));
    plain.then(|| line[at + 3..].split(['(', '<']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_done_names_tests_that_exist() {
        let source = Source::new("a.rs".into(), "#[test]\nfn it_works() {}\nfn not_a_test() {}".to_owned());
        let sources = [source];
        let tests = tests(&sources);
        let check = |status: &str, count: usize| {
            let text = format!("| FIL-01 | a | b | ENFORCE | 000 | {status} |");
            assert_eq!(table(&text, &tests).len(), count, "{status}");
        };
        check("", 0);
        check("done: policy::it_works", 0);
        check("done: `it_works`, gone", 1);
        check("done: not_a_test", 1);
        check("done", 1);
        check("partial: no sites yet", 0);
        check("partial", 1);
        check("nearly", 1);
    }
}
