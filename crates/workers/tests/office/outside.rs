//! Access from outside and access that waits for the head, as gates and people are told of it (ACC-19, ACC-22, ACC-23).
use std::time::Duration;

use gate::{Errands, Settings};
use jiff::SignedDuration;
use school::{
    Id, Person, Role, Roles,
    exceptional::Held,
    remote::{Authority, RemoteAccess, Route, Routes},
};
use store::{By, audit, exceptional, people, remote};

use crate::{Running, SCHOOL, Small, TEACHER, at, by, until};

const HEAD: Id<Person> = Id::from_u128(14);

fn approval(hours: i64) -> RemoteAccess {
    let line = |text: &str| text.parse().expect("a line");
    RemoteAccess {
        id: Id::from_u128(700),
        school: SCHOOL,
        person: TEACHER,
        need: line("Marks at home"),
        scope: line("The web"),
        route: line("School VPN"),
        from: at(0),
        until: at(0) + SignedDuration::from_hours(hours),
        authority: Authority::Head,
        approved_by: HEAD,
        approved_at: at(0),
        ended_at: None,
    }
}

/// Gives the teacher and the head an address each.
async fn addresses(small: &Small) {
    let mut tx = small.db.write().await.expect("a transaction");
    for (id, email) in [(TEACHER, "terry@elm-park.test"), (HEAD, "harper@elm-park.test")] {
        let kept = people::get(&mut tx, SCHOOL, id).await.expect("read").expect("there");
        let person = Person { email: Some(email.parse().expect("an address")), ..kept.person.clone() };
        people::save(&mut tx, &by(), &kept, &person).await.expect("saved");
    }
    tx.commit().await.expect("kept");
}

#[tokio::test]
async fn a_letter_goes_to_both_before_an_approval_of_remote_access_ends_and_only_once() {
    let small = Small::open().await;
    addresses(&small).await;
    assert!(small.snapshots.refresh().await);
    let mut tx = small.db.write().await.expect("a transaction");
    remote::add(&mut tx, &by(), &approval(24 * 10)).await.expect("added");
    tx.commit().await.expect("kept");
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(small.mailbox.letters(), [], "ten days before");
    small.pass(4 * 24 * 3_600);
    let letters = until(async || Some(small.mailbox.letters()).filter(|it| it.len() == 2)).await;
    small.pass(24 * 3_600);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    running.end().await;
    assert_eq!(small.mailbox.letters().len(), 2, "once");
    let mut to: Vec<_> = letters.iter().flat_map(|it| it.to.clone()).collect();
    to.sort();
    assert_eq!(to, ["harper@elm-park.test", "terry@elm-park.test"]);
    for it in &letters {
        assert!(it.text.contains("ends at") && !it.text.contains("Marks at home"), "{}", it.text);
    }
    let mut tx = small.db.read().await.expect("a transaction");
    let entries = audit::recent(&mut tx, SCHOOL, None, 50).await.expect("entries");
    assert_eq!(entries.iter().filter(|it| it.act == "remote access: ends soon").count(), 1);
}

#[tokio::test]
async fn gates_know_who_may_come_from_outside_and_who_waits_for_the_head() {
    let small = Small::open().await;
    let volunteer = Person {
        id: Id::from_u128(15),
        school: SCHOOL,
        username: "v.oak".parse().expect("a username"),
        name: "Val Oak".parse().expect("a line"),
        roles: Roles::NONE.with(Role::Volunteer),
        year: None,
        groups: Vec::new(),
        email: None,
        stay: school::Stay::ALWAYS,
    };
    let mut tx = small.db.write().await.expect("a transaction");
    people::add(&mut tx, &by(), &volunteer).await.expect("a person");
    remote::add(&mut tx, &by(), &approval(1)).await.expect("added");
    tx.commit().await.expect("kept");
    assert!(small.snapshots.refresh().await);
    let held = || small.current.load().people.get(volunteer.id).expect("there").held;
    assert_eq!(held(), Some(Held::Waiting), "however they came by their account");
    assert_eq!(small.current.load().people.get(TEACHER).expect("there").held, None);
    assert_eq!(small.current.load().remote[&TEACHER].len(), 1);
    for (later, granted, expected) in [(1, true, None), (2, false, Some(Held::Refused))] {
        let mut tx = small.db.write().await.expect("a transaction");
        let by = by();
        let decider = By { person: Some(HEAD), at: by.at + SignedDuration::from_secs(later), ..by };
        exceptional::decide(&mut tx, &decider, &volunteer, granted, "Reads with Year 2")
            .await
            .expect("decided");
        tx.commit().await.expect("kept");
        assert!(small.snapshots.refresh().await);
        assert_eq!(held(), expected);
    }
}

/// LOG-03: what happens from outside is found in the trail under one word, with its way.
#[tokio::test]
async fn sign_ins_from_outside_are_events_of_their_own_in_the_audit_trail() {
    let small = Small::open().await;
    assert!(small.snapshots.refresh().await);
    let ranges = vec!["203.0.113.0/24".parse().expect("a range")];
    let route = Route { name: "School VPN".parse().expect("a line"), ranges };
    let now = small.current.load_full();
    let next = workers::snapshots::closed(
        now.school.clone(),
        Settings { routes: Routes::new(vec![route]), ..now.settings.clone() },
        now.calendar.clone(),
    );
    small.current.swap(next);
    let (errands, receiver) = Errands::new(10);
    let mut running = Running::new();
    running.start(small.clerk(receiver).run(running.stop.clone()));
    let sent = [
        ("signed in", [203, 0, 113, 7]),
        ("signed out", [203, 0, 113, 7]),
        ("refused: no approval of remote access", [203, 0, 113, 8]),
        ("signed in", [10, 0, 0, 5]),
    ];
    for (what, address) in sent {
        errands.sign_in(Some(TEACHER), "t.ash", address.into(), what, at(5));
    }
    let entries = until(async || {
        let mut tx = small.db.read().await.expect("a transaction");
        let all = audit::recent(&mut tx, SCHOOL, None, 20).await.expect("entries");
        Some(all).filter(|it| it.iter().any(|it| it.act == "signed in"))
    });
    let entries = entries.await;
    running.end().await;
    let of = |act: &str| {
        let found = entries.iter().find(|it| it.act == act);
        found.and_then(|it| it.after.clone()).unwrap_or_else(|| panic!("{act}: {entries:?}"))
    };
    for act in [
        "remote access: signed in",
        "remote access: signed out",
        "remote access: refused: no approval of remote access",
    ] {
        assert!(of(act).contains("from outside by School VPN"), "{act}");
    }
    assert_eq!(of("signed in"), "10.0.0.5");
}
