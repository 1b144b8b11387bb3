//! Sizes and places of files.
use super::{Complaint, source::Source};

const WARN: usize = 400;
const REFUSE: usize = 800;

/// Folders below `src` that a module may lie in.
const DEPTH: usize = 2;

pub(crate) fn complaints(sources: &[Source]) -> Vec<Complaint> {
    sources.iter().flat_map(|it| [length(it), name(it), depth(it)]).flatten().collect()
}

fn length(source: &Source) -> Option<Complaint> {
    let lines = source.text.lines().count();
    let path = source.path.display();
    if lines > REFUSE {
        return Some(format!("{path}: {lines} lines; split it below {REFUSE}"));
    }
    if lines > WARN {
        eprintln!("tidy: note: {path} has {lines} lines; could it be two?");
    }
    None
}

fn name(source: &Source) -> Option<Complaint> {
    let stem = source.path.file_stem()?.to_str()?;
    let path = source.path.display();
    match stem {
        "mod" => Some(format!("{path}: name it after its module, beside the folder")),
        "utils" | "util" | "helpers" | "common" | "misc" => {
            Some(format!("{path}: name it after what it does"))
        }
        _ => None,
    }
}

fn depth(source: &Source) -> Option<Complaint> {
    let folders = source.path.parent()?.iter().skip_while(|it| *it != "src").skip(1).count();
    (folders > DEPTH)
        .then(|| format!("{}: a third level of folders; is it a crate of its own?", source.path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lengths_and_places_that_are_refused() {
        let check = |path: &str, lines: usize, count: usize| {
            let found = complaints(&[Source::new(path.into(), "x\n".repeat(lines))]);
            assert_eq!(found.len(), count, "{path}: {found:?}");
        };
        check("crates/a/src/b.rs", 800, 0);
        check("crates/a/src/b.rs", 801, 1);
        check("crates/a/src/b/mod.rs", 1, 1);
        check("crates/a/src/utils.rs", 1, 1);
        check("crates/a/src/b/c/tests.rs", 1, 0);
        check("crates/a/src/b/c/d/e.rs", 1, 1);
    }
}
