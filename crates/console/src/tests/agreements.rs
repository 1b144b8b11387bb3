//! Signing in the console, for oneself and for a child.
use std::fmt::Write;

use axum::{
    body::Body,
    http::{Method, StatusCode, header::CONTENT_TYPE},
};
use school::{
    Choice, Layer, Role,
    settings::{AGREEMENT_COUNTER_SIGN, AGREEMENT_PARENT_SIGNS},
};
use store::{By, agreements as kept, people, settings};

use super::{Answer, World, person, request};
use crate::session::Token;

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

/// AUP-05: the button is for the script to show, and nothing but the voice is lost without it.
#[tokio::test]
async fn an_agreement_can_be_read_aloud_and_is_there_without_a_script() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Teacher).await;
    for path in ["/agreements/read/pupils/1", "/agreements/read/pupils/1?reading=young"] {
        let page = world.get(path, Some(&session)).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.text.contains("<p hidden><button"), "no button that does nothing without the script");
        let article = page.text.split("id=\"agreement\"").nth(1).and_then(|it| it.split("</article>").next());
        assert!(article.is_some_and(|it| it.contains("<p class=\"govuk-body\">")), "{path}");
        let policy = page.headers.get("content-security-policy").and_then(|it| it.to_str().ok());
        assert!(policy.is_some_and(|it| it.contains("script-src 'self'") && !it.contains("unsafe")));
    }
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
    let fields = [("agreement", option), ("standing", "own"), ("signer", "Ada Pupil"), ("day", "2026-11-23")];
    let bad = world.post(&format!("{file}/paper"), Some(&session), &[("signer", "Ada")]).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    assert!(bad.text.contains("value=\"Ada\""), "what was typed stays");
    let mut early = fields;
    early[3].1 = "2026-11-22";
    let early = world.post(&format!("{file}/paper"), Some(&session), &early).await;
    assert_eq!(early.status, StatusCode::BAD_REQUEST, "before the text was published");
    assert!(early.words().contains("did not stand yet on that day"), "{}", early.words());
    let done = world.post(&format!("{file}/paper"), Some(&session), &fields).await;
    assert!(done.location().ends_with("?entered=1"), "{}", done.words());
    let words = world.get(&file, Some(&session)).await.words();
    assert!(words.contains("On paper") && words.contains("Complete"), "{words}");
    let csv = world.get("/agreements.csv?who=pupils", Some(&session)).await.text;
    assert!(
        csv.contains("\"Ada Pupil of Elm Park School\",\"ada.pupil\",\"Pupil\",\"7\",\"\",\"\",\"2026-11-23"),
        "{csv}"
    );
    let sent = world.post("/agreements/remind", Some(&session), &[("show", "missing")]).await;
    assert!(sent.location().contains("sent=0"), "{}", sent.location());
    assert!(world.audit(&world.elm).await[0].contains("send agreement reminders"));
    assert_eq!(Role::Office.code(), "office");
}

/// Enters what Ada signed, with this file as its scan.
async fn enter_with_scan(world: &World, session: &Token, name: &str, scan: &[u8]) -> Answer {
    let file = format!("/agreements/person/{}", world.pupil.id);
    let page = world.get(&file, Some(session)).await;
    let option = page.text.split("<option value=\"").nth(1).and_then(|it| it.split('"').next());
    let mut body = String::new();
    for (name, value) in [
        ("token", session.form_token(None).as_str()),
        ("agreement", option.expect("an agreement")),
        ("standing", "own"),
        ("signer", "Ada Pupil"),
        ("day", "2026-11-23"),
    ] {
        let _ = write!(body, "--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let _ =
        write!(body, "--cut\r\nContent-Disposition: form-data; name=\"scan\"; filename=\"{name}\"\r\n\r\n");
    let mut body = body.into_bytes();
    body.extend_from_slice(scan);
    body.extend_from_slice(b"\r\n--cut--\r\n");
    let mut request = request(Method::POST, &format!("{file}/paper"), Some(session), Body::from(body));
    request.headers_mut().insert(CONTENT_TYPE, "multipart/form-data; boundary=cut".parse().expect("a value"));
    world.send(request).await
}

/// AUP-11: whatever its name says, a scan is a PDF, JPEG or PNG of a bearable size, and only the office opens it.
#[tokio::test]
async fn the_office_keeps_a_scan_of_the_form_and_opens_it() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Office).await;
    let pdf = b"%PDF-1.7 a form".as_slice();
    let mut huge = pdf.to_vec();
    huge.resize(kept::LARGEST_FORM + 1, b' ');
    for (name, scan, words) in [
        ("form.pdf", b"<script>alert(1)</script>".as_slice(), "must be a PDF, a JPEG or a PNG"),
        ("form.pdf", huge.as_slice(), "larger than 4 MB"),
    ] {
        let answer = enter_with_scan(&world, &session, name, scan).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{words}");
        assert!(answer.words().contains(words), "{}", answer.words());
        let file = world.get(&format!("/agreements/person/{}", world.pupil.id), Some(&session)).await;
        assert!(!file.words().contains("Complete"), "nothing is entered");
    }
    for _ in 0..2 {
        let done = enter_with_scan(&world, &session, "C:\\scans\\ada.exe", pdf).await;
        assert!(done.location().ends_with("?entered=1"), "{}", done.words());
    }
    let mut tx = world.db.read().await.expect("a transaction");
    let forms = kept::forms_of(&mut tx, world.elm.id, world.pupil.id).await.expect("forms");
    assert_eq!(forms.iter().filter(|it| it.file_name.contains("ada")).count(), 1, "sent twice, kept once");
    drop(tx);
    let file = world.get(&format!("/agreements/person/{}", world.pupil.id), Some(&session)).await;
    let link = file.text.split("href=\"").find(|it| it.starts_with("/agreements/form/")).expect("a link");
    let link = link.split('"').next().expect("an address");
    let scan = world.get(link, Some(&session)).await;
    assert_eq!((scan.status, scan.text.as_bytes()), (StatusCode::OK, pdf));
    let header = |name: &str| scan.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    assert_eq!((header("content-type"), header("x-content-type-options")), ("application/pdf", "nosniff"));
    assert!(header("content-disposition").starts_with("attachment; filename=\"form-"));
    assert!(header("content-disposition").ends_with(".pdf\""));
    assert!(world.audit(&world.elm).await[0].contains("view signed form"));

    let head = world.session(&world.elm, Role::Head).await;
    assert_eq!(world.get(link, Some(&head)).await.status, StatusCode::FORBIDDEN);
    let elsewhere = world.session(&world.oak, Role::Office).await;
    assert_eq!(world.get(link, Some(&elsewhere)).await.status, StatusCode::NOT_FOUND);
}

async fn post(world: &World, session: &Token, fields: [(&str, String); 3]) -> Answer {
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    world.post("/agreements/discussions", Some(session), &fields).await
}

/// AUP-13.
#[tokio::test]
async fn a_teacher_records_that_a_class_talked_about_the_agreement() {
    let world = World::new().await;
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    let class = school::Group {
        id: store::fresh_id(world.now()),
        school: world.elm.id,
        name: "7 Beech".parse().expect("a line"),
    };
    let mut tx = world.db.write().await.expect("a transaction");
    store::groups::add(&mut tx, &by, &class).await.expect("added");
    tx.commit().await.expect("kept");
    let path = "/agreements/discussions";
    let session = world.session(&world.elm, Role::Teacher).await;
    let words = world.get(path, Some(&session)).await.words();
    assert!(words.contains("have not talked about it yet") && words.contains("7 Beech"), "{words}");
    let id = class.id.to_string();
    let fields = |day: &'static str| {
        [("class", id.clone()), ("day", day.to_owned()), ("note", "Passwords".to_owned())]
    };
    let early = post(&world, &session, fields("2027-01-01")).await;
    assert_eq!(early.status, StatusCode::BAD_REQUEST);
    assert!(early.words().contains("today or before") && early.text.contains("value=\"Passwords\""));
    for _ in 0..2 {
        let done = post(&world, &session, fields("2026-11-20")).await;
        assert_eq!(done.location(), "/agreements/discussions?recorded=1", "{}", done.words());
    }
    let page = world.get(path, Some(&session)).await;
    assert!(!page.words().contains("7 Beech classes"), "{}", page.words());
    assert_eq!(page.text.matches("Passwords").count(), 1, "twice is once");
    let foreign = world.session(&world.oak, Role::Teacher).await;
    assert_eq!(post(&world, &foreign, fields("2026-11-20")).await.status, StatusCode::BAD_REQUEST);
}

/// AUP-14: what is done by hand stands beside the letters.
#[tokio::test]
async fn that_parents_were_given_the_agreement_is_written_down() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Office).await;
    let path = "/agreements/issued";
    let page = world.get(path, Some(&session)).await;
    assert!(page.text.contains("<strong>never</strong>") && page.words().contains("Nothing yet"));
    for (way, note) in [("newsletter", ""), ("email", "By hand"), ("pigeon", "By air")] {
        let bad = world.post(path, Some(&session), &[("way", way), ("note", note)]).await;
        assert_eq!(bad.status, StatusCode::BAD_REQUEST, "{way}");
    }
    let fields = [("way", "newsletter"), ("note", "Spring news, page 3")];
    for _ in 0..2 {
        let done = world.post(path, Some(&session), &fields).await;
        assert_eq!(done.location(), "/agreements/issued?recorded=1");
    }
    let words = world.get(path, Some(&session)).await.words();
    assert_eq!(words.matches("Spring news").count(), 1, "twice is once");
    assert!(words.contains("All parents") && words.contains("Spring news, page 3"), "{words}");
    let dsl = world.session(&world.elm, Role::Dsl).await;
    assert_eq!(world.get(path, Some(&dsl)).await.status, StatusCode::OK);
    assert_eq!(world.post(path, Some(&dsl), &fields).await.status, StatusCode::FORBIDDEN);
    let words = world.get(path, Some(&world.session(&world.oak, Role::Office).await)).await.words();
    assert!(!words.contains("Spring news"), "{words}");
}
