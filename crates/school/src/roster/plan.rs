//! What a roster would do, as a value: looked at by people, then done or not.
use super::Place;
use crate::{Choice, Email, Group, Id, Line, Person, Roles, Stay, Username, Year};

/// In the order of the source, problems of the reading first, those who are missing last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub rows: Vec<Row>,
    /// People who are as they should be.
    pub unchanged: u64,
    pub groups: Vec<GroupChange>,
    pub links: Vec<LinkChange>,
    pub(super) pupils: Share,
    pub(super) staff: Share,
    pub(super) empty: bool,
}

/// How many of so many would leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) leave: u64,
    pub(super) of: u64,
}

/// One person, or one thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub kind: Kind,
    /// `None`: not known yet.
    pub id: Option<Id<Person>>,
    pub source_id: String,
    /// As they will be called, or are.
    pub name: String,
    pub username: String,
    pub changes: Vec<Change>,
    /// What is wrong, or worth knowing.
    pub words: String,
    pub place: Option<Place>,
    /// As they will be kept; `None` where nothing of them is written.
    pub after: Option<After>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Joiner,
    Mover,
    Leaver,
    /// Had left, was still kept, and is back.
    Returner,
    Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub field: Field,
    pub before: String,
    pub after: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Name,
    Username,
    Roles,
    Year,
    Classes,
    Email,
    Starts,
    Leaves,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    pub username: Username,
    pub name: Line,
    pub roles: Roles,
    pub year: Option<Year>,
    pub email: Option<Email>,
    pub stay: Stay,
    pub groups: Vec<GroupRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupRef {
    Kept(Id<Group>),
    /// Counted from 0 among the plan's groups.
    New(usize),
}

/// A class that is made, renamed, or taken over by the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupChange {
    pub source_id: String,
    pub name: Line,
    /// `None`: made.
    pub kept: Option<Id<Group>>,
}

/// By their ids in the source. `after`: relation and priority; `None`: no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkChange {
    pub child: String,
    pub parent: String,
    pub after: Option<(String, Option<u32>)>,
}

/// How many of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub joiners: u64,
    pub movers: u64,
    pub leavers: u64,
    pub returners: u64,
    pub problems: u64,
    pub unchanged: u64,
}

impl Plan {
    pub fn counts(&self) -> Counts {
        let mut counts = Counts { unchanged: self.unchanged, ..Counts::default() };
        for row in &self.rows {
            *counts.of_mut(row.kind) += 1;
        }
        counts
    }

    /// Nothing to do.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.links.is_empty() && self.rows.iter().all(|it| it.kind == Kind::Problem)
    }
}

impl Counts {
    pub fn of(mut self, kind: Kind) -> u64 {
        *self.of_mut(kind)
    }

    /// Everybody who changes in some way.
    pub fn changes(self) -> u64 {
        self.joiners + self.movers + self.leavers + self.returners
    }

    fn of_mut(&mut self, kind: Kind) -> &mut u64 {
        match kind {
            Kind::Joiner => &mut self.joiners,
            Kind::Mover => &mut self.movers,
            Kind::Leaver => &mut self.leavers,
            Kind::Returner => &mut self.returners,
            Kind::Problem => &mut self.problems,
        }
    }
}

impl Choice for Kind {
    const ALL: &'static [Kind] = &[Kind::Joiner, Kind::Mover, Kind::Leaver, Kind::Returner, Kind::Problem];
    fn code(self) -> &'static str {
        match self {
            Kind::Joiner => "joiner",
            Kind::Mover => "mover",
            Kind::Leaver => "leaver",
            Kind::Returner => "returner",
            Kind::Problem => "problem",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Kind::Joiner => "Join",
            Kind::Mover => "Move",
            Kind::Leaver => "Leave",
            Kind::Returner => "Return",
            Kind::Problem => "Problems",
        }
    }
}

impl Choice for Field {
    const ALL: &'static [Field] = &[
        Field::Name,
        Field::Username,
        Field::Roles,
        Field::Year,
        Field::Classes,
        Field::Email,
        Field::Starts,
        Field::Leaves,
    ];
    fn code(self) -> &'static str {
        match self {
            Field::Name => "name",
            Field::Username => "username",
            Field::Roles => "roles",
            Field::Year => "year",
            Field::Classes => "classes",
            Field::Email => "email",
            Field::Starts => "starts",
            Field::Leaves => "leaves",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Field::Name => "Name",
            Field::Username => "Username",
            Field::Roles => "Roles",
            Field::Year => "Year",
            Field::Classes => "Classes",
            Field::Email => "E-mail",
            Field::Starts => "First day",
            Field::Leaves => "Last day",
        }
    }
}
