use std::collections::HashMap;

use agreements::{Agreement, Audience, Missing, Practice, Signature, missing};
use jiff::{Timestamp, tz::TimeZone};
use school::{Choice, Id, Person, School};

use super::{in_force, newest, signatures, signatures_of};
use crate::{
    StoreError, Tx, parents,
    people::{self, Kept},
    settings,
};

/// Everyone of a school with what they have signed: who is missing, asked many times (AUP-12).
#[derive(Debug)]
pub struct Book {
    pub people: Vec<Kept>,
    pub in_force: Vec<Agreement>,
    pub practice: Practice,
    signed: HashMap<Id<Person>, Vec<Signature>>,
    /// Of each child, whom to turn to first in front.
    parents: HashMap<Id<Person>, Vec<Id<Person>>>,
    places: HashMap<Id<Person>, usize>,
}

impl Book {
    pub async fn of(tx: &mut Tx, school: Id<School>, zone: TimeZone) -> Result<Book, StoreError> {
        let mut signed: HashMap<Id<Person>, Vec<Signature>> = HashMap::new();
        for it in signatures(tx, school).await? {
            signed.entry(it.person).or_default().push(it);
        }
        let mut of: HashMap<Id<Person>, Vec<Id<Person>>> = HashMap::new();
        let mut links = parents::all(tx, school).await?;
        links.sort_by_key(|it| (it.priority.unwrap_or(u32::MAX), it.parent));
        for it in links {
            of.entry(it.child).or_default().push(it.parent);
        }
        let people = people::all(tx, school).await?;
        Ok(Book {
            places: people.iter().enumerate().map(|(place, it)| (it.person.id, place)).collect(),
            people,
            in_force: in_force(tx, school).await?,
            practice: Practice::of(&settings::of(tx, school, None).await?, zone),
            signed,
            parents: of,
        })
    }

    /// With nobody in it but this person and their parents: a page about one reads nothing about the others.
    pub async fn of_one(
        tx: &mut Tx,
        school: Id<School>,
        zone: TimeZone,
        person: Id<Person>,
    ) -> Result<Book, StoreError> {
        let signed = signatures_of(tx, school, person).await?;
        let links: Vec<Id<Person>> =
            parents::of_child(tx, school, person).await?.into_iter().map(|it| it.parent).collect();
        let mut people = Vec::new();
        for id in [person].iter().chain(&links) {
            people.extend(people::get(tx, school, *id).await?);
        }
        Ok(Book {
            places: people.iter().enumerate().map(|(place, it)| (it.person.id, place)).collect(),
            people,
            in_force: in_force(tx, school).await?,
            practice: Practice::of(&settings::of(tx, school, None).await?, zone),
            signed: HashMap::from([(person, signed)]),
            parents: HashMap::from([(person, links)]),
        })
    }

    pub fn missing(&self, person: &Person, now: Timestamp) -> Vec<Missing> {
        missing(person, &self.practice, &self.in_force, self.signed(person.id), now)
    }

    /// For this person, of the agreements in force, oldest first.
    pub fn signed(&self, person: Id<Person>) -> &[Signature] {
        self.signed.get(&person).map_or(&[], Vec::as_slice)
    }

    pub fn agreement(&self, id: Id<Agreement>) -> Option<&Agreement> {
        self.in_force.iter().find(|it| it.id == id)
    }

    pub fn person(&self, id: Id<Person>) -> Option<&Person> {
        self.places.get(&id).map(|place| &self.people[*place].person)
    }

    /// Those of this child, whom to turn to first in front.
    pub fn parents(&self, child: Id<Person>) -> impl Iterator<Item = &Person> {
        let of = self.parents.get(&child).map_or(&[][..], Vec::as_slice);
        of.iter().filter_map(|it| self.person(*it))
    }
}

/// What one person has still to sign, without reading about anybody else, and the agreements it is about: asked by
/// the console's door at every page.
pub async fn missing_of(
    tx: &mut Tx,
    person: &Person,
    zone: TimeZone,
    now: Timestamp,
) -> Result<(Vec<Missing>, Vec<Agreement>), StoreError> {
    let school = person.school;
    let practice = Practice::of(&settings::of(tx, school, None).await?, zone);
    let mut in_force = Vec::new();
    for audience in Audience::ALL.iter().filter(|it| it.covers(person.roles)) {
        in_force.extend(newest(tx, school, *audience).await?);
    }
    let signed = signatures_of(tx, school, person.id).await?;
    Ok((missing(person, &practice, &in_force, &signed, now), in_force))
}
