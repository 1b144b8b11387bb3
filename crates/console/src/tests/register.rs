//! The register: looking up, adding, changing together, resetting, ending and bringing back.
use axum::http::StatusCode;
use school::Role;

use super::World;

const NEW: &[(&str, &str)] = &[
    ("name", "=New Person"),
    ("username", "new.person"),
    ("roles", "teacher"),
    ("roles", "trip-leader"),
    ("classes", "9B, Chess club"),
];

#[tokio::test]
async fn somebody_is_added_found_reset_ended_and_brought_back() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let bad = world.post("/people/add", Some(&admin), &[("name", "")]).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    assert!(bad.words().contains("Tick at least one role"), "{}", bad.words());
    let added = world.post("/people/add", Some(&admin), NEW).await;
    let page = added.location().to_owned();
    assert!(page.starts_with("/people/"), "{}", added.words());
    let twice = world.post("/people/add", Some(&admin), NEW).await;
    assert!(twice.words().contains("has this username already"), "{}", twice.words());

    let words = world.get(&page, Some(&admin)).await.words();
    for it in ["Teacher, Trip leader", "9B, Chess club", "Has no password here"] {
        assert!(words.contains(it), "{it}: {words}");
    }
    let check = async |query: &str, there: bool| {
        let words = world.get(&format!("/people?{query}"), Some(&admin)).await.words();
        assert_eq!(words.contains("=New Person"), there, "{query}: {words}");
    };
    check("words=NEW", true).await;
    check("words=new.p", true).await;
    check("words=%25", false).await;
    check("class=9b", true).await;
    check("class=none+such", false).await;
    check("role=trip-leader", true).await;
    check("year=7", false).await;
    check("show=ended", false).await;
    check("page=9", false).await;
    let sheet = world.get("/people.csv", Some(&admin)).await.text;
    assert!(sheet.contains("'=New Person,new.person,\"Teacher, Trip leader\""), "{sheet}");

    let reset = world.post(&format!("{page}/reset"), Some(&admin), &[]).await.words();
    let link = reset.lines().find_map(|it| it.split_once("console.test")).expect("a link").1.to_owned();
    let open = world.get(&link, None).await.words();
    assert!(open.contains("new.person"), "{open}");
    // The rules of every place where a password is set (PWD-02), and no common one.
    let common = [("new", "password1234"), ("again", "password1234")];
    assert_eq!(world.post(&link, None, &common).await.status, StatusCode::BAD_REQUEST);
    let short = [("new", "short"), ("again", "short")];
    assert_eq!(world.post(&link, None, &short).await.status, StatusCode::BAD_REQUEST);
    let good = [("new", "Seven quiet otters 42"), ("again", "Seven quiet otters 42")];
    assert_eq!(world.post(&link, None, &good).await.location(), "/sign-in");
    assert_eq!(world.post(&link, None, &good).await.status, StatusCode::NOT_FOUND, "once");

    assert_eq!(world.post(&format!("{page}/end"), Some(&admin), &[]).await.location(), page);
    check("words=new", false).await;
    check("words=new&show=ended", true).await;
    world.post(&format!("{page}/end"), Some(&admin), &[]).await;
    world.post(&format!("{page}/back"), Some(&admin), &[]).await;
    check("words=new", true).await;
    let audit = world.audit(&world.elm).await.join("\n");
    for act in [
        "add person",
        "view person",
        "view people",
        "export people",
        "reset sign-in",
        "person left",
        "person came back",
    ] {
        assert!(audit.contains(act), "{act}: {audit}");
    }
    let left = format!("person left {}", page.trim_start_matches("/people/"));
    assert_eq!(audit.matches(&left).count(), 1, "ended twice is ended once");
}

#[tokio::test]
async fn two_who_edit_at_once_both_see_what_the_other_wrote() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let path = format!("/people/{}/change", world.pupil.id);
    let form = world.get(&path, Some(&admin)).await.text;
    assert!(form.contains("name=\"version\" value=\"1\""), "{form}");
    let save = async |version: &str, name: &str| {
        let fields = [
            ("version", version),
            ("name", name),
            ("username", "ada.pupil"),
            ("roles", "pupil"),
            ("year", "8"),
        ];
        world.post(&path, Some(&admin), &fields).await
    };
    assert_eq!(save("1", "Ada First").await.status, StatusCode::SEE_OTHER);
    let clash = save("1", "Ada Second").await;
    assert_eq!(clash.status, StatusCode::CONFLICT);
    assert!(
        clash.words().contains("Ada First") && clash.text.contains("value=\"Ada Second\""),
        "{}",
        clash.text
    );
    assert!(clash.text.contains("name=\"version\" value=\"2\""));
    assert_eq!(save("2", "Ada Second").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nobody_raises_or_ends_themselves() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let all = world.get("/people?role=account-administrator", Some(&admin)).await.text;
    let me = all.split("href=\"/people/").nth(2).and_then(|it| it.split('"').next()).expect("me").to_owned();
    let me = if me == "add" {
        all.split("href=\"/people/").nth(3).and_then(|it| it.split('"').next()).expect("me").to_owned()
    } else {
        me
    };
    let fields = [("version", "1"), ("name", "Me"), ("username", "me"), ("roles", "head")];
    let raised = world.post(&format!("/people/{me}/change"), Some(&admin), &fields).await;
    assert!(raised.words().contains("Nobody changes their own roles"), "{}", raised.words());
    let ended = world.post(&format!("/people/{me}/end"), Some(&admin), &[]).await;
    assert_eq!(ended.status, StatusCode::BAD_REQUEST);
}

/// PWD-04: below the year of the setting, a code on a card; from it on, a password of one's own.
#[tokio::test]
async fn a_class_of_young_pupils_gets_cards_and_nobody_else_does() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    for (name, username, year) in [("Ivy Small", "ivy.small", "2"), ("Max Tall", "max.tall", "7")] {
        let new = [
            ("name", name),
            ("username", username),
            ("roles", "pupil"),
            ("year", year),
            ("classes", "2 Oak"),
        ];
        let added = world.post("/people/add", Some(&admin), &new).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.words());
    }
    let words = world.get("/people/cards?class=2+Oak", Some(&admin)).await.words();
    assert!(
        words.contains("ivy.small") && !words.contains("max.tall") && words.contains("None yet"),
        "{words}"
    );
    let sheet =
        world.post("/people/cards", Some(&admin), &[("class", "2 Oak"), ("who", "without")]).await.words();
    let code = sheet.split_once("Code\n").and_then(|it| it.1.lines().next()).expect("a code").to_owned();
    let code = school::passwords::card_code(&code).expect("a code of a card");
    let mut tx = world.db.read().await.expect("a transaction");
    let name = "ivy.small".parse().expect("a name");
    let kept = store::people::by_username(&mut tx, world.elm.id, &name).await.expect("read").expect("there");
    drop(tx);
    assert!(
        crate::password::is_right(&code, kept.password).await.expect("hashed"),
        "Argon2id, as a password"
    );
    // Sent twice: those who have one keep it.
    let again =
        world.post("/people/cards", Some(&admin), &[("class", "2 Oak"), ("who", "without")]).await.words();
    assert!(again.contains("No cards were made"), "{again}");
    // The school lets them choose their own from Year 2 on.
    world.set(&school::settings::PERSONAL_FROM, "2").await;
    let words = world.get("/people/cards?class=2+Oak", Some(&admin)).await.words();
    assert!(words.contains("Nobody in this class"), "{words}");
}
