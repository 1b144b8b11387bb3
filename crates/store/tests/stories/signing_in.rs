use school::Choice;
use store::{
    fresh_id, passwords,
    second::{self, Credential, Kind},
    security::{self, New, Wanted},
    sessions,
};
use testkit::databases::on_both;

use crate::{at, by, small, write};

#[tokio::test]
async fn second_credentials_come_count_once_and_go() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (lead, whose) = (small.lead.id, (small.school.id, small.lead.id));
        let by = by("2026-11-25T10:00:00Z");
        let new = Credential {
            id: fresh_id(by.at),
            kind: Kind::Code,
            name: "Phone".to_owned(),
            secret: "sealed".to_owned(),
            added_at: by.at,
            used_at: None,
        };
        let mut tx = write(&db).await;
        second::add(&mut tx, &by, whose, &new, 7).await.unwrap();
        assert!(
            !second::use_step(&mut tx, new.id, 7, by.at).await.unwrap(),
            "it was tried out with this one"
        );
        assert!(second::use_step(&mut tx, new.id, 9, by.at).await.unwrap());
        assert!(!second::use_step(&mut tx, new.id, 9, by.at).await.unwrap(), "replayed");
        assert!(!second::use_step(&mut tx, new.id, 8, by.at).await.unwrap(), "older");
        assert!(!second::rename(&mut tx, small.pupil.id, new.id, "Mine").await.unwrap(), "somebody else's");
        assert!(second::rename(&mut tx, lead, new.id, "Old phone").await.unwrap());
        assert_eq!(second::of(&mut tx, lead).await.unwrap()[0].name, "Old phone");
        second::set_recovery(&mut tx, &by, whose, &[[1; 32], [2; 32]]).await.unwrap();
        assert!(second::use_recovery(&mut tx, lead, &[1; 32], by.at).await.unwrap());
        assert!(!second::use_recovery(&mut tx, lead, &[1; 32], by.at).await.unwrap());
        assert!(!second::use_recovery(&mut tx, small.pupil.id, &[2; 32], by.at).await.unwrap());
        assert_eq!(second::recovery_left(&mut tx, lead).await.unwrap(), 1);
        assert_eq!(second::forget(&mut tx, &by, small.school.id, lead).await.unwrap(), 1);
        assert_eq!(second::recovery_left(&mut tx, lead).await.unwrap(), 0);
        assert!(second::of(&mut tx, lead).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_session_is_proved_locked_and_opened_again() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (token, other, now) = ([1; 32], [2; 32], at("2026-11-25T10:00:00Z"));
        let (school, lead, until) = (small.school.id, small.lead.id, at("2026-11-25T20:00:00Z"));
        let mut tx = write(&db).await;
        for it in [&token, &other] {
            sessions::open(&mut tx, it, school, lead, now, until).await.unwrap();
        }
        sessions::place(&mut tx, &token, Some("192.0.2.1"), Some("Firefox on Linux")).await.unwrap();
        sessions::prove(&mut tx, &token, now).await.unwrap();
        let found = sessions::find(&mut tx, &token, now).await.unwrap().unwrap();
        assert_eq!((found.proved_at, found.browser.as_deref()), (Some(now), Some("Firefox on Linux")));
        assert!(sessions::lock(&mut tx, &token, now).await.unwrap());
        assert!(!sessions::lock(&mut tx, &token, now).await.unwrap(), "once");
        let found = sessions::find(&mut tx, &token, now).await.unwrap().unwrap();
        assert_eq!(
            (found.proved_at, found.locked_at),
            (None, Some(now)),
            "a lock forgets the second credential"
        );
        sessions::unlock(&mut tx, &token, now).await.unwrap();
        assert_eq!(sessions::find(&mut tx, &token, now).await.unwrap().unwrap().locked_at, None);
        assert_eq!(sessions::of(&mut tx, lead, now).await.unwrap().len(), 2);
        assert_eq!(sessions::close_others(&mut tx, lead, &token).await.unwrap(), 1);
        assert_eq!(sessions::of(&mut tx, lead, now).await.unwrap()[0].0, token);
    })
    .await;
}

#[tokio::test]
async fn an_alert_stands_once_an_hour_until_somebody_has_looked() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let school = small.school.id;
        let new = New { kind: security::Kind::Guessing, subject: "ada", words: "again", quiet: false };
        let mut tx = write(&db).await;
        let first = security::raise(&mut tx, &by("2026-11-25T10:00:00Z"), school, new).await.unwrap();
        let again = security::raise(&mut tx, &by("2026-11-25T10:59:00Z"), school, new).await.unwrap();
        assert_eq!(first, again);
        let later = security::raise(&mut tx, &by("2026-11-25T11:00:00Z"), school, new).await.unwrap();
        assert_ne!(first, later);
        let quiet = New { kind: security::Kind::TwoPlaces, quiet: true, ..new };
        security::raise(&mut tx, &by("2026-11-25T11:01:00Z"), school, quiet).await.unwrap();
        let unmailed: Vec<_> =
            security::unmailed(&mut tx, school).await.unwrap().iter().map(|it| it.id).collect();
        assert_eq!(unmailed, [first, later], "no letter of a quiet one");
        security::mailed(&mut tx, first, at("2026-11-25T11:02:00Z")).await.unwrap();
        assert_eq!(security::unmailed(&mut tx, school).await.unwrap().len(), 1);
        let by = by("2026-11-25T12:00:00Z");
        assert!(security::see(&mut tx, &by, school, first).await.unwrap());
        assert!(!security::see(&mut tx, &by, fresh_id(by.at), later).await.unwrap(), "of another school");
        let wanted = Wanted { unseen: true, ..Wanted::default() };
        let list = security::list(&mut tx, school, wanted, 10).await.unwrap();
        assert_eq!(list.iter().map(|it| it.kind.code()).collect::<Vec<_>>(), ["two-places", "guessing"]);
        assert_eq!(security::unseen(&mut tx, school).await.unwrap(), 2);
        let wanted = Wanted { kind: Some(security::Kind::Guessing), ..Wanted::default() };
        let all = security::list(&mut tx, school, wanted, 10).await.unwrap();
        assert_eq!(all.iter().map(|it| it.times).collect::<Vec<_>>(), [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_password_knows_its_age_and_who_gave_it() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, lead) = (small.school.id, small.lead.id);
        let mut tx = write(&db).await;
        assert_eq!(passwords::state(&mut tx, lead).await.unwrap(), None);
        passwords::set(&mut tx, &by("2026-11-25T10:00:00Z"), school, lead, "phc", true).await.unwrap();
        assert!(passwords::state(&mut tx, lead).await.unwrap().unwrap().temporary);
        passwords::set(&mut tx, &by("2026-11-25T11:00:00Z"), school, lead, "phc", false).await.unwrap();
        let state = passwords::states(&mut tx, school).await.unwrap()[&lead];
        assert_eq!((state.set_at, state.temporary), (at("2026-11-25T11:00:00Z"), false));
    })
    .await;
}
