//! What gates decide from, when it changes and when it cannot be read (FIL-28).
use std::sync::Arc;

use policy::{Stage, Target, Verdict};
use school::{Id, Person, Place, Role, Site};
use store::lists::{ListSource, ListState};

use crate::{Running, SCHOOL, Small, at, by, until};

async fn save(small: &Small, rules: &str) {
    let mut tx = small.db.write().await.expect("a transaction");
    store::rules::save(&mut tx, &by(), SCHOOL, Place::School, rules, "").await.expect("saved");
    tx.commit().await.expect("kept");
}

#[tokio::test]
async fn a_change_is_in_force_within_seconds() {
    let small = Small::open().await;
    let mut running = Running::new();
    running.start(small.snapshots.clone().run(running.stop.clone()));
    until(async || (small.current.load().people.len() == 4).then_some(())).await;
    assert!(!small.current.load().rules.is_closed());
    let person = Person {
        id: Id::from_u128(99),
        school: SCHOOL,
        username: "n.rowan".parse().expect("a username"),
        name: "Nell Rowan".parse().expect("a line"),
        roles: [Role::Pupil].into_iter().collect(),
        year: Some("7".parse().expect("a year")),
        groups: Vec::new(),
        email: None,
        stay: school::Stay::ALWAYS,
    };
    let mut tx = small.db.write().await.expect("a transaction");
    store::people::add(&mut tx, &by(), &person).await.expect("a person");
    tx.commit().await.expect("kept");
    until(async || small.current.load().people.get(person.id).map(drop)).await;
    running.end().await;
}

#[tokio::test]
async fn rules_that_cannot_be_read_leave_those_before_in_force() {
    let small = Small::open().await;
    assert!(small.snapshots.refresh().await);
    assert_eq!(small.current.load().faults, Vec::<String>::new());
    save(&small, "this is no rule").await;
    small.snapshots.refresh().await;
    {
        let snapshot = small.current.load();
        assert!(!snapshot.rules.is_closed());
        assert!(
            snapshot.faults[0].starts_with("the rules cannot be read, those before stay"),
            "{:?}",
            snapshot.faults
        );
        assert_eq!(small.health.faults(), snapshot.faults);
    }
    save(&small, policy::starter()).await;
    small.snapshots.refresh().await;
    assert_eq!(small.health.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn a_first_start_with_rules_that_cannot_be_read_refuses_everything() {
    let small = Small::open().await;
    assert!(small.current.load().rules.is_closed(), "before anything is read");
    save(&small, "this is no rule").await;
    small.snapshots.refresh().await;
    assert!(small.current.load().rules.is_closed());
    assert_eq!(small.current.load().people.len(), 4, "people are known all the same");
}

#[tokio::test]
async fn a_list_that_cannot_be_read_at_the_start_opens_nothing() {
    let small = Small::open().await;
    let path = small.folder.path().join("gone.sglist");
    let source = ListSource {
        id: Id::from_u128(21),
        name: "Gambling".to_owned(),
        kind: "domains".to_owned(),
        location: "/nowhere".to_owned(),
        licence: String::new(),
        sealed: false,
        enabled: true,
        map: "gambling".to_owned(),
    };
    let state = ListState {
        tried_at: at(0),
        loaded_at: Some(at(0)),
        entries: 1,
        size_bytes: 1,
        compiled_path: Some(path.display().to_string()),
        added: 1,
        removed: 0,
        bad_lines: 0,
        fault: None,
        warnings: Vec::new(),
    };
    let mut tx = small.db.write().await.expect("a transaction");
    store::lists::add_source(&mut tx, &by(), SCHOOL, &source).await.expect("a source");
    store::lists::set_state(&mut tx, source.id, &state).await.expect("a state");
    tx.commit().await.expect("kept");
    small.snapshots.refresh().await;
    assert!(small.current.load().rules.is_closed());
    assert!(small.health.faults()[0].contains("Gambling"), "{:?}", small.health.faults());
}

#[tokio::test]
async fn a_gate_decides_by_what_its_own_site_says() {
    let mut small = Small::open().await;
    let site =
        |n: u128, name: &str| Site { id: Id::from_u128(n), school: SCHOOL, name: name.parse().expect(name) };
    let (north, south) = (site(501, "North"), site(502, "South"));
    let mut tx = small.db.write().await.expect("a transaction");
    for (site, text) in [(&north, "block north.example.org"), (&south, "block south.example.org")] {
        store::schools::add_site(&mut tx, &by(), site).await.expect("a site");
        store::rules::save(&mut tx, &by(), SCHOOL, Place::Site(site.id), text, "").await.expect("rules");
    }
    let setting = (school::Layer::Site, &*north.id.to_string());
    let idle = &school::settings::IDLE_LOCK;
    store::settings::set(&mut tx, &by(), SCHOOL, setting, idle, "3", false).await.expect("set");
    tx.commit().await.expect("kept");
    for (stands_at, closed, minutes) in
        [(None, vec![], 10), (Some(north.id), vec!["north"], 3), (Some(south.id), vec!["south"], 10)]
    {
        small.stand_at(stands_at);
        assert!(small.snapshots.refresh().await);
        let snapshot = small.current.load_full();
        assert_eq!(snapshot.faults, Vec::<String>::new());
        assert_eq!(snapshot.chosen.number(idle), minutes, "at {stands_at:?}");
        let teacher =
            snapshot.people.iter().find(|it| it.person.roles.has(Role::Teacher)).expect("a teacher");
        for name in ["north", "south"] {
            let target = Target::parse(&format!("http://{name}.example.org/")).expect("an address");
            let stage = Stage::Request;
            let who = gate::Who::Known(Arc::clone(teacher));
            let ruling = gate::judge(&snapshot, &who, [10, 0, 0, 5].into(), &target, stage, at(0));
            let blocked = ruling.decision().verdict == Verdict::Block;
            assert_eq!(blocked, closed.contains(&name), "{name} at {stands_at:?}");
        }
    }
}

#[tokio::test]
async fn the_stamp_moves_with_what_gates_decide_from_on_either_engine() {
    testkit::databases::on_both(async |db| {
        let stamp = async || {
            let mut tx = db.read().await.expect("a transaction");
            store::stamp::of(&mut tx, SCHOOL, at(0)).await.expect("a stamp")
        };
        let before = stamp().await;
        assert_eq!(before, stamp().await);
        let school = school::School { id: SCHOOL, trust: None, name: "Elm Park".parse().expect("a line") };
        let mut tx = db.write().await.expect("a transaction");
        store::schools::add(&mut tx, &by(), &school).await.expect("a school");
        store::rules::save(&mut tx, &by(), SCHOOL, Place::School, policy::starter(), "")
            .await
            .expect("rules");
        tx.commit().await.expect("kept");
        assert_ne!(before, stamp().await);
    })
    .await;
}
