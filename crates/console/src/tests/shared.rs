//! Identities that a class shares (ACC-04).
use axum::http::StatusCode;
use school::{Group, Role, settings::SHARED_IDENTITIES};
use store::{By, class_identities, fresh_id, groups, people};

use super::{PASSWORD, World, made_up::cheap_hash};

#[tokio::test]
async fn a_class_of_young_pupils_shares_an_identity_under_an_adult_where_the_school_allows_it() {
    let world = World::new().await;
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let group = Group { id: fresh_id(by.at), school: world.elm.id, name: "3B".parse().expect("a line") };
    let mut tx = world.db.write().await.expect("a transaction");
    groups::add(&mut tx, &by, &group).await.expect("a class");
    tx.commit().await.expect("kept");
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let make = async |year: &str, adult: &str| {
        let fields = [("class", "3B"), ("year", year), ("username", "class3b"), ("adult", adult)];
        world.post("/people/shared", Some(&admin), &fields).await
    };
    let none = make("3", "tom").await;
    assert!(none.words().contains("the school does not let them share"), "{}", none.words());
    world.set(&SHARED_IDENTITIES, "ks2").await;
    for (year, adult, words) in [
        ("7", "tom", "the school does not let them share"),
        ("3", "ada.pupil", "a member of staff who is here now"),
        ("3", "nobody", "a member of staff who is here now"),
    ] {
        let refused = make(year, adult).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.words().contains(words), "{year} {adult}: {}", refused.words());
    }
    let answer = make("3", "tom").await;
    assert_eq!(answer.location(), "/people/shared", "{}", answer.words());
    assert!(make("3", "tom").await.words().contains("Someone has this username already"), "sent twice");
    let page = world.get("/people/shared", Some(&admin)).await;
    assert!(page.words().contains("Class 3B (shared)") && page.words().contains("Open"), "{}", page.words());

    // It opens no page of the console, and the adult who leaves shuts it.
    let mut tx = world.db.write().await.expect("a transaction");
    let it = class_identities::all(&mut tx, world.elm.id).await.expect("identities").remove(0);
    people::set_password(&mut tx, &by, world.elm.id, it.person, &cheap_hash()).await.expect("a password");
    tx.commit().await.expect("kept");
    let elm = world.elm.id.to_string();
    let fields = [("school", &*elm), ("username", "class3b"), ("password", PASSWORD)];
    let refused = world.post("/sign-in", None, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.words().contains("A class shares this identity") && refused.cookie().is_empty());
    world.post(&format!("/people/{}/end", it.adult), Some(&admin), &[]).await;
    assert!(world.get("/people/shared", Some(&admin)).await.words().contains("Shut"));
    let path = format!("/people/shared/{}/adult", it.person);
    world.post(&path, Some(&admin), &[("adult", "dana")]).await;
    let words = world.get("/people/shared", Some(&admin)).await.words();
    assert!(words.contains("Dana Lead") && words.contains("Open"), "{words}");
    let trail = world.audit(&world.elm).await.join("\n");
    assert!(
        trail.contains("make class identity class3b") && trail.contains("hand over class identity"),
        "{trail}"
    );
    let elsewhere = world.session(&world.oak, Role::AccountAdministrator).await;
    let other = world.post(&path, Some(&elsewhere), &[("adult", "dana")]).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}
