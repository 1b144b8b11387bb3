//! Settings and where they come from, the access register, and access plans.
use axum::http::StatusCode;
use school::{Layer, Role, settings::IDLE_LOCK};
use store::settings;

use super::{World, made_up::one_trust};

#[tokio::test]
async fn a_setting_is_changed_at_the_school_and_left_to_the_layer_above_again() {
    let world = World::new().await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let words = world.get("/settings", Some(&manager)).await.words();
    assert!(words.contains("10 minutes\nThe default"), "{words}");
    let path = "/settings/idle-lock";
    let bad = world.post(path, Some(&manager), &[("value", "0"), ("was", "")]).await;
    assert!(bad.words().contains("must be a whole number from 1 to 120"), "{}", bad.words());
    let set = world.post(path, Some(&manager), &[("value", "5"), ("was", "")]).await;
    assert_eq!(set.location(), path, "{}", set.words());
    assert!(world.get("/settings", Some(&manager)).await.words().contains("5 minutes\nSchool"));
    let stale = world.post(path, Some(&manager), &[("value", "7"), ("was", "")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.words().contains("Somebody else changed this") && stale.text.contains("value=\"7\""));
    world.post(path, Some(&manager), &[("do", "inherit"), ("was", "5")]).await;
    assert!(world.get("/settings", Some(&manager)).await.words().contains("10 minutes\nThe default"));
    assert_eq!(world.get("/settings/none-such", Some(&manager)).await.status, StatusCode::NOT_FOUND);
    assert!(world.audit(&world.elm).await[0].contains("change setting Idle lock (School)"));
}

#[tokio::test]
async fn what_the_trust_locks_its_schools_cannot_change() {
    let world = World::new().await;
    one_trust(&world).await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let trustee = world.session(&world.oak, Role::Trustee).await;
    let own = world.post("/settings/idle-lock/trust", Some(&manager), &[("value", "20")]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "the school's people do not speak for the trust");
    let fields = [("value", "20"), ("locked", "yes"), ("was", "")];
    let set = world.post("/settings/idle-lock/trust", Some(&trustee), &fields).await;
    assert_eq!(set.location(), "/settings/idle-lock", "{}", set.words());
    let words = world.get("/settings/idle-lock", Some(&manager)).await.words();
    assert!(words.contains("20 minutes") && words.contains("Locked by the trust"), "{words}");
    let refused = world.post("/settings/idle-lock", Some(&manager), &[("value", "5"), ("was", "")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for school in [&world.elm, &world.oak] {
        let trail = world.audit(school).await.join("\n");
        assert!(trail.contains("change setting Idle lock (Trust)"), "{}: {trail}", school.name);
    }
    let mut tx = world.db.read().await.expect("a transaction");
    let now = settings::of(&mut tx, world.elm.id, None).await.expect("settings");
    assert_eq!((now.number(&IDLE_LOCK), now.get(&IDLE_LOCK).locked_by), (20, Some(Layer::Trust)));
}

#[tokio::test]
async fn an_access_plan_is_made_reviewed_and_ended_and_its_need_stays_with_those_who_may_see_it() {
    let world = World::new().await;
    let senco = world.session(&world.elm, Role::Senco).await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let bad = world.post("/plans/add", Some(&senco), &[("person", "nobody.here")]).await;
    for it in ["Nobody here has this username", "Write who decided it", "Choose a profile", "Choose a day"] {
        assert!(bad.words().contains(it), "{it}: {}", bad.words());
    }
    let fields = [
        ("person", "ada.pupil"),
        ("need", "uses signing videos"),
        ("decided", "Sam Senco"),
        ("profile", "Key Stage 5"),
        ("review", "2027-01-10T09:00"),
    ];
    let made = world.post("/plans/add", Some(&senco), &fields).await;
    let page = made.location().to_owned();
    assert!(page.starts_with("/plans/"), "{}", made.words());
    assert!(world.get(&page, Some(&senco)).await.words().contains("uses signing videos"));
    let words = world.get("/explain?url=example.org&person=ada.pupil", Some(&manager)).await.words();
    assert!(words.contains("Key Stage 5") && words.contains("an individual access plan"), "{words}");
    assert!(!words.contains("signing videos"));
    let register = world.get("/access?words=plan", Some(&manager)).await.words();
    assert!(register.contains("individual plan, decided by Sam Senco"), "{register}");
    let review = [("version", "9"), ("review", "2027-03-10T09:00")];
    let stale = world.post(&format!("{page}/review"), Some(&senco), &review).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "{}", stale.words());
    let review = [("version", "1"), ("review", "2027-03-10T09:00")];
    assert_eq!(world.post(&format!("{page}/review"), Some(&senco), &review).await.location(), page);
    // As it was before the review: what somebody else changed meanwhile is looked at first.
    let stale = world.post(&format!("{page}/end"), Some(&senco), &[("version", "1")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    for _ in 0..2 {
        world.post(&format!("{page}/end"), Some(&senco), &[("version", "2")]).await;
    }
    let words = world.get("/explain?url=example.org&person=ada.pupil", Some(&manager)).await.words();
    assert!(words.contains("Key Stage 3"), "{words}");
    let audit = world.audit(&world.elm).await.join("\n");
    for act in ["make access plan", "open access plan", "review access plan", "end access plan"] {
        assert!(audit.contains(act), "{audit}");
    }
    assert!(!audit.contains("signing"), "the trail does not tell the need");
}

#[tokio::test]
async fn the_access_register_shows_how_it_stood_on_a_day() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    world.wait(jiff::SignedDuration::from_mins(5));
    world.post(&format!("/people/{}/end", world.pupil.id), Some(&admin), &[]).await;
    world.wait(jiff::SignedDuration::from_mins(1));
    let now = world.get("/access?words=ada", Some(&admin)).await.words();
    assert!(!now.contains("Internet"), "{now}");
    let then = world.get("/access.csv?words=ada&at=2026-11-23T10:02", Some(&admin)).await.text;
    assert!(then.contains("Internet") && then.contains("account added"), "{then}");
    assert_eq!(world.get("/access.csv?at=never", Some(&admin)).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn access_given_elsewhere_is_written_in_by_hand_and_ends_with_the_account() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let page = format!("/people/{}", world.pupil.id);
    let path = format!("{page}/access");
    let send = async |what: &str, basis: &str| {
        world.post(&path, Some(&admin), &[("what", what), ("basis", basis)]).await
    };
    assert_eq!(
        send("Internet", "at will").await.status,
        StatusCode::BAD_REQUEST,
        "what is given here, is not"
    );
    assert_eq!(send("Learning platform", "").await.status, StatusCode::BAD_REQUEST);
    for _ in 0..2 {
        assert_eq!(send("Learning platform", "taught in class 7B").await.location(), page);
    }
    let register = async || world.get("/access?words=ada", Some(&admin)).await.words();
    assert_eq!(register().await.matches("Learning platform").count(), 1);
    world.post(&path, Some(&admin), &[("what", "Learning platform"), ("do", "end")]).await;
    assert!(!register().await.contains("Learning platform"));
    send("Learning platform", "taught in class 7B").await;
    world.post(&format!("{page}/end"), Some(&admin), &[]).await;
    assert!(!register().await.contains("Learning platform"), "it ends with the account");
    let trail = world.audit(&world.elm).await.join("\n");
    assert!(trail.contains("grant access ada.pupil") && trail.contains("end access ada.pupil"), "{trail}");
}
