//! The register: looking up, adding, changing together, resetting, ending and bringing back.
use axum::http::StatusCode;
use school::{Choice, Role};

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
    assert!(sheet.contains("\"'=New Person\",\"new.person\",\"Teacher, Trip leader\""), "{sheet}");

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

    let version = async || {
        let text = world.get(&page, Some(&admin)).await.text;
        let after = text.rsplit_once("name=\"version\" value=\"").expect("a version").1;
        after.split_once('"').expect("its end").0.to_owned()
    };
    let old = world.post(&format!("{page}/end"), Some(&admin), &[("version", "1")]).await;
    assert_eq!(old.status, StatusCode::CONFLICT, "it was shown before its password changed");
    check("words=new", true).await;
    let shown = version().await;
    let end = world.post(&format!("{page}/end"), Some(&admin), &[("version", &shown)]).await;
    assert_eq!(end.location(), page);
    check("words=new", false).await;
    check("words=new&show=ended", true).await;
    world.post(&format!("{page}/end"), Some(&admin), &[("version", &shown)]).await;
    let old = world.post(&format!("{page}/back"), Some(&admin), &[("version", &shown)]).await;
    assert_eq!(old.status, StatusCode::CONFLICT);
    let shown = version().await;
    for _ in 0..2 {
        let back = world.post(&format!("{page}/back"), Some(&admin), &[("version", &shown)]).await;
        assert_eq!(back.location(), page, "twice does no harm");
    }
    check("words=new", true).await;
    let audit = world.audit(&world.elm).await.join("\n");
    for act in [
        "add person",
        "view person",
        "view people",
        "export people",
        "reset sign-in",
        "person left",
        "bring person back",
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
    let rows = all.split("<tbody").nth(1).expect("rows");
    let me = rows.split("href=\"/people/").nth(1).and_then(|it| it.split('"').next()).expect("me").to_owned();
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
    // A school that has chosen pictures makes no cards.
    world.set(&school::settings::YOUNG_SIGN_IN, "pictures").await;
    let refused = world.post("/people/cards", Some(&admin), &[("class", "2 Oak"), ("who", "all")]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    world.set(&school::settings::YOUNG_SIGN_IN, "cards").await;
    // The school lets them choose their own from Year 2 on.
    world.set(&school::settings::PERSONAL_FROM, "2").await;
    let words = world.get("/people/cards?class=2+Oak", Some(&admin)).await.words();
    assert!(words.contains("Nobody in this class"), "{words}");
}

/// PWD-04: three pictures of 24 in their order, and a badge that nobody else of the class has.
#[tokio::test]
async fn a_class_of_young_pupils_gets_pictures_that_are_kept_as_a_password_is() {
    let world = World::new().await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let pupils =
        [("Ivy Small", "ivy.small", "2"), ("Ted Short", "ted.short", "2"), ("Max Tall", "max.tall", "7")];
    for (name, username, year) in pupils {
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
    let give = async |who: &str| {
        world.post("/people/pictures", Some(&admin), &[("class", "2 Oak"), ("who", who)]).await
    };
    let young = async || {
        let mut tx = world.db.read().await.expect("a transaction");
        store::young::all(&mut tx, world.elm.id).await.expect("read")
    };
    let not_chosen = give("all").await;
    assert_eq!((not_chosen.status, young().await.len()), (StatusCode::BAD_REQUEST, 0));
    world.set(&school::settings::YOUNG_SIGN_IN, "pictures").await;
    let words = world.get("/people/pictures?class=2+Oak", Some(&admin)).await.words();
    assert!(words.contains("ivy.small") && !words.contains("max.tall"), "{words}");

    let sheet = give("without").await.words();
    let kept = young().await;
    assert_eq!(kept.len(), 2, "{sheet}");
    let badges: std::collections::HashSet<_> = kept.values().map(|it| it.badge).collect();
    assert_eq!(badges.len(), 2, "one each");
    // What the sheet shows is what opens, and the store has only its hash.
    let ivy = sheet.split_once("Ivy Small").expect("her").1;
    let order: Vec<&str> = ivy.split_once("in this order:\n").expect("an order").1.lines().take(3).collect();
    let code = |label: &&str| {
        school::pictures::Picture::ALL.iter().find(|it| it.label() == *label).expect(label).code()
    };
    let secret = order.iter().map(code).collect::<Vec<_>>().join(" ");
    let mut opened = 0;
    for it in kept.values() {
        assert!(it.pictures.starts_with("$argon2id$"), "{}", it.pictures);
        opened +=
            u32::from(crate::password::is_right(&secret, Some(it.pictures.clone())).await.expect("hashed"));
    }
    assert_eq!(opened, 1);
    assert!(!world.audit(&world.elm).await.iter().any(|it| it.contains(&secret)));

    assert!(
        give("without").await.words().contains("No pictures were given"),
        "sent twice: those who have them keep them"
    );
    assert_eq!(young().await, kept);
    give("all").await;
    let next = young().await;
    for (id, it) in &kept {
        assert_ne!(it.pictures, next[id].pictures);
        assert_eq!(it.badge, next[id].badge, "a child keeps its badge");
    }
}

/// PWD-05: chosen by an administrator, changed by its owner before anything else, and shown nowhere.
#[tokio::test]
async fn a_temporary_password_opens_nothing_but_the_page_that_changes_it() {
    let world = World::new().await;
    world.set(&school::settings::SECOND_ROLES, "").await;
    let admin = world.session(&world.elm, Role::AccountAdministrator).await;
    let left = world.session(&world.elm, Role::Head).await;
    let username = "helen".parse().expect("a name");
    let mut tx = world.db.read().await.expect("a transaction");
    let helen = store::people::by_username(&mut tx, world.elm.id, &username)
        .await
        .expect("read")
        .expect("there")
        .person;
    drop(tx);
    let path = format!("/people/{}/password", helen.id);
    let give = async |new: &str, again: &str| {
        world.post(&path, Some(&admin), &[("new", new), ("again", again)]).await
    };
    let page = world.get(&path, Some(&admin)).await.words();
    assert!(page.contains(crate::password::rules::KEEP_PRIVATE), "{page}");
    let long = "Seven quiet otters 42";
    for (new, again, why) in
        [("short", "short", "at least 12 characters"), (long, "Seven quiet otters 43", "not the same")]
    {
        let refused = give(new, again).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert!(refused.words().contains(why) && !refused.text.contains(new), "{}", refused.words());
    }
    assert_eq!(world.get("/today", Some(&left)).await.status, StatusCode::OK, "nothing was changed");
    let done = give(long, long).await;
    assert!(done.words().contains("The password is set") && !done.text.contains(long), "{}", done.words());
    assert!(
        world.get("/today", Some(&left)).await.location().starts_with("/sign-in"),
        "the old session is out"
    );
    let elm = world.elm.id.to_string();
    let fields = [("school", elm.as_str()), ("username", "helen"), ("password", long)];
    let signed = world.post("/sign-in", None, &fields).await;
    let cookie = signed.cookie().split(['=', ';']).nth(1).expect("a cookie").to_owned();
    let session = crate::Token::from_text(&cookie).expect("a token");
    assert_eq!(world.get("/today", Some(&session)).await.location(), "/account/password?next=%2Ftoday");
    let own = "Nine loud herons 17";
    let change = [("password", long), ("new", own), ("again", own), ("next", "/today")];
    assert_eq!(world.post("/account/password", Some(&session), &change).await.location(), "/today");
    assert_eq!(world.get("/today", Some(&session)).await.status, StatusCode::OK);

    // Kept elsewhere, or one's own: not here.
    let by = store::By { person: None, name: "Office".to_owned(), at: world.now() };
    let mut tx = world.db.write().await.expect("a transaction");
    store::accounts::keep_by(&mut tx, &by, world.elm.id, helen.id, school::KeptBy::Directory)
        .await
        .expect("set");
    tx.commit().await.expect("kept");
    assert_eq!(give(long, long).await.status, StatusCode::BAD_REQUEST);
}
