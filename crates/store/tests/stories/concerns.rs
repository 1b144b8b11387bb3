use casework::{Origin, Stage};
use store::{
    StoreError,
    concerns::{self, NewConcern, Raised},
};
use testkit::databases::on_both;

use crate::{Small, at, by, small, write};

fn search(small: &Small, when: &str) -> NewConcern {
    NewConcern {
        school: small.school.id,
        at: at(when),
        origin: Origin::Search,
        about: Some(small.pupil.id),
        reporter: None,
        theme: Some("bullying".to_owned()),
        severity: Some("medium".to_owned()),
        words: format!("made-up words of {when}"),
        place: Some("search.test".to_owned()),
    }
}

#[tokio::test]
async fn a_worry_that_comes_back_is_counted_until_someone_looks() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let school = small.school.id;
        let by = by("2026-11-22T10:00:00Z");
        let mut tx = write(&db).await;
        let first = concerns::raise(&mut tx, &by, &search(&small, "2026-11-22T10:00:00Z")).await.unwrap();
        let Raised::New(id) = first else { panic!("{first:?}") };
        for when in ["2026-11-22T11:00:00Z", "2026-11-23T09:00:00Z"] {
            let again = concerns::raise(&mut tx, &by, &search(&small, when)).await.unwrap();
            assert_eq!(again, Raised::Again(id));
        }
        let late = concerns::raise(&mut tx, &by, &search(&small, "2026-11-24T09:00:01Z")).await.unwrap();
        assert!(matches!(late, Raised::New(_)), "more than a day later: {late:?}");
        let report =
            NewConcern { origin: Origin::Report, theme: None, ..search(&small, "2026-11-24T09:00:02Z") };
        assert!(matches!(concerns::raise(&mut tx, &by, &report).await.unwrap(), Raised::New(_)));
        tx.commit().await.unwrap();

        let mut tx = write(&db).await;
        let concern = concerns::get(&mut tx, school, id).await.unwrap().unwrap();
        assert_eq!((concern.times, concern.raised_at), (3, at("2026-11-22T10:00:00Z")));
        let seen = concern.clone().see(small.lead.id, at("2026-11-24T10:00:00Z")).unwrap();
        concerns::save_stage(&mut tx, &by, &seen).await.unwrap();
        // Once someone has looked, the same worry is a new one.
        let next = concerns::raise(&mut tx, &by, &search(&small, "2026-11-26T10:00:00Z")).await.unwrap();
        assert!(matches!(next, Raised::New(_)), "{next:?}");

        let closed =
            seen.clone().close(small.lead.id, at("2026-11-24T11:00:00Z"), "talked with Ada").unwrap();
        concerns::save_stage(&mut tx, &by, &closed).await.unwrap();
        assert_eq!(concerns::get(&mut tx, school, id).await.unwrap().unwrap(), closed);
        for again in [&closed, &seen, &concern] {
            let stale = concerns::save_stage(&mut tx, &by, again).await;
            assert!(matches!(stale, Err(StoreError::Stale)), "{again:?}");
        }
        let awaiting = concerns::awaiting(&mut tx, school).await.unwrap();
        assert!(awaiting.iter().all(|it| it.stage == Stage::New));
        assert_eq!((awaiting.len(), concerns::all(&mut tx, school, 99).await.unwrap().len()), (3, 4));

        let events = concerns::events(&mut tx, school, id).await.unwrap();
        let told: Vec<_> = events.iter().map(|it| (it.seq, it.what.as_str())).collect();
        assert_eq!(told, [(1, "raised"), (2, "again"), (3, "again"), (4, "seen"), (5, "closed")]);
        assert_eq!(events[4].words.as_deref(), Some("talked with Ada"));
        tx.commit().await.unwrap();
        let other = crate::small(&db, "Vale School").await.school.id;
        let mut tx = db.read().await.unwrap();
        assert_eq!(concerns::get(&mut tx, other, id).await.unwrap(), None);
        assert!(concerns::events(&mut tx, other, id).await.unwrap().is_empty());
        assert!(concerns::all(&mut tx, other, 99).await.unwrap().is_empty());
    })
    .await;
}
