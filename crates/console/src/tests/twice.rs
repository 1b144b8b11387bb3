//! A form sent twice, by an impatient click or by two people, does no harm; and what was typed is not lost.
use axum::http::StatusCode;
use school::Role;

use super::World;

#[tokio::test]
async fn a_concern_closed_twice_keeps_the_first_outcome_and_shows_the_second() {
    let world = World::new().await;
    let lead = world.session(&world.elm, Role::Dsl).await;
    let path = format!("/concerns/{}", world.concern);
    let close = async |outcome: &str| {
        world.post(&format!("{path}/close"), Some(&lead), &[("outcome", outcome)]).await
    };
    for _ in 0..2 {
        assert_eq!(close("Spoke to Ada and home").await.location(), "/concerns", "sent twice");
    }
    // Other words, whoever wrote them, are no second click.
    let second = close("Referred to the police").await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    let words = second.words();
    for part in ["Somebody else closed this concern first", "Referred to the police", "Spoke to Ada and home"]
    {
        assert!(words.contains(part), "{part}: {words}");
    }
    let audit = world.audit(&world.elm).await;
    assert_eq!(audit.iter().filter(|it| it.contains("close concern")).count(), 1);
}

#[tokio::test]
async fn remote_access_approved_twice_stands_once() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let fields = [
        ("person", "tom"),
        ("need", "Marking from home"),
        ("scope", "The shared drive"),
        ("route", "School VPN"),
        ("from", "2026-11-23T10:00"),
        ("until", "2026-11-27T18:00"),
    ];
    for _ in 0..2 {
        let done = world.post("/remote", Some(&head), &fields).await;
        assert_eq!(done.location(), "/remote", "{}", done.words());
    }
    let audit = world.audit(&world.elm).await;
    assert_eq!(
        audit
            .iter()
            .filter(|it| it.starts_with("Helen Head") && it.contains("approve remote access"))
            .count(),
        1,
        "{audit:?}"
    );
}

#[tokio::test]
async fn an_agreement_signed_twice_is_signed_once() {
    let world = World::new().await;
    let pupil = world.session(&world.elm, Role::Pupil).await;
    let page = world.get("/agreements/mine", Some(&pupil)).await.text;
    let value = |name: &str| {
        let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1).expect(name);
        rest.split('"').next().expect("a value").to_owned()
    };
    let (agreement, text) = (value("agreement"), value("text"));
    let fields = [("agreement", agreement.as_str()), ("text", text.as_str()), ("answer", "accept")];
    for _ in 0..2 {
        let done = world.post("/agreements/mine", Some(&pupil), &fields).await;
        assert!(done.location().starts_with("/agreements/mine"), "{}", done.words());
    }
    let who = world.newest(&world.elm).await.actor.expect("who signed");
    let mut tx = world.db.read().await.expect("a transaction");
    let file = store::agreements::file_of(&mut tx, world.elm.id, who).await.expect("a file");
    assert_eq!(file.len(), 1);
}

#[tokio::test]
async fn a_set_up_link_sent_twice_makes_one_account() {
    let world = World::new().await;
    let token = crate::Token::fresh().expect("chance");
    let mut tx = world.db.write().await.expect("a transaction");
    let by = store::By { person: None, name: "Set-up".to_owned(), at: world.now() };
    store::set_up::offer(&mut tx, &token.hash(), by.at).await.expect("offered");
    tx.commit().await.expect("kept");
    let fields = [
        ("name", "Max Made-Up"),
        ("username", "max"),
        ("password", "Seven quiet otters 42"),
        ("again", "Seven quiet otters 42"),
    ];
    let path = format!("/set-up/{}", token.text());
    let answers = tokio::join!(world.post(&path, None, &fields), world.post(&path, None, &fields));
    let mut all = [answers.0.status, answers.1.status];
    all.sort_unstable();
    assert_eq!(all, [StatusCode::SEE_OTHER, StatusCode::NOT_FOUND], "{}", answers.1.words());
    let mut audit = String::new();
    for school in [&world.oak, &world.elm, &world.ash] {
        audit += &world.audit(school).await.join("\n");
    }
    assert_eq!(audit.matches("add person max").count(), 1, "{audit}");
}
