use std::{fmt, str::FromStr};

/// One line of text that someone typed: trimmed, not empty, at most 200 characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotALine {
    #[error("cannot be empty")]
    Empty,
    #[error("cannot be longer than 200 characters")]
    TooLong,
    #[error("must be a single line")]
    Broken,
}

impl Line {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = NotALine;
    fn from_str(s: &str) -> Result<Line, NotALine> {
        let s = s.trim();
        match s {
            "" => Err(NotALine::Empty),
            _ if 200 < s.chars().count() => Err(NotALine::TooLong),
            _ if s.contains(char::is_control) => Err(NotALine::Broken),
            _ => Ok(Line(s.to_owned())),
        }
    }
}
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name a person signs in with: 1 to 64 of `a-z 0-9 . _ - @ '`, kept in lower case so that one person has
/// one spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Username(Box<str>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAUsername {
    #[error("cannot be empty")]
    Empty,
    #[error("cannot be longer than 64 characters")]
    TooLong,
    #[error("may hold only letters, digits and . _ - @ '")]
    Letters,
}

impl Username {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = NotAUsername;
    fn from_str(s: &str) -> Result<Username, NotAUsername> {
        let s = s.trim();
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '\'');
        match s {
            "" => Err(NotAUsername::Empty),
            _ if 64 < s.len() => Err(NotAUsername::TooLong),
            _ if !s.chars().all(allowed) => Err(NotAUsername::Letters),
            _ => Ok(Username(s.to_ascii_lowercase().into())),
        }
    }
}
impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An e-mail address as it is written to: one `@` with something on both sides, a dot in the domain, no spaces, at
/// most 254 characters (RFC 5321 section 4.5.3.1). Kept in lower case, so that one person has one spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(Box<str>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an e-mail address: write name@example.sch.uk")]
pub struct NotAnEmail;

impl Email {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = NotAnEmail;
    fn from_str(s: &str) -> Result<Email, NotAnEmail> {
        let s = s.trim();
        let odd =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '<' | '>' | '"' | '@');
        let (local, domain) = s.split_once('@').ok_or(NotAnEmail)?;
        let labels = || domain.split('.');
        let good = !local.is_empty()
            && s.len() <= 254
            && !local.contains(odd)
            && !domain.contains(odd)
            && 2 <= labels().count()
            && labels().all(|it| !it.is_empty());
        if good { Ok(Email(s.to_lowercase().into())) } else { Err(NotAnEmail) }
    }
}
impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_spelling() {
        let check = |text: &str, kept: Option<&str>| {
            assert_eq!(text.parse::<Email>().ok().as_ref().map(Email::as_str), kept, "{text:?}");
        };
        check(" Ada.Pupil@Example.SCH.uk ", Some("ada.pupil@example.sch.uk"));
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "ada@example",
            "a b@example.org",
            "a@b@example.org",
            "a@.org",
            "a@x..y",
            "a@x.org,b@x.org",
            "Ada <a@x.org>",
        ] {
            check(bad, None);
        }
    }
}
