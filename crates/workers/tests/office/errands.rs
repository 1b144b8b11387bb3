//! What people do at a gate: sign, report, sign in.
use std::net::{IpAddr, Ipv4Addr};

use agreements::{Audience, Level, Reading, TextHash};
use casework::Origin;
use gate::{Errands, NotTaken, Report};
use store::{audit, concerns, security::Kind};

use crate::{PUPIL, Running, SCHOOL, Small, TEACHER, at, by, until};

#[tokio::test]
async fn a_signature_is_answered_when_the_gate_knows_it() {
    let small = Small::open().await;
    let mut tx = small.db.write().await.expect("a transaction");
    let mut publish = async |text: &str| {
        let readings = vec![Reading::new(Level::Standard, "Be kind", text)];
        let new = store::agreements::publish(&mut tx, &by(), SCHOOL, Audience::Pupils, readings, "").await;
        new.expect("an agreement")
    };
    let (old, text) = (publish("Online too.").await, publish("Always.").await);
    tx.commit().await.expect("kept");
    assert!(small.snapshots.refresh().await);
    let missing = || {
        small
            .current
            .load()
            .people
            .get(PUPIL)
            .expect("the pupil")
            .missing_at(at(2))
            .map(|it| it.agreement)
            .collect::<Vec<_>>()
    };
    assert_eq!(missing(), [text.id]);

    let (errands, receiver) = Errands::new(10);
    let mut running = Running::new();
    running.start(small.clerk(receiver).run(running.stop.clone()));
    let wrong = TextHash::from_bytes([1; 32]);
    assert_eq!(errands.sign(PUPIL, text.id, wrong, at(1)).await, Err(NotTaken), "another text");
    assert_eq!(
        errands.sign(PUPIL, old.id, old.readings()[0].hash(), at(1)).await,
        Err(NotTaken),
        "an older text"
    );
    assert_eq!(missing(), [text.id]);
    assert_eq!(errands.sign(PUPIL, text.id, text.readings()[0].hash(), at(2)).await, Ok(()));
    assert_eq!(missing(), []);
    assert_eq!(errands.sign(PUPIL, text.id, text.readings()[0].hash(), at(3)).await, Ok(()), "twice is once");
    running.end().await;
}

#[tokio::test]
async fn a_report_becomes_a_concern_that_the_leads_are_told_of() {
    let small = Small::open().await;
    let (errands, receiver) = Errands::new(10);
    let mut running = Running::new();
    running.start(small.clerk(receiver).run(running.stop.clone()));
    running.start(small.office().run(running.stop.clone()));
    let report = Report {
        person: Some(PUPIL),
        words: "Someone in my year is being left out on purpose.".to_owned(),
        place: None,
        about: None,
        about_site: false,
        at: at(0),
    };
    assert_eq!(errands.report(report.clone()).await, Ok(()));
    let site = Report { person: None, about_site: true, place: Some("games.test".to_owned()), ..report };
    assert_eq!(errands.report(site).await, Ok(()));
    small.pass(61);
    let letters = until(async || Some(small.mailbox.letters()).filter(|it| it.len() == 3)).await;
    running.end().await;
    let mut to: Vec<_> = letters.iter().flat_map(|it| it.to.clone()).collect();
    to.sort();
    assert_eq!(to, ["it@example.org", "lead@elm-park.test", "lead@elm-park.test"]);
    for letter in letters {
        assert!(!letter.text.contains("left out") && !letter.text.contains("Birch"), "{}", letter.text);
    }
    // CHG-07: whoever looks after the filter is told of the address, and not of what was written.
    assert_eq!(
        small.security(Kind::SiteReport).await,
        [
            "games.test: games.test was reported as unsuitable. What was written is with the safeguarding leads"
        ]
    );
    let mut tx = small.db.read().await.expect("a transaction");
    let mut all = concerns::all(&mut tx, SCHOOL, 10).await.expect("concerns");
    all.sort_by_key(|it| it.origin);
    assert_eq!(all.iter().map(|it| it.origin).collect::<Vec<_>>(), [Origin::Report, Origin::SiteReport]);
    assert_eq!((all[0].reporter, all[0].about), (Some(PUPIL), None));
    assert_eq!((all[1].reporter, all[1].place.as_deref()), (None, Some("games.test")));
}

/// REP-08, MON-08: the head alone reads of staff, and a name that nobody has is not lost.
#[tokio::test]
async fn a_report_that_names_somebody_goes_to_who_may_read_of_them() {
    let small = Small::open().await;
    let (errands, receiver) = Errands::new(10);
    let mut running = Running::new();
    assert!(small.snapshots.refresh().await);
    running.start(small.clerk(receiver).run(running.stop.clone()));
    running.start(small.office().run(running.stop.clone()));
    let report = |about: &str| Report {
        person: Some(PUPIL),
        words: "It was not right.".to_owned(),
        place: None,
        about: Some(about.to_owned()),
        about_site: false,
        at: at(0),
    };
    for about in ["terry ASH", "m.birch", "Somebody Else"] {
        assert_eq!(errands.report(report(about)).await, Ok(()));
    }
    let letters = until(async || Some(small.mailbox.letters()).filter(|it| it.len() == 3)).await;
    running.end().await;
    let mut to: Vec<_> = letters.iter().flat_map(|it| it.to.clone()).collect();
    to.sort();
    assert_eq!(to, ["head@elm-park.test", "lead@elm-park.test", "lead@elm-park.test"]);
    let mut tx = small.db.read().await.expect("a transaction");
    let all = concerns::all(&mut tx, SCHOOL, 10).await.expect("concerns");
    let about: Vec<_> = all.iter().map(|it| it.about).collect();
    assert!(about.contains(&Some(TEACHER)) && about.contains(&Some(PUPIL)), "{about:?}");
    assert!(all.iter().any(|it| it.about.is_none() && it.words.ends_with("About: Somebody Else")));
}

#[tokio::test]
async fn sign_ins_are_in_the_audit_trail() {
    let small = Small::open().await;
    let (errands, receiver) = Errands::new(10);
    let mut running = Running::new();
    running.start(small.clerk(receiver).run(running.stop.clone()));
    let address = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5));
    errands.sign_in(Some(PUPIL), "m.birch", address, "signed in", at(5));
    let entry = until(async || {
        let mut tx = small.db.read().await.expect("a transaction");
        let entries = audit::recent(&mut tx, SCHOOL, None, 5).await.expect("entries");
        entries.into_iter().find(|it| it.act == "signed in")
    });
    let entry = entry.await;
    running.end().await;
    assert_eq!((entry.actor, entry.subject.as_str()), (Some(PUPIL), "m.birch"));
    assert_eq!((entry.after.as_deref(), entry.at), (Some("10.0.0.5"), at(5)));
}

/// PWD-09: a guesser who is quick, and done within the minute in which one of a kind is written down.
#[tokio::test]
async fn whoever_guesses_is_told_of_at_once_and_a_flood_is_a_row_a_minute() {
    let small = Small::open().await;
    let (errands, receiver) = Errands::new(1_000);
    let mut running = Running::new();
    let address = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5));
    for n in 0..300 {
        let what = match n {
            ..6 => "refused",
            6..200 => "slowed down",
            _ => "refused: the directory did not answer",
        };
        errands.sign_in(Some(PUPIL), "m.birch", address, what, at(5));
    }
    errands.sign_in(Some(PUPIL), "m.birch", address, "signed in", at(6));
    running.start(small.clerk(receiver).run(running.stop.clone()));
    let entries = until(async || {
        let mut tx = small.db.read().await.expect("a transaction");
        let entries = audit::recent(&mut tx, SCHOOL, None, 50).await.expect("entries");
        entries.iter().any(|it| it.act == "signed in").then_some(entries)
    });
    let entries = entries.await;
    let kinds = small.security(Kind::Guessing).await;
    running.end().await;
    let count = |act: &str| entries.iter().filter(|it| it.act == act).count();
    for act in ["refused", "slowed down", "refused: the directory did not answer"] {
        assert_eq!(count(act), 1, "{act}");
    }
    assert_eq!(kinds.len(), 1, "{kinds:?}");
}
