//! A small school to test with.
use std::sync::Arc;

use agreements::{Agreement, Due, What};
use jiff::{Timestamp, ToSpan, civil::time, tz::TimeZone};
use parking_lot::Mutex;
use policy::{Because, Category, CategorySet, Decision, Directory, Inspect, LayerText, Rules, Step, Verdict};
use school::{
    Calendar, DaySpan, Id, Layer, Person, Role, Roles, School, SchoolDays, Year,
    remote::{Authority, RemoteAccess, Route, Routes},
};

use crate::{
    Bindings, Credentials, Current, Desk, Errand, Errands, Known, NotTaken, Passes, People, ProxyAddress,
    Secret, Settings, Snapshot,
};

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
        site: None,
        remote: std::collections::HashMap::new(),
        chosen: school::settings::Settings::default(),
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

/// One page open, one shut, for everyone.
pub(crate) fn rules() -> Rules {
    compiled("allow open.example.org\nblock shut.example.org\n")
}

pub(crate) fn compiled(text: &str) -> Rules {
    let layer = LayerText { layer: Layer::School, name: "Marsh Lane School", text };
    Rules::compile(&[layer], &Directory::default(), Arc::new(policy::lists::Lists::empty()))
        .expect("good rules")
}

/// The pupils' agreement, never signed.
pub(crate) fn due() -> Due {
    Due { agreement: AGREEMENT, what: What::Own, since: Timestamp::MIN, last_given: None }
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

/// A pupil of that year, without a password.
pub(crate) fn known_of(id: Id<Person>, username: &str, name: &str, year: Option<Year>) -> Known {
    known(id, username, name, Role::Pupil, year)
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
        email: None,
        stay: school::Stay::ALWAYS,
    };
    let subject = Rules::closed().subject(&person);
    Known {
        person,
        subject,
        password: None,
        change_from: None,
        pictures: None,
        kept_by: school::KeptBy::School,
        missing: Vec::new(),
        held: None,
    }
}

/// Argon2id, cheap: for tests alone.
pub(crate) fn hash(password: &str) -> Box<str> {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let params = Params::new(64, 1, 1, None).expect("small but lawful");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2.hash_password_with_salt(password.as_bytes(), b"salt for a test!").expect("hashes");
    hash.to_string().into()
}

pub(crate) fn decision(verdict: Verdict, step: Step) -> Decision {
    Decision {
        verdict,
        because: Because { step, rule: None, list: None, category: None, profile: None, matched: 0 },
        inspect: Inspect::Open,
        safe_search: None,
        categories: CategorySet::NONE,
        protected: false,
    }
}

/// Gambling, refused to Year 7.
pub(crate) fn gambling() -> Decision {
    let mut decision = decision(Verdict::Block, Step::Category);
    decision.categories = CategorySet::NONE.with(Category::Gambling).with(Category::Games);
    decision.because = Because {
        list: Some("ut1".into()),
        category: Some(Category::Gambling),
        profile: Some("Key Stage 3".into()),
        matched: 16,
        ..decision.because
    };
    decision
}

/// A desk whose office answers as `office` says and keeps what it was told.
pub(crate) struct Rig {
    pub(crate) desk: Desk,
    pub(crate) told: Arc<Mutex<Vec<String>>>,
    _office: tokio::task::JoinSet<()>,
}

/// Answers well, or not at all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Office {
    Open,
    Shut,
}

pub(crate) fn rig(snapshot: Snapshot, office: Office) -> Rig {
    let (errands, mut inbox) = Errands::new(8);
    let current = Arc::new(Current::new(snapshot));
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let (writes, swaps) = (Arc::clone(&told), Arc::clone(&current));
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move {
        while let Some(errand) = inbox.recv().await {
            let answer = if office == Office::Open { Ok(()) } else { Err(NotTaken) };
            match errand {
                Errand::Sign { person, agreement, hash, done, .. } => {
                    writes.lock().push(format!("sign {person} {agreement} {hash}"));
                    if answer.is_ok() {
                        // The office swaps the snapshot before it answers; here everyone has agreed by then.
                        let now = swaps.load_full();
                        let mut next = snapshot_of([]);
                        next.settings = now.settings.clone();
                        next.people =
                            now.people.iter().map(|it| Known { missing: Vec::new(), ..copy(it) }).collect();
                        swaps.swap(next);
                    }
                    let _ = done.send(answer);
                }
                Errand::Report { report, done } => {
                    writes.lock().push(format!("{report:?}"));
                    let _ = done.send(answer);
                }
                // Dropped unanswered: nobody else keeps accounts here.
                Errand::Elsewhere(_) => {}
                Errand::Stranger { username, .. } => writes.lock().push(format!("{username} is nobody here")),
                Errand::SignIn { username, what, .. } => writes.lock().push(format!("{username} {what}")),
            }
        }
    });
    let secret = Secret::new([7; 32]);
    let desk = Desk {
        current,
        bindings: Bindings::default(),
        credentials: Credentials::new(&secret, 2),
        passes: Passes::default(),
        errands,
        secret,
        authority: (0..=255).cycle().take(600).collect(),
    };
    Rig { desk, told, _office: tasks }
}

fn copy(known: &Known) -> Known {
    let Known { person, subject, password, change_from, pictures, kept_by, missing, held } = known;
    Known {
        person: person.clone(),
        subject: subject.clone(),
        password: password.clone(),
        change_from: *change_from,
        pictures: pictures.clone(),
        kept_by: *kept_by,
        missing: missing.clone(),
        held: *held,
    }
}

/// Whoever comes from 203.0.113.0/24 comes by the school's VPN.
pub(crate) fn routes() -> Routes {
    let ranges = vec!["203.0.113.0/24".parse().expect("a range")];
    Routes::new(vec![Route { name: "School VPN".parse().expect("a line"), ranges }])
}

/// Someone's, for a route, for an hour from nine.
pub(crate) fn approval(person: Id<Person>, route: &str) -> RemoteAccess {
    let line = |text: &str| text.parse().expect("a line");
    RemoteAccess {
        id: Id::from_u128(70),
        school: Id::from_u128(9),
        person,
        need: line("Marks at home"),
        scope: line("The web"),
        route: line(route),
        from: at(0),
        until: at(60),
        authority: Authority::Head,
        approved_by: Id::from_u128(3),
        approved_at: at(-100),
        ended_at: None,
    }
}
