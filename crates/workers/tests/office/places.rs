//! Use of another person's account, as the network manager is told of it (ACC-17).
use std::net::IpAddr;

use gate::Errands;
use school::{
    Id, Layer, Line, Person, Role, School, Stay, Trust,
    settings::{OTHER_SCHOOL, STAFF_ON_PUPILS, Setting, TWO_PLACES},
};
use store::{audit, security::Kind};

use crate::{PUPIL, Running, SCHOOL, Small, TEACHER, at, by, until};

const LAB: [u8; 4] = [10, 0, 0, 5];
const LIBRARY: [u8; 4] = [10, 0, 0, 6];

/// Who did what, where, and at which second.
type Step = (Option<Id<Person>>, &'static str, [u8; 4], &'static str, i64);

const fn pupil(what: &'static str, at: [u8; 4], second: i64) -> Step {
    (Some(PUPIL), "m.birch", at, what, second)
}
const fn teacher(what: &'static str, at: [u8; 4], second: i64) -> Step {
    (Some(TEACHER), "t.ash", at, what, second)
}

async fn set(small: &Small, setting: &Setting, value: &str) {
    let mut tx = small.db.write().await.expect("a transaction");
    let owner = SCHOOL.to_string();
    let place = (Layer::School, owner.as_str());
    store::settings::set(&mut tx, &by(), SCHOOL, place, setting, value, false).await.expect("set");
    tx.commit().await.expect("kept");
}

/// Does it all, and waits until the office has seen the last of it.
async fn walk(small: &Small, steps: &[Step], typed: &[&str]) {
    assert!(small.snapshots.refresh().await);
    let (errands, receiver) = Errands::new(100);
    let mut running = Running::new();
    running.start(small.clerk(receiver).run(running.stop.clone()));
    for (person, name, address, what, second) in steps {
        errands.sign_in(*person, name, IpAddr::from(*address), what, at(*second));
    }
    for name in typed {
        errands.stranger(name.parse().expect("a user name"), LAB.into(), at(0));
    }
    errands.sign_in(None, "the last", LAB.into(), "signed out", at(99_999));
    until(async || {
        let mut tx = small.db.read().await.expect("a transaction");
        let all = audit::recent(&mut tx, SCHOOL, None, 1).await.expect("entries");
        all.iter().any(|it| it.subject == "the last").then_some(())
    })
    .await;
    running.end().await;
}

/// Alerts and letters.
async fn told(small: &Small, kind: Kind) -> (Vec<String>, usize) {
    let mut tx = small.db.read().await.expect("a transaction");
    let letters = store::security::unmailed(&mut tx, SCHOOL).await.expect("alerts").len();
    drop(tx);
    (small.security(kind).await, letters)
}

#[tokio::test]
async fn one_account_in_two_places_is_told_once_and_only_while_the_first_is_in_use() {
    let check = async |how: &str, steps: &[Step], alerts: &[&str], letters: usize| {
        let small = Small::open().await;
        set(&small, &TWO_PLACES, how).await;
        walk(&small, steps, &[]).await;
        assert_eq!(
            told(&small, Kind::TwoPlaces).await,
            (alerts.iter().map(|it| (*it).to_owned()).collect(), letters),
            "{how} {steps:?}"
        );
    };
    let both = [pupil("signed in", LAB, 0), pupil("signed in", LIBRARY, 300)];
    let words =
        "m.birch: m.birch signed in from 10.0.0.6 and, 5 minutes before, from 10.0.0.5, without signing out";
    check("alert", &both, &[words], 1).await;
    check("notice", &both, &[words], 0).await;
    check("off", &both, &[], 0).await;
    // Once more within the hour is the same alert.
    let again = [both[0], both[1], pupil("signed in", LAB, 360)];
    let once =
        "m.birch: m.birch signed in from 10.0.0.5 and, 1 minutes before, from 10.0.0.6, without signing out";
    check("alert", &again, &[once], 1).await;
    check("alert", &[both[0], pupil("signed out", LAB, 60), both[1]], &[], 0).await;
    check("alert", &[both[0], pupil("left signed in", LAB, 60), both[1]], &[], 0).await;
    check("alert", &[both[0], pupil("signed in", LIBRARY, 601)], &[], 0).await;
    check("alert", &[both[0], pupil("signed in", LAB, 60)], &[], 0).await;
    check("alert", &[both[0], pupil("refused", LIBRARY, 60)], &[], 0).await;
    check("alert", &[both[0], teacher("signed in", LIBRARY, 60)], &[], 0).await;
}

#[tokio::test]
async fn staff_on_a_pupils_device_or_over_a_pupils_sign_in_are_told_of_once() {
    let check = async |how: &str, owned: bool, steps: &[Step], alerts: &[&str], letters: usize| {
        let mut small = Small::open().await;
        set(&small, &STAFF_ON_PUPILS, how).await;
        if owned {
            small.give_device(LAB.into(), "Tablet 7", PUPIL);
        }
        walk(&small, steps, &[]).await;
        assert_eq!(
            told(&small, Kind::StaffOnPupils).await,
            (alerts.iter().map(|it| (*it).to_owned()).collect(), letters),
            "{how} {owned} {steps:?}"
        );
    };
    let device = "t.ash: t.ash signed in on Tablet 7 (10.0.0.5), the device of m.birch";
    let over = "t.ash: t.ash signed in from 10.0.0.5 over the sign-in that m.birch left open there";
    let first = pupil("signed in", LAB, 0);
    check("alert", true, &[teacher("signed in", LAB, 0)], &[device], 1).await;
    check("alert", true, &[teacher("signed in", LAB, 0), teacher("signed in", LAB, 60)], &[device], 1).await;
    check("alert", true, &[first], &[], 0).await;
    check("alert", true, &[teacher("signed in", LIBRARY, 0)], &[], 0).await;
    let left = [first, pupil("left signed in", LAB, 60), teacher("signed in", LAB, 60)];
    check("alert", false, &left, &[over], 1).await;
    check("notice", false, &left, &[over], 0).await;
    check("off", false, &left, &[], 0).await;
    // Signed out as they should: the next lesson is somebody else's.
    check("alert", false, &[first, pupil("signed out", LAB, 60), teacher("signed in", LAB, 120)], &[], 0)
        .await;
    check("alert", false, &[first, teacher("signed in", LAB, 3600)], &[], 0).await;
    check("alert", false, &[first, teacher("refused", LAB, 60)], &[], 0).await;
    check("alert", false, &[teacher("signed in", LAB, 0), pupil("signed in", LAB, 60)], &[], 0).await;
}

#[tokio::test]
async fn a_sign_in_at_another_school_of_the_trust_is_told_once_and_other_words_are_forgotten() {
    let check = async |how: &str, trust: bool, typed: &[&str], alerts: &[&str], letters: usize| {
        let small = Small::open().await;
        set(&small, &OTHER_SCHOOL, how).await;
        add_oak_hill(&small, trust).await;
        walk(&small, &[], typed).await;
        assert_eq!(
            told(&small, Kind::OtherSchool).await,
            (alerts.iter().map(|it| (*it).to_owned()).collect(), letters),
            "{how} {typed:?}"
        );
        let mut tx = small.db.read().await.expect("a transaction");
        let trail = audit::recent(&mut tx, SCHOOL, None, 100).await.expect("entries");
        assert!(!trail.iter().any(|it| format!("{it:?}").contains("hunter2")), "{trail:?}");
    };
    let words = "r.fir: r.fir of Oak Hill School tried to sign in at the gate of this school from 10.0.0.5, without a placement here";
    check("alert", true, &["r.fir"], &[words], 1).await;
    check("alert", true, &["r.fir", "R.Fir", "r.fir"], &[words], 1).await;
    check("notice", true, &["r.fir"], &[words], 0).await;
    check("off", true, &["r.fir"], &[], 0).await;
    check("alert", false, &["r.fir"], &[], 0).await;
    check("alert", true, &["nobody", "hunter2", "t.ash"], &[], 0).await;
}

/// A second school, of the same trust or of none.
async fn add_oak_hill(small: &Small, trust: bool) {
    let line = |text: &str| text.parse::<Line>().expect("a line");
    let mut tx = small.db.write().await.expect("a transaction");
    let mut oak = School { id: Id::from_u128(2), trust: None, name: line("Oak Hill School") };
    if trust {
        let trust = Trust { id: Id::from_u128(3), name: line("Two Schools") };
        store::trusts::add(&mut tx, &by(), &trust).await.expect("a trust");
        store::trusts::join(&mut tx, &by(), SCHOOL, &trust).await.expect("joined");
        oak.trust = Some(trust.id);
    }
    store::schools::add(&mut tx, &by(), &oak).await.expect("a school");
    let person = Person {
        id: Id::from_u128(21),
        school: oak.id,
        username: "r.fir".parse().expect("a user name"),
        name: line("Robin Fir"),
        roles: [Role::Teacher].into_iter().collect(),
        year: None,
        groups: Vec::new(),
        email: None,
        stay: Stay::ALWAYS,
    };
    store::people::add(&mut tx, &by(), &person).await.expect("a person");
    tx.commit().await.expect("kept");
}
