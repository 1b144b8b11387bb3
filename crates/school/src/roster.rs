//! A roster against the people who are known: who joins, moves, leaves and returns, and what is wrong (ACC-03).
//!
//! A roster speaks only of those it brought. Whoever was made by hand is never touched by one, nor is a role that gives
//! rights ever given or taken by one.
mod diff;
mod groups;
mod jump;
mod links;
mod plan;
mod read;
#[cfg(test)]
mod tests;
mod usernames;

use std::collections::HashMap;

use jiff::{Timestamp, tz::TimeZone};

pub use self::{
    diff::diff,
    jump::Jump,
    plan::{After, Change, Counts, Field, GroupChange, GroupRef, Kind, LinkChange, Plan, Row},
    read::{managed, read_year, role_of, stay_of},
    usernames::{NameRule, Usernames},
};
use crate::{Choice, Group, Id, Person, Roles, Stay};

/// Whether those who are not in it have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Everybody: who is missing has left.
    #[default]
    Bulk,
    /// Changes only: who is missing stays as they are.
    Delta,
}

/// Where a row stands in what was handed over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    /// Counted from 1.
    pub line: u64,
}

/// What a source wants to be so, still in its own ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub mode: Mode,
    pub people: Vec<WantedPerson>,
    pub groups: Vec<WantedGroup>,
    pub memberships: Vec<WantedMembership>,
    pub links: Vec<WantedLink>,
    /// Roles it speaks for, as codes: whoever has another one does not leave by being missing. `None`: all of them.
    pub covers: Option<Vec<String>>,
    /// Ids of people whose row could not be read: nothing is known of them but that they are there.
    pub held: Vec<String>,
    /// Faults that the reading found, in words, with their place.
    pub problems: Vec<(Option<Place>, String)>,
}

/// Text is as the source wrote it: what cannot be read becomes a problem of the plan, not of the reader.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedPerson {
    pub source_id: String,
    /// To be deleted, or no longer allowed in as their side sees it.
    pub gone: bool,
    pub username: Option<String>,
    pub given: String,
    pub family: String,
    /// Codes of `OneRoster`: `student`, `teacher`, `parent` ...
    pub roles: Vec<String>,
    pub year: Option<String>,
    pub email: Option<String>,
    pub stay: Stay,
    pub place: Option<Place>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedGroup {
    pub source_id: String,
    pub gone: bool,
    /// As said aloud.
    pub name: String,
    /// Tells apart two of one name.
    pub code: Option<String>,
    pub place: Option<Place>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedMembership {
    pub person: String,
    pub group: String,
    pub gone: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedLink {
    pub child: String,
    pub parent: String,
    pub relation: String,
    /// 1 is called first.
    pub priority: Option<u32>,
    pub gone: bool,
    pub place: Option<Place>,
}

/// What is known now, of one school.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Those who have left and are still kept, too.
    pub people: Vec<KnownPerson>,
    pub groups: Vec<KnownGroup>,
    pub links: Vec<ParentLink>,
    /// Roles that those who have left do not come back with: the limits refuse them (ACC-11, ACC-13).
    pub refused: HashMap<Id<Person>, Roles>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPerson {
    pub person: Person,
    /// Where they came from; `None`: made by hand.
    pub origin: Option<Origin>,
    /// Disabled, and still kept.
    pub has_left: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownGroup {
    pub group: Group,
    pub origin: Option<Origin>,
}

/// A source, and what it calls them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    pub source: String,
    pub id: String,
}

/// A parent or carer of a child, with the order in which they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentLink {
    pub child: Id<Person>,
    pub parent: Id<Person>,
    pub relation: String,
    /// 1 is called first; `None` after all others.
    pub priority: Option<u32>,
}

/// How a roster is taken.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Whose people it speaks of.
    pub source: String,
    /// For those whom the source gives no username.
    pub usernames: NameRule,
    pub now: Timestamp,
    /// Of the school, for dates in words.
    pub zone: TimeZone,
}

impl Choice for Mode {
    const ALL: &'static [Mode] = &[Mode::Bulk, Mode::Delta];
    fn code(self) -> &'static str {
        match self {
            Mode::Bulk => "bulk",
            Mode::Delta => "delta",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Mode::Bulk => "Everybody",
            Mode::Delta => "Changes only",
        }
    }
}
