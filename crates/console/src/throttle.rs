//! Slows down those who guess passwords.
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use jiff::Timestamp;
use school::Flood;

/// Wrong guesses at one name from one address within [`WINDOW`], before it has to wait.
const PER_NAME_THERE: u32 = 5;
/// Wrong guesses at one name from anywhere: more, so that nobody is kept out by someone else's guessing soon.
const PER_NAME: u32 = 40;
/// The same for an address, which a whole office may share.
const PER_ADDRESS: u32 = 30;
/// Seconds.
const WINDOW: i64 = 15 * 60;
/// Names and addresses remembered; beyond it, everyone waits until some are forgotten.
const MOST: usize = 20_000;

/// Wrong guesses of late, by name and by address. Forgotten at a restart, which is slower than waiting.
#[derive(Debug, Clone, Default)]
pub struct Throttle(Arc<Mutex<HashMap<Who, Guesses>>>, Arc<Mutex<Failures>>);

/// Failed sign-ins that are written down, by name and address.
type Failures = Flood<(String, Option<IpAddr>)>;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    NameFrom(Box<str>, Option<IpAddr>),
    Name(Box<str>),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Guesses {
    since: i64,
    wrong: u32,
}

impl Throttle {
    /// Whether another guess may be made. Counts it as wrong until [`Throttle::right`] says otherwise, so that
    /// guesses sent at the same moment count too.
    pub(crate) fn may_guess(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> bool {
        let now = now.as_second();
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, it| now - it.since < WINDOW);
        }
        if all.len() >= MOST {
            return false;
        }
        for (who, most) in those(name, address) {
            let guesses = all.entry(who).or_insert(Guesses { since: now, wrong: 0 });
            if now - guesses.since >= WINDOW {
                *guesses = Guesses { since: now, wrong: 0 };
            }
            guesses.wrong = guesses.wrong.saturating_add(1);
            // An address that has to wait fills no memory with the names it goes on to try: else one device could
            // keep everyone out.
            if most < guesses.wrong {
                return false;
            }
        }
        true
    }

    /// Of a wrong guess at a name that exists: whether to write it down, and how many of the same were left out since.
    pub(crate) fn row(&self, name: &str, address: Option<IpAddr>, now: Timestamp) -> Option<u64> {
        let mut flood = self.1.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        flood.note((name.to_owned(), address), now)
    }

    /// The guess was right: it and those before it are forgiven.
    pub(crate) fn right(&self, name: &str, address: Option<IpAddr>) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (who, _) in those(name, address) {
            all.remove(&who);
        }
    }
}

fn those(name: &str, address: Option<IpAddr>) -> impl Iterator<Item = (Who, u32)> {
    let name: Box<str> = name.trim().to_ascii_lowercase().chars().take(64).collect::<String>().into();
    let there = (Who::NameFrom(name.clone(), address), PER_NAME_THERE);
    let by_address = address.map(|it| (Who::Address(it), PER_ADDRESS));
    by_address.into_iter().chain([there, (Who::Name(name), PER_NAME)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn a_name_waits_after_five_wrong_guesses_and_is_heard_again_later() {
        let throttle = Throttle::default();
        for _ in 0..PER_NAME_THERE {
            assert!(throttle.may_guess("ada", None, at(0)));
        }
        assert!(!throttle.may_guess("ADA ", None, at(1)), "spelling buys no guesses");
        assert!(throttle.may_guess("grace", None, at(1)), "others are not held up");
        assert!(throttle.may_guess("ada", None, at(WINDOW)));
    }

    #[test]
    fn a_name_is_not_kept_out_at_once_by_guesses_from_elsewhere() {
        let throttle = Throttle::default();
        let from = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        for _ in 0..10 {
            throttle.may_guess("ada", from(1), at(0));
        }
        assert!(!throttle.may_guess("ada", from(1), at(1)));
        assert!(throttle.may_guess("ada", from(2), at(1)));
        for last in 3..40 {
            throttle.may_guess("ada", from(last), at(1));
        }
        assert!(!throttle.may_guess("ada", from(50), at(2)), "many addresses guess no better than one");
    }

    #[test]
    fn an_address_waits_after_thirty_names() {
        let throttle = Throttle::default();
        let address = Some("192.0.2.7".parse().expect("an address"));
        for i in 0..PER_ADDRESS {
            assert!(throttle.may_guess(&format!("name{i}"), address, at(0)));
        }
        assert!(!throttle.may_guess("another", address, at(1)));
    }

    #[test]
    fn a_right_password_forgives() {
        let throttle = Throttle::default();
        for _ in 0..20 {
            assert!(throttle.may_guess("ada", None, at(0)));
            throttle.right("ada", None);
        }
    }

    #[test]
    fn one_device_that_tries_endless_names_keeps_nobody_else_out() {
        let throttle = Throttle::default();
        let address = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        for n in 0..MOST {
            throttle.may_guess(&format!("name{n}"), address(1), at(0));
        }
        assert!(throttle.may_guess("ada", address(2), at(1)));
    }
}
