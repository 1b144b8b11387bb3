//! Nobody comes to the gravest records unseen, nor by one hand alone (ACC-12).
use axum::http::StatusCode;
use school::Role;
use store::{By, people, second, security};

use super::World;
use crate::Token;

impl World {
    /// Kind, subject and words of each alert, the newest first.
    async fn alerts(&self) -> Vec<String> {
        let mut tx = self.db.read().await.expect("a transaction");
        let all =
            security::list(&mut tx, self.elm.id, security::Wanted::default(), 100).await.expect("alerts");
        all.into_iter()
            .map(|it| format!("{}, {}: {}", school::Choice::code(it.kind), it.subject, it.words))
            .collect()
    }

    async fn id_of(&self, username: &str) -> school::Id<school::Person> {
        let mut tx = self.db.read().await.expect("a transaction");
        let name = username.parse().expect("a username");
        let found = people::by_username(&mut tx, self.elm.id, &name).await.expect("read");
        found.expect("somebody").person.id
    }

    async fn save(&self, admin: &Token, username: &str, roles: &[&str]) -> super::Answer {
        let id = self.id_of(username).await;
        let mut tx = self.db.read().await.expect("a transaction");
        let kept = people::get(&mut tx, self.elm.id, id).await.expect("read").expect("somebody");
        drop(tx);
        let version = kept.version.to_string();
        let mut fields =
            vec![("version", version.as_str()), ("name", kept.person.name.as_str()), ("username", username)];
        fields.extend(roles.iter().map(|it| ("roles", *it)));
        self.post(&format!("/people/{id}/change"), Some(admin), &fields).await
    }
}

#[tokio::test]
async fn grave_rights_and_resets_of_who_holds_them_are_told() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    assert!(world.alerts().await.is_empty(), "set-up is nobody's doing");
    let saved = world.save(&admin, "tom", &["teacher", "trip-leader"]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.words());
    assert!(world.alerts().await.is_empty(), "of roles that open nothing");
    let saved = world.save(&admin, "tom", &["teacher", "dsl"]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.words());
    let told = world.alerts().await;
    assert!(told[0].starts_with("powers, tom: ") && told[0].contains("see concerns"), "{told:?}");
    world.save(&admin, "tom", &["teacher", "dsl", "governor"]).await;
    assert_eq!(world.alerts().await.len(), 1, "nothing new came to them");

    for (username, is_told) in [("dana", true), ("ada.pupil", false)] {
        let reset = format!("/people/{}/reset", world.id_of(username).await);
        let page = world.post(&reset, Some(&admin), &[]).await.words();
        // Of the configuration: a request may name any host.
        assert!(page.contains("https://console.test/set-password/"), "{page}");
        let told =
            world.alerts().await.iter().any(|it| it.starts_with(&format!("sign-in-reset, {username}: ")));
        assert_eq!(told, is_told, "{username}");
    }
}

#[tokio::test]
async fn a_lost_second_credential_is_taken_away_from_the_page_and_told() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let dana = world.id_of("dana").await;
    let page = format!("/people/{dana}");
    assert!(!world.get(&page, Some(&admin)).await.words().contains("Take second credentials away"));
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let new = second::Credential {
        id: store::fresh_id(by.at),
        kind: second::Kind::Code,
        name: "Phone".to_owned(),
        secret: "sealed".to_owned(),
        added_at: by.at,
        used_at: None,
    };
    let mut tx = world.db.write().await.expect("a transaction");
    second::add(&mut tx, &by, (world.elm.id, dana), &new, 0).await.expect("added");
    tx.commit().await.expect("kept");
    let lead = world.session(&world.elm, Role::Dsl).await;
    assert!(world.get(&page, Some(&admin)).await.words().contains("Take second credentials away"));
    for _ in 0..2 {
        let done = world.post(&format!("{page}/forget-second"), Some(&admin), &[]).await;
        assert!(done.words().contains("has no second credential any more"), "{}", done.words());
    }
    let told = world.alerts().await;
    assert_eq!(told.len(), 1, "sent twice is told once: {told:?}");
    assert!(
        told[0].starts_with("sign-in-reset, dana: ") && told[0].contains("second credentials"),
        "{told:?}"
    );
    assert!(world.get("/account", Some(&lead)).await.location().starts_with("/sign-in"), "signed out");
    let own = world.session(&world.elm, Role::AccountAdministrator).await;
    let admins = world.id_of("account-administrator").await;
    let refused = world.post(&format!("/people/{admins}/forget-second"), Some(&own), &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "nobody theirs");
}

#[tokio::test]
async fn who_reads_concerns_is_appointed_by_the_head_first() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let head = world.session(&world.elm, Role::Head).await;
    let appoint = async |post: &str, person: &str| {
        let fields =
            [("post", post), ("person", person), ("contact", "Room 1"), ("since", "2026-11-23T08:00")];
        let done = world.post("/posts", Some(&head), &fields).await;
        assert_eq!(done.location(), "/posts", "{}", done.words());
    };
    appoint("head", "helen").await;
    let refused = world.save(&admin, "tom", &["teacher", "deputy-dsl"]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.words().contains("whom the head has appointed"), "{}", refused.words());
    let new = [("name", "New Lead"), ("username", "new.lead"), ("roles", "dsl")];
    let refused = world.post("/people/add", Some(&admin), &new).await;
    assert!(refused.words().contains("whom the head has appointed"), "{}", refused.words());
    // Who reads them already is changed as before.
    let kept = world.save(&admin, "dana", &["dsl", "teacher"]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.words());
    appoint("deputy-dsl", "tom").await;
    let saved = world.save(&admin, "tom", &["teacher", "deputy-dsl"]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.words());
}

#[tokio::test]
async fn an_account_that_changed_meanwhile_is_looked_at_before_it_ends() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let tom = format!("/people/{}", world.id_of("tom").await);
    world.save(&admin, "tom", &["teacher", "trip-leader"]).await;
    let stale = world.post(&format!("{tom}/end"), Some(&admin), &[("version", "2")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.words());
    assert!(!world.get(&tom, Some(&admin)).await.words().contains("This account has ended"));
}
