use std::fmt;

use school::{Choice, KeyStage, Person, Role, Username, Year};

/// Whom a rule or a profile is for, as it is written. Greater is narrower.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    Everyone,
    /// A device on which nobody has signed in.
    Unknown,
    /// Everyone of the house, in whatever role ([`school::Roles::of_the_house`]).
    Staff,
    /// Those who are neither pupils nor of the house, in whatever role.
    Outsiders,
    Role(Role),
    KeyStage(KeyStage),
    Year(Year),
    /// By the group's name, as said aloud.
    Group(Box<str>),
    Person(Username),
}

impl Audience {
    /// How narrow, from 0 (everyone) to 6 (one person). A person's group outranks their year, and so on.
    pub const fn narrowness(&self) -> u8 {
        match self {
            Audience::Everyone => 0,
            Audience::Unknown => 1,
            Audience::Staff | Audience::Outsiders | Audience::Role(_) => 2,
            Audience::KeyStage(_) => 3,
            Audience::Year(_) => 4,
            Audience::Group(_) => 5,
            Audience::Person(_) => 6,
        }
    }

    /// Whether a person known by these is among them. Groups are asked for by name through `in_group`.
    pub(crate) fn has(&self, person: &Person, in_group: impl Fn(&str) -> bool) -> bool {
        match self {
            Audience::Everyone => true,
            Audience::Unknown => false,
            Audience::Staff => person.roles.of_the_house(),
            Audience::Outsiders => person.roles.from_outside(),
            Audience::Role(role) => person.roles.has(*role),
            Audience::KeyStage(stage) => person.key_stage() == Some(*stage),
            Audience::Year(year) => person.year == Some(*year),
            Audience::Group(name) => in_group(name),
            Audience::Person(username) => person.username == *username,
        }
    }
}

/// As written in the policy text: `everyone`, `role teacher`, `key stage 3`, `year 7`, `group "9B"`.
impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Audience::Everyone => f.write_str("everyone"),
            Audience::Unknown => f.write_str("unknown"),
            Audience::Staff => f.write_str("staff"),
            Audience::Outsiders => f.write_str("outsiders"),
            Audience::Role(role) => write!(f, "role {}", role.code()),
            Audience::KeyStage(KeyStage::EarlyYears) => f.write_str("early years"),
            Audience::KeyStage(stage) => write!(f, "key stage {}", stage.code().trim_start_matches("ks")),
            Audience::Year(year) => write!(f, "year {year}"),
            Audience::Group(name) => write!(f, "group {}", crate::text::Quoted(name)),
            Audience::Person(username) => write!(f, "person {}", crate::text::Quoted(username.as_str())),
        }
    }
}
