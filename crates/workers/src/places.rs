//! What sign-ins at the gate say of misuse: guessing, and one account in two places (PWD-09, ACC-17).
use std::{collections::HashMap, net::IpAddr};

use jiff::{SignedDuration, Timestamp};
use school::{
    Flood, Id, Person, School,
    settings::{Settings, TWO_PLACES, TWO_PLACES_WITHIN},
};
use store::{
    By, StoreError, Tx,
    security::{self, Kind, New},
};

/// One sign-in, or what was taken for one.
pub(crate) struct Entry<'a> {
    pub(crate) person: Option<Id<Person>>,
    pub(crate) username: &'a str,
    pub(crate) address: IpAddr,
    pub(crate) what: &'a str,
    pub(crate) at: Timestamp,
}

/// Who signed in where of late. Forgotten at a restart, when everyone is signed out as well.
#[derive(Default)]
pub(crate) struct Places {
    last: HashMap<Id<Person>, (IpAddr, Timestamp)>,
    /// Each kind apart, so that the first that is slowed down is told at once, however lately one before it was refused.
    refused: Flood<(String, IpAddr, String)>,
}

/// Longer than the setting allows, nothing is remembered.
const LONGEST: SignedDuration = SignedDuration::from_hours(4);
const MOST: usize = 50_000;

impl Places {
    /// Whether the audit trail gets a row of it, and how many of the same it stands for besides.
    pub(crate) fn row(&mut self, it: &Entry<'_>) -> Option<u64> {
        // A browser that cannot ask its person sends the same again with every picture of a page.
        if it.what == "slowed down" || it.what.starts_with("refused") {
            let key = (it.username.to_owned(), it.address, it.what.to_owned());
            return self.refused.note(key, it.at);
        }
        Some(0)
    }

    pub(crate) async fn alert(
        &mut self,
        tx: &mut Tx,
        school: Id<School>,
        settings: &Settings,
        it: &Entry<'_>,
    ) -> Result<(), StoreError> {
        let by = By { person: None, name: "Schoolgate".to_owned(), at: it.at };
        if it.what == "slowed down" {
            let address = it.address.to_string();
            let (subject, of) = if it.username.is_empty() {
                (address.as_str(), "names that nobody has")
            } else {
                (it.username, it.username)
            };
            let words = format!("Wrong passwords for {of}, again and again, at the gate from {address}");
            security::raise(
                tx,
                &by,
                school,
                New { kind: Kind::Guessing, subject, words: &words, quiet: false },
            )
            .await?;
        }
        let (Some(person), "signed in") = (it.person, it.what) else {
            if let (Some(person), "signed out" | "left signed in") = (it.person, it.what)
                && self.last.get(&person).is_some_and(|(address, _)| *address == it.address)
            {
                self.last.remove(&person);
            }
            return Ok(());
        };
        if MOST <= self.last.len() {
            self.last.retain(|_, (_, at)| it.at.duration_since(*at) < LONGEST);
        }
        let before = self.last.insert(person, (it.address, it.at));
        let within = SignedDuration::from_mins(i64::from(settings.number(&TWO_PLACES_WITHIN)));
        let how = settings.text(&TWO_PLACES);
        if let Some((address, at)) = before
            && address != it.address
            && it.at.duration_since(at) < within
            && how != "off"
        {
            let words = format!(
                "{} signed in from {} and, {} minutes before, from {address}, without signing out",
                it.username,
                it.address,
                it.at.duration_since(at).as_mins()
            );
            let new =
                New { kind: Kind::TwoPlaces, subject: it.username, words: &words, quiet: how == "notice" };
            security::raise(tx, &by, school, new).await?;
        }
        Ok(())
    }
}
