//! Rosters and leavers, as the office meets them.
use axum::{
    body::Body,
    http::{HeaderValue, Method, StatusCode, header::CONTENT_TYPE},
};
use jiff::tz::TimeZone;
use school::{
    Id, Person, Role, School,
    roster::{NameRule, Place, Rules, Wanted, WantedPerson, diff},
};
use store::{
    By, Db, jobs, people, roster,
    roster::{Load, NewLoad, Stage},
};

use super::{Answer, Token, World, now, person, request};

/// A dry run that waits for approval, and somebody who has left.
pub(super) async fn fill(db: &Db, school: &School) -> (Id<Load>, Id<Person>) {
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    let mut tx = db.write().await.expect("a transaction");
    let leaver = person(school, "lou.left", "Lou Left", Role::Pupil);
    people::add(&mut tx, &by, &leaver).await.expect("a person");
    people::leave(&mut tx, &by, school.id, leaver.id).await.expect("left");
    let new =
        NewLoad { school: school.id, source: "mis", file_name: "autumn.zip", mapping: "", bytes: b"zip" };
    let id = roster::receive(&mut tx, &by, &new).await.expect("a load");
    let job = jobs::take(&mut tx, by.at).await.expect("a look").expect("a job");
    jobs::done(&mut tx, job.id, by.at).await.expect("done");
    assert!(roster::start_reading(&mut tx, id, by.at).await.expect("begun"));
    tx.commit().await.expect("kept");
    ready(db, id, &wanted()).await;
    (id, leaver.id)
}

fn wanted() -> Wanted {
    let pupil = |id: &str, given: &str, username: Option<&str>| WantedPerson {
        source_id: id.to_owned(),
        given: given.to_owned(),
        family: "Newcomer".to_owned(),
        roles: vec!["student".to_owned()],
        year: Some("7".to_owned()),
        username: username.map(ToOwned::to_owned),
        place: Some(Place { file: "users.csv".to_owned(), line: 4 }),
        ..WantedPerson::default()
    };
    Wanted {
        people: vec![
            pupil("1", "Nia", None),
            WantedPerson { year: Some("Form 1".to_owned()), ..pupil("2", "Omar", None) },
            pupil("=HYPERLINK(1)", "Ada", Some("ada.pupil")),
        ],
        ..Wanted::default()
    }
}

async fn ready(db: &Db, id: Id<Load>, wanted: &Wanted) {
    let rules =
        Rules { source: "mis".to_owned(), usernames: NameRule::default(), now: now(), zone: TimeZone::UTC };
    let mut tx = db.write().await.expect("a transaction");
    let load = roster::get(&mut tx, id).await.expect("read").expect("there");
    let found = roster::known(&mut tx, load.school, now()).await.expect("people");
    let plan = diff(&found.known, wanted, &rules);
    roster::write_dry_run(&mut tx, &load, wanted.mode, &plan, 33, None, now()).await.expect("written");
    tx.commit().await.expect("kept");
}

async fn load(world: &World, id: Id<Load>) -> Load {
    roster::get(&mut world.db.read().await.expect("a transaction"), id).await.expect("read").expect("there")
}

async fn upload(world: &World, session: &Token, name: &str, file: &[u8]) -> Answer {
    let mut body = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{}\r\n--cut\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"{name}\"\r\n\r\n",
        session.form_token(None)
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--cut--\r\n");
    let mut request = request(Method::POST, "/roster", Some(session), Body::from(body));
    request.headers_mut().insert(CONTENT_TYPE, "multipart/form-data; boundary=cut".parse().expect("a value"));
    world.send(request).await
}

#[tokio::test]
async fn the_pages_of_rosters_and_leavers_read_as_reviewed() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::AccountAdministrator).await;
    let id = world.roster;
    for (name, path) in [
        ("rosters", "/roster".to_owned()),
        ("a roster", format!("/roster/{id}")),
        ("problems of a roster", format!("/roster/{id}?kind=problem")),
        ("leavers", "/leavers".to_owned()),
        ("a leaver", format!("/leavers/{}", world.leaver)),
    ] {
        insta::assert_snapshot!(name, world.get(&path, Some(&session)).await.words());
    }
}

#[tokio::test]
async fn a_roster_is_uploaded_whole_and_waits_to_be_read() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Office).await;
    let file: Vec<u8> = (0..3_000_000_u32).flat_map(|n| [0, 0xff, b'\r', n.to_le_bytes()[0]]).collect();
    let answer = upload(&world, &session, "C:\\exports\\spring.zip", &file).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    let id = answer.location().trim_start_matches("/roster/").parse().expect("an id");
    assert_eq!(load(&world, id).await.file_name, "spring.zip");
    let kept = roster::bytes(&mut world.db.read().await.expect("a transaction"), id).await.expect("bytes");
    assert!(kept == file, "byte for byte: {} of {}", kept.len(), file.len());
    let page = world.get(answer.location(), Some(&session)).await;
    assert!(page.words().contains("It waits to be read"), "{}", page.words());
    assert_eq!(page.headers.get("refresh").map(HeaderValue::as_bytes), Some(&b"3"[..]), "it looks again");

    let empty = upload(&world, &session, "nothing.zip", b"").await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert!(empty.words().contains("it must not be empty"), "{}", empty.words());
    let huge = upload(&world, &session, "huge.zip", &vec![7; super::super::pages::roster::LARGEST]).await;
    assert!(huge.status.is_client_error(), "{}", huge.status);
}

#[tokio::test]
async fn a_roster_is_approved_once_by_somebody_who_is_named() {
    let world = World::new().await;
    let (id, path) = (world.roster, format!("/roster/{}", world.roster));
    let digest = load(&world, id).await.digest.expect("looked over");
    let office = world.session(&world.elm, Role::Office).await;
    let page = world.get(&path, Some(&office)).await.words();
    assert!(page.contains("Somebody with the right to approve rosters decides"), "{page}");

    let admin = world.session(&world.elm, Role::AdminTeam).await;
    let old = world.post(&format!("{path}/approve"), Some(&admin), &[("digest", "another")]).await;
    assert_eq!(old.status, StatusCode::BAD_REQUEST);
    assert!(old.words().contains("It has changed since you opened this page"), "{}", old.words());
    let fields = [("digest", digest.as_str())];
    let given = world.post(&format!("{path}/approve"), Some(&admin), &fields).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.words());
    let twice = world.post(&format!("{path}/approve"), Some(&admin), &fields).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST, "posted twice, it is done once");
    let approved = load(&world, id).await;
    assert_eq!(approved.stage, Stage::Approved);
    assert_eq!(approved.decided_by_name.as_deref(), Some("Robin Other of Elm Park School"));
    assert!(world.audit(&world.elm).await.iter().any(|it| it.contains("approve roster autumn.zip")));
}

#[tokio::test]
async fn a_refusal_needs_a_reason() {
    let world = World::new().await;
    let (path, head) =
        (format!("/roster/{}/refuse", world.roster), world.session(&world.elm, Role::Head).await);
    let digest = load(&world, world.roster).await.digest.expect("looked over");
    let bare = world.post(&path, Some(&head), &[("digest", &digest)]).await;
    assert_eq!(bare.status, StatusCode::BAD_REQUEST);
    let fields = [("digest", digest.as_str()), ("reason", "Year 9 is missing")];
    assert_eq!(world.post(&path, Some(&head), &fields).await.status, StatusCode::SEE_OTHER);
    let page = world.get(&format!("/roster/{}", world.roster), Some(&head)).await.words();
    assert!(page.contains("Year 9 is missing"), "{page}");
}

#[tokio::test]
async fn a_jump_asks_for_a_tick_and_the_number() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let mut tx = world.db.write().await.expect("a transaction");
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    let username = "ada.pupil".parse().expect("a username");
    roster::join_by_hand(&mut tx, &by, world.elm.id, &username, ("mis", "77")).await.expect("joined");
    tx.commit().await.expect("kept");
    ready(&world.db, world.roster, &Wanted::default()).await;
    let digest = load(&world, world.roster).await.digest.expect("looked over");
    let path = format!("/roster/{}/approve", world.roster);
    for fields in [&[][..], &[("sure", "yes")], &[("leavers", "1")], &[("sure", "yes"), ("leavers", "2")]] {
        let mut all = vec![("digest", digest.as_str())];
        all.extend(fields);
        let asked = world.post(&path, Some(&head), &all).await;
        assert_eq!(asked.status, StatusCode::BAD_REQUEST, "{fields:?}");
        assert!(asked.words().contains("1 of 1 pupils would leave"), "{}", asked.words());
    }
    let fields = [("digest", digest.as_str()), ("sure", "yes"), ("leavers", "1")];
    assert_eq!(world.post(&path, Some(&head), &fields).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_problems_are_a_spreadsheet_without_formulas() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Office).await;
    let file = world.get(&format!("/roster/{}/problems.csv", world.roster), Some(&session)).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(
        file.text.contains(
            "\"users.csv\",\"4\",\"'=HYPERLINK(1)\",\"Ada Newcomer\",\"ada.pupil\",\"The username ada.pupil belongs to"
        ),
        "{}",
        file.text
    );
    assert!(world.audit(&world.elm).await[0].contains("export roster problems autumn.zip"));
}

#[tokio::test]
async fn somebody_made_by_hand_is_joined_with_their_row() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::AdminTeam).await;
    let path = format!("/roster/{}/join", world.roster);
    let other = world.post(&path, Some(&session), &[("username", "ada.pupil"), ("id", "nobody")]).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST, "not a row of this roster");
    let fields = [("username", "ada.pupil"), ("id", "=HYPERLINK(1)")];
    let joined = world.post(&path, Some(&session), &fields).await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.words());
    assert_eq!(load(&world, world.roster).await.stage, Stage::Waiting, "it is compared again");
}

#[tokio::test]
async fn a_leaver_is_kept_brought_back_or_deleted() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::AccountAdministrator).await;
    let path = format!("/leavers/{}", world.leaver);
    let post = async |act: &str, fields: &[(&str, &str)]| {
        world.post(&format!("{path}/{act}"), Some(&session), fields).await
    };
    let gone_by = post("plan", &[("version", "2"), ("until", "2026-11-01")]).await;
    assert_eq!(gone_by.status, StatusCode::BAD_REQUEST);
    assert!(gone_by.words().contains("Enter a day that is still to come"), "{}", gone_by.words());
    let kept = post("plan", &[("version", "2"), ("until", "2028-07-31")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.words());
    assert!(world.get(&path, Some(&session)).await.words().contains("kept longer by hand"));
    let stale = post("back", &[("version", "2")]).await;
    assert_eq!(stale.status, StatusCode::BAD_REQUEST);
    assert!(
        stale.words().contains("The account has changed since you opened this page"),
        "{}",
        stale.words()
    );
    let mistyped = post("delete", &[("version", "3"), ("username", "lou")]).await;
    assert_eq!(mistyped.status, StatusCode::BAD_REQUEST);
    let stranger = post("transfer", &[("version", "3"), ("school", &world.oak.id.to_string())]).await;
    assert_eq!(stranger.status, StatusCode::BAD_REQUEST, "Oak Hill is of no trust of theirs");
    assert_eq!(
        post("delete", &[("version", "3"), ("username", "lou.left")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(world.get(&path, Some(&session)).await.status, StatusCode::NOT_FOUND);
    assert!(world.audit(&world.elm).await[0].contains("delete leaver"));
}
