//! Remote access, and access that the head approves as an exceptional case (ACC-19, ACC-22, ACC-23, LOG-03).
use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo, http::Method, http::StatusCode};
use jiff::{SignedDuration, ToSpan};
use school::{
    Id, Person, Role, Roles,
    settings::{GUEST_APPROVAL, REMOTE_AUTHORITY},
};
use store::{By, exceptional, guests, people, remote};

use super::{Answer, PASSWORD, World, guests::REMOTE, person, request};
use crate::Token;

const FAR: &str = "203.0.113.7:40000";

/// A page as somebody at this address asks for it.
async fn from(world: &World, place: &str, path: &str, session: &Token) -> Answer {
    let mut asked = request(Method::GET, path, Some(session), Body::empty());
    let place: SocketAddr = place.parse().expect(place);
    asked.extensions_mut().insert(ConnectInfo(place));
    world.send(asked).await
}

async fn sign_in(world: &World, place: &str, username: &str) -> Answer {
    let school = world.elm.id.to_string();
    let form = [("username", username), ("password", PASSWORD), ("school", school.as_str())];
    let form = serde_html_form::to_string(form).expect("a form");
    let mut asked = request(Method::POST, "/sign-in", None, Body::from(form));
    let place: SocketAddr = place.parse().expect(place);
    asked.extensions_mut().insert(ConnectInfo(place));
    world.send(asked).await
}

async fn add(world: &World, role: Role) -> Person {
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let one = person(&world.elm, &format!("x.{}", role_code(role)), "Xen Outsider", role);
    let mut tx = world.db.write().await.expect("a transaction");
    people::add(&mut tx, &by, &one).await.expect("a person");
    tx.commit().await.expect("kept");
    one
}

fn role_code(role: Role) -> &'static str {
    school::Choice::code(role)
}

#[tokio::test]
async fn an_approval_says_who_why_what_by_which_way_and_until_when() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let page = world.get("/remote", Some(&head)).await;
    assert!(
        page.text.contains("<option value=\"School VPN\""),
        "the ways that the gate knows: {}",
        page.words()
    );
    let bare = world.post("/remote", Some(&head), &[]).await;
    assert_eq!(bare.status, StatusCode::BAD_REQUEST);
    for words in ["The need", "The scope", "never open-ended", "Write the user name"] {
        assert!(bare.words().contains(words), "{words}: {}", bare.words());
    }
    let until = (world.now() + 48.hours()).strftime("%Y-%m-%dT%H:%M").to_string();
    let fields = |person: &'static str, route: &'static str| {
        [
            ("person", person),
            ("need", "Marks at home"),
            ("scope", "The web"),
            ("route", route),
            ("until", until.as_str()),
        ]
    };
    let wrong = world.post("/remote", Some(&head), &fields("tom", "My own VPN")).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.words().contains("Choose one of the ways in that the gate knows"), "{}", wrong.words());
    assert!(wrong.text.contains("Marks at home"), "what was typed is not lost");
    let pupil = world.post("/remote", Some(&head), &fields("ada.pupil", "School VPN")).await;
    assert!(pupil.words().contains("Only staff and outside agencies"), "{}", pupil.words());
    let good = world.post("/remote", Some(&head), &fields("tom", "School VPN")).await;
    assert_eq!(good.location(), "/remote", "{}", good.words());
    assert!(world.get("/remote", Some(&head)).await.words().contains("Tom Teller"));
    assert!(world.audit(&world.elm).await.iter().any(|it| it.contains("approve remote access")));
    world.set(&REMOTE_AUTHORITY, "governors").await;
    assert!(world.get("/remote", Some(&head)).await.words().contains("The governing body"));
}

/// ACC-23: the console's door asks as the gate's does, at the sign-in and of each page.
#[tokio::test]
async fn from_outside_the_console_opens_only_with_an_approval() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let lead = world.session(&world.elm, Role::Dsl).await;
    for place in ["10.1.2.3:40000", FAR] {
        let page = from(&world, place, "/today", &lead).await;
        let far = place == FAR;
        assert_eq!(page.status, if far { StatusCode::FORBIDDEN } else { StatusCode::OK }, "{place}");
        assert_eq!(page.words().contains("nobody has approved that for you"), far, "{}", page.words());
    }
    let refused = sign_in(&world, FAR, "dana").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.words());
    let mut tx = world.db.write().await.expect("a transaction");
    let dana = people::by_username(&mut tx, world.elm.id, &"dana".parse().expect("a name")).await;
    let dana = dana.expect("read").expect("there").person;
    let mut access = remote::get(&mut tx, world.elm.id, REMOTE).await.expect("read").expect("there");
    access.person = dana.id;
    access.id = Id::from_u128(900);
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    remote::add(&mut tx, &by, &access).await.expect("added");
    tx.commit().await.expect("kept");
    assert_eq!(from(&world, FAR, "/today", &lead).await.status, StatusCode::OK);
    assert_eq!(sign_in(&world, FAR, "dana").await.status, StatusCode::SEE_OTHER);
    let audit = world.audit(&world.elm).await;
    for act in ["remote access: refused dana", "remote access: signed in dana"] {
        assert!(audit.iter().any(|it| it.contains(act)), "{act}: {audit:?}");
    }
    let taken = world.post("/remote/00000000-0000-0000-0000-000000000384/end", Some(&head), &[]).await;
    assert_eq!(taken.location(), "/remote");
    let page = from(&world, FAR, "/today", &lead).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "in the middle of a session");
    let out = from(&world, FAR, "/sign-out", &lead).await;
    assert_ne!(out.status, StatusCode::FORBIDDEN, "who leaves may always leave");
}

/// ACC-19: whoever is not employed waits, however they came by their account; the head says yes on a signed agreement.
#[tokio::test]
async fn an_exceptional_case_is_approved_on_a_signed_agreement_and_refused_with_a_reason() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let office = world.session(&world.elm, Role::Office).await;
    let volunteer = add(&world, Role::Volunteer).await;
    let id = volunteer.id.to_string();
    let page = world.get("/guests/cases", Some(&office)).await;
    assert!(
        page.words().contains("Xen Outsider") && !page.text.contains("Approve those ticked"),
        "{}",
        page.words()
    );
    let session = world.session(&world.elm, Role::Volunteer).await;
    let decide = async |fields: &[(&str, &str)]| world.post("/guests/cases", Some(&head), fields).await;

    // No agreement is published for them yet.
    let yes = [("person", id.as_str()), ("why", "Reads with Year 2"), ("answer", "approve")];
    let early = decide(&yes).await;
    assert!(
        early.status == StatusCode::BAD_REQUEST && early.words().contains("has not signed"),
        "{}",
        early.words()
    );
    assert!(
        early.text.contains("Reads with Year 2") && early.text.contains("checked"),
        "what was typed is not lost"
    );
    let text = publish(&world).await;
    for username in ["helen", "office"] {
        let mut tx = world.db.read().await.expect("a transaction");
        let one = people::by_username(&mut tx, world.elm.id, &username.parse().expect("a name")).await;
        drop(tx);
        sign(&world, &one.expect("read").expect("there").person, &text).await;
    }
    assert_eq!(
        world.get("/today", Some(&session)).await.location(),
        "/agreements/mine",
        "signing comes first"
    );
    sign(&world, &volunteer, &text).await;
    let waits = world.get("/today", Some(&session)).await;
    assert!(
        waits.status == StatusCode::FORBIDDEN && waits.words().contains("waits for approval"),
        "{}",
        waits.words()
    );
    assert_eq!(world.get("/account", Some(&session)).await.status, StatusCode::OK, "their own stays open");

    for (fields, words) in [
        (vec![("why", "x"), ("answer", "approve")], "Tick at least one person"),
        (vec![("person", id.as_str()), ("answer", "approve")], "Say why this is an exceptional case"),
        (vec![("person", id.as_str()), ("answer", "refuse")], "Say why"),
        (vec![("person", id.as_str()), ("why", "x")], "Choose Approve or Refuse"),
    ] {
        let page = decide(&fields).await;
        assert!(
            page.status == StatusCode::BAD_REQUEST && page.words().contains(words),
            "{words}: {}",
            page.words()
        );
    }
    for _ in 0..2 {
        assert_eq!(decide(&yes).await.status, StatusCode::SEE_OTHER, "sent twice is once");
        world.wait(SignedDuration::from_secs(1));
    }
    let other = decide(&[("person", id.as_str()), ("why", "x"), ("answer", "refuse")]).await;
    assert!(other.words().contains("Somebody else has decided about Xen"), "{}", other.words());
    assert!(world.get("/guests/cases", Some(&head)).await.words().contains("Nobody waits"));
    let page = world.get("/today", Some(&session)).await;
    assert!(page.words().contains("Your account cannot open this page"), "no longer held: {}", page.words());
    let decided = world.get("/guests/cases?show=decided", Some(&head)).await;
    assert!(
        decided.words().contains("Approved") && decided.words().contains("Reads with Year 2"),
        "{}",
        decided.words()
    );
    let ticked = decided.text.split("name=\"person\" value=\"").nth(1).and_then(|it| it.split('"').next());
    let ticked = ticked.expect("a box to tick").to_owned();
    let no =
        [("person", ticked.as_str()), ("why", "It ended badly"), ("answer", "refuse"), ("show", "decided")];
    assert_eq!(decide(&no).await.location(), "/guests/cases?show=decided");
    assert!(world.get("/today", Some(&session)).await.words().contains("was not approved"));
    let audit = world.audit(&world.elm).await;
    for act in ["approve access x.volunteer", "refuse access x.volunteer"] {
        assert_eq!(audit.iter().filter(|it| it.contains(act)).count(), 1, "{act}: {audit:?}");
    }
    world.set(&GUEST_APPROVAL, "none").await;
    assert!(world.get("/guests/cases", Some(&head)).await.words().contains("Nobody’s"));
    assert!(!world.get("/today", Some(&session)).await.words().contains("was not approved"));
}

/// The visitor's agreement, in force from now on.
async fn publish(world: &World) -> agreements::Agreement {
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let adults = agreements::adults(store::fresh_id(world.now()), world.elm.id);
    let mut tx = world.db.write().await.expect("a transaction");
    let readings = adults.readings().to_vec();
    let made =
        store::agreements::publish(&mut tx, &by, world.elm.id, adults.audience, readings, "First").await;
    tx.commit().await.expect("kept");
    made.expect("published")
}

async fn sign(world: &World, person: &Person, agreement: &agreements::Agreement) {
    use store::agreements::{Method, Signing, sign};
    let by = By { person: Some(person.id), name: person.name.to_string(), at: world.now() };
    let signing = Signing {
        signature: agreements::Signature {
            agreement: agreement.id,
            hash: agreement.reading(agreements::Level::Standard).hash(),
            person: person.id,
            signer: Some(person.id),
            standing: agreements::Standing::Own,
            at: world.now(),
        },
        signer_name: person.name.as_str(),
        method: Method::Gate,
        job_title: None,
        appointed_on: None,
        form: None,
    };
    let mut tx = world.db.write().await.expect("a transaction");
    sign(&mut tx, &by, world.elm.id, &signing).await.expect("signed");
    tx.commit().await.expect("kept");
}

/// The two ways in: who was let in as a guest has an approval of their own.
#[tokio::test]
async fn a_guest_who_was_let_in_is_not_asked_of_again() {
    let world = World::new().await;
    let mut visitor = person(&world.elm, "x.visitor", "Xen Outsider", Role::Visitor);
    visitor.roles = Roles::NONE.with(Role::Visitor);
    let mut tx = world.db.write().await.expect("a transaction");
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    people::add(&mut tx, &by, &visitor).await.expect("a person");
    let settings = store::settings::of(&mut tx, world.elm.id, None).await.expect("settings");
    let held = exceptional::held_of(&mut tx, &settings, &visitor).await.expect("read");
    assert_eq!(held, Some(school::exceptional::Held::Waiting));
    let kept = guests::get(&mut tx, world.elm.id, super::guests::GUEST).await.expect("read").expect("there");
    let rules = school::guest::Rules::of(&settings);
    let cleared = kept.guest.clone().approve(world.pupil.id, by.at).expect("approved");
    let inside = cleared.admit(visitor.id, None, by.at, &rules).expect("admitted");
    guests::save(&mut tx, &by, "admit guest", &kept, &inside).await.expect("kept");
    let held = exceptional::held_of(&mut tx, &settings, &visitor).await.expect("read");
    assert_eq!(held, None);
}
