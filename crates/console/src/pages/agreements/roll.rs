//! Everybody of a school with what they have still to sign, kept from one look to the next: to read twenty thousand
//! people takes a moment, and most looks follow one after which nothing has changed.
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use agreements::{Agreement, Audience, Missing};
use jiff::{SignedDuration, Timestamp};
use school::{Choice, Group, Id, Person, Role, School, Year};
use store::{
    agreements::Book,
    groups,
    stamp::{self, Stamp},
};
use tokio::sync::Mutex;

use crate::{Console, failure::Failure};

/// What is missing changes with time alone, too, where people are asked again after so many days.
const LASTS: SignedDuration = SignedDuration::from_mins(10);

/// One roll for each school that was asked for.
#[derive(Clone, Default)]
pub struct Rolls(Arc<Mutex<Kept>>);

/// With the stamp of what it was read from.
type Kept = HashMap<Id<School>, (Stamp, Arc<Roll>)>;

pub(super) struct Roll {
    pub(super) book: Book,
    /// Those to whom an agreement applies, by their place in the book.
    pub(super) missing: Vec<(usize, Vec<Missing>)>,
    pub(super) classes: Vec<Group>,
    /// Audience, how many are complete, how many there are; only those there are any of.
    pub(super) by_audience: Vec<(Audience, usize, usize)>,
    /// Place among the classes, how many of its pupils are complete, how many there are.
    pub(super) by_class: Vec<(usize, usize, usize)>,
    pub(super) years: BTreeSet<Year>,
    at: Timestamp,
}

impl Rolls {
    /// As it stands now. Those who ask while it is read wait for the same.
    pub(super) async fn of(&self, console: &Console, school: Id<School>) -> Result<Arc<Roll>, Failure> {
        let mut rolls = self.0.lock().await;
        let now = (console.clock)();
        let mut tx = console.db.read().await?;
        let stamp = stamp::of(&mut tx, school, now).await?;
        if let Some((of, roll)) = rolls.get(&school)
            && *of == stamp
            && now.duration_since(roll.at).abs() < LASTS
        {
            return Ok(Arc::clone(roll));
        }
        let book = Book::of(&mut tx, school, console.zone(school)).await?;
        let classes = groups::all(&mut tx, school).await?;
        drop(tx);
        let roll = Arc::new(console.blocking(move || Roll::new(book, classes, now)).await?);
        rolls.insert(school, (stamp, Arc::clone(&roll)));
        Ok(roll)
    }
}

impl Roll {
    fn new(book: Book, classes: Vec<Group>, now: Timestamp) -> Roll {
        let concerned = |person: &Person| book.in_force.iter().any(|it| it.audience.covers(person.roles));
        let missing: Vec<(usize, Vec<Missing>)> = book
            .people
            .iter()
            .enumerate()
            .filter(|(_, it)| concerned(&it.person))
            .map(|(place, it)| (place, book.missing(&it.person, now)))
            .collect();
        let mut roll = Roll {
            years: book.people.iter().filter_map(|it| it.person.year).collect(),
            by_audience: Vec::new(),
            by_class: Vec::new(),
            book,
            missing,
            classes,
            at: now,
        };
        roll.by_audience = roll.count_audiences();
        roll.by_class = roll.count_classes();
        roll
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = (&Person, &[Missing])> {
        self.missing.iter().map(|(place, missing)| (&self.book.people[*place].person, missing.as_slice()))
    }

    pub(super) fn audience(&self, id: Id<Agreement>) -> Option<Audience> {
        self.book.agreement(id).map(|it| it.audience)
    }

    fn count_audiences(&self) -> Vec<(Audience, usize, usize)> {
        let count = |audience: Audience| {
            let lacks = |it: &Missing| self.audience(it.agreement) == Some(audience);
            let all = self.lines().filter(|(person, _)| audience.covers(person.roles));
            let (mut complete, mut whole) = (0, 0);
            for (_, missing) in all {
                whole += 1;
                complete += usize::from(!missing.iter().any(lacks));
            }
            (audience, complete, whole)
        };
        Audience::ALL.iter().copied().map(count).filter(|(_, _, all)| *all != 0).collect()
    }

    fn count_classes(&self) -> Vec<(usize, usize, usize)> {
        let mut counts: HashMap<Id<Group>, (usize, usize)> = HashMap::new();
        for (person, missing) in self.lines().filter(|(person, _)| person.roles.has(Role::Pupil)) {
            for group in &person.groups {
                let (complete, all) = counts.entry(*group).or_default();
                *all += 1;
                *complete += usize::from(missing.is_empty());
            }
        }
        let of =
            |(place, it): (usize, &Group)| counts.get(&it.id).map(|(complete, all)| (place, *complete, *all));
        self.classes.iter().enumerate().filter_map(of).collect()
    }
}
