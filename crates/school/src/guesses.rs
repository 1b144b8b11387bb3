//! How often a secret may be guessed: one rule for every door, and one count for all of them (PWD-09, BEY-11).
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use jiff::Timestamp;

use crate::{Id, School};

/// Slows guessing, and locks nobody out for long: each kind of guess has a bucket that fills with wrong ones and drains
/// with time, and only what is full has to wait.
///
/// - **One account**, wherever the guesses come from: at most ten wrong ones in any five minutes. Five of them from
///   devices where it has never signed in, five from those where it has, so that nobody can keep a teacher out from
///   another room.
/// - **One device**: many, since a whole class may stand behind one address, and then one every two seconds.
/// - **Pictures** are few ([`crate::pictures::Pictures`]): four wrong ones for a child, then one in ten minutes, wherever they come
///   from; fifteen for a device, then one a minute.
#[derive(Debug, Default)]
pub struct Guesses(HashMap<Key, Bucket>);

/// One count for several doors. Held for a moment at a time, and never across a wait.
pub type Shared = Arc<Mutex<Guesses>>;

/// What is guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Secret {
    /// A password, or a code of a second credential under a name of its own.
    Password,
    Pictures,
}

/// Where from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    Device(IpAddr),
    /// A session of the same person that is open already.
    Session,
    /// Nobody knows.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Device(Secret, IpAddr),
    /// An account, from where it has signed in before (true) or has not.
    Account(Secret, Box<str>, bool),
    /// An account that has signed in on this device.
    Friend(IpAddr, Box<str>),
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Timestamp,
}

/// A guess under way: counted as wrong until it is known to be right.
#[derive(Debug)]
pub struct Guess {
    keys: Vec<Key>,
    friend: Option<Key>,
    at: Timestamp,
}

/// Wrong guesses held, and how many drain in a second: in so many seconds, no more than `holds` and what drains in them.
struct Limit {
    holds: f64,
    drains: f64,
}

/// Five in any five minutes, and as many again from elsewhere: the sixth comes when the first is five minutes old.
const ACCOUNT: Limit = Limit { holds: 5.0, drains: 1.0 / 300.0 };
const DEVICE: Limit = Limit { holds: 60.0, drains: 0.5 };
const PICTURES: Limit = Limit { holds: 4.0, drains: 1.0 / 600.0 };
const PICTURES_DEVICE: Limit = Limit { holds: 15.0, drains: 1.0 / 60.0 };
/// A friend is forgotten after thirty days.
const FRIEND: Limit = Limit { holds: 1.0, drains: 1.0 / (30.0 * 86_400.0) };
/// Buckets kept at most, of some 100 bytes each.
const KEPT: usize = 50_000;

/// One person's at one school, as every door spells it. `name` may be what somebody typed.
pub fn account(school: Id<School>, name: &str) -> String {
    let name: String = name.trim().to_lowercase().chars().take(64).collect();
    format!("{school}/{name}")
}

impl Guesses {
    /// `account`: of one person at one school, spelt in one way. `None`: wait.
    pub fn begin(&mut self, secret: Secret, from: Origin, account: &str, now: Timestamp) -> Option<Guess> {
        make_room(&mut self.0, now);
        let account: Box<str> = account.into();
        let mut keys = Vec::with_capacity(2);
        let (mut known, mut friend) = (from == Origin::Session, None);
        if let Origin::Device(device) = from {
            let device = device.to_canonical();
            keys.push(Key::Device(secret, device));
            let key = Key::Friend(device, account.clone());
            known = self.level(&key, now) > 0.0;
            friend = Some(key);
        }
        // A child signs in on whichever device of the classroom is free.
        keys.push(Key::Account(secret, account, known && secret == Secret::Password));
        if keys.iter().any(|key| key.limit().holds < self.level(key, now) + 1.0) {
            return None;
        }
        for key in &keys {
            self.add(key.clone(), 1.0, now);
        }
        Some(Guess { keys, friend, at: now })
    }

    /// It is taken back; those before it are not, so that nobody's own sign-in gives a guesser more of them.
    pub fn was_right(&mut self, guess: Guess) {
        if let Some(friend) = guess.friend.clone() {
            self.0.insert(friend, Bucket { level: FRIEND.holds, at: guess.at });
        }
        self.take_back(guess);
    }

    /// Nobody said whether it was right: whoever guessed has learnt nothing.
    pub fn take_back(&mut self, guess: Guess) {
        for key in guess.keys {
            self.add(key, -1.0, guess.at);
        }
    }

    fn level(&self, key: &Key, now: Timestamp) -> f64 {
        self.0.get(key).map_or(0.0, |it| it.level(key.limit(), now))
    }

    fn add(&mut self, key: Key, amount: f64, now: Timestamp) {
        let level = (self.level(&key, now) + amount).max(0.0);
        // A clock that was set back drains nothing twice.
        let at = self.0.get(&key).map_or(now, |it| it.at.max(now));
        self.0.insert(key, Bucket { level, at });
    }
}

impl Key {
    fn limit(&self) -> &'static Limit {
        match self {
            Key::Device(Secret::Password, _) => &DEVICE,
            Key::Device(Secret::Pictures, _) => &PICTURES_DEVICE,
            Key::Account(Secret::Password, ..) => &ACCOUNT,
            Key::Account(Secret::Pictures, ..) => &PICTURES,
            Key::Friend(..) => &FRIEND,
        }
    }
}

impl Bucket {
    fn level(&self, limit: &Limit, now: Timestamp) -> f64 {
        let seconds = now.duration_since(self.at).as_secs_f64().max(0.0);
        (self.level - seconds * limit.drains).max(0.0)
    }
}

/// What has drained goes first; when that is not enough, half of the rest, the emptiest first. Friends go before
/// wrong guesses: losing one spares nobody, losing the other would let a guesser begin again.
fn make_room(buckets: &mut HashMap<Key, Bucket>, now: Timestamp) {
    if buckets.len() < KEPT {
        return;
    }
    buckets.retain(|key, it| 0.0 < it.level(key.limit(), now));
    if buckets.len() < KEPT {
        return;
    }
    let fullness = |key: &Key, it: &Bucket| match key {
        Key::Friend(..) => it.level(&FRIEND, now) - 1.0,
        _ => it.level(key.limit(), now),
    };
    let mut levels: Vec<f64> = buckets.iter().map(|(key, it)| fullness(key, it)).collect();
    let middle = levels.len() / 2;
    let (_, middle, _) = levels.select_nth_unstable_by(middle, f64::total_cmp);
    let middle = *middle;
    buckets.retain(|key, it| middle < fullness(key, it));
}

#[cfg(test)]
mod tests;
