//! Leavers: disabled on their day, kept, then deleted or handed on (ACC-14).
use jiff::SignedDuration;
use school::{Id, Person, Role, School, Stay};
use store::{By, StoreError, Tx, access, audit, leavers, people, schools, sessions};
use testkit::databases::on_both;

use crate::{Small, at, by, small, write};

async fn with_last_day(db: &store::Db, small: &Small, until: &str) {
    let mut tx = write(db).await;
    let kept = people::get(&mut tx, small.school.id, small.pupil.id).await.unwrap().unwrap();
    let stay = Stay { from: None, until: Some(at(until)) };
    let changed = Person { stay, ..kept.person.clone() };
    people::save(&mut tx, &by("2026-11-22T10:00:00Z"), &kept, &changed).await.unwrap();
    people::set_password(
        &mut tx,
        &by("2026-11-22T10:00:00Z"),
        small.school.id,
        small.pupil.id,
        "$argon2id$x",
    )
    .await
    .unwrap();
    sessions::open(&mut tx, &[9; 32], small.school.id, small.pupil.id, at("2026-11-22T10:00:00Z"), at(until))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// As the job does it. How many.
async fn disable_due(tx: &mut Tx, by: &By) -> u64 {
    let mut count = 0;
    for (school, id) in leavers::to_disable(tx, by.at).await.unwrap() {
        count += u64::from(leavers::disable(tx, by, school, id).await.unwrap());
    }
    count
}

async fn end_due(tx: &mut Tx, by: &By, school: Id<School>) -> u64 {
    let mut count = 0;
    for id in leavers::to_end(tx, by.at, school).await.unwrap() {
        count += u64::from(leavers::end(tx, by, school, id).await.unwrap());
    }
    count
}

#[tokio::test]
async fn a_leaver_is_disabled_on_the_day_kept_and_deleted() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let school = small.school.id;
        with_last_day(&db, &small, "2026-11-25T00:00:00Z").await;
        let mut tx = write(&db).await;
        assert_eq!(disable_due(&mut tx, &by("2026-11-24T23:59:59Z")).await, 0, "not yet");
        let day = by("2026-11-25T00:00:00Z");
        assert_eq!(disable_due(&mut tx, &day).await, 1);
        assert_eq!(disable_due(&mut tx, &day).await, 0, "once");
        assert_eq!(people::get(&mut tx, school, small.pupil.id).await.unwrap(), None);
        assert_eq!(sessions::find(&mut tx, &[9; 32], at("2026-11-24T10:00:00Z")).await.unwrap(), None);
        let held = leavers::held(&mut tx, school, "", 0, 9).await.unwrap();
        assert_eq!((held.len(), held[0].name.as_str()), (1, "Ada Pupil"));
        assert_eq!(leavers::held(&mut tx, school, "nobody", 0, 9).await.unwrap(), []);
        assert_eq!(leavers::ends_at(&held[0], 180), at("2027-05-24T00:00:00Z"));

        // Brought back: as they were.
        leavers::bring_back(&mut tx, &by("2026-11-26T00:00:00Z"), &held[0]).await.unwrap();
        let twice = leavers::bring_back(&mut tx, &by("2026-11-26T00:00:00Z"), &held[0]).await;
        assert!(matches!(twice, Err(StoreError::Stale)));
        let back = people::get(&mut tx, school, small.pupil.id).await.unwrap().unwrap();
        assert_eq!((back.person.stay, back.password.as_deref()), (Stay::ALWAYS, Some("$argon2id$x")));
        people::leave(&mut tx, &day, school, small.pupil.id).await.unwrap();

        // Kept for the days of the setting, or longer where somebody said so.
        let later = |days: i64| By { at: day.at + SignedDuration::from_hours(24 * days), ..day.clone() };
        assert_eq!(end_due(&mut tx, &later(179), school).await, 0);
        let leaver = leavers::get(&mut tx, school, small.pupil.id).await.unwrap().unwrap();
        leavers::plan(&mut tx, &day, &leaver, Some(later(200).at), None).await.unwrap();
        assert_eq!(end_due(&mut tx, &later(199), school).await, 0);
        assert_eq!(end_due(&mut tx, &later(200), school).await, 1);
        assert_eq!(
            leavers::get(&mut tx, school, small.pupil.id).await.unwrap(),
            None,
            "nothing is left to show"
        );
        assert_eq!(leavers::held(&mut tx, school, "", 0, 9).await.unwrap(), []);
        let newest = audit::recent(&mut tx, school, None, 1).await.unwrap().remove(0);
        assert_eq!((newest.act.as_str(), newest.subject), ("delete leaver", small.pupil.id.to_string()));
        let granted = access::of(&mut tx, school, small.pupil.id).await.unwrap();
        assert!(!granted.is_empty(), "that they had it is kept");
        assert!(granted.iter().all(|it| it.until.is_some() && it.person_name == "Someone who has left"));
        // Nobody nameless comes back.
        let ended = store::register::Wanted { ended: true, ..Default::default() };
        assert_eq!(store::register::count(&mut tx, school, &ended).await.unwrap(), 0);
        assert_eq!(people::get_ended(&mut tx, school, small.pupil.id).await.unwrap(), None);
        // Their username is free again.
        let next = crate::person(school, "ada.pupil", "Another Ada", Role::Pupil);
        people::add(&mut tx, &later(201), &next).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_leaver_is_handed_on_to_another_school() {
    on_both(async |db| {
        let (hill, vale) = (small(&db, "Hill School").await, small(&db, "Vale School").await);
        let day = by("2026-11-25T00:00:00Z");
        let mut tx = write(&db).await;
        let kept = people::get(&mut tx, hill.school.id, hill.lead.id).await.unwrap().unwrap();
        let teaches = Person { roles: kept.person.roles.with(Role::Teacher), ..kept.person.clone() };
        people::save(&mut tx, &day, &kept, &teaches).await.unwrap();
        people::leave(&mut tx, &day, hill.school.id, hill.lead.id).await.unwrap();
        let leaver = leavers::get(&mut tx, hill.school.id, hill.lead.id).await.unwrap().unwrap();
        assert_eq!(leavers::get(&mut tx, vale.school.id, hill.lead.id).await.unwrap(), None, "not theirs");
        leavers::plan(&mut tx, &day, &leaver, None, Some(vale.school.id)).await.unwrap();
        let later = By { at: day.at + SignedDuration::from_hours(24 * 181), ..day.clone() };
        assert_eq!(end_due(&mut tx, &later, hill.school.id).await, 1);
        // lee.lead is somebody else's there.
        let there = people::by_username(&mut tx, vale.school.id, &"lee.lead2".parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(there.person.name.as_str(), "Lee Lead");
        assert!(there.person.roles.has(Role::Teacher));
        assert!(!there.person.roles.has(Role::Dsl), "no post goes with them");
        assert_eq!(leavers::get(&mut tx, hill.school.id, hill.lead.id).await.unwrap(), None);
        let schools: Vec<School> = schools::all(&mut tx).await.unwrap();
        assert_eq!(schools.len(), 2);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn guests_come_and_go_elsewhere() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let mut tx = write(&db).await;
        let mut guest = crate::person(small.school.id, "v.visitor", "V Visitor", Role::Visitor);
        guest.stay.until = Some(at("2026-11-22T15:00:00Z"));
        people::add(&mut tx, &by("2026-11-22T10:00:00Z"), &guest).await.unwrap();
        assert_eq!(disable_due(&mut tx, &by("2026-11-23T00:00:00Z")).await, 0);
        tx.commit().await.unwrap();
    })
    .await;
}
