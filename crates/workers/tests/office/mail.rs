//! Letters that do not go at once, and faults that are told.
use std::time::Duration;

use store::{audit, jobs, pulse};

use crate::{Running, SCHOOL, Small, at, until};

const LETTER: &str = "lead@elm-park.test\nA subject\nA text.\n.with a dot\n";

async fn enqueue(small: &Small, payload: &str) {
    let mut tx = small.db.write().await.expect("a transaction");
    jobs::enqueue(&mut tx, "send mail", payload, at(0)).await.expect("a job");
    tx.commit().await.expect("kept");
}

#[tokio::test]
async fn a_letter_is_tried_again_when_the_server_is_busy() {
    let small = Small::open().await;
    small.mailbox.be_busy(2);
    enqueue(&small, LETTER).await;
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    // Ten seconds after the first failure, twenty after the second.
    for wait in [11, 21] {
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert_eq!(small.mailbox.letters(), []);
        small.pass(wait);
    }
    let letter = until(async || small.mailbox.letters().into_iter().next()).await;
    running.end().await;
    assert_eq!(letter.to, ["lead@elm-park.test"]);
    assert_eq!(letter.from, "schoolgate@elm-park.test");
    assert!(letter.text.contains("Subject: A subject\n"), "{}", letter.text);
    assert!(letter.text.contains("\nA text.\n.with a dot\n"), "{}", letter.text);
}

#[tokio::test]
async fn a_letter_that_can_never_go_is_given_up_where_people_see_it() {
    let small = Small::open().await;
    enqueue(&small, "not an address\nA subject\nA text").await;
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    until(async || {
        let mut tx = small.db.read().await.expect("a transaction");
        let (_, given_up) = jobs::waiting(&mut tx).await.expect("counts");
        (given_up == 1).then_some(())
    })
    .await;
    until(async || small.health.faults().into_iter().find(|it| it.contains("given up"))).await;
    running.end().await;
    assert_eq!(small.mailbox.letters(), []);
}

#[tokio::test]
async fn the_pulse_tells_of_faults_and_the_audit_trail_keeps_them() {
    let small = Small::open().await;
    let mut tx = small.db.write().await.expect("a transaction");
    store::rules::save(&mut tx, &crate::by(), SCHOOL, school::Place::School, "nonsense", "")
        .await
        .expect("saved");
    tx.commit().await.expect("kept");
    small.snapshots.refresh().await;
    small.recorder.note_help();
    let mut running = Running::new();
    running.start(small.heart().run(running.stop.clone()));
    let beat = until(async || {
        let mut tx = small.db.read().await.expect("a transaction");
        pulse::latest(&mut tx, SCHOOL).await.expect("pulses").into_iter().next()
    })
    .await;
    running.end().await;
    assert_eq!((beat.gate.as_str(), beat.help, beat.dropped), ("gate.test", 1, 0));
    assert!(
        beat.faults[0].starts_with("the rules cannot be read, everything is refused"),
        "{:?}",
        beat.faults
    );
    let mut tx = small.db.read().await.expect("a transaction");
    let entries = audit::recent(&mut tx, SCHOOL, None, 5).await.expect("entries");
    assert!(entries.iter().any(|it| it.act == "fault"));
}

#[tokio::test]
async fn a_concern_that_nobody_has_looked_at_for_a_day_is_chased_without_detail() {
    let small = Small::open().await;
    let new = casework::NewConcern {
        school: SCHOOL,
        at: at(0),
        origin: casework::Origin::Search,
        about: Some(crate::PUPIL),
        reporter: None,
        theme: Some("bullying".to_owned()),
        severity: Some("low".to_owned()),
        words: "i have no friends".to_owned(),
        place: None,
    };
    let mut tx = small.db.write().await.expect("a transaction");
    store::concerns::raise(&mut tx, &crate::by(), &new).await.expect("raised");
    tx.commit().await.expect("kept");
    small.pass(24 * 3_600 + 60);
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    let letter = until(async || small.mailbox.letters().into_iter().next()).await;
    running.end().await;
    assert_eq!(letter.to, ["lead@elm-park.test"]);
    assert!(letter.text.contains("not yet looked at: 1."), "{}", letter.text);
    assert!(!letter.text.contains("friends") && !letter.text.contains("Morgan"), "{}", letter.text);
}
