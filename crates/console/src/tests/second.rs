//! Second credentials (ACC-07), own passwords (PWD-02, 03, 05) and own sessions.
use std::sync::Arc;

use axum::{
    body::Body,
    http::{
        Method, StatusCode,
        header::{COOKIE, SET_COOKIE},
    },
};
use futures_util::{FutureExt, future::BoxFuture};
use jiff::SignedDuration;
use school::{
    Id, NotLetIn, Person, Role, RoundTrip, School,
    settings::{IDLE_LOCK, PASSWORD_DAYS, SECOND_ROLES},
};
use store::{By, Db, passwords, people, sessions};
use totp_rs::{Builder, Secret};

use super::{PASSWORD, World, request};
use crate::{Elsewhere, LONGEST, Token};

/// Signed in with the password alone.
async fn signed_in(world: &World, username: &str) -> Token {
    let token = Token::fresh().expect("chance");
    let mut tx = world.db.write().await.expect("a transaction");
    let name = username.parse().expect("a username");
    let kept = people::by_username(&mut tx, world.elm.id, &name).await.expect("read").expect("known");
    let (now, until) = (world.now(), world.now() + LONGEST);
    sessions::open(&mut tx, &token.hash(), world.elm.id, kept.person.id, now, until).await.expect("open");
    tx.commit().await.expect("kept");
    token
}

fn code(world: &World, secret: &str) -> String {
    let totp =
        Builder::new().with_secret(Secret::try_from_base32(secret).expect("base 32")).build().expect("good");
    totp.generate(world.now().as_second().unsigned_abs()).to_string()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).and_then(|it| it.1.split_once(after)).map_or("", |it| it.0)
}

/// Adds an app; returns its secret.
async fn add_app(world: &World, session: &Token, next: &str) -> String {
    let page = world.get(&format!("/account/second/app?next={next}"), Some(session)).await;
    let secret = between(&page.text, "<code class=\"sg-break\">", "</code>").replace(' ', "");
    let pending = between(&page.text, "name=\"pending\" value=\"", "\"").to_owned();
    let code = code(world, &secret);
    let fields =
        [("pending", pending.as_str()), ("code", code.as_str()), ("password", PASSWORD), ("next", next)];
    let answer = world.post("/account/second/app", Some(session), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    assert_eq!(answer.location(), if next.is_empty() { "/account/second" } else { next });
    secret
}

#[tokio::test]
async fn who_must_have_a_second_credential_sets_one_up_before_anything_else() {
    let world = World::new().await;
    let session = signed_in(&world, "dana").await;
    let answer = world.get("/today", Some(&session)).await;
    assert_eq!(answer.location(), "/account/second?next=%2Ftoday");
    assert!(world.get("/account/second", Some(&session)).await.words().contains("Your role opens pages"));
    add_app(&world, &session, "/concerns").await;
    assert_eq!(world.get("/concerns", Some(&session)).await.status, StatusCode::OK);
    // Somebody whose role is not named goes on, until a page demands it.
    world.set(&SECOND_ROLES, "").await;
    let helen = signed_in(&world, "helen").await;
    assert_eq!(world.get("/today", Some(&helen)).await.status, StatusCode::OK);
    assert_eq!(
        world.get("/concerns", Some(&helen)).await.location(),
        "/account/second/show?next=%2Fconcerns"
    );
    let led = world.get("/account/second/show?next=%2Fconcerns", Some(&helen)).await;
    assert_eq!(led.location(), "/account/second?next=%2Fconcerns");
}

#[tokio::test]
async fn case_files_ask_again_when_the_second_credential_is_no_longer_fresh() {
    let world = World::new().await;
    let session = signed_in(&world, "dana").await;
    let secret = add_app(&world, &session, "").await;
    world.wait(SignedDuration::from_mins(8));
    assert_eq!(world.get("/concerns", Some(&session)).await.status, StatusCode::OK);
    world.wait(SignedDuration::from_mins(8));
    let concern = format!("/concerns/{}", world.concern);
    let led = world.get(&concern, Some(&session)).await;
    assert!(led.location().starts_with("/account/second/show?next="), "{}", led.location());
    // What was begun in time is asked for once more, and is sent again as it was.
    let seen = format!("{concern}/seen");
    let sent = world.post(&seen, Some(&session), &[]).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    assert!(sent.words().contains("What you typed is not lost"), "{}", sent.words());
    assert!(
        !world
            .audit(&world.elm)
            .await
            .iter()
            .any(|it| it.contains("Dana Lead") && it.contains("mark concern seen"))
    );
    let now = code(&world, &secret);
    let shown =
        world.post("/account/second/show", Some(&session), &[("code", &now), ("next", &concern)]).await;
    assert_eq!(shown.location(), concern);
    assert_eq!(world.get(&concern, Some(&session)).await.status, StatusCode::OK);
    assert_eq!(world.post(&seen, Some(&session), &[]).await.location(), concern);
}

#[tokio::test]
async fn a_code_counts_once_and_forged_ones_never() {
    let world = World::new().await;
    let session = signed_in(&world, "dana").await;
    let secret = add_app(&world, &session, "").await;
    let show = async |session: &Token, code: &str| {
        world
            .post("/account/second/show", Some(session), &[("code", code), ("next", "/concerns")])
            .await
            .status
    };
    // The very code with which it was added, seen over a shoulder.
    let other = signed_in(&world, "dana").await;
    assert_eq!(show(&other, &code(&world, &secret)).await, StatusCode::UNAUTHORIZED);
    world.wait(SignedDuration::from_secs(30));
    let now = code(&world, &secret);
    assert_eq!(show(&other, &now).await, StatusCode::SEE_OTHER);
    assert_eq!(show(&session, &now).await, StatusCode::UNAUTHORIZED, "replayed");
    // A code of somebody else's app, and a pending secret sealed for somebody else.
    let helen = signed_in(&world, "helen").await;
    add_app(&world, &helen, "").await;
    world.wait(SignedDuration::from_secs(60));
    assert_eq!(show(&helen, &code(&world, &secret)).await, StatusCode::UNAUTHORIZED);
    let page = world.get("/account/second/app", Some(&helen)).await;
    let pending = between(&page.text, "name=\"pending\" value=\"", "\"").to_owned();
    let known = between(&page.text, "<code class=\"sg-break\">", "</code>").replace(' ', "");
    let now = code(&world, &known);
    let stolen = [("pending", pending.as_str()), ("code", now.as_str()), ("password", PASSWORD)];
    let answer = world.post("/account/second/app", Some(&session), &stolen).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    // An answer to no challenge.
    let forged = [("answer", "{\"id\":\"AAAA\"}"), ("next", "/concerns")];
    let answer = world.post("/account/second/show", Some(&session), &forged).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    // A session made up.
    assert_eq!(show(&Token::fresh().expect("chance"), "000000").await, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn wrong_codes_are_slowed_down_and_told_to_the_network_manager() {
    let world = World::new().await;
    let session = signed_in(&world, "dana").await;
    add_app(&world, &session, "").await;
    for _ in 0..5 {
        world.post("/account/second/show", Some(&session), &[("code", "000000")]).await;
    }
    let answer = world.post("/account/second/show", Some(&session), &[("code", "000000")]).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let page = world.get("/security", Some(&manager)).await;
    assert!(page.words().contains("Password guessing"), "{}", page.words());
    let id = between(&page.text, "/security/", "/seen").to_owned();
    world.post(&format!("/security/{id}/seen"), Some(&manager), &[]).await;
    assert!(world.get("/security", Some(&manager)).await.words().contains("Nothing to look at"));
    let all = world.get("/security?show=all", Some(&manager)).await.words();
    assert!(all.contains("Nia Manager"), "{all}");
}

#[tokio::test]
async fn codes_on_paper_work_once_each_and_only_the_newest() {
    let world = World::new().await;
    let session = signed_in(&world, "dana").await;
    add_app(&world, &session, "").await;
    let papers = async || {
        let page = world.post("/account/second/codes", Some(&session), &[]).await;
        let all: Vec<String> = page
            .text
            .split("<li><code>")
            .skip(1)
            .map(|it| it.split('<').next().unwrap_or("").to_owned())
            .collect();
        assert_eq!(all.len(), 10, "{}", page.words());
        all
    };
    let (old, new) = (papers().await, papers().await);
    let show = async |code: &str| {
        world.post("/account/second/show", Some(&session), &[("code", code), ("next", "/")]).await.status
    };
    assert_eq!(show(&old[0]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(show(&new[0].to_uppercase()).await, StatusCode::SEE_OTHER);
    assert_eq!(show(&new[0]).await, StatusCode::UNAUTHORIZED);
    assert!(world.get("/account/second", Some(&session)).await.words().contains("9 of 10 are left"));
    // Stale: nothing is changed about them without showing one.
    world.wait(SignedDuration::from_mins(9));
    world.get("/account", Some(&session)).await;
    world.wait(SignedDuration::from_mins(9));
    let refused = world.post("/account/second/codes", Some(&session), &[]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_password_that_was_given_or_is_too_old_is_changed_before_anything_else() {
    let world = World::new().await;
    world.set(&SECOND_ROLES, "").await;
    let by = By { person: None, name: "Office".to_owned(), at: world.now() };
    let mut tx = world.db.write().await.expect("a transaction");
    let helen = people::by_username(&mut tx, world.elm.id, &"helen".parse().expect("a name")).await;
    let helen = helen.expect("read").expect("known").person.id;
    let phc = super::made_up::cheap_hash();
    passwords::set(&mut tx, &by, world.elm.id, helen, &phc, true).await.expect("set");
    tx.commit().await.expect("kept");
    let (session, elsewhere) = (signed_in(&world, "helen").await, signed_in(&world, "helen").await);
    assert_eq!(world.get("/today", Some(&session)).await.location(), "/account/password?next=%2Ftoday");
    let change = async |old: &str, new: &str| {
        let fields = [("password", old), ("new", new), ("again", new), ("next", "/today")];
        world.post("/account/password", Some(&session), &fields).await
    };
    let long = "Seven quiet otters 42";
    assert!(change("wrong", long).await.words().contains("not your password now"));
    assert!(change(PASSWORD, "helen").await.words().contains("at least 12 characters"));
    assert!(change(PASSWORD, "Password123456").await.words().contains("guessers try first"));
    let done = change(PASSWORD, long).await;
    assert_eq!(done.location(), "/today", "{}", done.words());
    assert_eq!(world.get("/today", Some(&session)).await.status, StatusCode::OK);
    assert!(world.get("/today", Some(&elsewhere)).await.location().starts_with("/sign-in"), "others are out");

    world.set(&PASSWORD_DAYS, "182").await;
    world.wait(SignedDuration::from_hours(24 * 182));
    let session = signed_in(&world, "helen").await;
    assert!(world.get("/today", Some(&session)).await.location().starts_with("/account/password"));
}

#[tokio::test]
async fn one_sees_where_one_is_signed_in_and_ends_it() {
    let world = World::new().await;
    world.set(&SECOND_ROLES, "").await;
    let (here, there) = (signed_in(&world, "helen").await, signed_in(&world, "helen").await);
    let dana = signed_in(&world, "dana").await;
    let page = world.get("/account/sessions", Some(&here)).await;
    assert!(
        page.words().contains("(this one)") && page.words().contains("End all others"),
        "{}",
        page.words()
    );
    // Somebody else's is not theirs to end.
    let hex = |token: &Token| crate::session::hex(&token.hash());
    world.post("/account/sessions/end", Some(&dana), &[("session", &hex(&there))]).await;
    assert_eq!(world.get("/today", Some(&there)).await.status, StatusCode::OK);
    world.post("/account/sessions/end", Some(&here), &[("session", "others")]).await;
    assert!(world.get("/today", Some(&there)).await.location().starts_with("/sign-in"));
    assert_eq!(world.get("/today", Some(&here)).await.status, StatusCode::OK);
    assert_eq!(world.get("/today", Some(&dana)).await.status, StatusCode::OK);
}

/// An identity provider that believes everybody: the code is the username.
struct Trusting(Db, Id<School>);

impl Elsewhere for Trusting {
    fn school(&self) -> Option<Id<School>> {
        Some(self.1)
    }
    fn button(&self) -> Option<&str> {
        Some("Sign in with your school account")
    }
    fn back(&self) -> String {
        "https://console.test/sign-in/provider/back".to_owned()
    }
    fn address<'a>(&'a self, trip: &'a RoundTrip) -> BoxFuture<'a, Result<String, NotLetIn>> {
        async move { Ok(format!("https://provider.test/?again={}&state={}", trip.again, trip.state)) }.boxed()
    }
    fn person<'a>(&'a self, _: &'a RoundTrip, code: &'a str) -> BoxFuture<'a, Result<Person, NotLetIn>> {
        let found = async move {
            let mut tx = self.0.read().await.expect("a transaction");
            let name = code.parse().expect("a username");
            let kept = people::by_username(&mut tx, self.1, &name).await.expect("read");
            kept.map(|it| it.person).ok_or(NotLetIn::Unknown)
        };
        found.boxed()
    }
    fn is_right<'a>(&'a self, _: &'a Person, _: &'a str) -> BoxFuture<'a, Result<bool, NotLetIn>> {
        async { Err(NotLetIn::NotSetUp) }.boxed()
    }
}

/// To the provider and back, in the browser of `session`: the new session, and where it leads.
async fn through_provider(
    world: &World,
    session: Option<&Token>,
    way: &str,
    username: &str,
) -> (Token, String) {
    let away = world.get(way, session).await;
    let state = away.location().split_once("state=").expect("a state").1.to_owned();
    assert_eq!(away.location().contains("again=true"), way.contains("again=yes"), "{}", away.location());
    let trip = away.cookie().split(';').next().expect("a cookie").to_owned();
    let back = format!("/sign-in/provider/back?state={state}&code={username}");
    let mut request = request(Method::GET, &back, session, Body::empty());
    request.headers_mut().append(COOKIE, trip.parse().expect("a header"));
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.words());
    let mut cookies = answer.headers.get_all(SET_COOKIE).iter().filter_map(|it| it.to_str().ok());
    let token = cookies.find_map(|it| it.strip_prefix("schoolgate=")).expect("a session");
    let token = Token::from_text(token.split(';').next().expect("a value")).expect("a token");
    (token, answer.location().to_owned())
}

/// ACC-05, ACC-07: a school account is no way round the second credential, and needs no password here.
#[tokio::test]
async fn a_school_account_meets_the_same_rule_and_needs_no_password_for_it() {
    let world = World::made(false, |db, school| Some(Arc::new(Trusting(db.clone(), school.id)))).await;
    world.set(&IDLE_LOCK, "60").await;
    let mut tx = world.db.write().await.expect("a transaction");
    let by = By { person: None, name: "Set-up".to_owned(), at: world.now() };
    for username in ["dana", "helen"] {
        let name = username.parse().expect("a username");
        let kept = people::by_username(&mut tx, world.elm.id, &name).await.expect("read").expect("there");
        people::clear_password(&mut tx, &by, world.elm.id, kept.person.id).await.expect("cleared");
    }
    tx.commit().await.expect("kept");

    let (dana, to) = through_provider(&world, None, "/sign-in/provider?next=/today", "dana").await;
    assert_eq!(to, "/today");
    assert_eq!(world.get("/today", Some(&dana)).await.location(), "/account/second?next=%2Ftoday");
    add_app(&world, &dana, "/concerns").await;
    assert_eq!(world.get("/concerns", Some(&dana)).await.status, StatusCode::OK);

    // Whose sign-in is not fresh signs in again, and the provider asks.
    let (helen, _) = through_provider(&world, None, "/sign-in/provider", "helen").await;
    world.wait(SignedDuration::from_mins(11));
    let page = world.get("/account/second/app", Some(&helen)).await;
    assert!(page.text.contains("/sign-in/provider?again=yes"), "{}", page.words());
    let secret = between(&page.text, "<code class=\"sg-break\">", "</code>").replace(' ', "");
    let pending = between(&page.text, "name=\"pending\" value=\"", "\"").to_owned();
    let fields = [("pending", pending.as_str()), ("code", &code(&world, &secret)), ("password", PASSWORD)];
    let late = world.post("/account/second/app", Some(&helen), &fields).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    assert!(late.words().contains("You signed in too long ago"), "{}", late.words());
    let again = "/sign-in/provider?again=yes&next=/account/second/app";
    let (fresh, to) = through_provider(&world, Some(&helen), again, "helen").await;
    assert_eq!(to, "/account/second/app");
    assert_eq!(world.get("/account", Some(&helen)).await.location(), "/sign-in?next=%2Faccount", "gave way");
    add_app(&world, &fresh, "").await;

    // A session that has locked: no password opens it, signing in again leads on from there.
    world.wait(SignedDuration::from_mins(61));
    assert_eq!(world.get("/concerns", Some(&dana)).await.location(), "/lock?next=%2Fconcerns");
    let lock = world.get("/lock?next=/concerns", Some(&dana)).await;
    assert!(lock.text.contains("/sign-in/provider?again=yes") && !lock.text.contains("name=\"password\""));
    for typed in ["", PASSWORD] {
        let refused = world.post("/lock", Some(&dana), &[("password", typed)]).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
    let again = "/sign-in/provider?again=yes&next=/concerns";
    let (unlocked, to) = through_provider(&world, Some(&dana), again, "dana").await;
    assert_eq!(to, "/concerns");
    let asked = world.get("/concerns", Some(&unlocked)).await;
    assert_eq!(asked.location(), "/account/second/show?next=%2Fconcerns", "the second one again");
}
