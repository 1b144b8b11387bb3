//! Signing in the console, for oneself and for a child.
use axum::http::StatusCode;
use school::{
    Choice, Layer, Role,
    settings::{AGREEMENT_COUNTER_SIGN, AGREEMENT_PARENT_SIGNS},
};
use store::{By, agreements as kept, people, settings};

use super::{Answer, World, person};

async fn set(world: &World, setting: &school::settings::Setting, value: &str) {
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let mut tx = world.db.write().await.expect("a transaction");
    let owner = world.elm.id.to_string();
    settings::set(&mut tx, &by, world.elm.id, (Layer::School, &owner), setting, value, false)
        .await
        .expect("set");
    tx.commit().await.expect("kept");
}

/// The value of a hidden field.
fn field(page: &Answer, name: &str) -> String {
    let tag =
        page.text.split("<input").find(|it| it.contains(&format!("name=\"{name}\""))).unwrap_or_default();
    tag.split("value=\"").nth(1).and_then(|it| it.split('"').next()).unwrap_or_default().to_owned()
}

/// AUP-07: the console asks as the gate does.
#[tokio::test]
async fn staff_sign_before_the_pages_open() {
    let world = World::new().await;
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let adults = agreements::adults(store::fresh_id(world.now()), world.elm.id);
    let mut tx = world.db.write().await.expect("a transaction");
    let readings = adults.readings().to_vec();
    kept::publish(&mut tx, &by, world.elm.id, adults.audience, readings, "First").await.expect("published");
    tx.commit().await.expect("kept");
    let session = world.session(&world.elm, Role::Dsl).await;
    let page = world.get("/concerns", Some(&session)).await;
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, "/agreements/mine"));
    assert_eq!(world.get("/account", Some(&session)).await.status, StatusCode::OK, "their own stays open");
    let page = world.get("/agreements/mine?reading=easy", Some(&session)).await;
    assert!(page.text.contains("easy-read agreement"), "{}", page.words());
    let (agreement, text) = (field(&page, "agreement"), field(&page, "text"));
    let fields = |text| {
        vec![
            ("agreement", agreement.as_str()),
            ("text", text),
            ("answer", "accept"),
            ("job_title", "Lead"),
            ("appointed", "2019-09-01"),
        ]
    };
    let wrong = world.post("/agreements/mine", Some(&session), &fields("00")).await;
    assert_eq!(wrong.status, StatusCode::CONFLICT);
    assert_eq!(world.get("/concerns", Some(&session)).await.status, StatusCode::SEE_OTHER);
    let page = world.post("/agreements/mine", Some(&session), &fields(&text)).await;
    assert_eq!(page.location(), "/agreements/mine?signed=1", "{}", page.words());
    assert_eq!(world.get("/concerns", Some(&session)).await.status, StatusCode::OK);
    let words = world.get("/agreements/mine", Some(&session)).await.words();
    assert!(
        words.contains("Lead") && words.contains("1 Sep 2019") && words.contains("In the console"),
        "{words}"
    );
}

/// AUP-09, AUP-10: for one's own child, and nobody else's.
#[tokio::test]
async fn a_parent_signs_for_their_own_child_alone() {
    let world = World::new().await;
    set(&world, &AGREEMENT_COUNTER_SIGN, "on").await;
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let other = person(&world.elm, "bo.pupil", "Bo Pupil", Role::Pupil);
    let parent = person(&world.elm, "pat", "Pat Parent", Role::Parent);
    let mut tx = world.db.write().await.expect("a transaction");
    for it in [&other, &parent] {
        people::add(&mut tx, &by, it).await.expect("added");
    }
    let link = school::roster::ParentLink {
        child: world.pupil.id,
        parent: parent.id,
        relation: "mother".to_owned(),
        priority: Some(1),
    };
    store::parents::link(&mut tx, &by, world.elm.id, &link).await.expect("linked");
    tx.commit().await.expect("kept");
    let session = world.session(&world.elm, Role::Parent).await;
    assert_eq!(world.get("/", Some(&session)).await.location(), "/children");
    let list = world.get("/children", Some(&session)).await.words();
    assert!(
        list.contains("Ada Pupil") && list.contains("Waits for you") && !list.contains("Bo Pupil"),
        "{list}"
    );
    for id in [other.id, parent.id] {
        let address = format!("/children/{id}");
        assert_eq!(world.get(&address, Some(&session)).await.status, StatusCode::NOT_FOUND);
        let answer = world.post(&format!("{address}/sign"), Some(&session), &[("answer", "accept")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    let address = format!("/children/{}", world.pupil.id);
    let page = world.get(&address, Some(&session)).await;
    let (agreement, text) = (field(&page, "agreement"), field(&page, "text"));
    let fields = [("agreement", agreement.as_str()), ("text", text.as_str()), ("answer", "accept")];
    let sign = format!("{address}/sign");
    assert_eq!(world.post(&sign, Some(&session), &fields).await.location(), format!("{address}?signed=1"));
    assert_eq!(world.post(&sign, Some(&session), &fields).await.location(), address, "twice is once");
    let words = world.get(&address, Some(&session)).await.words();
    assert!(words.contains("Counter-signed by a parent"), "{words}");
    let head = world.session(&world.elm, Role::Head).await;
    let words = world.get("/agreements?show=missing&name=ada", Some(&head)).await.words();
    assert!(words.contains("Has not signed") && !words.contains("has not counter-signed"), "{words}");
    set(&world, &AGREEMENT_PARENT_SIGNS, "ks3").await;
    let words = world.get(&address, Some(&session)).await.words();
    assert!(words.contains("You sign in your child"), "{words}");
}

/// AUP-06.
#[tokio::test]
async fn a_new_version_is_looked_at_published_and_asks_again() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Head).await;
    let path = "/agreements/publish/pupils";
    let fields = |base: &'static str, what: &'static str| {
        vec![
            ("base", base),
            ("title-standard", "Rules"),
            ("text-standard", "Be kind."),
            ("note", "Shorter"),
            ("do", what),
        ]
    };
    let look = world.post(path, Some(&session), &fields("1", "look")).await;
    let words = look.words();
    assert!(
        words.contains("people will be asked to sign version 2") && words.contains("Be kind."),
        "{words}"
    );
    let stale = world.post(path, Some(&session), &fields("0", "publish")).await;
    assert_eq!(stale.status, StatusCode::BAD_REQUEST);
    assert!(stale.words().contains("Somebody else has published"));
    let done = world.post(path, Some(&session), &fields("1", "publish")).await;
    assert_eq!(done.location(), "/agreements/texts/pupils");
    let words = world.get("/agreements/texts/pupils?old=1&new=2", Some(&session)).await.words();
    assert!(
        words.contains("From version") && words.contains("Shorter") && words.contains("is taken out"),
        "{words}"
    );
    let print = world.get("/agreements/read/pupils/2", Some(&session)).await;
    assert!(print.words().contains("Signature ____"), "{}", print.words());
    assert_eq!(world.get("/agreements/read/pupils/3", Some(&session)).await.status, StatusCode::NOT_FOUND);
}

/// AUP-11, AUP-12.
#[tokio::test]
async fn the_office_enters_paper_and_takes_the_list_away() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Office).await;
    let file = format!("/agreements/person/{}", world.pupil.id);
    let page = world.get(&file, Some(&session)).await;
    let option =
        page.text.split("<option value=\"").nth(1).and_then(|it| it.split('"').next()).expect("an agreement");
    let fields = [("agreement", option), ("standing", "own"), ("signer", "Ada Pupil"), ("day", "2026-11-20")];
    let bad = world.post(&format!("{file}/paper"), Some(&session), &[("signer", "Ada")]).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    assert!(bad.text.contains("value=\"Ada\""), "what was typed stays");
    let done = world.post(&format!("{file}/paper"), Some(&session), &fields).await;
    assert!(done.location().ends_with("?entered=1"), "{}", done.words());
    let words = world.get(&file, Some(&session)).await.words();
    assert!(words.contains("On paper") && words.contains("Complete"), "{words}");
    let csv = world.get("/agreements.csv?who=pupils", Some(&session)).await.text;
    assert!(csv.contains("Ada Pupil of Elm Park School,ada.pupil,Pupil,7,,,2026-11-20"), "{csv}");
    let sent = world.post("/agreements/remind", Some(&session), &[("show", "missing")]).await;
    assert!(sent.location().contains("sent=0"), "{}", sent.location());
    assert!(world.audit(&world.elm).await[0].contains("send agreement reminders"));
    assert_eq!(Role::Office.code(), "office");
}
