use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
};

use jiff::Timestamp;
use parking_lot::RwLock;
use school::{Id, Person};

/// Sign-ins made on the gate's page: which device belongs to whom, until when (PWD-07).
///
/// The time is fixed at sign-in and does not slide: a machine that was left alone must not stay signed in because
/// a page on it keeps asking. Kept in memory only, so that a restart signs everyone out.
#[derive(Debug)]
pub struct Bindings {
    bound: RwLock<HashMap<IpAddr, Binding>>,
    capacity: usize,
}

#[derive(Debug, Clone, Copy)]
struct Binding {
    person: Id<Person>,
    until: Timestamp,
}

impl Bindings {
    /// At most `capacity` devices at once; one more signs out the one whose time ends first.
    pub fn new(capacity: usize) -> Bindings {
        Bindings { bound: RwLock::default(), capacity: capacity.max(1) }
    }

    pub fn bind(&self, device: IpAddr, person: Id<Person>, until: Timestamp, now: Timestamp) {
        let mut bound = self.bound.write();
        let binding = Binding { person, until };
        if bound.len() < self.capacity || bound.contains_key(&device.to_canonical()) {
            bound.insert(device.to_canonical(), binding);
            return;
        }
        bound.retain(|_, it| now < it.until);
        if self.capacity <= bound.len()
            && let Some(first) = bound.iter().min_by_key(|(_, it)| it.until).map(|(device, _)| *device)
        {
            bound.remove(&first);
        }
        bound.insert(device.to_canonical(), binding);
    }

    /// Signs the device out. Returns who it belonged to.
    pub fn release(&self, device: IpAddr) -> Option<Id<Person>> {
        match self.bound.write().entry(device.to_canonical()) {
            Entry::Occupied(it) => Some(it.remove().person),
            Entry::Vacant(_) => None,
        }
    }

    pub fn who(&self, device: IpAddr, now: Timestamp) -> Option<Id<Person>> {
        self.get(device, now).map(|it| it.person)
    }

    /// When the device's sign-in ends, if there is one.
    pub fn until(&self, device: IpAddr, now: Timestamp) -> Option<Timestamp> {
        self.get(device, now).map(|it| it.until)
    }

    fn get(&self, device: IpAddr, now: Timestamp) -> Option<Binding> {
        self.bound.read().get(&device.to_canonical()).copied().filter(|it| now < it.until)
    }

    pub fn len(&self) -> usize {
        self.bound.read().len()
    }
    pub fn is_empty(&self) -> bool {
        self.bound.read().is_empty()
    }
}

impl Default for Bindings {
    fn default() -> Bindings {
        Bindings::new(20_000)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        "2026-11-23T09:00:00Z".parse::<Timestamp>().expect("a time") + minutes.minutes()
    }
    fn device(n: u8) -> IpAddr {
        [192, 0, 2, n].into()
    }

    #[test]
    fn a_sign_in_ends_at_its_time_and_does_not_slide() {
        let (bindings, amina) = (Bindings::default(), Id::from_u128(1));
        bindings.bind(device(1), amina, at(60), at(0));
        assert_eq!(bindings.who(device(1), at(59)), Some(amina));
        assert_eq!(bindings.who(device(1), at(60)), None);
        assert_eq!(bindings.who(device(2), at(1)), None, "another device is nobody's");
    }

    #[test]
    fn the_next_person_takes_the_device_over_and_signing_out_frees_it() {
        let bindings = Bindings::default();
        bindings.bind(device(1), Id::from_u128(1), at(60), at(0));
        bindings.bind(device(1), Id::from_u128(2), at(70), at(10));
        assert_eq!(bindings.who(device(1), at(20)), Some(Id::from_u128(2)));
        assert_eq!(bindings.release(device(1)), Some(Id::from_u128(2)));
        assert_eq!(bindings.who(device(1), at(20)), None);
        assert_eq!(bindings.release(device(1)), None);
    }

    #[test]
    fn one_device_has_one_address_in_either_spelling() {
        let bindings = Bindings::default();
        bindings.bind("::ffff:192.0.2.1".parse().expect("an address"), Id::from_u128(1), at(60), at(0));
        assert_eq!(bindings.who(device(1), at(1)), Some(Id::from_u128(1)));
    }

    #[test]
    fn a_full_table_gives_up_the_ended_and_then_the_soonest_to_end() {
        let bindings = Bindings::new(2);
        bindings.bind(device(1), Id::from_u128(1), at(5), at(0));
        bindings.bind(device(2), Id::from_u128(2), at(60), at(0));
        bindings.bind(device(3), Id::from_u128(3), at(50), at(10));
        assert_eq!((bindings.len(), bindings.who(device(1), at(1))), (2, None));
        bindings.bind(device(4), Id::from_u128(4), at(90), at(10));
        assert_eq!(
            (bindings.who(device(3), at(11)), bindings.who(device(2), at(11))),
            (None, Some(Id::from_u128(2)))
        );
    }
}
