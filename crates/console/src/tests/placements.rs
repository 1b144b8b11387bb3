//! Roles at a second school: chosen after signing in, given and ended there, and nothing without them (ACC-02, ACC-10).
use axum::http::StatusCode;
use jiff::SignedDuration;
use school::{Role, School};
use store::sessions;

use super::{Answer, PASSWORD, World, made_up::one_trust};
use crate::Token;

/// Cai of Ash Lane, signed in by the page.
async fn cai(world: &World) -> (Token, Answer) {
    let fields = [("school", &*world.ash.id.to_string()), ("username", "cai"), ("password", PASSWORD)];
    let answer = world.post("/sign-in", None, &fields).await;
    let cookie = answer.cookie().split(';').next().unwrap_or_default().to_owned();
    let token = Token::from_text(cookie.trim_start_matches("schoolgate=")).expect("a token");
    let mut tx = world.db.write().await.expect("a transaction");
    sessions::prove(&mut tx, &token.hash(), world.now()).await.expect("proved");
    tx.commit().await.expect("kept");
    (token, answer)
}

async fn act_at(world: &World, from: Option<&School>, to: &School, token: &Token) -> Answer {
    world.post_at(from, "/acting", Some(token), &[("school", &to.id.to_string())]).await
}

#[tokio::test]
async fn who_holds_roles_at_two_schools_says_where_they_act_and_may_change_over() {
    let world = World::new().await;
    let (token, answer) = cai(&world).await;
    assert_eq!(answer.location(), "/acting?next=%2F");
    let page = world.get("/acting", Some(&token)).await.words();
    assert!(
        page.contains("Central IT support. Your own school.") && page.contains("ICT technician"),
        "{page}"
    );

    // At their own school they change rules; at Elm Park they are a technician, who only sees them.
    assert_eq!(world.get("/profiles/change", Some(&token)).await.status, StatusCode::OK);
    let secret = "secret-1.example.org";
    assert!(!world.get("/profiles/text", Some(&token)).await.text.contains(secret));
    assert_eq!(act_at(&world, None, &world.elm, &token).await.location(), "/");
    let text = world.get("/profiles/text", Some(&token)).await.text;
    assert!(text.contains(secret) && text.contains("Elm Park School"), "{text}");
    assert!(text.contains("href=\"/acting\""), "the way back stands on every page");
    assert_eq!(world.get("/profiles/change", Some(&token)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("/settings", Some(&token)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("/people", Some(&token)).await.status, StatusCode::OK);

    // What they do there stands in that school's trail, with where they come from.
    let trail = world.audit(&world.elm).await.join("\n");
    assert!(trail.contains("Cai Central of Ash Lane School (Ash Lane School): view people"), "{trail}");
    for school in [&world.elm, &world.ash] {
        assert!(world.audit(school).await.join("\n").contains("act at another school cai"));
    }
    assert_eq!(act_at(&world, Some(&world.elm), &world.ash, &token).await.location(), "/");
    assert_eq!(world.get("/profiles/change", Some(&token)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_of_one_school_does_nothing_at_another() {
    let world = World::new().await;
    let (token, _) = cai(&world).await;
    act_at(&world, None, &world.elm, &token).await;
    let stale = world.post("/account/sessions/end", Some(&token), &[("session", "others")]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    assert!(stale.words().contains("changed to another school"), "{}", stale.words());
    let fresh =
        world.post_at(Some(&world.elm), "/account/sessions/end", Some(&token), &[("session", "others")]);
    assert_eq!(fresh.await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nobody_acts_where_they_hold_no_role() {
    let world = World::new().await;
    let teacher = world.session(&world.oak, Role::Teacher).await;
    assert_eq!(act_at(&world, None, &world.elm, &teacher).await.status, StatusCode::NOT_FOUND);
    let nowhere = school::Id::<School>::from_u128(77).to_string();
    let answer = world.post("/acting", Some(&teacher), &[("school", &nowhere)]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "whether there is one or not");
    assert!(!world.get("/acting", Some(&teacher)).await.text.contains("Elm Park"));
    assert!(!world.get("/account", Some(&teacher)).await.text.contains("/acting"));
    // A session that says otherwise opens nothing.
    let mut tx = world.db.write().await.expect("a transaction");
    sessions::act_at(&mut tx, &teacher.hash(), Some(world.elm.id)).await.expect("written");
    tx.commit().await.expect("kept");
    assert!(world.get("/account", Some(&teacher)).await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn when_the_time_is_over_they_act_there_no_more() {
    let world = World::new().await;
    let (token, _) = cai(&world).await;
    act_at(&world, None, &world.elm, &token).await;
    for _ in 0..32 {
        world.wait(SignedDuration::from_mins(9));
        world.get("/account/alive", Some(&token)).await;
    }
    assert_eq!(world.get("/account", Some(&token)).await.status, StatusCode::OK, "still there after 4:48");
    world.wait(SignedDuration::from_mins(13));
    assert!(world.get("/account", Some(&token)).await.location().starts_with("/sign-in"));
    let (again, answer) = cai(&world).await;
    assert_eq!(answer.location(), "/", "nothing to choose any more");
    assert_eq!(act_at(&world, None, &world.elm, &again).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn roles_are_given_changed_and_ended_by_the_school_where_they_are_held() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let oak = world.oak.id.to_string();
    let bad = world.post("/placements/add", Some(&admin), &[("home", &oak), ("username", "nobody")]).await;
    for it in ["Nobody at that school has this username", "Tick at least one role", "Write on what grounds"] {
        assert!(bad.words().contains(it), "{it}: {}", bad.words());
    }
    let fields = [
        ("home", &*oak),
        ("username", "tom"),
        ("roles", "teacher"),
        ("roles", "trip-leader"),
        ("basis", "Teaches physics on Mondays"),
        ("here", ""),
    ];
    let taken = world.post("/placements/add", Some(&admin), &fields).await;
    assert!(
        taken.words().contains("Somebody there signs in at the gate under this name"),
        "{}",
        taken.words()
    );
    let mut named = fields;
    named[5] = ("here", "tom.oak");
    let given = world.post("/placements/add", Some(&admin), &named).await;
    let page = given.location().to_owned();
    assert!(page.starts_with("/placements/"), "{}", given.words());
    let twice = world.post("/placements/add", Some(&admin), &named).await;
    assert!(twice.words().contains("They hold roles there in this time already"), "{}", twice.words());
    let words = world.get(&page, Some(&admin)).await.words();
    assert!(words.contains("Teacher, Trip leader") && words.contains("tom.oak"), "{words}");
    let register = world.get("/access?words=tom", Some(&admin)).await.words();
    assert!(register.contains("Teaches physics on Mondays"), "{register}");

    // The limits of Elm Park hold from the day its head is appointed.
    let head = world.session(&world.elm, Role::Head).await;
    let post = [("post", "head"), ("person", "helen"), ("contact", "Office"), ("since", "2026-11-23T08:00")];
    world.post("/posts", Some(&head), &post).await;
    let change = |version: &'static str, vetting: &'static str, supervisor: &'static str| {
        [
            ("version", version),
            ("roles", "central-support"),
            ("basis", "Runs the filter"),
            ("here", "tom.oak"),
            ("vetting", vetting),
            ("supervisor", supervisor),
        ]
    };
    let path = format!("{page}/change");
    let words = world.post(&path, Some(&admin), &change("1", "", "")).await.words();
    assert!(words.contains("needs a DBS or single-central-record reference"), "{words}");
    let words = world.post(&path, Some(&admin), &change("1", "SCR 9", "tom")).await.words();
    assert!(words.contains("needs a supervisor from the senior leadership team"), "{words}");
    let saved = world.post(&path, Some(&admin), &change("1", "SCR 9", "helen")).await;
    assert_eq!(saved.location(), page, "{}", saved.words());
    let stale = world.post(&path, Some(&admin), &change("1", "SCR 9", "helen")).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.words().contains("Somebody else changed this while you did"), "{}", stale.words());

    // They act there; the end of the roles is the end of that session, and of no other.
    let tom = world.session(&world.oak, Role::Teacher).await;
    let other = world.session(&world.oak, Role::Teacher).await;
    act_at(&world, None, &world.elm, &tom).await;
    assert_eq!(world.get("/profiles/change", Some(&tom)).await.status, StatusCode::OK);
    for _ in 0..2 {
        assert_eq!(world.post(&format!("{page}/end"), Some(&admin), &[]).await.location(), page);
    }
    assert!(world.get("/account", Some(&tom)).await.location().starts_with("/sign-in"));
    assert_eq!(world.get("/account", Some(&other)).await.status, StatusCode::OK);
    assert_eq!(world.post(&path, Some(&admin), &change("3", "", "")).await.status, StatusCode::BAD_REQUEST);
    for (school, whose) in [(&world.elm, "tom of Oak Hill School"), (&world.oak, "tom at Elm Park School")] {
        let trail = world.audit(school).await.join("\n");
        for act in ["give placement", "change placement", "end placement"] {
            assert!(trail.contains(&format!("{act} {whose}")), "{act} {whose}: {trail}");
        }
    }
}

#[tokio::test]
async fn nobody_gives_roles_to_themselves_or_to_their_own_people_this_way() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let elm = world.elm.id.to_string();
    let fields = [("home", &*elm), ("username", "dana"), ("roles", "teacher"), ("basis", "None")];
    let own = world.post("/placements/add", Some(&admin), &fields).await;
    assert!(own.words().contains("They are of this school"), "{}", own.words());
}

#[tokio::test]
async fn the_trust_gives_and_ends_roles_at_its_schools_and_at_no_others() {
    let world = World::new().await;
    let trustee = world.session(&world.oak, Role::Trustee).await;
    let (elm, ash) = (world.elm.id.to_string(), world.ash.id.to_string());
    let page = format!("/trust/placements/{}", world.placement);
    assert_eq!(world.get(&page, Some(&trustee)).await.status, StatusCode::NOT_FOUND, "of another trust");
    one_trust(&world).await;
    let list = world.get("/trust/placements", Some(&trustee)).await.words();
    assert!(list.contains("Cai Central") && list.contains("at Elm Park School"), "{list}");
    world.post(&format!("{page}/end"), Some(&trustee), &[]).await;
    assert!(world.get(&page, Some(&trustee)).await.words().contains("Over"));
    let fields = [
        ("school", &*elm),
        ("home", &*ash),
        ("username", "cai"),
        ("roles", "teacher"),
        ("basis", "By the board"),
    ];
    let given = world.post("/trust/placements/add", Some(&trustee), &fields).await;
    assert!(given.location().starts_with("/trust/placements/"), "{}", given.words());
    assert!(world.audit(&world.elm).await.join("\n").contains("give placement cai of Ash Lane School"));
}

#[tokio::test]
async fn what_bears_on_the_whole_trust_is_given_by_the_trust() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let oak = world.oak.id.to_string();
    let fields = [
        ("home", &*oak),
        ("username", "tom"),
        ("roles", "trustee"),
        ("basis", "Elected"),
        ("here", "tom.oak"),
    ];
    let refused = world.post("/placements/add", Some(&admin), &fields).await;
    assert!(refused.words().contains("Only the trust gives this role"), "{}", refused.words());
    let own = [("name", "Tess Trust"), ("username", "tess"), ("roles", "trustee")];
    let refused = world.post("/people/add", Some(&admin), &own).await;
    assert!(refused.words().contains("Only the trust gives this role"), "{}", refused.words());
    let trustee = world.session(&world.elm, Role::Trustee).await;
    let elm = [("school", &*world.elm.id.to_string())];
    let all: Vec<_> = fields.iter().chain(&elm).copied().collect();
    let given = world.post("/trust/placements/add", Some(&trustee), &all).await;
    assert!(given.location().starts_with("/trust/placements/"), "{}", given.words());
}
