use std::path::PathBuf;

/// One Rust file, whole and with its words and comments blanked out.
pub(crate) struct Source {
    /// From the workspace root.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// Line for line as `text`; comments and what stands in quotes are spaces.
    pub(crate) code: String,
    /// What stands in quotes, with the line it starts on (from 1).
    pub(crate) quoted: Vec<(usize, String)>,
}

impl Source {
    pub(crate) fn new(path: PathBuf, text: String) -> Source {
        let (code, quoted) = split(&text);
        Source { path, text, code, quoted }
    }

    /// Where something is, as an editor opens it.
    pub(crate) fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}

/// Not a full lexer: knows line and block comments, quoted and raw strings, and characters.
fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let chars: Vec<char> = text.chars().collect();
    let (mut code, mut quoted) = (String::with_capacity(text.len()), Vec::new());
    let (mut i, mut line) = (0, 1);
    while i < chars.len() {
        let rest = &chars[i..];
        let (length, inside) = match rest {
            ['/', '/', ..] => (rest.iter().position(|it| *it == '\n').unwrap_or(rest.len()), None),
            ['/', '*', ..] => (block_comment(rest), None),
            ['"', ..] => {
                let length = plain_string(rest);
                (length, Some((1, length.saturating_sub(1))))
            }
            ['r', '"' | '#', ..] if !after_word(&chars, i) => match raw_string(rest) {
                Some((length, hashes)) => (length, Some((2 + hashes, length - 1 - hashes))),
                None => (0, None),
            },
            ['\'', '\\', _, ..] => {
                (3 + rest[3..].iter().position(|it| *it == '\'').map_or(0, |it| it + 1), None)
            }
            ['\'', _, '\'', ..] => (3, None),
            _ => (0, None),
        };
        if length == 0 {
            line += usize::from(chars[i] == '\n');
            code.push(chars[i]);
            i += 1;
            continue;
        }
        if let Some((from, to)) = inside {
            quoted.push((line, rest[from.min(to)..to].iter().collect()));
        }
        for c in &rest[..length] {
            line += usize::from(*c == '\n');
            code.push(if *c == '\n' { '\n' } else { ' ' });
        }
        i += length;
    }
    (code, quoted)
}

fn after_word(chars: &[char], i: usize) -> bool {
    i.checked_sub(1).is_some_and(|it| chars[it] != 'b' && (chars[it].is_alphanumeric() || chars[it] == '_'))
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut i) = (0_usize, 0);
    while i < rest.len() {
        match rest[i..] {
            ['/', '*', ..] => (depth, i) = (depth + 1, i + 2),
            ['*', '/', ..] if depth == 1 => return i + 2,
            ['*', '/', ..] => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    rest.len()
}

fn plain_string(rest: &[char]) -> usize {
    let mut i = 1;
    while i < rest.len() {
        match rest[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    rest.len()
}

/// Length and number of hashes; `None` for `r#name`.
fn raw_string(rest: &[char]) -> Option<(usize, usize)> {
    let hashes = rest[1..].iter().take_while(|it| **it == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let end = |i: &usize| {
        rest[*i] == '"' && rest[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    let close = (2 + hashes..rest.len()).find(end)?;
    Some((close + 1 + hashes, hashes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_comments_are_told_from_code() {
        let check = |text: &str, code: &str, quoted: &[&str]| {
            let source = Source::new(PathBuf::new(), text.to_owned());
            assert_eq!(source.code.split_whitespace().collect::<Vec<_>>().join(" "), code, "{text}");
            let found: Vec<&str> = source.quoted.iter().map(|it| it.1.as_str()).collect();
            assert_eq!(found, quoted, "{text}");
        };
        check("a // b\nc", "a c", &[]);
        check("a /* b /* c */ d */ e", "a e", &[]);
        check(r#"f("x \" // y", 'z')"#, "f( , )", &[r#"x \" // y"#]);
        check("r#\"one \"two\"\"# + r#type", "+ r#type", &["one \"two\""]);
        check("fn f<'a>(x: &'a str) { '\\'' }", "fn f<'a>(x: &'a str) { }", &[]);
        check("\"\"", "", &[""]);
    }
}
