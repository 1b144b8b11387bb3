use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::Arc,
};

use jiff::Timestamp;
use parking_lot::RwLock;
use school::{Id, Person};

use crate::{Known, People, Pictured};

/// Sign-ins made on the gate's page: which device belongs to whom, until when (PWD-07).
///
/// The time is fixed at sign-in and does not slide: a machine that was left alone must not stay signed in because
/// a page on it keeps asking. Kept in memory only, so that a restart signs everyone out.
#[derive(Debug)]
pub struct Bindings {
    bound: RwLock<HashMap<IpAddr, Binding>>,
    capacity: usize,
}

#[derive(Debug)]
struct Binding {
    person: Id<Person>,
    /// Their stored password and pictures at that time: others end the sign-in.
    password: Option<Box<str>>,
    pictures: Option<Pictured>,
    since: Timestamp,
    until: Timestamp,
}

impl Bindings {
    /// At most `capacity` devices at once; one more signs out the one whose time ends first.
    pub fn new(capacity: usize) -> Bindings {
        Bindings { bound: RwLock::default(), capacity: capacity.max(1) }
    }

    pub fn bind(&self, device: IpAddr, known: &Known, until: Timestamp, now: Timestamp) {
        let binding = Binding {
            person: known.person.id,
            password: known.password.clone(),
            pictures: known.pictures.clone(),
            since: now,
            until,
        };
        let mut bound = self.bound.write();
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
        self.get(device, now, |it| it.person)
    }

    /// Who has signed in there, as long as they are still among `people` with the password and pictures they had then.
    pub fn signed_in<'a>(
        &self,
        device: IpAddr,
        people: &'a People,
        now: Timestamp,
    ) -> Option<&'a Arc<Known>> {
        let holds = |it: &Binding| {
            let same = |known: &&Arc<Known>| known.password == it.password && known.pictures == it.pictures;
            people.get(it.person).filter(same)
        };
        self.get(device, now, holds).flatten()
    }

    /// When their sign-in on some other device ends, if there is one (ACC-04).
    pub fn elsewhere(&self, known: &Known, device: IpAddr, now: Timestamp) -> Option<Timestamp> {
        let bound = self.bound.read();
        let theirs = bound.iter().filter(|(at, it)| {
            **at != device.to_canonical()
                && it.person == known.person.id
                && it.password == known.password
                && now < it.until
        });
        theirs.map(|(_, it)| it.until).max()
    }

    /// When whoever has signed in on the device did so.
    pub fn since(&self, device: IpAddr, now: Timestamp) -> Option<Timestamp> {
        self.get(device, now, |it| it.since)
    }

    /// When the device's sign-in ends, if there is one.
    pub fn until(&self, device: IpAddr, now: Timestamp) -> Option<Timestamp> {
        self.get(device, now, |it| it.until)
    }

    fn get<T>(&self, device: IpAddr, now: Timestamp, what: impl FnOnce(&Binding) -> T) -> Option<T> {
        self.bound.read().get(&device.to_canonical()).filter(|it| now < it.until).map(what)
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
    use crate::sample::{AMINA, OKAFOR, pupil, teacher};

    fn at(minutes: i64) -> Timestamp {
        "2026-11-23T09:00:00Z".parse::<Timestamp>().expect("a time") + minutes.minutes()
    }
    fn device(n: u8) -> IpAddr {
        [192, 0, 2, n].into()
    }

    #[test]
    fn a_sign_in_ends_at_its_time_and_does_not_slide() {
        let (bindings, amina) = (Bindings::default(), AMINA);
        bindings.bind(device(1), &pupil(), at(60), at(0));
        assert_eq!(bindings.who(device(1), at(59)), Some(amina));
        assert_eq!(bindings.who(device(1), at(60)), None);
        assert_eq!(bindings.who(device(2), at(1)), None, "another device is nobody's");
    }

    #[test]
    fn the_next_person_takes_the_device_over_and_signing_out_frees_it() {
        let bindings = Bindings::default();
        bindings.bind(device(1), &pupil(), at(60), at(0));
        bindings.bind(device(1), &teacher(), at(70), at(10));
        assert_eq!(bindings.who(device(1), at(20)), Some(OKAFOR));
        assert_eq!(bindings.release(device(1)), Some(OKAFOR));
        assert_eq!(bindings.who(device(1), at(20)), None);
        assert_eq!(bindings.release(device(1)), None);
    }

    #[test]
    fn one_device_has_one_address_in_either_spelling() {
        let bindings = Bindings::default();
        bindings.bind("::ffff:192.0.2.1".parse().expect("an address"), &pupil(), at(60), at(0));
        assert_eq!(bindings.who(device(1), at(1)), Some(AMINA));
    }

    #[test]
    fn a_full_table_gives_up_the_ended_and_then_the_soonest_to_end() {
        let bindings = Bindings::new(2);
        bindings.bind(device(1), &pupil(), at(5), at(0));
        bindings.bind(device(2), &teacher(), at(60), at(0));
        bindings.bind(device(3), &pupil(), at(50), at(10));
        assert_eq!((bindings.len(), bindings.who(device(1), at(1))), (2, None));
        bindings.bind(device(4), &pupil(), at(90), at(10));
        assert_eq!((bindings.who(device(3), at(11)), bindings.who(device(2), at(11))), (None, Some(OKAFOR)));
    }

    #[test]
    fn another_password_or_leaving_ends_a_sign_in() {
        let with = |password: &str| Known { password: Some(password.into()), ..pupil() };
        let people = |known: Known| [known].into_iter().collect::<People>();
        let bindings = Bindings::default();
        bindings.bind(device(1), &with("$argon2id$old"), at(60), at(0));
        let check = |people: &People, stands: bool| {
            assert_eq!(bindings.signed_in(device(1), people, at(1)).is_some(), stands, "{people:?}");
        };
        check(&people(with("$argon2id$old")), true);
        check(&people(with("$argon2id$new")), false);
        check(&people(pupil()), false);
        check(&people(teacher()), false);
    }
}
