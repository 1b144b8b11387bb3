//! Access that the head approves as an exceptional case (ACC-19).
use school::{
    Role, Roles,
    exceptional::Held,
    settings::{GUEST_APPROVAL, Settings},
};
use store::{By, audit, exceptional, people, stamp};
use testkit::databases::on_both;

use crate::{by, small, write};

#[tokio::test]
async fn what_was_said_last_counts_and_gates_are_told() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let school = small.school.id;
        let decider = |at| By { person: Some(small.lead.id), ..by(at) };
        let mut tx = write(&db).await;
        let visitor = school::Person {
            id: store::fresh_id(by("2026-11-25T08:00:00Z").at),
            username: "v.visitor".parse().unwrap(),
            roles: Roles::NONE.with(Role::Visitor),
            ..small.lead.clone()
        };
        people::add(&mut tx, &decider("2026-11-25T08:00:00Z"), &visitor).await.unwrap();
        tx.commit().await.unwrap();
        let chosen = Settings::default();
        let mut tx = write(&db).await;
        let held = exceptional::held_of(&mut tx, &chosen, &visitor).await.unwrap();
        assert_eq!(held, Some(Held::Waiting), "{:?}", chosen.text(&GUEST_APPROVAL));
        let before = stamp::of(&mut tx, school, by("2026-11-26T09:00:00Z").at).await.unwrap();
        let first = decider("2026-11-25T09:00:00Z");
        for _ in 0..2 {
            exceptional::decide(&mut tx, &first, &visitor, true, "Reads with Year 2").await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = write(&db).await;
        assert_ne!(
            stamp::of(&mut tx, school, by("2026-11-26T09:00:00Z").at).await.unwrap(),
            before,
            "gates build anew"
        );
        assert_eq!(exceptional::held_of(&mut tx, &chosen, &visitor).await.unwrap(), None);
        let later = decider("2026-11-26T09:00:00Z");
        exceptional::decide(&mut tx, &later, &visitor, false, "It ended badly").await.unwrap();
        assert_eq!(exceptional::held_of(&mut tx, &chosen, &visitor).await.unwrap(), Some(Held::Refused));
        let case = exceptional::latest(&mut tx, school, visitor.id).await.unwrap().unwrap();
        assert_eq!((case.granted, case.why.as_str(), case.by), (false, "It ended badly", small.lead.id));
        let all = exceptional::all(&mut tx, school).await.unwrap();
        assert_eq!(all.into_values().collect::<Vec<_>>(), [case]);
        let acts: Vec<String> =
            audit::recent(&mut tx, school, None, 10).await.unwrap().into_iter().map(|it| it.act).collect();
        let count = |act: &str| acts.iter().filter(|it| *it == act).count();
        assert_eq!((count("approve access"), count("refuse access")), (1, 1), "{acts:?}");
    })
    .await;
}

/// Raised again and again while it lasts, it stays one row; when it comes back later it is another (ACC-05).
#[tokio::test]
async fn an_alert_of_something_that_lasts_is_one_row() {
    use store::security::{Kind, New, Wanted, lasts, list};
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let new = New { kind: Kind::Technical, subject: "the directory", words: "down", quiet: false };
        let mut tx = write(&db).await;
        for minute in [0, 59, 118, 177] {
            let at = by("2026-11-25T08:00:00Z").at + jiff::SignedDuration::from_mins(minute);
            lasts(&mut tx, &By { at, ..by("2026-11-25T08:00:00Z") }, small.school.id, new).await.unwrap();
        }
        lasts(&mut tx, &by("2026-11-25T14:00:00Z"), small.school.id, new).await.unwrap();
        let all = list(&mut tx, small.school.id, Wanted::default(), 10).await.unwrap();
        assert_eq!(all.iter().map(|it| it.times).collect::<Vec<_>>(), [1, 4]);
    })
    .await;
}
