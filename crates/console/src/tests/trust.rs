//! What the trust's own people see and do across its schools (ACC-01, ACC-09).
use axum::http::StatusCode;
use school::{Role, settings::IDLE_LOCK};

use super::{Answer, World, made_up::one_trust};

/// The row of a table that begins with this name, as the page says it.
fn row(answer: &Answer, name: &str) -> String {
    let row = answer.text.split("<tr").find(|it| it.contains(&format!("<strong>{name}</strong>")));
    let words = row.unwrap_or_else(|| panic!("no row of {name}: {}", answer.words()));
    Answer { text: format!("<main>{words}</main>"), ..Answer::default() }
        .words()
        .replace('\n', " ")
        .trim()
        .to_owned()
}

#[tokio::test]
async fn the_trust_sees_vacancies_and_counts_of_its_schools_and_no_names() {
    let world = World::new().await;
    one_trust(&world).await;
    let officer = world.session(&world.oak, Role::TrustSafeguardingLead).await;
    let head = world.session(&world.elm, Role::Head).await;
    let post = [("post", "head"), ("person", "helen"), ("contact", "Office"), ("since", "2026-11-23T08:00")];
    world.post("/posts", Some(&head), &post).await;
    let page = world.get("/trust", Some(&officer)).await;
    let (elm, oak) = (row(&page, "Elm Park School"), row(&page, "Oak Hill School"));
    assert!(elm.contains("Vacant") && !elm.contains(" Head"), "{elm}");
    assert!(oak.contains(" Head, Online-safety co-ordinator"), "{oak}");
    assert!(elm.contains("1 held") && elm.ends_with("None 1"), "one is placed there: {elm}");

    let page = world.get("/trust/agreements", Some(&officer)).await;
    let elm = row(&page, "Elm Park School");
    assert!(elm.contains("1 of 1"), "the pupil has not signed: {elm}");
    assert!(!page.text.contains("Ada"), "who that is, is the school's own");

    assert!(world.get("/trust/settings", Some(&officer)).await.words().contains("No school says otherwise"));
    world.set(&IDLE_LOCK, "5").await;
    let words = world.get("/trust/settings", Some(&officer)).await.words();
    assert!(words.contains("Idle lock\nElm Park School\n5 minutes\n10 minutes"), "{words}");
    assert_eq!(world.get("/trust/rules", Some(&officer)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn of_a_school_without_a_trust_there_is_nothing_to_see() {
    let world = World::new().await;
    let mut tx = world.db.write().await.expect("a transaction");
    let by = store::By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let alone =
        school::School { id: school::Id::from_u128(9), trust: None, name: "Alone".parse().expect("a line") };
    store::schools::add(&mut tx, &by, &alone).await.expect("a school");
    tx.commit().await.expect("kept");
    let trustee = world.session(&alone, Role::Trustee).await;
    for path in ["/trust", "/trust/agreements", "/trust/settings", "/trust/rules", "/trust/placements"] {
        let answer = world.get(path, Some(&trustee)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.words().contains("belongs to no trust"), "{}", answer.words());
    }
}

#[tokio::test]
async fn the_policy_of_the_trust_is_put_in_force_at_all_its_schools_or_at_none() {
    let world = World::new().await;
    one_trust(&world).await;
    let trustee = world.session(&world.oak, Role::Trustee).await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let good = "block games.example.org locked\n";
    let send = async |what: &str, base: &str, text: &str| {
        let fields = [("do", what), ("base", base), ("text", text), ("note", "By the board")];
        world.post("/trust/rules", Some(&trustee), &fields).await
    };
    let bad = send("save", "", "block games.example.org for nobody-knows\n").await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    for school in ["Elm Park School", "Oak Hill School"] {
        assert!(
            bad.words().contains(&format!("At {school} this text cannot be put in force")),
            "{}",
            bad.words()
        );
    }
    assert!(bad.text.contains("nobody-knows"), "what was typed is not lost");
    let look = send("look", "", good).await;
    assert!(look.words().contains("Put in force at every school"), "{}", look.words());
    assert!(world.get("/trust/rules", Some(&trustee)).await.words().contains("has said nothing yet"));
    assert_eq!(send("save", "", good).await.location(), "/trust/rules");
    let stale = send("save", "", "block chat.example.org\n").await;
    assert_eq!(stale.status, StatusCode::BAD_REQUEST);
    assert!(stale.words().contains("Somebody else has saved a version since you began"), "{}", stale.words());
    // A school sees it, and cannot say otherwise: the trust's layer is not its own to change.
    assert!(world.get("/profiles", Some(&manager)).await.words().contains("games.example.org"));
    assert!(!world.get("/profiles/change", Some(&manager)).await.text.contains("games.example.org"));
    for school in [&world.elm, &world.oak] {
        assert!(
            world.audit(school).await.join("\n").contains("save rules trust rules version"),
            "{}",
            school.name
        );
    }
}
