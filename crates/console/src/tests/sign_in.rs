//! Signing in, staying in, and being put out (PWD-01, LOG-03).
use axum::{
    body::Body,
    http::{Method, StatusCode, header::COOKIE},
};
use jiff::SignedDuration;
use school::{Person, Role, Stay, settings::SECOND_DEMANDED};
use store::{By, people, schools, set_up};

use super::{PASSWORD, World, now, request};
use crate::Token;

fn form<'a>(school: &'a str, username: &'a str, password: &'a str) -> [(&'a str, &'a str); 3] {
    [("school", school), ("username", username), ("password", password)]
}

#[tokio::test]
async fn the_right_password_opens_a_session_and_signing_out_ends_it() {
    let world = World::new().await;
    world.set(&SECOND_DEMANDED, "off").await;
    let elm = world.elm.id.to_string();
    let answer = world.post("/sign-in", None, &form(&elm, "Dana", PASSWORD)).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
    let cookie = answer.cookie().split(';').next().expect("a cookie").to_owned();
    assert!(answer.cookie().contains("HttpOnly") && answer.cookie().contains("SameSite=Lax"));
    let token = Token::from_text(cookie.trim_start_matches("schoolgate=")).expect("a token");

    assert_eq!(world.get("/", Some(&token)).await.location(), "/today");
    assert_eq!(world.get("/concerns", Some(&token)).await.status, StatusCode::OK);
    let out = world.post("/sign-out", Some(&token), &[]).await;
    assert!(out.cookie().contains("Max-Age=0"), "{}", out.cookie());
    assert_eq!(world.get("/concerns", Some(&token)).await.status, StatusCode::SEE_OTHER);
    let audit = world.audit(&world.elm).await;
    assert_eq!(audit[0], "Dana Lead of Elm Park School: sign out dana");
    assert!(audit.contains(&"Dana Lead of Elm Park School: sign in dana".to_owned()), "{audit:?}");
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_get_the_same_words() {
    let world = World::new().await;
    let elm = world.elm.id.to_string();
    let wrong_password = world.post("/sign-in", None, &form(&elm, "dana", "wrong")).await;
    let wrong_name = world.post("/sign-in", None, &form(&elm, "nobody", PASSWORD)).await;
    let no_password = world.post("/sign-in", None, &form(&elm, "ada.pupil", PASSWORD)).await;
    let start = std::time::Instant::now();
    world.post("/sign-in", None, &form("", "nobody at all", "x")).await;
    assert!(start.elapsed() >= std::time::Duration::from_millis(20), "no refusal is quicker than others");
    for answer in [&wrong_password, &wrong_name, &no_password] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.cookie().is_empty());
        assert!(answer.words().contains("That username and password do not match"));
    }
    assert!(
        world
            .audit(&world.elm)
            .await
            .contains(&"Someone at the sign-in page: sign-in failed dana".to_owned())
    );
}

#[tokio::test]
async fn guesses_are_slowed_down_even_when_the_next_would_be_right() {
    let world = World::new().await;
    let elm = world.elm.id.to_string();
    for _ in 0..5 {
        assert_eq!(
            world.post("/sign-in", None, &form(&elm, "dana", "wrong")).await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    let answer = world.post("/sign-in", None, &form(&elm, "dana", PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    // Five wrong ones within a minute are one row, and being slowed down one more with its alert (PWD-09).
    let audit = world.audit(&world.elm).await;
    assert_eq!(audit.iter().filter(|it| it.contains("sign-in failed dana")).count(), 2, "{audit:?}");
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let page = world.get("/security", Some(&manager)).await.words();
    assert!(page.contains("Password guessing"), "{page}");
    world.wait(SignedDuration::from_mins(5));
    let answer = world.post("/sign-in", None, &form(&elm, "dana", PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

/// BEY-11: one rule and one count for console and gate, from wherever the guesses come.
#[tokio::test]
async fn no_account_takes_more_than_ten_guesses_in_five_minutes_at_console_and_gate_together() {
    let world = World::new().await;
    let elm = world.elm.id.to_string();
    let post = async |address: [u8; 4], password: &str| {
        let body = serde_html_form::to_string(form(&elm, "dana", password)).expect("a form");
        let mut sent = request(Method::POST, "/sign-in", None, Body::from(body));
        sent.extensions_mut().insert(axum::extract::ConnectInfo(std::net::SocketAddr::from((address, 5))));
        world.send(sent).await.status
    };
    let home = [192, 0, 2, 1];
    assert_eq!(post(home, PASSWORD).await, StatusCode::SEE_OTHER, "this device is known from now on");
    let mut taken = Vec::new();
    for second in (0..600).step_by(5) {
        let address =
            if second % 10 == 0 { home } else { [198, 51, 100, u8::try_from(second % 200).expect("small")] };
        match post(address, &format!("wrong {second}")).await {
            StatusCode::UNAUTHORIZED => taken.push(second),
            other => assert_eq!(other, StatusCode::TOO_MANY_REQUESTS),
        }
        world.wait(SignedDuration::from_secs(5));
    }
    let within = |end: &i32| taken.iter().filter(|it| (0..300).contains(&(end - **it))).count();
    assert_eq!(taken.iter().map(within).max(), Some(10), "{taken:?}");
    // The gate's guesses count here too.
    let account = school::guesses::account(world.elm.id, "helen");
    for _ in 0..5 {
        let origin = school::guesses::Origin::Device(home.into());
        let mut gate = world.guesses.lock().expect("unharmed");
        assert!(gate.begin(school::guesses::Secret::Password, origin, &account, world.now()).is_some());
    }
    let answer = world.post("/sign-in", None, &form(&elm, " HELEN ", PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_session_locks_after_ten_idle_minutes_and_ends_after_its_longest_time() {
    let world = World::new().await;
    world.set(&SECOND_DEMANDED, "off").await;
    let idle = world.session(&world.elm, Role::Head).await;
    world.wait(SignedDuration::from_mins(9));
    assert_eq!(world.get("/today", Some(&idle)).await.status, StatusCode::OK);
    world.wait(SignedDuration::from_mins(9));
    assert_eq!(world.get("/today", Some(&idle)).await.status, StatusCode::OK, "a request keeps it alive");
    world.wait(SignedDuration::from_mins(10));
    let answer = world.get("/activity?site=example.org", Some(&idle)).await;
    assert_eq!(answer.location(), "/lock?next=%2Factivity%3Fsite%3Dexample.org");
    let page = world.get("/lock", Some(&idle)).await;
    assert!(page.words().contains("Helen Head"), "{}", page.words());
    assert_eq!(world.get("/account", Some(&idle)).await.status, StatusCode::SEE_OTHER, "locked, not idle");
    let next = ("next", "/activity?site=example.org");
    let wrong = world.post("/lock", Some(&idle), &[("password", "wrong"), next]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let right = world.post("/lock", Some(&idle), &[("password", PASSWORD), next]).await;
    assert_eq!(right.location(), "/activity?site=example.org");
    assert_eq!(world.get("/today", Some(&idle)).await.status, StatusCode::OK);
    let audit = world.audit(&world.elm).await;
    assert!(audit.contains(&"Schoolgate: lock session helen".to_owned()), "{audit:?}");

    let busy = world.session(&world.elm, Role::Head).await;
    for _ in 0..(10 * 60 / 8) {
        assert_eq!(world.get("/account", Some(&busy)).await.status, StatusCode::OK);
        world.wait(SignedDuration::from_mins(8));
    }
    assert!(world.get("/account", Some(&busy)).await.location().starts_with("/sign-in"));
}

/// PWD-07: a setting for each role.
#[tokio::test]
async fn a_session_of_a_role_that_the_school_names_ends_sooner() {
    use school::settings::{SESSION_LONGEST, SESSION_SHORT, SESSION_SHORT_ROLES};
    let world = World::new().await;
    world.set(&SECOND_DEMANDED, "off").await;
    world.set(&SESSION_SHORT_ROLES, "network-manager technician").await;
    let check = async |role: Role, longest: &str, short: &str, hours: i64| {
        world.set(&SESSION_LONGEST, longest).await;
        world.set(&SESSION_SHORT, short).await;
        let session = world.session(&world.elm, role).await;
        for _ in 0..hours * 10 {
            assert_eq!(world.get("/account", Some(&session)).await.status, StatusCode::OK, "{role:?}");
            world.wait(SignedDuration::from_mins(6));
        }
        let ended = world.get("/account", Some(&session)).await;
        assert!(ended.location().starts_with("/sign-in"), "{role:?} {longest} {short}");
    };
    check(Role::NetworkManager, "5", "2", 2).await;
    check(Role::Head, "5", "2", 5).await;
    check(Role::NetworkManager, "3", "8", 3).await;
}

/// PWD-08.
#[tokio::test]
async fn the_next_person_ends_a_session_left_open_and_never_goes_on_with_it() {
    let world = World::new().await;
    let left = world.session(&world.elm, Role::Head).await;
    world.wait(SignedDuration::from_mins(11));
    let form = world.post("/concerns/x/close", Some(&left), &[("outcome", "typed in vain")]).await;
    assert_eq!(form.status, StatusCode::FORBIDDEN);
    assert!(form.words().contains("has locked"), "{}", form.words());
    let ended = world.post("/lock/end", Some(&left), &[]).await;
    assert!(ended.location() == "/sign-in" && ended.cookie().contains("Max-Age=0"));
    assert!(world.get("/lock", Some(&left)).await.location().starts_with("/sign-in"));
    let audit = world.audit(&world.elm).await;
    assert!(audit.contains(&"Someone at the lock page: end session left open helen".to_owned()), "{audit:?}");
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let page = world.get("/security", Some(&manager)).await;
    assert!(page.words().contains("Session left open"), "{}", page.words());
}

#[tokio::test]
async fn over_tls_the_cookie_belongs_to_this_host_alone_and_browsers_stay_on_tls() {
    let world = World::with_cookies(true).await;
    let elm = world.elm.id.to_string();
    let answer = world.post("/sign-in", None, &form(&elm, "dana", PASSWORD)).await;
    assert!(answer.cookie().starts_with("__Host-schoolgate="), "{}", answer.cookie());
    assert!(answer.cookie().contains("Secure") && answer.cookie().contains("Path=/"));
    assert!(answer.headers.contains_key("strict-transport-security"));
    let token =
        Token::from_text(answer.cookie().split(['=', ';']).nth(1).expect("a value")).expect("a token");
    let mut plain = request(Method::GET, "/today", None, Body::empty());
    let value = format!("schoolgate={}", token.text()).parse().expect("a header");
    plain.headers_mut().insert(COOKIE, value);
    assert_eq!(
        world.send(plain).await.status,
        StatusCode::SEE_OTHER,
        "a cookie without the prefix counts for nothing"
    );
}

#[tokio::test]
async fn the_set_up_link_makes_one_account_and_is_then_gone() {
    let world = World::new().await;
    let link = Token::fresh().expect("chance");
    let mut tx = world.db.write().await.expect("a transaction");
    set_up::offer(&mut tx, &link.hash(), now()).await.expect("offered");
    let first = schools::all(&mut tx).await.expect("schools").remove(0);
    tx.commit().await.expect("kept");

    let path = link.set_up_path();
    assert_eq!(world.get("/set-up/AAAA", None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(&path, None).await.status, StatusCode::OK);
    let short = [("name", "Mo Able"), ("username", "mo"), ("password", "short"), ("again", "short")];
    let answer = world.post(&path, None, &short).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(!answer.text.contains("value=\"short\""), "a password is never sent back");

    let long = "Correct horse battery 9";
    let good = [("name", "Mo Able"), ("username", "mo"), ("password", long), ("again", long)];
    assert_eq!(world.post(&path, None, &good).await.location(), "/sign-in");
    assert_eq!(world.get(&path, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.post(&path, None, &good).await.status, StatusCode::NOT_FOUND);
    let answer = world.post("/sign-in", None, &form(&first.id.to_string(), "mo", long)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

/// ACC-14, ACC-18: in until 15:00 and out at 15:01, in mid-session and at the sign-in page.
#[tokio::test]
async fn someone_whose_time_is_over_is_out_at_that_minute() {
    let world = World::new().await;
    let token = world.session(&world.elm, Role::Dsl).await;
    let mut tx = world.db.write().await.expect("a transaction");
    let username = "dana".parse().expect("a user name");
    let kept = people::by_username(&mut tx, world.elm.id, &username).await.expect("read").expect("there");
    let until = Some("2026-11-23T15:00:00Z".parse().expect("a time"));
    let person = Person { stay: Stay { from: None, until }, ..kept.person.clone() };
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    people::save(&mut tx, &by, &kept, &person).await.expect("saved");
    tx.commit().await.expect("kept");
    let elm = world.elm.id.to_string();
    while world.now() < "2026-11-23T14:59:00Z".parse().expect("a time") {
        assert_eq!(world.get("/account", Some(&token)).await.status, StatusCode::OK);
        world.wait(SignedDuration::from_mins(1));
    }
    let answer = world.post("/sign-in", None, &form(&elm, "dana", PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    world.wait(SignedDuration::from_mins(2));
    for answer in [
        world.get("/account", Some(&token)).await,
        world.get("/concerns", Some(&token)).await,
        world.post("/sign-in", None, &form(&elm, "dana", PASSWORD)).await,
    ] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.words().contains("It ended at 15:00 on Monday 23 November"), "{}", answer.words());
    }
    let wrong = world.post("/sign-in", None, &form(&elm, "dana", "wrong")).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "who guesses learns nothing of anybody's time");
}

#[tokio::test]
async fn a_session_that_was_used_at_a_time_that_has_not_come_locks() {
    let world = World::new().await;
    world.set(&SECOND_DEMANDED, "off").await;
    let ahead = world.session(&world.elm, Role::Head).await;
    for _ in 0..6 {
        world.wait(SignedDuration::from_mins(9));
        assert_eq!(world.get("/today", Some(&ahead)).await.status, StatusCode::OK);
    }
    // The clock is set back by forty minutes: for so long no idle time would have been seen.
    world.wait(-SignedDuration::from_mins(40));
    assert!(world.get("/today", Some(&ahead)).await.location().starts_with("/lock"));
    let right = world.post("/lock", Some(&ahead), &[("password", PASSWORD), ("next", "/today")]).await;
    assert_eq!(right.location(), "/today");
    assert_eq!(world.get("/today", Some(&ahead)).await.status, StatusCode::OK, "it goes on from there");
}
