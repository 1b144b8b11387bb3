//! What the office does about those who run things: digests for their supervisors, reviews of access plans, and roles of
//! people from other schools at the gate and by the clock (ACC-10, ACC-11, ACC-16).
use jiff::SignedDuration;
use school::{Group, Id, Person, Placement, Role, Roles, School, Stay, settings::SHARED_IDENTITIES};
use store::{
    By, audit,
    class_identities::{self, ClassIdentity},
    oversight,
    oversight::Oversight,
    people, placements, plans,
    plans::Plan,
};

use crate::{PUPIL, Running, SCHOOL, Small, TEACHER, at, by, until};

const HEAD: Id<Person> = Id::from_u128(14);

/// As their own page would say it: with an address, and other roles.
async fn make(small: &Small, id: Id<Person>, email: &str, roles: Roles) {
    let mut tx = small.db.write().await.unwrap();
    let before = people::get(&mut tx, SCHOOL, id).await.unwrap().unwrap();
    let email = Some(email.parse().unwrap());
    people::save(&mut tx, &by(), &before, &Person { email, roles, ..before.person.clone() }).await.unwrap();
    tx.commit().await.unwrap();
}

/// What a letter to this address says, its long lines whole.
async fn letter(small: &Small, to: &str) -> String {
    let found = until(async || small.mailbox.letters().into_iter().find(|it| it.to == [to])).await;
    found.text.replace("=\n", "")
}

#[tokio::test]
async fn a_supervisor_is_told_how_much_their_operator_looked_and_changed() {
    let small = Small::open().await;
    make(&small, HEAD, "head@example.org", Roles::NONE.with(Role::Head)).await;
    make(&small, TEACHER, "net@example.org", Roles::NONE.with(Role::NetworkManager)).await;
    let worked = By { person: Some(TEACHER), name: "Terry Ash".to_owned(), at: at(-3_600) };
    let mut tx = small.db.write().await.unwrap();
    let watched = Oversight { vetting: None, supervisor: Some(HEAD) };
    oversight::set(&mut tx, &by(), SCHOOL, TEACHER, &watched).await.unwrap();
    for act in ["view activity", "view activity", "change setting"] {
        audit::note(&mut tx, &worked, SCHOOL, act, "it", None, None).await.unwrap();
    }
    tx.commit().await.unwrap();
    small.snapshots.refresh().await;

    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    let told = letter(&small, "head@example.org").await;
    assert!(told.contains("looked at something 2"), "{told}");
    assert!(told.contains("changed something 1"), "{told}");
    assert!(told.contains("/digests/"), "{told}");
    assert!(!told.contains("Terry"), "no name in a letter: {told}");
    running.end().await;
}

#[tokio::test]
async fn the_review_of_a_plan_is_asked_for_once_when_it_is_due() {
    let small = Small::open().await;
    make(&small, TEACHER, "senco@example.org", Roles::NONE.with(Role::Senco)).await;
    let plan = Plan {
        id: store::fresh_id(at(0)),
        school: SCHOOL,
        person: PUPIL,
        need: "a need that is nobody’s business".to_owned(),
        decided_by: "Terry Ash".parse().unwrap(),
        profile: "Wide".to_owned(),
        since: at(0),
        review_at: at(30),
        ended_at: None,
        version: 1,
    };
    let mut tx = small.db.write().await.unwrap();
    plans::make(&mut tx, &by(), &plan).await.unwrap();
    tx.commit().await.unwrap();
    small.snapshots.refresh().await;
    small.pass(31);
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    let told = letter(&small, "senco@example.org").await;
    assert!(told.contains("access plans to review") && told.contains("/plans"), "{told}");
    assert!(!told.contains("business") && !told.contains("Birch"), "{told}");
    running.end().await;
    let mut tx = small.db.write().await.unwrap();
    assert_eq!(plans::to_remind(&mut tx, SCHOOL, at(60)).await.unwrap().len(), 0, "once");
}

/// Somebody of another school of the same installation, who is placed at Elm Park as a teacher for an hour.
async fn placed(small: &Small) -> (Person, Placement) {
    let home = School { id: Id::from_u128(2), trust: None, name: "Oak Hill School".parse().unwrap() };
    let person = Person {
        id: Id::from_u128(21),
        school: home.id,
        username: "p.away".parse().unwrap(),
        name: "Pat Away".parse().unwrap(),
        roles: Roles::NONE.with(Role::Pupil),
        year: Some("12".parse().unwrap()),
        groups: Vec::new(),
        email: None,
        stay: Stay::ALWAYS,
    };
    let placement = Placement {
        id: store::fresh_id(at(0)),
        school: SCHOOL,
        person: person.id,
        username: None,
        roles: Roles::NONE.with(Role::Teacher),
        stay: Stay { from: Some(at(60)), until: Some(at(3_600)) },
        basis: "Teaches Welsh".parse().unwrap(),
    };
    let mut tx = small.db.write().await.unwrap();
    store::schools::add(&mut tx, &by(), &home).await.unwrap();
    people::add(&mut tx, &by(), &person).await.unwrap();
    people::set_password(&mut tx, &by(), home.id, person.id, "$argon2id$made-up").await.unwrap();
    placements::give(&mut tx, &by(), &placement, &person).await.unwrap();
    tx.commit().await.unwrap();
    (person, placement)
}

#[tokio::test]
async fn at_the_gate_they_are_what_they_are_at_this_school_and_only_in_their_time() {
    let small = Small::open().await;
    let (person, _) = placed(&small).await;
    small.snapshots.refresh().await;
    let snapshot = small.current.load_full();
    let known = snapshot.people.by_username(&person.username).expect("placed here");
    assert_eq!((known.person.id, known.person.school), (person.id, SCHOOL));
    assert_eq!(known.person.roles, Roles::NONE.with(Role::Teacher), "a pupil at home is a teacher here");
    let teacher = snapshot.people.get(TEACHER).expect("one of its own");
    assert_eq!(known.subject.profile(), teacher.subject.profile());
    assert!(known.password.is_some(), "with the password of their own school");
    let device = "10.0.0.9".parse().unwrap();
    let refusal = |seconds| gate::Refusal::of(&snapshot, known, device, at(seconds));
    assert_eq!(refusal(59), Some(gate::Refusal::NotYet(at(60))));
    assert_eq!(refusal(60), None);
    assert_eq!(refusal(3_600), Some(gate::Refusal::Ended(at(3_600))));
}

#[tokio::test]
async fn roles_here_end_by_the_clock_and_with_their_own_account() {
    let small = Small::open().await;
    let (person, placement) = placed(&small).await;
    small.snapshots.refresh().await;
    small.pass(SignedDuration::from_hours(1).as_secs());
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    running.start(small.snapshots.clone().run(running.stop.clone()));
    until(async || {
        let mut tx = small.db.read().await.unwrap();
        let kept = placements::get(&mut tx, placement.id).await.unwrap().unwrap();
        kept.ended_at.map(drop)
    })
    .await;
    until(async || small.current.load().people.get(person.id).is_none().then_some(())).await;
    running.end().await;
    let mut tx = small.db.read().await.unwrap();
    let trail = audit::recent(&mut tx, SCHOOL, None, 20).await.unwrap();
    let ended = trail.iter().find(|it| it.act == "end placement").expect("written down");
    assert_eq!(ended.after.as_deref(), Some("its time is over"));
}

#[tokio::test]
async fn an_identity_of_a_class_opens_the_gate_while_somebody_answers_for_it() {
    let small = Small::open().await;
    let group = Group { id: store::fresh_id(at(0)), school: SCHOOL, name: "3B".parse().unwrap() };
    let person = Person {
        id: Id::from_u128(31),
        school: SCHOOL,
        username: "class3b".parse().unwrap(),
        name: "Class 3B (shared)".parse().unwrap(),
        roles: Roles::NONE.with(Role::Pupil),
        year: Some("3".parse().unwrap()),
        groups: vec![group.id],
        email: None,
        stay: Stay::ALWAYS,
    };
    let it = ClassIdentity { person: person.id, school: SCHOOL, group: group.id, adult: TEACHER };
    let mut tx = small.db.write().await.unwrap();
    let school = SCHOOL.to_string();
    let place = (school::Layer::School, school.as_str());
    store::settings::set(&mut tx, &by(), SCHOOL, place, &SHARED_IDENTITIES, "ks2", false).await.unwrap();
    store::groups::add(&mut tx, &by(), &group).await.unwrap();
    class_identities::make(&mut tx, &by(), &it, &person).await.unwrap();
    people::set_password(&mut tx, &by(), SCHOOL, person.id, "$argon2id$made-up").await.unwrap();
    tx.commit().await.unwrap();
    let opens = async || {
        small.snapshots.refresh().await;
        small.current.load().people.get(person.id).expect("there").password.is_some()
    };
    assert!(opens().await);
    let mut tx = small.db.write().await.unwrap();
    people::leave(&mut tx, &by(), SCHOOL, TEACHER).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!opens().await, "nobody answers for it");
    let mut tx = small.db.write().await.unwrap();
    class_identities::hand_over(&mut tx, &by(), &it, HEAD).await.unwrap();
    tx.commit().await.unwrap();
    assert!(opens().await);
    let mut tx = small.db.write().await.unwrap();
    store::settings::set(&mut tx, &by(), SCHOOL, place, &SHARED_IDENTITIES, "ks1", false).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!opens().await, "Year 3 no longer shares");
}
