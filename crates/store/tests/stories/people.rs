use school::{Group, Layer, Role, Year, settings::IDLE_LOCK};
use store::{
    StoreError, Tx, audit, fresh_id, groups, leavers, people, register, register::Wanted, schools, settings,
    sign_in_links, sign_in_links::Link,
};
use testkit::databases::{on_both, on_both_at};

use crate::{at, by, person, raw, small, write};

#[tokio::test]
async fn people_come_change_and_leave() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, pupil) = (small.school.id, small.pupil.clone());
        let mut tx = db.read().await.unwrap();
        let all = people::all(&mut tx, school).await.unwrap();
        assert_eq!(all.iter().map(|it| &it.person).collect::<Vec<_>>(), [&small.pupil, &small.lead]);
        let kept = people::by_username(&mut tx, school, &pupil.username).await.unwrap().unwrap();
        assert_eq!((&kept.person, kept.version, &kept.password), (&pupil, 1, &None));
        drop(tx);

        let mut tx = write(&db).await;
        let by = by("2026-11-22T10:00:00Z");
        people::set_password(&mut tx, &by, school, pupil.id, "$argon2id$made-up").await.unwrap();
        tx.commit().await.unwrap();

        // Someone else read them before the password was set.
        let mut tx = write(&db).await;
        let stale = people::save(&mut tx, &by, &kept, &pupil).await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
        let kept = people::get(&mut tx, school, pupil.id).await.unwrap().unwrap();
        let mut renamed = pupil.clone();
        renamed.name = "Ada Newname".parse().unwrap();
        renamed.groups = vec![];
        people::save(&mut tx, &by, &kept, &renamed).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = write(&db).await;
        let now = people::get(&mut tx, school, pupil.id).await.unwrap().unwrap();
        assert_eq!((now.person, now.version), (renamed, 3));
        assert_eq!(now.password.as_deref(), Some("$argon2id$made-up"));
        people::leave(&mut tx, &by, school, pupil.id).await.unwrap();
        assert_eq!(people::get(&mut tx, school, pupil.id).await.unwrap(), None);
        assert_eq!(people::all(&mut tx, school).await.unwrap().len(), 1);
        let acts: Vec<String> =
            audit::recent(&mut tx, school, None, 3).await.unwrap().into_iter().map(|it| it.act).collect();
        assert_eq!(acts, ["person left", "change person", "set password"]);
    })
    .await;
}

#[tokio::test]
async fn a_school_sees_only_its_own() {
    on_both(async |db| {
        let (hill, vale) = (small(&db, "Hill School").await, small(&db, "Vale School").await);
        let mut tx = write(&db).await;
        let (ours, theirs) = (hill.school.id, vale.school.id);
        assert_eq!(people::get(&mut tx, ours, vale.pupil.id).await.unwrap(), None);
        let found = people::by_username(&mut tx, ours, &vale.pupil.username).await.unwrap().unwrap();
        assert_eq!(found.person.id, hill.pupil.id);
        assert_eq!(groups::all(&mut tx, ours).await.unwrap(), std::slice::from_ref(&hill.group));
        let by = by("2026-11-22T10:00:00Z");
        let gone = people::leave(&mut tx, &by, ours, vale.pupil.id).await;
        assert!(matches!(gone, Err(StoreError::Stale)), "{gone:?}");

        // A group of another school cannot be joined.
        let mut new = person(ours, "new.pupil", "New Pupil", Role::Pupil);
        new.groups = vec![vale.group.id, hill.group.id];
        people::add(&mut tx, &by, &new).await.unwrap();
        let kept = people::get(&mut tx, ours, new.id).await.unwrap().unwrap();
        assert_eq!(kept.person.groups, [hill.group.id]);

        let place = (Layer::School, ours.to_string());
        settings::set(&mut tx, &by, ours, (place.0, &place.1), &IDLE_LOCK, "5", false).await.unwrap();
        assert_eq!(settings::of(&mut tx, theirs, None).await.unwrap().number(&IDLE_LOCK), 10);
        assert_eq!(settings::of(&mut tx, ours, None).await.unwrap().number(&IDLE_LOCK), 5);
        settings::unset(&mut tx, &by, ours, (place.0, &place.1), &IDLE_LOCK).await.unwrap();
        assert_eq!(settings::of(&mut tx, ours, None).await.unwrap().number(&IDLE_LOCK), 10);
        assert_eq!(schools::all(&mut tx).await.unwrap(), [hill.school, vale.school]);
        assert!(
            audit::recent(&mut tx, theirs, None, 50)
                .await
                .unwrap()
                .iter()
                .all(|it| it.at == at("2026-11-22T09:00:00Z"))
        );
    })
    .await;
}

#[tokio::test]
async fn what_must_be_unique_is_said_in_words() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let by = by("2026-11-22T10:00:00Z");
        let twin = person(small.school.id, "ada.pupil", "Another Ada", Role::Pupil);
        let mut tx = write(&db).await;
        let taken = people::add(&mut tx, &by, &twin).await.unwrap_err();
        assert_eq!(taken.to_string(), "the username ada.pupil is already in use");
        drop(tx);
        let group = Group { id: fresh_id(by.at), ..small.group.clone() };
        let mut tx = write(&db).await;
        let taken = groups::add(&mut tx, &by, &group).await.unwrap_err();
        assert_eq!(taken.to_string(), "the group 7B is already in use");
        drop(tx);
        // Nothing of either is left behind.
        let mut tx = db.read().await.unwrap();
        assert_eq!(people::all(&mut tx, small.school.id).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_register_is_searched_and_paged_in_the_database() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, by) = (small.school.id, by("2026-11-22T10:00:00Z"));
        let mut tx = write(&db).await;
        for n in 0..120 {
            let new = person(school, &format!("t{n:03}"), &format!("Teacher {n:03}"), Role::Teacher);
            people::add(&mut tx, &by, &new).await.unwrap();
        }
        let wanted = Wanted { words: "TEACHER 0".to_owned(), ..Wanted::default() };
        assert_eq!(register::count(&mut tx, school, &wanted).await.unwrap(), 100);
        let found = register::find(&mut tx, school, &wanted, 50, 10).await.unwrap();
        assert_eq!(found[0].person.username.as_str(), "t050");
        assert_eq!(found.len(), 10);
        let count = async |tx: &mut Tx, wanted: &Wanted| register::count(tx, school, wanted).await.unwrap();
        for (words, n) in [("t_0", 0), ("%", 0), ("\\", 0), ("", 122), ("ada.", 1)] {
            assert_eq!(
                count(&mut tx, &Wanted { words: words.to_owned(), ..Wanted::default() }).await,
                n,
                "{words}"
            );
        }
        let group = Some(small.group.id);
        assert_eq!(count(&mut tx, &Wanted { group, year: Year::new(7), ..Wanted::default() }).await, 1);
        assert_eq!(count(&mut tx, &Wanted { role: Some(Role::Teacher), ..Wanted::default() }).await, 120);
        let ids = [small.pupil.id, small.lead.id];
        assert_eq!(register::some(&mut tx, school, &ids).await.unwrap().len(), 2);
        assert!(register::some(&mut tx, school, &[]).await.unwrap().is_empty());
        assert_eq!(register::classes(&mut tx, school, &ids).await.unwrap()[&small.pupil.id], ["7B"]);
        people::leave(&mut tx, &by, school, small.pupil.id).await.unwrap();
        assert_eq!(count(&mut tx, &Wanted { ended: true, ..Wanted::default() }).await, 1);
        let leaver = leavers::get(&mut tx, school, small.pupil.id).await.unwrap().unwrap();
        leavers::bring_back(&mut tx, &by, &leaver).await.unwrap();
        assert_eq!(count(&mut tx, &Wanted { ended: true, ..Wanted::default() }).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_link_is_good_once_and_for_a_while() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let by = by("2026-11-22T10:00:00Z");
        let link = Link { school: small.school.id, person: small.pupil.id };
        let mut tx = write(&db).await;
        sign_in_links::offer(&mut tx, &by, link, &[1; 32], at("2026-11-25T10:00:00Z")).await.unwrap();
        sign_in_links::offer(&mut tx, &by, link, &[2; 32], at("2026-11-25T10:00:00Z")).await.unwrap();
        assert_eq!(sign_in_links::find(&mut tx, &[1; 32], by.at).await.unwrap(), None, "replaced");
        assert_eq!(sign_in_links::find(&mut tx, &[2; 32], by.at).await.unwrap(), Some(link));
        assert!(
            !sign_in_links::take(&mut tx, &[2; 32], at("2026-11-25T10:00:00Z")).await.unwrap(),
            "too late"
        );
        assert!(sign_in_links::take(&mut tx, &[2; 32], by.at).await.unwrap());
        assert!(!sign_in_links::take(&mut tx, &[2; 32], by.at).await.unwrap(), "used");
    })
    .await;
}

#[tokio::test]
async fn whose_an_address_is_is_found_in_every_school() {
    on_both(async |db| {
        let (hill, vale) = (small(&db, "Hill School").await, small(&db, "Vale School").await);
        let by = by("2026-11-22T10:00:00Z");
        let mut tx = write(&db).await;
        let mut all = Vec::new();
        for (school, username, email) in [
            (&hill, "s.ash", "Ash@Trust.example.org"),
            (&vale, "t.ash", "ash@trust.example.org"),
            (&hill, "gone", "ash@trust.example.org"),
            (&hill, "b.ash", "bash@trust.example.org"),
        ] {
            let mut new = person(school.school.id, username, "Somebody Made Up", Role::Teacher);
            new.email = email.parse().ok();
            new.groups = vec![school.group.id];
            people::add(&mut tx, &by, &new).await.unwrap();
            all.push(new);
        }
        people::leave(&mut tx, &by, hill.school.id, all[2].id).await.unwrap();
        let mut found = people::by_email(&mut tx, &"ash@trust.example.org".parse().unwrap()).await.unwrap();
        found.sort_by_key(|it| it.person.username.to_string());
        let found: Vec<_> = found.into_iter().map(|it| it.person).collect();
        assert_eq!(found, all[..2]);
    })
    .await;
}

/// ACC-17: whose name it is, at which other school of the trust; not of those who have a place here.
#[tokio::test]
async fn somebody_of_another_school_of_the_trust_is_a_stranger_unless_they_are_placed_here() {
    on_both_at(async |db, url| {
        let (hill, dale) = (small(&db, "Hill School").await, small(&db, "Dale School").await);
        let by = by("2026-11-25T10:00:00Z");
        let trust = school::Trust { id: fresh_id(by.at), name: "Two Schools".parse().expect("a line") };
        let guest = person(dale.school.id, "g.guest", "Gail Guest", Role::Teacher);
        let mut tx = write(&db).await;
        people::add(&mut tx, &by, &guest).await.unwrap();
        let ask = async |tx: &mut Tx, second: &str| {
            let found = people::stranger(tx, hill.school.id, &guest.username, at(second)).await.unwrap();
            found.map(|it| it.name.to_string())
        };
        assert_eq!(ask(&mut tx, "2026-11-25T10:00:00Z").await, None, "no trust of theirs together");
        store::trusts::add(&mut tx, &by, &trust).await.unwrap();
        for it in [&hill, &dale] {
            store::trusts::join(&mut tx, &by, it.school.id, &trust).await.unwrap();
        }
        assert_eq!(ask(&mut tx, "2026-11-25T10:00:00Z").await.as_deref(), Some("Dale School"));
        let own = people::stranger(&mut tx, dale.school.id, &guest.username, by.at).await.unwrap();
        assert_eq!(own, None, "at home");
        tx.commit().await.unwrap();
        let placed = format!(
            "insert into placement (id, version, school, person, roles, since, until, basis, added_by) values \
             ('p', 1, '{}', '{}', 'teacher', {}, {}, 'cover', 'head')",
            hill.school.id,
            guest.id,
            at("2026-11-25T11:00:00Z").as_millisecond(),
            at("2026-11-25T12:00:00Z").as_millisecond()
        );
        raw::run(url, &placed).await;
        let mut tx = write(&db).await;
        assert!(ask(&mut tx, "2026-11-25T10:59:59Z").await.is_some(), "not yet");
        assert_eq!(ask(&mut tx, "2026-11-25T11:00:00Z").await, None);
        assert!(ask(&mut tx, "2026-11-25T12:00:00Z").await.is_some(), "no longer");
        people::leave(&mut tx, &by, dale.school.id, guest.id).await.unwrap();
        assert_eq!(ask(&mut tx, "2026-11-25T12:00:00Z").await, None, "gone");
    })
    .await;
}
