//! Everyone to whom an agreement applies, with what is missing, and the filter that a page or an export asked for.
use std::sync::Arc;

use agreements::{Agreement, Audience, Missing};
use school::{Choice, Group, Id, Person, Role, Year};

use super::roll::Roll;
use crate::{Console, failure::Failure, fields::Fields, staff::Staff};

pub(super) struct Register {
    roll: Arc<Roll>,
    filter: Filter,
}

pub(super) struct Line<'a> {
    pub(super) person: &'a Person,
    pub(super) missing: Vec<Missing>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    All,
    Missing,
    Complete,
}

struct Filter {
    who: Option<Audience>,
    role: Option<Role>,
    class: Option<Id<Group>>,
    year: Option<Year>,
    show: Show,
    name: String,
}

impl Register {
    pub(super) async fn of(console: &Console, staff: &Staff, fields: &Fields) -> Result<Register, Failure> {
        let roll = console.rolls.of(console, staff.school.id).await?;
        let filter = Filter {
            who: Audience::from_code(fields.get("who")),
            role: Role::from_code(fields.get("role")),
            class: fields.get("class").parse().ok(),
            year: fields.get("year").parse().ok(),
            show: Show::from_code(fields.get("show")).unwrap_or(Show::All),
            name: fields.get("name").to_lowercase(),
        };
        Ok(Register { roll, filter })
    }

    pub(super) fn shown(&self) -> impl Iterator<Item = Line<'_>> {
        let filter = &self.filter;
        self.roll.lines().filter_map(move |(person, missing)| {
            if filter.who.is_some_and(|it| !it.covers(person.roles)) || !filter.takes(person) {
                return None;
            }
            let counts =
                |it: &&Missing| filter.who.is_none_or(|who| self.roll.audience(it.agreement) == Some(who));
            let line = Line { person, missing: missing.iter().filter(counts).copied().collect() };
            filter.show.takes(&line).then_some(line)
        })
    }

    /// Audience, how many are complete, how many there are; only those there are any of.
    pub(super) fn by_audience(&self) -> &[(Audience, usize, usize)] {
        &self.roll.by_audience
    }

    pub(super) fn by_class(&self) -> impl Iterator<Item = (&Group, usize, usize)> {
        self.roll.by_class.iter().map(|(place, complete, all)| (&self.roll.classes[*place], *complete, *all))
    }

    pub(super) fn years(&self) -> impl Iterator<Item = Year> {
        self.roll.years.iter().copied()
    }

    pub(super) fn classes(&self) -> &[Group] {
        &self.roll.classes
    }

    pub(super) fn title(&self, id: Id<Agreement>) -> String {
        let it = self.roll.book.agreement(id);
        it.map(|it| format!("{}, version {}", it.audience.label(), it.version)).unwrap_or_default()
    }

    pub(super) fn classes_of(&self, person: &Person) -> String {
        let of = self.roll.classes.iter().filter(|it| person.groups.contains(&it.id));
        of.map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// When this person, or a parent for them, last signed anything that is in force.
    pub(super) fn last_signed(&self, person: Id<Person>) -> Option<jiff::Timestamp> {
        self.roll.book.signed(person).last().map(|it| it.at)
    }
}

impl Filter {
    fn takes(&self, person: &Person) -> bool {
        self.role.is_none_or(|it| person.roles.has(it))
            && self.class.is_none_or(|it| person.groups.contains(&it))
            && self.year.is_none_or(|it| person.year == Some(it))
            && (self.name.is_empty() || person.name.as_str().to_lowercase().contains(&self.name))
    }
}

impl Show {
    fn takes(self, line: &Line<'_>) -> bool {
        match self {
            Show::All => true,
            Show::Missing => !line.missing.is_empty(),
            Show::Complete => line.missing.is_empty(),
        }
    }
}

pub(super) fn roles(person: &Person) -> String {
    person.roles.iter().map(Role::label).collect::<Vec<_>>().join(", ")
}

impl Choice for Show {
    const ALL: &'static [Show] = &[Show::All, Show::Missing, Show::Complete];
    fn code(self) -> &'static str {
        match self {
            Show::All => "all",
            Show::Missing => "missing",
            Show::Complete => "complete",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Show::All => "All",
            Show::Missing => "Something missing",
            Show::Complete => "Complete",
        }
    }
}
