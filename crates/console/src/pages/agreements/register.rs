//! Everyone to whom an agreement applies, with what is missing, and the filter that a page or an export asked for.
use std::collections::{BTreeSet, HashMap};

use agreements::{Agreement, Audience, Missing};
use school::{Choice, Group, Id, Person, Role, Year};
use store::{agreements::Book, groups};

use crate::{Console, failure::Failure, fields::Fields, staff::Staff};

pub(super) struct Register {
    book: Book,
    missing: Vec<(usize, Vec<Missing>)>,
    pub(super) classes: Vec<Group>,
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
        let school = staff.school.id;
        let mut tx = console.db.read().await?;
        let book = Book::of(&mut tx, school, console.zone(school)).await?;
        let classes = groups::all(&mut tx, school).await?;
        let now = (console.clock)();
        let concerned = |person: &Person| book.in_force.iter().any(|it| it.audience.covers(person.roles));
        let missing = book
            .people
            .iter()
            .enumerate()
            .filter(|(_, it)| concerned(&it.person))
            .map(|(place, it)| (place, book.missing(&it.person, now)))
            .collect();
        let filter = Filter {
            who: Audience::from_code(fields.get("who")),
            role: Role::from_code(fields.get("role")),
            class: fields.get("class").parse().ok(),
            year: fields.get("year").parse().ok(),
            show: Show::from_code(fields.get("show")).unwrap_or(Show::All),
            name: fields.get("name").to_lowercase(),
        };
        Ok(Register { book, missing, classes, filter })
    }

    pub(super) fn shown(&self) -> impl Iterator<Item = Line<'_>> {
        let filter = &self.filter;
        self.lines().filter_map(move |mut line| {
            if let Some(who) = filter.who {
                if !who.covers(line.person.roles) {
                    return None;
                }
                line.missing.retain(|it| self.audience(it.agreement) == Some(who));
            }
            filter.takes(&line).then_some(line)
        })
    }

    /// Audience, how many are complete, how many there are; only those there are any of.
    pub(super) fn by_audience(&self) -> Vec<(Audience, usize, usize)> {
        let count = |audience: Audience| {
            let all = self.lines().filter(|it| audience.covers(it.person.roles));
            let lacks =
                |it: &Line<'_>| it.missing.iter().any(|it| self.audience(it.agreement) == Some(audience));
            let (lacking, complete): (Vec<_>, Vec<_>) = all.partition(lacks);
            (audience, complete.len(), complete.len() + lacking.len())
        };
        Audience::ALL.iter().copied().map(count).filter(|(_, _, all)| *all != 0).collect()
    }

    pub(super) fn by_class(&self) -> Vec<(&Group, usize, usize)> {
        let mut counts: HashMap<Id<Group>, (usize, usize)> = HashMap::new();
        for line in self.lines().filter(|it| it.person.roles.has(Role::Pupil)) {
            for group in &line.person.groups {
                let (complete, all) = counts.entry(*group).or_default();
                *all += 1;
                *complete += usize::from(line.missing.is_empty());
            }
        }
        let count = |it| counts.get(&it).copied();
        self.classes.iter().filter_map(|it| count(it.id).map(|(complete, all)| (it, complete, all))).collect()
    }

    pub(super) fn years(&self) -> impl Iterator<Item = Year> {
        let years: BTreeSet<Year> = self.book.people.iter().filter_map(|it| it.person.year).collect();
        years.into_iter()
    }

    pub(super) fn title(&self, id: Id<Agreement>) -> String {
        let it = self.book.agreement(id);
        it.map(|it| format!("{}, version {}", it.audience.label(), it.version)).unwrap_or_default()
    }

    pub(super) fn classes_of(&self, person: &Person) -> String {
        let of = self.classes.iter().filter(|it| person.groups.contains(&it.id));
        of.map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// When this person, or a parent for them, last signed anything that is in force.
    pub(super) fn last_signed(&self, person: Id<Person>) -> Option<jiff::Timestamp> {
        self.book.signed(person).last().map(|it| it.at)
    }

    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.missing.iter().map(|(place, missing)| Line {
            person: &self.book.people[*place].person,
            missing: missing.clone(),
        })
    }

    fn audience(&self, id: Id<Agreement>) -> Option<Audience> {
        self.book.agreement(id).map(|it| it.audience)
    }
}

impl Filter {
    fn takes(&self, line: &Line<'_>) -> bool {
        let person = line.person;
        self.role.is_none_or(|it| person.roles.has(it))
            && self.class.is_none_or(|it| person.groups.contains(&it))
            && self.year.is_none_or(|it| person.year == Some(it))
            && person.name.as_str().to_lowercase().contains(&self.name)
            && match self.show {
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
