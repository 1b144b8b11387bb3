//! Everyone of a school by id, to put names to what was seen.
use std::collections::HashMap;

use school::{Id, Person, School};
use store::{StoreError, Tx, people};

pub(crate) struct People(HashMap<Id<Person>, Person>);

/// What someone typed to name a person.
pub(crate) enum Named<'a> {
    Nobody,
    One(&'a Person),
    /// By name, at most [`MOST`] of them.
    Several(Vec<&'a Person>),
    NoSuch,
}

/// How many people are offered to choose from.
const MOST: usize = 20;

impl People {
    pub(crate) async fn of(tx: &mut Tx, school: Id<School>) -> Result<People, StoreError> {
        let all = people::all(tx, school).await?;
        Ok(People(all.into_iter().map(|it| (it.person.id, it.person)).collect()))
    }

    pub(crate) fn get(&self, id: Option<Id<Person>>) -> Option<&Person> {
        self.0.get(&id?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Person> {
        self.0.values()
    }

    /// By id, by username, or by part of the name.
    pub(crate) fn named(&self, typed: &str) -> Named<'_> {
        let typed = typed.trim().to_lowercase();
        if typed.is_empty() {
            return Named::Nobody;
        }
        if let Ok(id) = typed.parse() {
            return self.0.get(&id).map_or(Named::NoSuch, Named::One);
        }
        if let Some(one) = self.0.values().find(|it| it.username.as_str() == typed) {
            return Named::One(one);
        }
        let mut found: Vec<&Person> =
            self.0.values().filter(|it| it.name.as_str().to_lowercase().contains(&typed)).collect();
        found.sort_by_key(|it| it.name.as_str());
        match found[..] {
            [] => Named::NoSuch,
            [one] => Named::One(one),
            _ => {
                found.truncate(MOST);
                Named::Several(found)
            }
        }
    }

    /// With the year of a pupil, since two may share a name.
    pub(crate) fn name(&self, id: Option<Id<Person>>) -> String {
        match (id, self.get(id)) {
            (None, _) => "Nobody signed in".to_owned(),
            (_, None) => "Someone who has left".to_owned(),
            (_, Some(person)) => name(person),
        }
    }
}

pub(crate) fn name(person: &Person) -> String {
    match person.year {
        Some(year) => format!("{} (Year {year})", person.name),
        None => person.name.to_string(),
    }
}
