//! A guest from the asking to the end, as the office, the head and a second window see it (ACC-18, ACC-19, ACC-22).
use axum::http::StatusCode;
use jiff::{SignedDuration, ToSpan};
use school::{
    Id, Person, Role, School,
    guest::{Guest, Hours, Kind, Stage},
    remote::{Authority, RemoteAccess},
};
use store::{By, Tx, guests, people, remote};

use super::{World, now};

pub(super) const GUEST: Id<Guest> = Id::from_u128(501);
pub(super) const REMOTE: Id<RemoteAccess> = Id::from_u128(502);

/// A guest who waits for approval, and an approval of remote access.
pub(super) async fn fill(tx: &mut Tx, by: &By, school: &School, sponsor: &Person) {
    let line = |text: &str| text.parse().expect("a line");
    let hours = Hours { from: now(), until: now() + 5.hours() };
    let guest = Guest {
        id: GUEST,
        school: school.id,
        name: line("Vera Guest"),
        kind: Kind::Visitor,
        organisation: None,
        email: None,
        focus: line("=A talk on rivers"),
        sponsor: sponsor.id,
        hours,
        signed_on_paper: true,
        asked_by: None,
        asked_at: now(),
        stage: Stage::Requested,
    };
    guests::add(tx, by, &guest).await.expect("a guest");
    let access = RemoteAccess {
        id: REMOTE,
        school: school.id,
        person: sponsor.id,
        need: line("Marks at home"),
        scope: line("The web"),
        route: line("School VPN"),
        from: now(),
        until: now() + 240.hours(),
        authority: Authority::Head,
        approved_by: sponsor.id,
        approved_at: now(),
        ended_at: None,
    };
    remote::add(tx, by, &access).await.expect("an approval");
}

#[tokio::test]
async fn approved_admitted_with_a_slip_and_sent_home() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let office = world.session(&world.elm, Role::Office).await;
    let page = format!("/guests/{GUEST}");
    let act = |what: &str| format!("{page}/{what}");
    let early = world.post(&act("admit"), Some(&office), &[("version", "1")]).await;
    assert_eq!(early.status, StatusCode::CONFLICT, "approval first");
    let yes = world.post(&act("approve"), Some(&head), &[("version", "1")]).await;
    assert_eq!(yes.location(), page);
    let stale = world.post(&act("approve"), Some(&head), &[("version", "1")]).await;
    assert!(stale.status == StatusCode::CONFLICT && stale.words().contains("Somebody else has changed this"));
    let slip = world.post(&act("admit"), Some(&office), &[("version", "2")]).await;
    assert!(slip.status == StatusCode::OK && slip.words().contains("guest-1"), "{}", slip.words());
    let again = world.post(&act("admit"), Some(&office), &[("version", "2")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "one account, though the form came twice");
    let no_why = world.post(&act("end"), Some(&office), &[("version", "3")]).await;
    assert_eq!(no_why.status, StatusCode::CONFLICT);
    world.wait(SignedDuration::from_mins(5));
    let home = world.post(&act("end"), Some(&office), &[("version", "3"), ("why", "went home")]).await;
    assert_eq!(home.location(), page);
    let username = "guest-1".parse().expect("a user name");
    let mut tx = world.db.read().await.expect("a transaction");
    let kept = people::by_username(&mut tx, world.elm.id, &username).await.expect("read").expect("there");
    assert!(!kept.person.stay.covers(world.now()));
    let csv = world.get("/guests.csv", Some(&office)).await;
    assert!(csv.text.contains("Vera Guest") && csv.text.contains("'=A talk"), "{}", csv.text);
}

#[tokio::test]
async fn a_new_guest_needs_focus_sponsor_and_end() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let bare = world.post("/guests", Some(&head), &[("name", "Gus Guest")]).await;
    assert_eq!(bare.status, StatusCode::BAD_REQUEST);
    for words in
        ["What it is for cannot be empty", "Choose who answers for them", "access is never open-ended"]
    {
        assert!(bare.words().contains(words), "{words}: {}", bare.words());
    }
    assert_eq!(world.get("/guests/new", Some(&head)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_number_of_another_schools_guest_in_the_form_makes_a_guest_of_its_own() {
    let world = World::new().await;
    let head = world.session(&world.oak, Role::Head).await;
    let mut tx = world.db.read().await.expect("a transaction");
    let helen = people::by_username(&mut tx, world.oak.id, &"helen".parse().expect("a name")).await;
    let sponsor = helen.expect("read").expect("somebody").person.id.to_string();
    drop(tx);
    let id = GUEST.to_string();
    let fields = [
        ("id", id.as_str()),
        ("name", "Otto Other"),
        ("kind", "visitor"),
        ("focus", "A talk"),
        ("sponsor", sponsor.as_str()),
        ("from", "2026-11-23T10:00"),
        ("until", "2026-11-23T12:00"),
    ];
    let done = world.post("/guests", Some(&head), &fields).await;
    assert!(done.location().starts_with("/guests/") && !done.location().ends_with(&id), "{}", done.words());
    let page = world.get(done.location(), Some(&head)).await.words();
    assert!(page.contains("Otto Other"), "{page}");
    let elm = world.session(&world.elm, Role::Head).await;
    assert!(
        world.get(&format!("/guests/{GUEST}"), Some(&elm)).await.words().contains("Vera Guest"),
        "untouched"
    );
}
