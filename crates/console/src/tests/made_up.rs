//! The people, rules and records of the two schools; all made up.
use std::sync::{Arc, LazyLock};

use casework::{Concern, NewConcern, Origin};
use jiff::{SignedDuration, civil::time, tz::TimeZone};
use policy::{
    Because, Carried, Category, CategorySet, Directory, LayerText, Method as Verb, Outcome, Rules, Scheme,
    Seen, Step, lists::Lists,
};
use school::{
    Calendar, DaySpan, Id, Layer, Person, Placement, Role, Roles, School, SchoolDays, Stay, Trust, Year,
    remote::{Route, Routes},
};
use store::{
    By, Db, Tx, concerns, digests::Digest, fresh_id, people, placements, plans::Plan, rules, schools, trusts,
};

use super::{PASSWORD, World, now};
use crate::InForce;

/// What is in force at a made-up gate.
pub(super) struct Ruling(pub(super) Rules, pub(super) Calendar);

/// Whoever comes from 203.0.113.0/24 comes by the school's VPN.
static ROUTES: LazyLock<Routes> = LazyLock::new(|| {
    let ranges = vec!["203.0.113.0/24".parse().expect("a range")];
    Routes::new(vec![Route { name: "School VPN".parse().expect("a line"), ranges }])
});

impl InForce for Ruling {
    fn rules(&self) -> &Rules {
        &self.0
    }
    fn calendar(&self) -> &Calendar {
        &self.1
    }
    fn site(&self) -> Option<Id<school::Site>> {
        None
    }
    fn routes(&self) -> &Routes {
        &ROUTES
    }
}

/// Each of a trust of its own.
pub(super) fn school(number: u128, name: &str) -> School {
    let trust = Some(Id::from_u128(100 + number));
    School { id: Id::from_u128(number), trust, name: name.parse().expect("a line") }
}

async fn found(tx: &mut Tx, by: &By, school: &School) {
    let name = format!("Trust of {}", school.name).parse().expect("a line");
    let trust = Trust { id: school.trust.expect("each has one"), name };
    trusts::add(tx, by, &trust).await.expect("a trust");
    schools::add(tx, by, school).await.expect("a school");
}

/// Puts the two schools under one trust.
pub(super) async fn one_trust(world: &World) {
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let trust = Trust { id: fresh_id(by.at), name: "Made-up Trust".parse().expect("a line") };
    let mut tx = world.db.write().await.expect("a transaction");
    trusts::add(&mut tx, &by, &trust).await.expect("a trust");
    for school in [&world.elm, &world.oak] {
        trusts::join(&mut tx, &by, school.id, &trust).await.expect("joined");
    }
    tx.commit().await.expect("kept");
}

/// Somebody of `home` who is a technician at `school`.
pub(super) async fn placed(db: &Db, home: &School, school: &School) -> Id<Placement> {
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    let person = person(home, "cai", "Cai Central", Role::CentralSupport);
    let placement = Placement {
        id: fresh_id(now()),
        school: school.id,
        person: person.id,
        username: None,
        roles: Roles::NONE.with(Role::Technician),
        stay: Stay { from: Some(now()), until: Some(now() + SignedDuration::from_hours(5)) },
        basis: "Service agreement 7".parse().expect("a line"),
    };
    let mut tx = db.write().await.expect("a transaction");
    found(&mut tx, &by, home).await;
    people::add(&mut tx, &by, &person).await.expect("a person");
    people::set_password(&mut tx, &by, home.id, person.id, &cheap_hash()).await.expect("a password");
    placements::give(&mut tx, &by, &placement, &person).await.expect("placed");
    tx.commit().await.expect("kept");
    placement.id
}

pub(super) fn person(school: &School, username: &str, name: &str, role: Role) -> Person {
    Person {
        id: fresh_id(now()),
        school: school.id,
        username: username.parse().expect(username),
        name: format!("{name} of {}", school.name).parse().expect(name),
        roles: Roles::NONE.with(role),
        year: if role == Role::Pupil { Year::new(7) } else { None },
        groups: vec![],
        email: None,
        stay: Stay::ALWAYS,
    }
}

pub(super) async fn fill(db: &Db, school: &School, pupil: &Person) -> Id<Concern> {
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    let mut tx = db.write().await.expect("a transaction");
    found(&mut tx, &by, school).await;
    people::add(&mut tx, &by, pupil).await.expect("a pupil");
    for (username, name, role) in [
        ("tom", "Tom Teller", Role::Teacher),
        ("dana", "Dana Lead", Role::Dsl),
        ("nia", "Nia Manager", Role::NetworkManager),
        ("helen", "Helen Head", Role::Head),
    ] {
        let person = person(school, username, name, role);
        people::add(&mut tx, &by, &person).await.expect("a person");
        people::set_password(&mut tx, &by, school.id, person.id, &cheap_hash()).await.expect("a password");
    }
    // Of the first school alone: their numbers are known to the tests.
    if school.id == Id::from_u128(1) {
        super::guests::fill(&mut tx, &by, school, pupil).await;
    }
    let all = people::all(&mut tx, school.id).await.expect("people");
    let head = all.iter().find(|it| it.person.roles.has(Role::Head)).expect("a head");
    let link = school::roster::ParentLink {
        child: pupil.id,
        parent: head.person.id,
        relation: "mother".to_owned(),
        priority: Some(1),
    };
    store::parents::link(&mut tx, &by, school.id, &link).await.expect("linked");
    let pupils = ::agreements::pupils(fresh_id(now()), school.id);
    let readings = pupils.readings().to_vec();
    store::agreements::publish(&mut tx, &by, school.id, pupils.audience, readings, "First")
        .await
        .expect("published");
    let text = format!("{}\nblock secret-{}.example.org\n", policy::starter(), pupil.school.as_u128());
    rules::save(&mut tx, &by, school.id, school::Place::School, &text, "First").await.expect("rules");
    let new = NewConcern {
        school: school.id,
        at: now(),
        origin: Origin::Search,
        about: Some(pupil.id),
        reporter: None,
        theme: Some("bullying".to_owned()),
        severity: Some("high".to_owned()),
        words: format!("they all hate me at {}", school.name),
        place: Some("search.example.org".to_owned()),
    };
    concerns::raise(&mut tx, &by, &new).await.expect("a concern");
    let concern = concerns::awaiting(&mut tx, school.id).await.expect("concerns")[0].id;
    tx.commit().await.expect("kept");
    concern
}

/// An access plan for the pupil of Elm Park.
pub(super) async fn planned(db: &Db, pupil: &Person) -> Id<Plan> {
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    let plan = Plan {
        id: fresh_id(now()),
        school: pupil.school,
        person: pupil.id,
        need: "reads with a screen reader".to_owned(),
        decided_by: "Dana Lead of Elm Park School".parse().expect("a line"),
        profile: "Key Stage 5".to_owned(),
        since: now(),
        review_at: now() + SignedDuration::from_hours(24 * 90),
        ended_at: None,
        version: 1,
    };
    let mut tx = db.write().await.expect("a transaction");
    store::plans::make(&mut tx, &by, &plan).await.expect("a plan");
    tx.commit().await.expect("kept");
    plan.id
}

/// What the manager of Elm Park did, for its head.
pub(super) async fn digested(db: &Db, school: &School) -> Id<Digest> {
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    let mut tx = db.write().await.expect("a transaction");
    let mut who = async |name: &str| {
        let found = people::by_username(&mut tx, school.id, &name.parse().expect("a username")).await;
        found.expect("read").expect("somebody").person.id
    };
    let (operator, supervisor) = (who("nia").await, who("helen").await);
    let id = fresh_id(now());
    let since = now() - SignedDuration::from_hours(24 * 7);
    let digest = Digest {
        id,
        school: school.id,
        operator,
        supervisor,
        made_at: now(),
        since,
        until: now(),
        entries: 0,
    };
    store::digests::add(&mut tx, &by, &digest).await.expect("a digest");
    tx.commit().await.expect("kept");
    id
}

pub(super) fn cheap_hash() -> String {
    use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher};
    let params = Params::new(64, 1, 1, None).expect("good parameters");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password(PASSWORD.as_bytes()).expect("hashed").to_string()
}

pub(super) fn seen(school: &School, pupil: &Person) -> Seen {
    Seen {
        at: now() - SignedDuration::from_mins(5),
        school: school.id,
        person: Some(pupil.id),
        device: Some("laptop-7".into()),
        address: "10.1.2.3".parse().expect("an address"),
        method: Verb::Get,
        scheme: Scheme::Https,
        host: format!("games-{}.example.org", school.id.as_u128()).into(),
        port: 443,
        path: Some("/play".into()),
        search: Some("=cmd|' /C calc'!A0".into()),
        categories: CategorySet::NONE.with(Category::Games),
        outcome: Outcome::Blocked,
        because: Because {
            step: Step::Category,
            rule: None,
            list: Some("Made-up list".into()),
            category: Some(Category::Games),
            profile: Some("Key Stage 3".into()),
            matched: 0,
        },
        carried: Carried::Inspected,
        status: 403,
        bytes_in: 0,
        bytes_out: 2_048,
        took: 12_000,
    }
}

pub(super) fn compiled() -> Rules {
    let layers = [LayerText { layer: Layer::School, name: "school", text: policy::starter() }];
    Rules::compile(&layers, &Directory::default(), Arc::new(Lists::empty()))
        .expect("the starter rules are good")
}

pub(super) fn calendar(zone: TimeZone) -> Calendar {
    Calendar {
        zone,
        terms: vec![],
        days: SchoolDays::MONDAY_TO_FRIDAY,
        day: DaySpan { start: time(8, 30, 0, 0), end: time(15, 30, 0, 0) },
        lessons: vec![],
        closed: vec![],
    }
}
