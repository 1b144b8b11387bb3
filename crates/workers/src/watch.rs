mod tries;

use std::{collections::HashMap, net::IpAddr, sync::Arc};

use casework::{NewConcern, Origin};
use gate::Current;
use jiff::{SignedDuration, Timestamp};
use policy::{Seen, Step};
use school::{Choice, Id, Roles, School};
use signals::{Lexicon, Severity, Theme, Words, assess};
use store::{Db, StoreError, concerns, security};

pub(crate) use self::tries::{Attempt, Tried};
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
    /// It is of the run before, and may be in the register.
    perhaps_known: bool,
}

impl Worry {
    pub(crate) fn at(&self) -> Timestamp {
        self.new.at
    }

    pub(crate) fn perhaps_known(&mut self) {
        self.perhaps_known = true;
    }
}

/// Worries about nobody known cannot be told apart by person: one for each device, theme and severity will do.
#[derive(Default)]
pub(crate) struct Nameless(HashMap<(IpAddr, Theme, Severity), Timestamp>);

const NAMELESS_AGAIN: SignedDuration = SignedDuration::from_hours(1);
const NAMELESS_MOST: usize = 10_000;
/// Of what was typed; no search box takes more.
const LONGEST_WORDS: usize = 1_000;

impl Watch {
    pub(crate) fn school(&self) -> Id<School> {
        self.current.load().school.id
    }

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

    /// Who was kept from a way round the filter or from a programme: one alert for a person and hour.
    pub(crate) fn ways_round(&self, seen: &[Seen], tried: &mut Tried) -> Vec<Attempt> {
        let snapshot = self.current.load();
        let name = |id| snapshot.people.get(id).map(|it| it.person.username.to_string());
        seen.iter().filter_map(|it| tried.attempt(it, name)).collect()
    }

    /// Tells the network manager of them, and takes away those that are told.
    pub(crate) async fn tell(&self, attempts: &mut Vec<Attempt>) -> Result<(), StoreError> {
        if attempts.is_empty() {
            return Ok(());
        }
        let school = self.current.load().school.id;
        let mut tx = self.db.write().await?;
        for Attempt { kind, subject, words, quiet, at } in &*attempts {
            let new = security::New { kind: *kind, subject, words, quiet: *quiet };
            security::raise(&mut tx, &ourselves(*at), school, new).await?;
        }
        tx.commit().await?;
        attempts.clear();
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
            if worry.perhaps_known && concerns::is_known(&mut tx, &worry.new).await? {
                continue;
            }
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
        let about = known.map_or(Roles::NONE, |it| it.person.roles);
        Worry { new, about, perhaps_known: false }
    }
}

impl Nameless {
    fn is_news(&mut self, seen: &Seen, theme: Theme, severity: Severity) -> bool {
        if NAMELESS_MOST <= self.0.len() {
            self.0.retain(|_, at| is_within(*at, seen.at, NAMELESS_AGAIN));
        }
        let key = (seen.address, theme, severity);
        let known = self.0.get(&key).is_some_and(|at| is_within(*at, seen.at, NAMELESS_AGAIN));
        if !known && self.0.len() < NAMELESS_MOST {
            self.0.insert(key, seen.at);
        }
        !known
    }
}

/// A time of a clock that ran ahead is over at once.
fn is_within(last: Timestamp, now: Timestamp, span: SignedDuration) -> bool {
    (SignedDuration::ZERO..span).contains(&now.duration_since(last))
}
