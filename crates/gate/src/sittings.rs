use std::{collections::HashMap, net::IpAddr, time::Duration};

use jiff::Timestamp;
use parking_lot::RwLock;
use school::{Id, Person};

/// Sign-ins by the browser's own box (407): since when each holds (PWD-07).
///
/// A browser sends what was typed with every request until it is closed, so its box alone would never end. When the
/// time is over the gate asks again; a browser that is asked forgets what it held and shows its box. What comes in
/// the moments after that still comes from before, and is asked too; what comes later was typed again.
#[derive(Debug)]
pub(crate) struct Sittings {
    held: RwLock<HashMap<(IpAddr, Id<Person>), Sitting>>,
    /// When a device that sent no name was last asked for one.
    asked: RwLock<HashMap<IpAddr, Timestamp>>,
    capacity: usize,
}

/// What a right name and password are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// They were typed: a sign-in begins.
    Begins,
    GoesOn,
    /// They have to be typed again.
    Over,
}

#[derive(Debug, Clone, Copy)]
struct Sitting {
    since: Timestamp,
    /// When it was asked again after its time was over.
    asked: Option<Timestamp>,
}

/// Requests that were under way when the browser was asked are over by then.
const MOMENTS: Duration = Duration::from_secs(2);
/// Somebody who was asked types within this time: they are not asked a second time.
const TYPING: Duration = Duration::from_mins(2);

impl Sittings {
    /// At most `capacity`; beyond it those that began first are given up, which asks their people again.
    pub(crate) fn new(capacity: usize) -> Sittings {
        Sittings { held: RwLock::default(), asked: RwLock::default(), capacity: capacity.max(1) }
    }

    /// The device was asked who it is.
    pub(crate) fn ask(&self, device: IpAddr, now: Timestamp) {
        let mut asked = self.asked.write();
        if self.capacity <= asked.len() {
            asked.retain(|_, at| now < *at + TYPING);
        }
        if asked.len() < self.capacity {
            asked.insert(device, now);
        }
    }

    /// What a right name and password are worth now; `lasts` is how long a sign-in does. `at_connect`: they were
    /// sent with a CONNECT some time ago, and so begin nothing anew that has been before.
    pub(crate) fn holds(
        &self,
        device: IpAddr,
        person: Id<Person>,
        lasts: Duration,
        at_connect: bool,
        now: Timestamp,
    ) -> Holds {
        let key = (device, person);
        let found = self.held.read().get(&key).copied();
        if found.is_some_and(|it| now < it.since + lasts) {
            return Holds::GoesOn;
        }
        // A tunnel to the gate's own pages is where the first of a sitting may be seen.
        if at_connect && found.is_some() {
            return Holds::Over;
        }
        let typed = match found {
            None => true,
            Some(Sitting { asked: Some(at), .. }) => at + MOMENTS <= now,
            Some(Sitting { asked: None, .. }) => self.asked_lately(device, now),
        };
        let next = match (typed, found) {
            (false, Some(it)) => Sitting { since: it.since, asked: it.asked.or(Some(now)) },
            _ => Sitting { since: now, asked: None },
        };
        let mut held = self.held.write();
        if self.capacity <= held.len()
            && !held.contains_key(&key)
            && let Some(first) = held.iter().min_by_key(|(_, it)| it.since).map(|(key, _)| *key)
        {
            held.remove(&first);
        }
        held.insert(key, next);
        if typed { Holds::Begins } else { Holds::Over }
    }

    fn asked_lately(&self, device: IpAddr, now: Timestamp) -> bool {
        self.asked.read().get(&device).is_some_and(|at| now < *at + TYPING)
    }
}

#[cfg(test)]
mod tests {
    use super::{Holds::*, *};
    use crate::sample::{AMINA, at};

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const HOUR: Duration = Duration::from_hours(1);

    fn seconds(minute: i64, second: u64) -> Timestamp {
        at(minute) + Duration::from_secs(second)
    }

    #[test]
    fn when_the_time_is_over_it_is_typed_again() {
        let sittings = Sittings::new(10);
        let check = |now: Timestamp, at_connect: bool, expected: Holds| {
            assert_eq!(sittings.holds(HERE, AMINA, HOUR, at_connect, now), expected, "{now}");
        };
        check(at(0), false, Begins);
        check(at(59), true, GoesOn);
        check(at(60), true, Over);
        check(at(60), false, Over);
        check(seconds(60, 1), false, Over);
        check(seconds(60, 5), true, Over);
        check(seconds(60, 5), false, Begins);
        check(at(119), true, GoesOn);
        let elsewhere = IpAddr::from([192, 0, 2, 9]);
        assert_eq!(sittings.holds(elsewhere, AMINA, HOUR, true, at(0)), Begins, "first seen inside a tunnel");
    }

    #[test]
    fn a_browser_that_was_just_opened_is_asked_once() {
        let sittings = Sittings::new(10);
        assert_eq!(sittings.holds(HERE, AMINA, HOUR, false, at(0)), Begins);
        sittings.ask(HERE, at(900));
        assert_eq!(sittings.holds(HERE, AMINA, HOUR, false, at(901)), Begins);
        assert_eq!(
            sittings.holds(HERE, AMINA, HOUR, false, at(970)),
            Over,
            "nobody was asked before this one"
        );
    }

    #[test]
    fn memory_is_bounded() {
        let sittings = Sittings::new(3);
        for n in 0..10_u8 {
            let device = IpAddr::from([192, 0, 2, n]);
            sittings.ask(device, at(0));
            assert_eq!(sittings.holds(device, AMINA, HOUR, false, at(i64::from(n))), Begins);
        }
        assert_eq!((sittings.held.read().len(), sittings.asked.read().len()), (3, 3));
    }
}
