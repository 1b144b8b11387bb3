use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use school::{Choice, Moment};

use crate::{Audience, Category, Verdict, When, text::Quoted};

/// One line of the rules: what is done with which addresses, for whom, when and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub verb: Verb,
    pub matches: Matches,
    /// Never empty. The narrowest that a person belongs to counts.
    pub audience: Vec<Audience>,
    pub during: When,
    pub until: Option<Until>,
    /// Layers below cannot go against it.
    pub locked: bool,
    pub note: Option<Box<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    Allow,
    Warn,
    Block,
    /// Open encrypted connections, whatever the profile leaves uninspected.
    Inspect,
    /// Carry encrypted connections unopened.
    Tunnel,
}

/// Which addresses a rule speaks of. Canonical: two spellings of one address are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Matches {
    Everything,
    Category(Category),
    /// A regular expression searched for in the whole canonical address.
    Pattern(Box<str>),
    /// The domain and everything under it.
    Domain(Box<str>),
    /// This host and none under it.
    Host(Box<str>),
    Address(Prefix),
}

/// The beginning of an address, up to the end of a path segment or of anything in the query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Prefix {
    /// `None`: http and https alike.
    pub https: Option<bool>,
    pub host: Box<str>,
    /// Starts with `/`.
    pub path: Box<str>,
}

/// The last moment of a rule, by the school's clock. A date alone counts to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until {
    pub date: Date,
    pub time: Option<Time>,
}

impl Verb {
    /// `None` for the verbs that only say whether a connection is opened.
    pub const fn verdict(self) -> Option<Verdict> {
        match self {
            Verb::Allow => Some(Verdict::Allow),
            Verb::Warn => Some(Verdict::Warn),
            Verb::Block => Some(Verdict::Block),
            Verb::Inspect | Verb::Tunnel => None,
        }
    }
}

impl Until {
    pub fn is_over(self, moment: &Moment) -> bool {
        match self.time {
            None => self.date < moment.date,
            Some(time) => {
                DateTime::from_parts(self.date, time) <= DateTime::from_parts(moment.date, moment.time)
            }
        }
    }
}

impl Matches {
    /// How narrow, from 0 (everything) to 5 (a prefix of an address).
    pub const fn narrowness(&self) -> u8 {
        match self {
            Matches::Everything => 0,
            Matches::Category(_) => 1,
            Matches::Pattern(_) => 2,
            Matches::Domain(_) => 3,
            Matches::Host(_) => 4,
            Matches::Address(_) => 5,
        }
    }
    /// Among equals of [`Matches::narrowness`], longer is narrower.
    pub fn length(&self) -> usize {
        match self {
            Matches::Everything | Matches::Category(_) | Matches::Pattern(_) => 0,
            Matches::Domain(host) | Matches::Host(host) => host.len(),
            Matches::Address(it) => it.host.len() + it.path.len() + usize::from(it.https.is_some()),
        }
    }
}

impl Prefix {
    /// Whether a path (with its query) lies under this one: `/news` holds `/news`, `/news/`, `/news/a` and
    /// `/news?a`, but not `/newsroom`.
    pub fn has_path(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix(&*self.path) else { return false };
        rest.is_empty() || self.path.ends_with('/') || self.path.contains('?') || rest.starts_with(['/', '?'])
    }
}

impl Choice for Verb {
    const ALL: &'static [Verb] = &[Verb::Allow, Verb::Warn, Verb::Block, Verb::Inspect, Verb::Tunnel];
    fn code(self) -> &'static str {
        match self {
            Verb::Allow => "allow",
            Verb::Warn => "warn",
            Verb::Block => "block",
            Verb::Inspect => "inspect",
            Verb::Tunnel => "tunnel",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Verb::Allow => "Allow",
            Verb::Warn => "Warn",
            Verb::Block => "Block",
            Verb::Inspect => "Inspect",
            Verb::Tunnel => "Do not inspect",
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date)?;
        match self.time {
            None => Ok(()),
            Some(time) => write!(f, " {:02}:{:02}", time.hour(), time.minute()),
        }
    }
}

impl fmt::Display for Matches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Matches::Everything => f.write_str("everything"),
            Matches::Category(category) => write!(f, "category {}", category.code()),
            Matches::Pattern(pattern) => write!(f, "pattern {}", Quoted(pattern)),
            Matches::Domain(host) => f.write_str(host),
            Matches::Host(host) => write!(f, "host {host}"),
            Matches::Address(it) => {
                let scheme = match it.https {
                    None => "",
                    Some(true) => "https://",
                    Some(false) => "http://",
                };
                let whole = format!("{scheme}{}{}", it.host, it.path);
                if whole.contains(['#', '"', ',']) {
                    write!(f, "{}", Quoted(&whole))
                } else {
                    f.write_str(&whole)
                }
            }
        }
    }
}

/// As written, without the note.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb.code(), self.matches)?;
        if self.audience != [Audience::Everyone] {
            let names: Vec<String> = self.audience.iter().map(ToString::to_string).collect();
            write!(f, " for {}", names.join(", "))?;
        }
        if self.during != When::Always {
            write!(f, " during {}", self.during)?;
        }
        if let Some(until) = self.until {
            write!(f, " until {until}")?;
        }
        if self.locked {
            f.write_str(" locked")?;
        }
        Ok(())
    }
}
