//! Who to ask, who may be appointed, and operators under a senior leader (ACC-08, ACC-09, ACC-11, ACC-13).
use axum::http::StatusCode;
use school::Role;

use super::World;

const SINCE: (&str, &str) = ("since", "2026-11-23T08:00");

#[tokio::test]
async fn a_post_is_filled_shown_to_everyone_and_ended() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let teacher = world.session(&world.elm, Role::Teacher).await;
    let today = world.get("/today", Some(&head)).await.words();
    assert!(today.contains("Nobody holds"), "{today}");
    let fields = [("post", "coordinator"), ("person", "tom"), ("contact", "Room 3"), SINCE];
    let refused = world.post("/posts", Some(&head), &fields).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.words().contains("wants a member of the leadership team"), "{}", refused.words());
    let fields = [("post", "dsl"), ("person", "dana"), ("contact", "Room 12"), SINCE];
    for _ in 0..2 {
        assert_eq!(world.post("/posts", Some(&head), &fields).await.location(), "/posts");
    }
    let page = world.get("/posts", Some(&teacher)).await.words();
    assert!(page.contains("Room 12") && page.contains("Ask first"), "{page}");
    assert_eq!(page.matches("Room 12").count(), 1, "sent twice is appointed once");
    let text = world.get("/posts", Some(&head)).await.text;
    let end = text.split("action=\"/posts/").nth(1).and_then(|it| it.split('"').next()).expect("a button");
    world.post(&format!("/posts/{end}"), Some(&head), &[]).await;
    assert!(!world.get("/posts", Some(&teacher)).await.words().contains("Room 12"));
}

#[tokio::test]
async fn once_a_head_is_appointed_operators_need_a_supervisor_and_a_reference() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    assert_eq!(world.get("/activity", Some(&manager)).await.status, StatusCode::OK, "until then all works");
    let fields = [("post", "head"), ("person", "helen"), ("contact", "Front office"), SINCE];
    world.post("/posts", Some(&head), &fields).await;
    assert_eq!(world.get("/activity", Some(&manager)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("/activity", Some(&head)).await.status, StatusCode::OK);

    let found = world.get("/people?words=nia", Some(&admin)).await.text;
    let rest = found.split("<tbody").nth(1).expect("rows");
    let path = rest.split("href=\"").nth(1).and_then(|it| it.split('"').next()).expect("a link").to_owned();
    let save = async |version: &str, vetting: &str, supervisor: &str| {
        let fields = [
            ("version", version),
            ("name", "Nia Manager"),
            ("username", "nia"),
            ("roles", "network-manager"),
            ("vetting", vetting),
            ("supervisor", supervisor),
        ];
        world.post(&format!("{path}/change"), Some(&admin), &fields).await
    };
    let form = world.get(&format!("{path}/change"), Some(&admin)).await.text;
    let version =
        form.split("name=\"version\" value=\"").nth(1).and_then(|it| it.split('"').next()).expect("one");
    let words = save(version, "", "helen").await.words();
    assert!(words.contains("needs a DBS or single-central-record reference"), "{words}");
    let words = save(version, "SCR 12", "tom").await.words();
    assert!(words.contains("needs a supervisor from the senior leadership team"), "{words}");
    let saved = save(version, "SCR 12", "helen").await;
    assert_eq!(saved.location(), path, "{}", saved.words());
    assert_eq!(world.get("/activity", Some(&manager)).await.status, StatusCode::OK);
    assert!(!world.audit(&world.elm).await.join("\n").contains("SCR 12"));

    // The supervisor leaves: what needs one is withheld at once, even before another head is appointed.
    let found = world.get("/people?words=helen", Some(&admin)).await.text;
    let rest = found.split("<tbody").nth(1).expect("rows");
    let helen = rest.split("href=\"").nth(1).and_then(|it| it.split('"').next()).expect("a link").to_owned();
    let fields = [("version", "2"), ("name", "Helen"), ("username", "helen"), ("roles", "teacher")];
    let moved = world.post(&format!("{helen}/change"), Some(&admin), &fields).await;
    assert_eq!(moved.location(), helen, "{}", moved.words());
    assert_eq!(world.get("/activity", Some(&manager)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_digest_opens_for_its_supervisor_alone_and_that_is_written_down() {
    let world = World::new().await;
    let path = format!("/digests/{}", world.digest);
    let head = world.session(&world.elm, Role::Head).await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let lead = world.session(&world.elm, Role::Dsl).await;
    let page = world.get(&path, Some(&head)).await.words();
    assert!(page.contains("Work of Nia"), "{page}");
    assert!(world.get("/digests", Some(&head)).await.words().contains("Nia"));
    for other in [&manager, &lead] {
        assert_eq!(world.get(&path, Some(other)).await.status, StatusCode::NOT_FOUND);
        assert!(!world.get("/digests", Some(other)).await.words().contains("Nia Manager 1"));
    }
    assert!(world.audit(&world.elm).await.iter().any(|it| it.contains("view digest")));
}
