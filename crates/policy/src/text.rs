//! The policy as text: one thing a line, so that it can be read aloud, compared and kept under version control.
//!
//! `docs/policy-text.md` describes it. What a school writes stays as it was written; [`print()`] gives the one
//! canonical spelling.
mod audience;
mod parse;
mod print;
mod profile;
mod rule;
mod times;
mod words;

use std::fmt;

use crate::{Audience, Rule, Schedule};

pub use crate::text::{parse::parse, print::print, profile::ProfileText};

/// Longest text read, in bytes.
pub const MAX_TEXT: usize = 4 << 20;
/// Longest line read, in bytes.
pub const MAX_LINE: usize = 4096;
/// After this many problems the rest is not looked at.
pub const MAX_PROBLEMS: usize = 100;

/// All that one layer says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    pub entries: Vec<Entry>,
    /// Comments after the last entry.
    pub tail: Vec<Box<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Counted from 1; 0 where it was not read from a text.
    pub line: u32,
    /// The comment lines above it and the comments within it, without `#`.
    pub comments: Vec<Box<str>>,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    Profile(Box<ProfileText>),
    Schedule(Schedule),
    Use(Use),
    Rule(Box<Rule>),
}

/// Whom a profile is for: `use profile "Key Stage 3" for key stage 3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub profile: Box<str>,
    pub audience: Vec<Audience>,
    /// Layers below cannot choose another.
    pub locked: bool,
}

/// What is wrong with a line, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}; {remedy}")]
pub struct Problem {
    pub line: u32,
    pub what: String,
    pub remedy: String,
}

/// A text in double quotes; a quote within is doubled. Nothing else is special.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests;
