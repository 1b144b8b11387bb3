use std::{collections::HashMap, net::IpAddr, time::Duration};

use jiff::Timestamp;
use parking_lot::Mutex;
use policy::Target;
use school::{Id, Person};

use crate::{Ruling, Who};

/// Who chose to go on after a warning, and to which site, until when. Kept in memory only and bounded.
#[derive(Debug)]
pub struct Passes {
    given: Mutex<HashMap<(Holder, Box<str>), Timestamp>>,
    capacity: usize,
    lasts: Duration,
}

/// Whose pass it is: the person's, or the device's where nobody has signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Holder {
    Person(Id<Person>),
    Device(IpAddr),
}

impl Passes {
    /// At most `capacity` passes; when more are asked for, those that end first are given up.
    pub fn new(capacity: usize, lasts: Duration) -> Passes {
        Passes { given: Mutex::default(), capacity: capacity.max(1), lasts }
    }

    pub fn give(&self, who: &Who, device: IpAddr, target: &Target, now: Timestamp) {
        let mut given = self.given.lock();
        if self.capacity <= given.len() {
            given.retain(|_, until| now < *until);
        }
        if self.capacity <= given.len()
            && let Some(first) = given.iter().min_by_key(|(_, until)| **until).map(|(key, _)| key.clone())
        {
            given.remove(&first);
        }
        given.insert((Holder::of(who, device), site(target)), now + self.lasts);
    }

    /// Turns a warning that this person has already read into leave to proceed; any other ruling stays.
    #[must_use]
    pub fn settle(
        &self,
        ruling: Ruling,
        who: &Who,
        device: IpAddr,
        target: &Target,
        now: Timestamp,
    ) -> Ruling {
        match ruling {
            Ruling::Warn(decision) if self.has(who, device, target, now) => Ruling::Proceed(decision),
            ruling => ruling,
        }
    }

    fn has(&self, who: &Who, device: IpAddr, target: &Target, now: Timestamp) -> bool {
        let key = (Holder::of(who, device), site(target));
        self.given.lock().get(&key).is_some_and(|until| now < *until)
    }
}

impl Holder {
    fn of(who: &Who, device: IpAddr) -> Holder {
        who.id().map_or(Holder::Device(device.to_canonical()), Holder::Person)
    }
}

/// What a pass is good for: all of the site that was warned about, `example.co.uk` for `www.example.co.uk`.
pub(crate) fn site(target: &Target) -> Box<str> {
    let host = target.host();
    host.registrable_domain().map_or_else(|| host.as_text().into(), Into::into)
}

impl Default for Passes {
    fn default() -> Passes {
        Passes::new(20_000, Duration::from_hours(1))
    }
}
