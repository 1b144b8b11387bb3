//! The people a page names, read by their ids, and whoever somebody typed, looked up in the database: never the whole
//! school, which may have 20,000.
use std::collections::HashMap;

use school::{Id, Person, Roles, School};
use store::{StoreError, Tx, people, register};

use crate::fields::Fields;

#[derive(Default)]
pub(crate) struct People {
    known: HashMap<Id<Person>, Person>,
    typed: Typed,
}

#[derive(Default)]
enum Typed {
    #[default]
    Nobody,
    One(Id<Person>),
    Several(Vec<Id<Person>>),
    NoSuch,
}

/// What someone typed to name a person.
pub(crate) enum Named<'a> {
    Nobody,
    One(&'a Person),
    /// By name, at most [`MOST`] of them.
    Several(Vec<&'a Person>),
    NoSuch,
}

/// How many people are offered to choose from.
const MOST: u32 = 20;

impl People {
    /// Their groups are not read.
    pub(crate) async fn of(
        tx: &mut Tx,
        school: Id<School>,
        ids: impl IntoIterator<Item = Id<Person>>,
    ) -> Result<People, StoreError> {
        let mut all = People::default();
        all.learn(tx, school, ids).await?;
        Ok(all)
    }

    /// Those whose roles fit. Their groups are not read.
    pub(crate) async fn with_roles(
        tx: &mut Tx,
        school: Id<School>,
        fits: impl Fn(Roles) -> bool,
    ) -> Result<People, StoreError> {
        let all = register::with_roles(tx, school, fits).await?;
        Ok(People { known: all.into_iter().map(|it| (it.id, it)).collect(), typed: Typed::Nobody })
    }

    /// Whom somebody named: by id, by username, or by part of either name. One alone is read with their groups.
    pub(crate) async fn typed(tx: &mut Tx, school: Id<School>, typed: &str) -> Result<People, StoreError> {
        let mut all = People::default();
        let typed = typed.trim().to_lowercase();
        if typed.is_empty() {
            return Ok(all);
        }
        #[expect(clippy::same_functions_in_if_condition, reason = "each parses as another type")]
        let one = if let Ok(id) = typed.parse() {
            let kept = people::get(tx, school, id).await?;
            if kept.is_none() {
                all.typed = Typed::NoSuch;
                return Ok(all);
            }
            kept
        } else if let Ok(username) = typed.parse() {
            people::by_username(tx, school, &username).await?
        } else {
            None
        };
        if let Some(kept) = one {
            return Ok(all.one(kept.person));
        }
        let wanted = register::Wanted { words: typed, ..register::Wanted::default() };
        let found = register::find(tx, school, &wanted, 0, MOST).await?;
        match &found[..] {
            [] => all.typed = Typed::NoSuch,
            [only] => {
                if let Some(kept) = people::get(tx, school, only.person.id).await? {
                    return Ok(all.one(kept.person));
                }
            }
            _ => {
                all.typed = Typed::Several(found.iter().map(|it| it.person.id).collect());
                all.known.extend(found.into_iter().map(|it| (it.person.id, it.person)));
            }
        }
        Ok(all)
    }

    /// Reads those of these who are not known yet.
    pub(crate) async fn learn(
        &mut self,
        tx: &mut Tx,
        school: Id<School>,
        ids: impl IntoIterator<Item = Id<Person>>,
    ) -> Result<(), StoreError> {
        let mut new: Vec<_> = ids.into_iter().filter(|it| !self.known.contains_key(it)).collect();
        new.sort_unstable();
        new.dedup();
        self.known.extend(register::some(tx, school, &new).await?);
        Ok(())
    }

    pub(crate) fn get(&self, id: Option<Id<Person>>) -> Option<&Person> {
        self.known.get(&id?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Person> {
        self.known.values()
    }

    /// Who was typed, where [`People::typed`] has read them.
    pub(crate) fn named(&self) -> Named<'_> {
        match &self.typed {
            Typed::Nobody => Named::Nobody,
            Typed::One(id) => self.known.get(id).map_or(Named::NoSuch, Named::One),
            Typed::Several(ids) => Named::Several(ids.iter().filter_map(|it| self.known.get(it)).collect()),
            Typed::NoSuch => Named::NoSuch,
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

    fn one(mut self, person: Person) -> People {
        self.typed = Typed::One(person.id);
        self.known.insert(person.id, person);
        self
    }
}

pub(crate) fn name(person: &Person) -> String {
    match person.year {
        Some(year) => format!("{} (Year {year})", person.name),
        None => person.name.to_string(),
    }
}

/// What a search asked for, in words for the audit trail; `all` where it asked for nothing.
pub(crate) fn asked(fields: &Fields, all: &str) -> String {
    let words = fields.in_words();
    if words.is_empty() { all.to_owned() } else { words }
}
