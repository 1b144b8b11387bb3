use jiff::SignedDuration;
use store::{audit, people, pulse, sessions, set_up};
use testkit::databases::on_both;

use crate::{at, by, small, write};

#[tokio::test]
async fn sessions_end_and_the_set_up_link_works_once() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (start, token) = (at("2026-11-22T10:00:00Z"), [1; 32]);
        let until = start + SignedDuration::from_hours(8);
        let mut tx = write(&db).await;
        sessions::open(&mut tx, &token, small.school.id, small.lead.id, start, until).await.unwrap();
        sessions::touch(&mut tx, &token, at("2026-11-22T11:00:00Z")).await.unwrap();
        let session = sessions::find(&mut tx, &token, at("2026-11-22T17:59:59Z")).await.unwrap().unwrap();
        assert_eq!((session.person, session.seen_at), (small.lead.id, at("2026-11-22T11:00:00Z")));
        assert_eq!(sessions::find(&mut tx, &token, until).await.unwrap(), None);
        assert_eq!(sessions::find(&mut tx, &[2; 32], start).await.unwrap(), None);
        let put_back = sessions::find(&mut tx, &token, at("2026-11-20T10:00:00Z")).await.unwrap();
        assert_eq!(put_back, None, "a clock that was put back makes no session last");
        let slipped = sessions::find(&mut tx, &token, at("2026-11-22T09:58:00Z")).await.unwrap();
        assert!(slipped.is_some());
        let by = by("2026-11-22T12:00:00Z");
        people::leave(&mut tx, &by, small.school.id, small.lead.id).await.unwrap();
        assert_eq!(sessions::find(&mut tx, &token, start).await.unwrap(), None, "who has left is signed out");

        set_up::offer(&mut tx, &[3; 32], start).await.unwrap();
        set_up::offer(&mut tx, &[4; 32], start).await.unwrap();
        assert!(!set_up::take(&mut tx, &[3; 32], start).await.unwrap(), "replaced");
        let later = start + SignedDuration::from_hours(24);
        for wrong in [later, start - SignedDuration::from_hours(1)] {
            assert!(!set_up::is_open(&mut tx, &[4; 32], wrong).await.unwrap(), "{wrong}");
            assert!(!set_up::take(&mut tx, &[4; 32], wrong).await.unwrap(), "{wrong}");
        }
        assert!(set_up::is_open(&mut tx, &[4; 32], later - SignedDuration::from_secs(1)).await.unwrap());
        assert!(set_up::take(&mut tx, &[4; 32], start).await.unwrap());
        assert!(!set_up::take(&mut tx, &[4; 32], start).await.unwrap(), "used");
        assert!(set_up::is_done(&mut tx).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn the_audit_trail_counts_without_gaps() {
    on_both(async |db| {
        let school = small(&db, "Hill School").await.school.id;
        let by = by("2026-11-22T10:00:00Z");
        let mut undone = write(&db).await;
        audit::note(&mut undone, &by, school, "see activity", "Ada", None, None).await.unwrap();
        drop(undone);
        for i in 0..3 {
            let mut tx = write(&db).await;
            let after = format!("page {i}");
            audit::note(&mut tx, &by, school, "see activity", "Ada", None, Some(&after)).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        let newest = audit::recent(&mut tx, school, None, 2).await.unwrap();
        assert_eq!(newest.iter().map(|it| it.seq).collect::<Vec<_>>(), [7, 6]);
        let older = audit::recent(&mut tx, school, Some(6), 99).await.unwrap();
        assert_eq!(older.iter().map(|it| it.seq).collect::<Vec<_>>(), [5, 4, 3, 2, 1]);
        assert_eq!(newest[0].after.as_deref(), Some("page 2"));
    })
    .await;
}

#[tokio::test]
async fn a_gate_shows_that_it_lives() {
    on_both(async |db| {
        let school = small(&db, "Hill School").await.school.id;
        let start = at("2026-11-22T10:00:00Z");
        let mut pulse = pulse::Pulse {
            school,
            gate: "web".to_owned(),
            started_at: start,
            seen_at: start,
            requests: 0,
            blocked: 0,
            dropped: 0,
            help: 0,
            snapshot_at: start,
            faults: vec![],
        };
        let mut tx = write(&db).await;
        pulse::beat(&mut tx, &pulse).await.unwrap();
        (pulse.requests, pulse.faults) = (9, vec!["a list is stale".to_owned()]);
        pulse::beat(&mut tx, &pulse).await.unwrap();
        assert_eq!(pulse::latest(&mut tx, school).await.unwrap(), [pulse]);
    })
    .await;
}
