//! Words that may not stand in code, and SQL that may not stand outside `store`.
use super::{Complaint, source::Source};

/// Code, with what to do instead.
const REFUSED: &[(&str, &str)] = &[
    ("unsafe", "this house has none"),
    ("todo!", "write it, or leave the way to it out"),
    ("unimplemented!", "write it, or leave the way to it out"),
    ("dbg!", "use tracing"),
];

/// Endings of type names that say nothing about what the type is.
const HOLLOW: &[&str] = &["Manager", "Service", "Helper", "Util", "Utils"];

pub(crate) fn complaints(sources: &[Source]) -> Vec<Complaint> {
    sources.iter().flat_map(|it| [code(it), sql(it)]).flatten().collect()
}

fn code(source: &Source) -> Vec<Complaint> {
    let mut found = Vec::new();
    for (i, line) in source.code.lines().enumerate() {
        for (word, instead) in REFUSED {
            if has_word(line, word) {
                found.push(format!("{}: `{word}`: {instead}", source.at(i + 1)));
            }
        }
        if let Some(name) = declared_type(line)
            && HOLLOW.iter().any(|it| name.ends_with(it))
            && name != "ServeService"
        {
            found.push(format!("{}: `{name}`: name the type after what it is", source.at(i + 1)));
        }
        if line.trim_start().starts_with("#[allow(") {
            found.push(format!("{}: write #[expect(…, reason = …)]", source.at(i + 1)));
        }
    }
    found
}

fn sql(source: &Source) -> Vec<Complaint> {
    if source.path.starts_with("crates/store") || source.path.starts_with("xtask") {
        return vec![];
    }
    let speaks = |(_, words): &&(usize, String)| is_sql(words);
    source
        .quoted
        .iter()
        .filter(speaks)
        .map(|(line, _)| format!("{}: SQL outside store", source.at(*line)))
        .collect()
}

fn is_sql(words: &str) -> bool {
    let words = words.trim_start().to_ascii_lowercase();
    let follows = |start: &str, then: &str| words.strip_prefix(start).is_some_and(|it| it.contains(then));
    follows("select ", " from ")
        || follows("insert into ", " values")
        || follows("update ", " set ")
        || follows("delete from ", "")
        || follows("create table ", "")
}

fn has_word(line: &str, word: &str) -> bool {
    let part_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(part_of_a_word) && (word.ends_with('!') || !after.is_some_and(part_of_a_word))
    })
}

fn declared_type(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("pub ").or_else(|| line.strip_prefix("pub(crate) ")).unwrap_or(line);
    let name = ["struct ", "enum ", "trait "].iter().find_map(|it| line.strip_prefix(it))?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_refused() {
        let check = |path: &str, text: &str, count: usize| {
            let found = complaints(&[Source::new(path.into(), text.to_owned())]);
            assert_eq!(found.len(), count, "{text}: {found:?}");
        };
        check("crates/a/src/b.rs", "unsafe { f() }", 1);
        check("crates/a/src/b.rs", "// unsafe\nlet unsafe_code = \"unsafe\";", 0);
        check("crates/a/src/b.rs", "todo!()", 1);
        check("crates/a/src/b.rs", "pub struct CaseManager;", 1);
        check("crates/a/src/b.rs", "#[allow(dead_code)]", 1);
        check("crates/a/src/b.rs", "f(\"select id from person\")", 1);
        check("crates/store/src/b.rs", "f(\"select id from person\")", 0);
        check("crates/a/src/b.rs", "f(\"Select a person, then go on\")", 0);
        check("crates/a/src/b.rs", "f(r#\"INSERT INTO person (id) VALUES ($1)\"#)", 1);
    }
}
