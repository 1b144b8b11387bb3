//! A line as words, and a place in them.

/// A word, a quoted text, or a comma.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Quoted(String),
    Comma,
}

/// What is wrong, and the remedy. The line is known further up.
pub(super) type Wrong = (String, String);

pub(super) fn wrong<T>(what: impl Into<String>, remedy: impl Into<String>) -> Result<T, Wrong> {
    Err((what.into(), remedy.into()))
}

#[derive(Debug)]
pub(super) struct Words {
    tokens: Vec<Token>,
    at: usize,
}

/// Splits a line; gives its comment too, without `#`.
pub(super) fn split(line: &str) -> Result<(Words, Option<String>), Wrong> {
    let mut tokens = Vec::new();
    let mut rest = line.trim();
    while let Some(first) = rest.chars().next() {
        let used = match first {
            '#' => {
                return Ok((Words { tokens, at: 0 }, Some(rest[1..].trim().to_owned())));
            }
            ',' => {
                tokens.push(Token::Comma);
                1
            }
            '"' => {
                let (text, used) = quoted(rest)?;
                tokens.push(Token::Quoted(text));
                used
            }
            _ => {
                let end = word_end(rest);
                tokens.push(Token::Word(rest[..end].to_owned()));
                end
            }
        };
        rest = rest[used..].trim_start();
    }
    Ok((Words { tokens, at: 0 }, None))
}

/// A comma belongs to a word that is an address, unless a space follows it.
fn word_end(rest: &str) -> usize {
    let mut address = false;
    for (i, c) in rest.char_indices() {
        match c {
            '"' => return i,
            c if c.is_whitespace() => return i,
            '/' => address = true,
            ',' => {
                let next = rest[i + 1..].chars().next();
                if !address || next.is_none_or(char::is_whitespace) {
                    return i;
                }
            }
            _ => {}
        }
    }
    rest.len()
}

fn quoted(rest: &str) -> Result<(String, usize), Wrong> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((i, c)) = chars.next() {
        if c != '"' {
            text.push(c);
        } else if chars.peek().is_some_and(|(_, next)| *next == '"') {
            text.push('"');
            chars.next();
        } else {
            return Ok((text, i + 1));
        }
    }
    wrong("a quotation mark is not closed", "end the text with \" on the same line")
}

impl Words {
    pub(super) fn is_empty(&self) -> bool {
        self.at == self.tokens.len()
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// Takes these plain words, in any case of letters, if they come next.
    pub(super) fn take(&mut self, phrase: &str) -> bool {
        let mut at = self.at;
        for wanted in phrase.split(' ') {
            match self.tokens.get(at) {
                Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted) => at += 1,
                _ => return false,
            }
        }
        self.at = at;
        true
    }

    pub(super) fn take_comma(&mut self) -> bool {
        let comma = matches!(self.peek(), Some(Token::Comma));
        self.at += usize::from(comma);
        comma
    }

    /// The next word or quoted text.
    pub(super) fn text(&mut self, what: &str) -> Result<String, Wrong> {
        match self.tokens.get(self.at) {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                self.at += 1;
                Ok(text.clone())
            }
            Some(Token::Comma) => wrong(format!("a comma stands where {what} should"), "take it out"),
            None => wrong(format!("{what} is missing at the end of the line"), "add it"),
        }
    }

    /// A name: quoted, or a single word.
    pub(super) fn name(&mut self, what: &str) -> Result<Box<str>, Wrong> {
        let text = self.text(what)?;
        let name = text.trim();
        match name {
            "" => wrong(format!("{what} is empty"), "write a name between the quotation marks"),
            _ if 100 < name.chars().count() => {
                wrong(format!("{what} is longer than 100 characters"), "shorten it")
            }
            _ if name.contains(char::is_control) => {
                wrong(format!("{what} holds a control character"), "type the name again")
            }
            _ => Ok(name.into()),
        }
    }

    /// One or more items with commas between.
    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Words) -> Result<T, Wrong>,
    ) -> Result<Vec<T>, Wrong> {
        let mut all = vec![item(self)?];
        while self.take_comma() {
            all.push(item(self)?);
        }
        Ok(all)
    }

    pub(super) fn end(&self) -> Result<(), Wrong> {
        match self.peek() {
            None => Ok(()),
            Some(Token::Comma) => wrong("a comma too many", "take it out"),
            Some(Token::Word(text) | Token::Quoted(text)) => wrong(
                format!("\"{}\" is not understood here", clip(text)),
                "take it out, or see docs/policy-text.md for what may follow",
            ),
        }
    }
}

/// So that an error stays one short line whatever was typed.
pub(super) fn clip(text: &str) -> String {
    let clean: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).take(61).collect();
    if clean.chars().count() == 61 {
        format!("{}…", clean.chars().take(60).collect::<String>())
    } else {
        clean
    }
}

/// "write one of ...", led by the nearest in spelling.
pub(super) fn choose<'a>(typed: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let typed = clip(typed).to_ascii_lowercase();
    let nearest = known
        .clone()
        .map(|it| (distance(&typed, it), it))
        .min_by_key(|(far, _)| *far)
        .filter(|(far, it)| *far <= 1 + it.len() / 4);
    match nearest {
        Some((_, it)) => format!("did you mean {it}?"),
        None => format!("write one of: {}", known.collect::<Vec<_>>().join(", ")),
    }
}

/// How many letters must change, Levenshtein's count.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let swap = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = swap.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
