use school::KeptBy;
use store::{StoreError, accounts, leavers, passwords, people, sessions, stamp, young, young::Young};
use testkit::databases::on_both;

use crate::{at, by, small, write};

/// ACC-05.
#[tokio::test]
async fn an_account_is_kept_elsewhere_and_back_and_whoever_is_signed_in_with_it_is_out() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, lead) = (small.school.id, small.lead.id);
        let (by, until) = (by("2026-11-25T10:00:00Z"), at("2026-11-25T20:00:00Z"));
        let mut tx = write(&db).await;
        passwords::set(&mut tx, &by, school, lead, "phc", false).await.unwrap();
        sessions::open(&mut tx, &[1; 32], school, lead, by.at, until).await.unwrap();
        sessions::open(&mut tx, &[2; 32], school, small.pupil.id, by.at, until).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = write(&db).await;
        assert_eq!(accounts::kept_by(&mut tx, lead).await.unwrap(), KeptBy::School);
        assert!(accounts::all_kept_elsewhere(&mut tx, school).await.unwrap().is_empty());
        let before = stamp::of(&mut tx, school, by.at).await.unwrap();
        accounts::keep_by(&mut tx, &by, school, lead, KeptBy::School).await.unwrap();
        assert!(sessions::find(&mut tx, &[1; 32], by.at).await.unwrap().is_some(), "nothing changed");
        accounts::keep_by(&mut tx, &by, school, lead, KeptBy::Directory).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = write(&db).await;
        assert_ne!(stamp::of(&mut tx, school, by.at).await.unwrap(), before, "gates hear of it");
        assert_eq!(sessions::find(&mut tx, &[1; 32], by.at).await.unwrap(), None);
        assert!(sessions::find(&mut tx, &[2; 32], by.at).await.unwrap().is_some(), "somebody else's stays");
        accounts::keep_by(&mut tx, &by, school, lead, KeptBy::Provider).await.unwrap();
        assert_eq!(accounts::kept_by(&mut tx, lead).await.unwrap(), KeptBy::Provider);
        let all = accounts::all_kept_elsewhere(&mut tx, school).await.unwrap();
        assert_eq!(all.into_iter().collect::<Vec<_>>(), [(lead, KeptBy::Provider)]);
        accounts::keep_by(&mut tx, &by, school, lead, KeptBy::School).await.unwrap();
        assert!(accounts::all_kept_elsewhere(&mut tx, school).await.unwrap().is_empty());
        let audit = store::audit::recent(&mut tx, school, None, 3).await.unwrap();
        let told: Vec<_> = audit.iter().map(|it| (it.subject.as_str(), it.after.as_deref())).collect();
        let labels = [KeptBy::School, KeptBy::Provider, KeptBy::Directory].map(school::Choice::label);
        assert_eq!(told, labels.map(|it| ("lee.lead", Some(it))));
        tx.commit().await.unwrap();

        let elsewhere = crate::small(&db, "Dale School").await.school.id;
        let mut tx = write(&db).await;
        let stale = accounts::keep_by(&mut tx, &by, elsewhere, lead, KeptBy::Provider).await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    })
    .await;
}

/// A name at a provider may be given to somebody else; a subject never is.
#[tokio::test]
async fn an_account_at_a_provider_is_one_persons_and_a_person_has_one_there() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (by, school) = (by("2026-11-25T10:00:00Z"), small.school.id);
        let (one, other) = ("https://id.example.org", "https://other.example.org");
        let mut tx = write(&db).await;
        assert_eq!(accounts::linked(&mut tx, one, "s1").await.unwrap(), None);
        accounts::link(&mut tx, &by, &small.lead, one, "s1").await.unwrap();
        accounts::link(&mut tx, &by, &small.lead, other, "s1").await.unwrap();
        tx.commit().await.unwrap();
        for (person, subject, why) in
            [(&small.pupil, "s1", "somebody else's"), (&small.lead, "s2", "they have another")]
        {
            let mut tx = write(&db).await;
            let taken = accounts::link(&mut tx, &by, person, one, subject).await;
            assert!(matches!(taken, Err(StoreError::Taken { .. })), "{why}: {taken:?}");
        }
        let mut tx = write(&db).await;
        assert_eq!(accounts::linked(&mut tx, one, "s1").await.unwrap(), Some((school, small.lead.id)));
        assert_eq!(accounts::link_of(&mut tx, one, small.lead.id).await.unwrap().as_deref(), Some("s1"));
        assert_eq!(accounts::link_of(&mut tx, one, small.pupil.id).await.unwrap(), None);
        assert_eq!(accounts::unlink(&mut tx, &by, &small.lead).await.unwrap(), 2, "everywhere");
        assert_eq!(accounts::linked(&mut tx, other, "s1").await.unwrap(), None);
        accounts::link(&mut tx, &by, &small.pupil, one, "s1").await.unwrap();
        assert_eq!(accounts::linked(&mut tx, one, "s1").await.unwrap(), Some((school, small.pupil.id)));
    })
    .await;
}

/// PWD-04.
#[tokio::test]
async fn pictures_are_given_replaced_and_gone_with_everything_one_signs_in_with() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (by, school, pupil) = (by("2026-11-25T10:00:00Z"), small.school.id, &small.pupil);
        let young =
            |phc: &str, badge: &str| Young { pictures: phc.to_owned(), badge: badge.parse().expect(badge) };
        let mut tx = write(&db).await;
        assert!(young::all(&mut tx, school).await.unwrap().is_empty());
        young::give(&mut tx, &by, pupil, &young("first", "red-sun")).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = write(&db).await;
        let before = stamp::of(&mut tx, school, by.at).await.unwrap();
        young::give(&mut tx, &by, pupil, &young("second", "blue-key")).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = write(&db).await;
        assert_ne!(stamp::of(&mut tx, school, by.at).await.unwrap(), before, "gates hear of it");
        let all = young::all(&mut tx, school).await.unwrap();
        assert_eq!(all.into_iter().collect::<Vec<_>>(), [(pupil.id, young("second", "blue-key"))]);
        let secrets = store::audit::recent(&mut tx, school, None, 9).await.unwrap();
        assert!(!secrets.iter().any(|it| format!("{it:?}").contains("second")), "{secrets:?}");
        people::clear_password(&mut tx, &by, school, pupil.id).await.unwrap();
        assert!(young::all(&mut tx, school).await.unwrap().is_empty());
        young::give(&mut tx, &by, pupil, &young("third", "red-sun")).await.unwrap();
        people::leave(&mut tx, &by, school, pupil.id).await.unwrap();
        let leaver = leavers::get(&mut tx, school, pupil.id).await.unwrap().unwrap();
        leavers::bring_back(&mut tx, &by, &leaver).await.unwrap();
        assert!(young::all(&mut tx, school).await.unwrap().is_empty(), "who comes back gets new ones");
        people::leave(&mut tx, &by, school, pupil.id).await.unwrap();
        let gone = young::give(&mut tx, &by, pupil, &young("fourth", "red-sun")).await;
        assert!(matches!(gone, Err(StoreError::Stale)), "{gone:?}");
    })
    .await;
}
