use std::{collections::HashMap, net::IpAddr, sync::Arc};

use casework::{NewConcern, Origin};
use gate::Current;
use jiff::{SignedDuration, Timestamp};
use policy::{Category, Outcome, Seen, Step};
use school::{Choice, Id, Person, Roles};
use signals::{Lexicon, Severity, Theme, Words, assess};
use store::{Db, StoreError, security};

use crate::{Alerts, alerts::ourselves};

/// Looks over what was searched, and raises what worries (MON-01).
pub struct Watch {
    pub lexicon: Arc<Lexicon>,
    pub db: Db,
    pub current: Arc<Current>,
    pub alerts: Alerts,
}

/// A worry on its way to the register.
pub(crate) struct Worry {
    new: NewConcern,
    about: Roles,
}

/// Worries about nobody known cannot be told apart by person: one for each device, theme and severity will do.
#[derive(Default)]
pub(crate) struct Nameless(HashMap<(IpAddr, Theme, Severity), Timestamp>);

/// Somebody who tried to get round the filter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WayRound {
    subject: String,
    words: String,
    at: Timestamp,
}

/// Who tried of late, so that a browser that tries all day is told of once an hour.
#[derive(Default)]
pub(crate) struct Tried(HashMap<Who, Timestamp>);

#[derive(Debug, PartialEq, Eq, Hash)]
enum Who {
    Person(Id<Person>),
    Device(IpAddr),
}

const TRIED_AGAIN: SignedDuration = SignedDuration::from_hours(1);
const TRIED_MOST: usize = 50_000;
const NAMELESS_AGAIN: SignedDuration = SignedDuration::from_hours(1);
const NAMELESS_MOST: usize = 10_000;
/// Of what was typed; no search box takes more.
const LONGEST_WORDS: usize = 1_000;

impl Watch {
    /// What is worrying in what was seen. A visit to a help site never is, whatever was typed there.
    pub(crate) fn assess(&self, seen: &[Seen], nameless: &mut Nameless) -> Vec<Worry> {
        let mut worries = Vec::new();
        for seen in seen.iter().filter(|it| it.because.step != Step::Help) {
            let Some(search) = &seen.search else { continue };
            for signal in assess(&self.lexicon, &Words { text: search, host: &seen.host }) {
                if seen.person.is_some() || nameless.is_news(seen, signal.theme, signal.severity) {
                    worries.push(self.worry(seen, search, signal.theme, signal.severity));
                }
            }
        }
        worries
    }

    /// Who was kept from a proxy, a VPN or another way round the filter: one alert for a person and hour.
    pub(crate) fn ways_round(&self, seen: &[Seen], tried: &mut Tried) -> Vec<WayRound> {
        let refused = |it: &&Seen| {
            it.categories.has(Category::Bypass) && matches!(it.outcome, Outcome::Blocked | Outcome::Warned)
        };
        let snapshot = self.current.load();
        let mut all = Vec::new();
        for seen in seen.iter().filter(refused) {
            let who = seen.person.map_or(Who::Device(seen.address), Who::Person);
            if !tried.is_news(who, seen.at) {
                continue;
            }
            let known = seen.person.and_then(|id| snapshot.people.get(id));
            let subject = known.map_or_else(|| seen.address.to_string(), |it| it.person.username.to_string());
            let words = format!(
                "{subject} tried to reach {}, a way round the filter, from {}",
                seen.host, seen.address
            );
            all.push(WayRound { subject, words, at: seen.at });
        }
        all
    }

    /// Tells the network manager of them, and takes away those that are told.
    pub(crate) async fn tell(&self, ways: &mut Vec<WayRound>) -> Result<(), StoreError> {
        if ways.is_empty() {
            return Ok(());
        }
        let school = self.current.load().school.id;
        let mut tx = self.db.write().await?;
        for WayRound { subject, words, at } in &*ways {
            let new = security::New { kind: security::Kind::Bypass, subject, words, quiet: false };
            security::raise(&mut tx, &ourselves(*at), school, new).await?;
        }
        tx.commit().await?;
        ways.clear();
        Ok(())
    }

    /// Enters them in the register and takes away those that are in it.
    ///
    /// Together if it can be, else one by one, so that one that cannot be entered does not hold up the others.
    pub(crate) async fn raise(&self, worries: &mut Vec<Worry>) -> Result<(), StoreError> {
        if worries.is_empty() {
            return Ok(());
        }
        if self.enter(worries).await.is_ok() {
            worries.clear();
            return Ok(());
        }
        let mut failed = Ok(());
        for worry in std::mem::take(worries) {
            if let Err(err) = self.enter(std::slice::from_ref(&worry)).await {
                worries.push(worry);
                failed = Err(err);
            }
        }
        failed
    }

    /// All or none.
    async fn enter(&self, worries: &[Worry]) -> Result<(), StoreError> {
        let school = self.current.load().school.clone();
        let mut tx = self.db.write().await?;
        for worry in worries {
            self.alerts.raise(&mut tx, &school, &worry.new, worry.about).await?;
        }
        tx.commit().await
    }

    fn worry(&self, seen: &Seen, search: &str, theme: Theme, severity: Severity) -> Worry {
        let snapshot = self.current.load();
        let known = seen.person.and_then(|id| snapshot.people.get(id));
        let device = seen.device.as_deref().map_or_else(|| seen.address.to_string(), ToOwned::to_owned);
        let new = NewConcern {
            school: seen.school,
            at: seen.at,
            origin: Origin::Search,
            about: seen.person,
            reporter: None,
            theme: Some(theme.code().to_owned()),
            severity: Some(severity.code().to_owned()),
            words: search.chars().take(LONGEST_WORDS).collect(),
            place: Some(format!("{} on {device}", seen.host)),
        };
        Worry { new, about: known.map_or(Roles::NONE, |it| it.person.roles) }
    }
}

impl Tried {
    fn is_news(&mut self, who: Who, at: Timestamp) -> bool {
        if TRIED_MOST <= self.0.len() {
            self.0.retain(|_, last| at.duration_since(*last) < TRIED_AGAIN);
        }
        if self.0.get(&who).is_some_and(|last| at.duration_since(*last) < TRIED_AGAIN) {
            return false;
        }
        if self.0.len() < TRIED_MOST {
            self.0.insert(who, at);
        }
        true
    }
}

impl Nameless {
    fn is_news(&mut self, seen: &Seen, theme: Theme, severity: Severity) -> bool {
        if NAMELESS_MOST <= self.0.len() {
            self.0.retain(|_, at| seen.at.duration_since(*at) < NAMELESS_AGAIN);
        }
        let key = (seen.address, theme, severity);
        let known = self.0.get(&key).is_some_and(|at| seen.at.duration_since(*at) < NAMELESS_AGAIN);
        if !known && self.0.len() < NAMELESS_MOST {
            self.0.insert(key, seen.at);
        }
        !known
    }
}
