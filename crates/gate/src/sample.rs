//! A small school to test with.
use jiff::{Timestamp, ToSpan, civil::time, tz::TimeZone};
use policy::Rules;
use school::{Calendar, DaySpan, Id, Person, Role, Roles, School, SchoolDays, Year};

use agreements::Agreement;

use crate::{Known, People, ProxyAddress, Settings, Snapshot};

pub(crate) const AMINA: Id<Person> = Id::from_u128(1);
pub(crate) const OKAFOR: Id<Person> = Id::from_u128(2);
pub(crate) const AGREEMENT: Id<Agreement> = Id::from_u128(30);

/// Minutes after nine on a Monday in term.
pub(crate) fn at(minutes: i64) -> Timestamp {
    "2026-11-23T09:00:00Z".parse::<Timestamp>().expect("a time") + minutes.minutes()
}

pub(crate) fn snapshot() -> Snapshot {
    snapshot_of([pupil(), teacher()])
}

pub(crate) fn snapshot_of(people: impl IntoIterator<Item = Known>) -> Snapshot {
    let proxy = ProxyAddress { host: "gate.school.test".into(), port: 3128, tls_port: None };
    Snapshot {
        school: School {
            id: Id::from_u128(9),
            trust: None,
            name: "Marsh Lane School".parse().expect("a line"),
        },
        rules: Rules::closed(),
        people: people.into_iter().collect::<People>(),
        agreements: vec![agreement()],
        calendar: Calendar {
            zone: TimeZone::get("Europe/London").expect("bundled"),
            terms: Vec::new(),
            days: SchoolDays::MONDAY_TO_FRIDAY,
            day: DaySpan { start: time(8, 30, 0, 0), end: time(15, 30, 0, 0) },
            lessons: Vec::new(),
            closed: Vec::new(),
        },
        settings: Settings::new("gate.school.test", proxy),
        faults: Vec::new(),
    }
}

pub(crate) fn agreement() -> Agreement {
    agreements::pupils(AGREEMENT, Id::from_u128(9))
}

/// Amina Rahman of Year 7, without a password.
pub(crate) fn pupil() -> Known {
    known(AMINA, "a.rahman", "Amina Rahman", Role::Pupil, Year::new(7))
}

/// Tobias Okafor, who teaches.
pub(crate) fn teacher() -> Known {
    known(OKAFOR, "t.okafor", "Tobias Okafor", Role::Teacher, None)
}

fn known(id: Id<Person>, username: &str, name: &str, role: Role, year: Option<Year>) -> Known {
    let person = Person {
        id,
        school: Id::from_u128(9),
        username: username.parse().expect("a user name"),
        name: name.parse().expect("a line"),
        roles: Roles::NONE.with(role),
        year,
        groups: Vec::new(),
    };
    let subject = Rules::closed().subject(&person);
    Known { person, subject, password: None, missing: Vec::new() }
}

/// Argon2id, cheap: for tests alone.
pub(crate) fn hash(password: &str) -> Box<str> {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let params = Params::new(64, 1, 1, None).expect("small but lawful");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(password.as_bytes(), b"salt for a test!").expect("hashes");
    hash.to_string().into()
}
