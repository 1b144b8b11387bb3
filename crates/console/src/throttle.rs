//! Slows down those who guess: by the rule and the count that the gate has too (BEY-11).
use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use school::{
    Flood, Person,
    guesses::{Guess, Origin, Secret, Shared, account},
};

/// Wrong guesses of late. Forgotten at a restart, which is slower than waiting.
#[derive(Debug, Clone, Default)]
pub struct Throttle {
    guesses: Shared,
    failures: Arc<Mutex<Failures>>,
}

/// Failed sign-ins that are written down, by name and address.
type Failures = Flood<(String, Option<IpAddr>)>;

impl Throttle {
    /// With another door, which counts the same accounts.
    pub fn counting(guesses: Shared) -> Throttle {
        Throttle { guesses, ..Throttle::default() }
    }

    /// Whether another guess may be made at this account, as [`account`] spells it. It counts as wrong until
    /// [`Throttle::right`] says otherwise, so that guesses sent at the same moment count too.
    pub(crate) fn guess(&self, account: &str, from: Option<IpAddr>, now: Timestamp) -> Option<Guess> {
        let origin = from.map_or(Origin::Unknown, Origin::Device);
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner).begin(
            Secret::Password,
            origin,
            account,
            now,
        )
    }

    /// The same in a session that is theirs already: nobody elsewhere can keep them from going on with it. `what` is
    /// guessed: nothing for their password.
    pub(crate) fn guess_own(&self, what: &str, person: &Person, now: Timestamp) -> Option<Guess> {
        let account = format!("{what}{}", account(person.school, person.username.as_str()));
        let mut guesses = self.guesses.lock().unwrap_or_else(PoisonError::into_inner);
        guesses.begin(Secret::Password, Origin::Session, &account, now)
    }

    pub(crate) fn right(&self, guess: Guess) {
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner).was_right(guess);
    }

    /// Nobody said whether it was right.
    pub(crate) fn take_back(&self, guess: Guess) {
        self.guesses.lock().unwrap_or_else(PoisonError::into_inner).take_back(guess);
    }

    /// Of a wrong guess at a name that exists: whether to write it down, and how many of the same were left out since.
    pub(crate) fn row(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> Option<u64> {
        let mut flood = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        flood.note((name.to_owned(), address), now)
    }
}
