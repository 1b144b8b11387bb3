//! A roster from the bytes to the gate, and a leaver on the way out (ACC-03, ACC-14).
use school::{Id, Person, Stay};
use store::{
    roster,
    roster::{Approval, Load, NewLoad, Stage},
};

use crate::{PUPIL, Running, SCHOOL, Small, at, by, until};

const PUPILS: &str = "Admission No,Forename,Surname,Year,Reg,Username\r\n\
                      101,Nia,Vale,7,7B,n.vale\r\n\
                      102,Omar,Wood,Year 8,8A,\r\n\
                      103,Pia,Yew,Form 2,7B,p.yew\r\n";

async fn receive(small: &Small, name: &str, bytes: &[u8]) -> Id<Load> {
    let mut tx = small.db.write().await.expect("a transaction");
    let new = NewLoad { school: SCHOOL, source: "mis", file_name: name, mapping: "", bytes };
    let id = roster::receive(&mut tx, &by(), &new).await.expect("received");
    tx.commit().await.expect("kept");
    id
}

async fn at_stage(small: &Small, id: Id<Load>, stage: Stage) -> Load {
    until(async || {
        let mut tx = small.db.read().await.expect("a transaction");
        roster::get(&mut tx, id).await.expect("read").filter(|it| it.stage == stage)
    })
    .await
}

#[tokio::test]
async fn a_roster_is_read_approved_and_at_the_gate() {
    let small = Small::open().await;
    let mut running = Running::new();
    running.start(small.snapshots.clone().run(running.stop.clone()));
    running.start(small.office().run(running.stop.clone()));
    let id = receive(&small, "pupils.csv", PUPILS.as_bytes()).await;
    let ready = at_stage(&small, id, Stage::Ready).await;
    assert_eq!((ready.counts.joiners, ready.counts.leavers), (3, 0), "{:?}", ready.remark);
    assert!(0 < ready.counts.problems, "the year of one cannot be read");
    let mut tx = small.db.write().await.expect("a transaction");
    assert_eq!(roster::approve(&mut tx, &by(), SCHOOL, &ready, None).await.expect("asked"), Approval::Given);
    tx.commit().await.expect("kept");
    at_stage(&small, id, Stage::Applied).await;
    let omar = until(async || {
        small
            .current
            .load()
            .people
            .by_username(&"omar.wood".parse().expect("a username"))
            .map(|it| it.person.clone())
    })
    .await;
    assert_eq!(omar.year, school::Year::new(8));
    assert_eq!(omar.groups.len(), 1, "in 8A");

    // What is no roster fails, and says why.
    let bad = receive(&small, "holiday.zip", b"PK\x03\x04 cut off").await;
    let failed = at_stage(&small, bad, Stage::Failed).await;
    assert!(failed.remark.is_some_and(|it| it.contains("holiday.zip")));
    running.end().await;
}

/// Ready, approved and applied.
async fn whole(small: &Small, office: &workers::Office, name: &str, text: &str) -> Load {
    let id = receive(small, name, text.as_bytes()).await;
    office.work_off().await.expect("worked");
    let mut tx = small.db.write().await.expect("a transaction");
    let ready = roster::get(&mut tx, id).await.expect("read").expect("there");
    let typed = ready.jump.as_ref().map(|it| it.1);
    roster::approve(&mut tx, &by(), SCHOOL, &ready, typed).await.expect("approved");
    tx.commit().await.expect("kept");
    office.work_off().await.expect("worked");
    ready
}

#[tokio::test]
async fn a_bad_row_never_looks_like_a_leaver() {
    let small = Small::open().await;
    let office = small.office();
    let staff = "Staff Code,Forename,Surname,Role,Username\r\n901,Tia,Zed,teacher,t.zed\r\n";
    let first = whole(&small, &office, "staff.csv", staff).await;
    assert_eq!(first.counts.joiners, 1, "{}", first.words());
    // A file of pupils says nothing of teachers.
    let second = whole(&small, &office, "pupils.csv", PUPILS).await;
    assert_eq!((second.counts.joiners, second.counts.leavers), (3, 0), "{}", second.words());
    // Omar's row is broken, Pia's is gone.
    let bad = PUPILS.replace("Omar,Wood", ",").replace("103,Pia,Yew,Form 2,7B,p.yew\r\n", "");
    let third = whole(&small, &office, "pupils.csv", &bad).await;
    assert_eq!((third.counts.joiners, third.counts.leavers), (0, 1), "{}", third.words());
    let mut tx = small.db.read().await.expect("a transaction");
    let here = store::people::all(&mut tx, SCHOOL).await.expect("read");
    let here = |name: &str| here.iter().any(|it| it.person.username.as_str() == name);
    assert_eq!((here("omar.wood"), here("t.zed"), here("p.yew")), (true, true, false));
}

#[tokio::test]
async fn people_who_changed_meanwhile_are_shown_again() {
    let small = Small::open().await;
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    let id = receive(&small, "pupils.csv", PUPILS.as_bytes()).await;
    let ready = at_stage(&small, id, Stage::Ready).await;
    running.end().await;
    // Somebody takes the username meanwhile.
    let mut tx = small.db.write().await.expect("a transaction");
    let kept = store::people::get(&mut tx, SCHOOL, PUPIL).await.expect("read").expect("there");
    let renamed = Person { username: "n.vale".parse().expect("a username"), ..kept.person.clone() };
    store::people::save(&mut tx, &by(), &kept, &renamed).await.expect("saved");
    roster::approve(&mut tx, &by(), SCHOOL, &ready, None).await.expect("approved");
    tx.commit().await.expect("kept");
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    let again = at_stage(&small, id, Stage::Ready).await;
    assert!(again.remark.is_some_and(|it| it.contains("People have changed")));
    assert_eq!((again.counts.joiners, again.decided_by_name), (2, None));
    running.end().await;
}

#[tokio::test]
async fn a_leaver_is_out_of_the_gate_when_their_day_is_over() {
    let small = Small::open().await;
    let mut tx = small.db.write().await.expect("a transaction");
    let kept = store::people::get(&mut tx, SCHOOL, PUPIL).await.expect("read").expect("there");
    let leaves = Person { stay: Stay { from: None, until: Some(at(60)) }, ..kept.person.clone() };
    store::people::save(&mut tx, &by(), &kept, &leaves).await.expect("saved");
    tx.commit().await.expect("kept");
    assert!(small.snapshots.refresh().await);
    assert!(small.current.load().people.get(PUPIL).is_some());
    small.pass(61);
    let mut running = Running::new();
    running.start(small.snapshots.clone().run(running.stop.clone()));
    running.start(small.office().run(running.stop.clone()));
    until(async || small.current.load().people.get(PUPIL).is_none().then_some(())).await;
    running.end().await;
}
