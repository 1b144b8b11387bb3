//! What pages say.
use axum::http::StatusCode;
use casework::{NewConcern, Origin};
use school::Role;
use store::{
    By,
    audit::{self, Break, Note},
    concerns,
};

use super::World;

#[tokio::test]
async fn pages_read_as_reviewed() {
    let world = World::new().await;
    for (role, name, path) in [
        (Role::Head, "today", "/today"),
        (Role::Dsl, "concerns", "/concerns"),
        (Role::Dsl, "activity", "/activity?outcome=blocked"),
        (Role::NetworkManager, "lists", "/lists"),
        (Role::Head, "account", "/account"),
        (Role::Teacher, "account of a teacher", "/account"),
    ] {
        let session = world.session(&world.elm, role).await;
        insta::assert_snapshot!(name, world.get(path, Some(&session)).await.words());
    }
}

#[tokio::test]
async fn every_page_carries_the_headers_that_keep_it_safe() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Head).await;
    for (path, session) in [("/today", Some(&session)), ("/sign-in", None), ("/no-such-page", None)] {
        let answer = world.get(path, session).await;
        let header =
            |name: &str| answer.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
        assert!(header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        // The one script is ours, named by what it holds.
        let scripts: Vec<&str> = answer.text.split("<script ").skip(1).collect();
        assert!(matches!(scripts[..], [it] if it.starts_with("src=\"/static/")), "{path}: {scripts:?}");
        assert!(header("content-security-policy").contains("script-src 'self'"), "{path}");
        for word in ["<script>", "javascript:", "style=", "onclick", "http://", "https://"] {
            assert!(!answer.text.contains(word), "{path} holds {word}");
        }
    }
}

#[tokio::test]
async fn looking_at_activity_and_taking_it_away_is_written_down() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Dsl).await;
    let page = world.get("/activity?person=ada.pupil&category=games", Some(&session)).await;
    assert!(page.words().contains("games-1.example.org"), "{}", page.words());
    let file = world.get("/activity.csv?person=ada.pupil", Some(&session)).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(file.text.contains("'=cmd|' /C calc'!A0"), "a formula is defused: {}", file.text);
    assert!(!file.text.contains("\"=cmd"));
    let audit = world.audit(&world.elm).await;
    assert_eq!(audit[0], "Dana Lead of Elm Park School: export activity person ada.pupil");
    assert_eq!(audit[1], "Dana Lead of Elm Park School: view activity person ada.pupil, category Games");
}

#[tokio::test]
async fn nothing_found_is_said_clearly() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Dsl).await;
    let check = async |query: &str, words: &str| {
        let page = world.get(&format!("/activity?{query}"), Some(&session)).await;
        assert!(page.words().contains(words), "{query}: {}", page.words());
    };
    check("site=never.example.org", "Nothing found").await;
    check("person=zz", "Nobody here has this name or username").await;
    check("from=yesterday", "Enter a date and time").await;
}

#[tokio::test]
async fn explain_says_what_the_rules_say_for_anyone_of_the_school() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Head).await;
    let path = "/explain?url=www.google.com/search%3Fq%3Dx&person=ada.pupil&at=2026-11-23T10:00";
    let words = world.get(path, Some(&session)).await.words();
    assert!(
        words.contains("Ada Pupil of Elm Park School (Year 7) may open https://www.google.com/search?q=x"),
        "{words}"
    );
    assert!(words.contains("Forced"), "safe search is told of: {words}");
    assert!(
        words.contains("Sealed list") && words.contains("Base mode of the profile"),
        "every step: {words}"
    );
    let nobody = world.get("/explain?url=shop.example.org", Some(&session)).await.words();
    assert!(nobody.contains("Someone who has not signed in may not open"), "{nobody}");
    assert!(world.audit(&world.elm).await[0].contains("explain decision"));
}

#[tokio::test]
async fn asking_about_a_help_site_leaves_no_trace_of_which() {
    let world = World::new().await;
    let session = world.session(&world.elm, Role::Head).await;
    let path = "/explain?url=www.childline.org.uk&person=ada.pupil";
    let words = world.get(path, Some(&session)).await.words();
    assert!(words.contains("may open https://www.childline.org.uk/"), "{words}");
    assert!(words.contains("Never inspected, scored or recorded"), "{words}");
    assert!(!world.audit(&world.elm).await.join(" ").contains("childline"));
}

#[tokio::test]
async fn a_report_waits_no_longer_than_the_gravest_search() {
    let world = World::new().await;
    let at = world.now() + jiff::SignedDuration::from_mins(1);
    let new = NewConcern {
        school: world.elm.id,
        at,
        origin: Origin::Report,
        about: None,
        reporter: Some(world.pupil.id),
        theme: None,
        severity: None,
        words: "Please look at the year group chat".to_owned(),
        place: None,
    };
    let mut tx = world.db.write().await.expect("a transaction");
    let by = By { person: None, name: "The report page".to_owned(), at };
    concerns::raise(&mut tx, &by, &new).await.expect("raised");
    tx.commit().await.expect("kept");
    let lead = world.session(&world.elm, Role::Dsl).await;
    let words = world.get("/concerns", Some(&lead)).await.words();
    let place = |text: &str| words.find(text).expect(text);
    assert!(place("year group chat") < place("they all hate me"), "{words}");
}

#[tokio::test]
async fn a_concern_is_opened_seen_and_closed_and_each_step_is_written_down() {
    let world = World::new().await;
    let lead = world.session(&world.elm, Role::Dsl).await;
    let path = format!("/concerns/{}", world.concern);
    let words = world.get(&path, Some(&lead)).await.words();
    assert!(
        words.contains("they all hate me at Elm Park School") && words.contains("search.example.org"),
        "{words}"
    );
    world.post(&format!("{path}/seen"), Some(&lead), &[]).await;
    assert!(world.get(&path, Some(&lead)).await.words().contains("Being looked into"));
    let blank = world.post(&format!("{path}/close"), Some(&lead), &[("outcome", " ")]).await;
    assert_eq!(blank.status, StatusCode::BAD_REQUEST);
    let closed =
        world.post(&format!("{path}/close"), Some(&lead), &[("outcome", "Spoke to Ada and home")]).await;
    assert_eq!(closed.location(), "/concerns");
    assert!(world.get("/concerns?show=closed", Some(&lead)).await.words().contains("Ada Pupil"));
    let audit = world.audit(&world.elm).await.join("\n");
    for act in ["open concern", "mark concern seen", "close concern", "view concerns"] {
        assert!(audit.contains(act), "{audit}");
    }
    assert!(!audit.contains("they all hate me"), "the trail names the concern, not its words");
}

#[tokio::test]
async fn only_safeguarding_leads_learn_that_concerns_wait() {
    let world = World::new().await;
    let lead = world.session(&world.elm, Role::Dsl).await;
    let head = world.session(&world.elm, Role::Head).await;
    assert!(world.get("/today", Some(&lead)).await.words().contains("1 new concern waits"));
    assert!(!world.get("/today", Some(&head)).await.words().contains("concern"));
}

#[tokio::test]
async fn style_sheets_are_kept_for_good_under_the_hash_of_what_they_hold() {
    let world = World::new().await;
    let url = crate::assets::url("schoolgate.css");
    let answer = world.get(url, None).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.headers["cache-control"].to_str().expect("text").contains("immutable"));
    assert_eq!(world.get("/static/000000000000/schoolgate.css", None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_audit_page_is_searched_and_shows_reasons_and_whether_all_is_well() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    let words = world.get("/audit", Some(&head)).await.words();
    assert!(words.contains("has not been checked yet"), "{words}");
    let by = By { person: None, name: "=Casey".to_owned(), at: world.now() };
    let school = world.elm.id;
    let mut tx = world.db.write().await.expect("a transaction");
    let note = Note {
        act: "change setting",
        subject: "Idle lock",
        before: Some("10"),
        after: Some("5"),
        reason: Some("exam"),
    };
    audit::add(&mut tx, &by, school, note).expect("noted");
    tx.commit().await.expect("kept");
    let report = audit::verify(&mut world.db.read().await.expect("a read"), school, &[], None).await;
    let mut report = report.expect("looked at");
    let mut tx = world.db.write().await.expect("a transaction");
    audit::keep_check(&mut tx, school, &report, &[], world.now()).await.expect("kept");
    tx.commit().await.expect("kept");
    let words = world.get("/audit?who=casey&act=SETTING&about=exam", Some(&head)).await.words();
    for part in ["entries are as they were written", "Idle lock", "exam", "=Casey"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(world.get("/audit?who=nobody", Some(&head)).await.words().contains("No entry fits"));
    assert!(world.get("/audit?from=soon", Some(&head)).await.words().contains("Enter a date and time"));
    let csv = world.get("/audit.csv", Some(&head)).await.text;
    assert!(csv.starts_with("\"school\",\"seq\",\"at\",") && csv.contains("\"'=Casey\""), "{csv}");
    let lines = world.get("/audit.jsonl", Some(&head)).await.text;
    assert!(
        lines.lines().all(|it| it.starts_with("{\"school\":")) && lines.contains("\"=Casey\""),
        "{lines}"
    );
    assert!(world.audit(&world.elm).await[0].contains("export audit"));
    report.breaks.push(Break::Changed { seq: 2 });
    let mut tx = world.db.write().await.expect("a transaction");
    audit::keep_check(&mut tx, school, &report, &[], world.now()).await.expect("kept");
    tx.commit().await.expect("kept");
    let words = world.get("/audit", Some(&head)).await.words();
    assert!(words.contains("entry 2 is not what was written down"), "{words}");
}

#[tokio::test]
async fn a_reason_is_asked_for_before_somebodys_activity_where_the_school_wants_it() {
    let world = World::new().await;
    let lead = world.session(&world.elm, Role::Dsl).await;
    let school = world.elm.id;
    let by = By { person: None, name: "A test".to_owned(), at: world.now() };
    let mut tx = world.db.write().await.expect("a transaction");
    let place = (school::Layer::School, school.to_string());
    let setting = &school::settings::ASK_WHY;
    store::settings::set(&mut tx, &by, school, (place.0, &place.1), setting, "on", false).await.expect("set");
    tx.commit().await.expect("kept");
    let path = "/activity?person=ada.pupil&only=searches";
    let asked = world.get(path, Some(&lead)).await.words();
    assert!(asked.contains("Why do you look at the activity of Ada Pupil"), "{asked}");
    assert!(!asked.contains("games-1.example.org"), "nothing is shown before");
    let ada = world.pupil.id.to_string();
    let say = async |why: &str| {
        let fields = [("person", ada.as_str()), ("only", "searches"), ("why", why)];
        world.post("/activity/why", Some(&lead), &fields).await
    };
    assert!(say(" ").await.words().contains("Enter a reason"));
    let download = "/activity.csv?person=ada.pupil";
    assert_eq!(world.get(download, Some(&lead)).await.status, StatusCode::BAD_REQUEST);
    // A reason in the address is none: links would repeat it without anybody having been asked.
    let linked = world.get(&format!("{path}&why=Asked+by+home"), Some(&lead)).await.words();
    assert!(linked.contains("Why do you look"), "{linked}");
    let to = say("Asked by home").await;
    assert_eq!(to.location(), format!("/activity?person={ada}&only=searches"));
    let page = world.get(to.location(), Some(&lead)).await;
    assert!(page.words().contains("games-1.example.org"), "{}", page.words());
    assert!(!page.text.contains("Asked+by+home"), "in no address");
    let entries = audit::recent(&mut world.db.read().await.expect("a read"), school, None, 1).await;
    let entry = &entries.expect("entries")[0];
    assert_eq!((entry.act.as_str(), entry.reason.as_deref()), ("view activity", Some("Asked by home")));
    assert_eq!(world.get(download, Some(&lead)).await.status, StatusCode::OK);
    // The larger the view, the more it is asked.
    for path in ["/activity", "/activity?only=searches", "/activity?site=games-1.example.org"] {
        let words = world.get(path, Some(&lead)).await.words();
        assert!(words.contains("Why do you look at the activity of everybody"), "{path}: {words}");
    }
    assert_eq!(world.get("/activity.csv", Some(&lead)).await.status, StatusCode::BAD_REQUEST);
    world.post("/activity/why", Some(&lead), &[("why", "Weekly review")]).await;
    assert!(world.get("/activity", Some(&lead)).await.words().contains("games-1.example.org"));
    assert_eq!(world.get("/activity.csv", Some(&lead)).await.status, StatusCode::OK);
    // It is one session's, and for a while.
    let other = world.session(&world.elm, Role::Dsl).await;
    assert!(world.get("/activity", Some(&other)).await.words().contains("Why do you look"));
    world.wait(jiff::SignedDuration::from_mins(8));
    world.get("/account", Some(&lead)).await;
    world.wait(jiff::SignedDuration::from_mins(7));
    world.prove(&lead).await;
    assert!(world.get("/activity", Some(&lead)).await.words().contains("Why do you look"));
}

#[tokio::test]
async fn a_database_that_is_away_is_said_to_be_and_nothing_is_lost_in_words() {
    let world = World::new().await;
    let head = world.session(&world.elm, Role::Head).await;
    world.db.close().await;
    let answer = world.get("/today", Some(&head)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let words = answer.words();
    assert!(words.contains("The database does not answer") && words.contains("try again"), "{words}");
}
