//! Every route, walked three times: signed out, without the right, and from another school (ACC-06).
mod agreements;
mod first;
mod guests;
mod people;
mod records;
mod roster;
mod settings;
mod sign_in;
mod trust;

use axum::http::{Method, StatusCode};
use school::{
    Choice, Right, Rights, Role, Roles,
    settings::{SECOND_DEMANDED, SECOND_ROLES},
};

use super::World;
use crate::router::{Demand, Route, routes};

/// What a walk needs to know of a route: an address that means something at Elm Park, and what must never show of
/// Elm Park to someone of Oak Hill.
pub(super) struct Case {
    pub(super) address: String,
    other_school: Other,
}

/// What someone with the same right in another school gets.
#[derive(PartialEq)]
enum Other {
    /// The address is of Elm Park alone.
    NotFound,
    /// Their own school's page.
    Theirs,
    /// As [`Other::Theirs`], with the names of the schools to choose from, which the sign-in page tells everybody.
    Named,
    /// Nothing of any school is shown or changed but the reader's own account.
    Nothing,
}

/// The cases of each area, asked in turn.
fn case(world: &World, route: &Route) -> Option<Case> {
    [
        first::case,
        sign_in::case,
        people::case,
        roster::case,
        agreements::case,
        guests::case,
        settings::case,
        trust::case,
        records::case,
    ]
    .into_iter()
    .find_map(|of_area| of_area(world, route))
}

/// Open to all, since nobody can be signed in there. May only shrink.
const OPEN: &[(&str, &str)] = &[
    ("GET", "/static/{hash}/{name}"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/provider"),
    ("GET", "/sign-in/provider/back"),
    ("GET", "/set-up/{token}"),
    ("POST", "/set-up/{token}"),
    // Good once, for one person, who has no other way in.
    ("GET", "/set-password/{token}"),
    ("POST", "/set-password/{token}"),
];

/// Open with a password alone, for who has the right. What names a person, or gives anybody anything, never belongs here
/// (ACC-07).
const NOT_FRESH: &[(&str, &str, &str)] = &[
    ("GET", "/agreements/texts", "words for everybody, and nobody's name"),
    ("GET", "/agreements/texts/{audience}", "words for everybody, and nobody's name"),
    ("POST", "/guests/{id}/refuse", "gives nothing, and must not wait"),
    ("POST", "/guests/{id}/end", "takes away, and must not wait"),
    ("POST", "/remote/{id}/end", "takes away, and must not wait"),
    ("GET", "/trust", "counts by school, without names"),
    ("GET", "/trust/agreements", "counts by school, without names"),
    ("GET", "/today", "counts without names: how the gate is doing is seen at a glance"),
    ("GET", "/lists", "nobody's name, and nothing changes"),
    ("GET", "/profiles", "what everybody meets at the gate; nothing changes"),
    ("GET", "/profiles/text", "what everybody meets at the gate; nothing changes"),
    ("GET", "/profiles/text/{version}", "what everybody meets at the gate; nothing changes"),
    ("GET", "/profiles/versions", "what everybody meets at the gate; nothing changes"),
];

/// For whoever has signed in, whatever their role: of their own account, or of what everybody here may know.
const SIGNED_IN: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/account"),
    ("GET", "/account/alive"),
    ("GET", "/account/password"),
    ("POST", "/account/password"),
    ("GET", "/account/sessions"),
    ("POST", "/account/sessions/end"),
    ("GET", "/account/second"),
    ("GET", "/account/second/app"),
    ("POST", "/account/second/app"),
    ("POST", "/account/second/passkey/ask"),
    ("POST", "/account/second/passkey"),
    ("POST", "/account/second/codes"),
    ("GET", "/account/second/show"),
    ("POST", "/account/second/show"),
    ("POST", "/account/second/show/ask"),
    ("POST", "/account/second/{id}/name"),
    ("POST", "/account/second/{id}/remove"),
    ("GET", "/lock"),
    ("POST", "/lock"),
    ("POST", "/lock/end"),
    ("POST", "/sign-out"),
    ("GET", "/acting"),
    ("POST", "/acting"),
    ("GET", "/digests"),
    ("GET", "/digests/{id}"),
    ("GET", "/posts"),
    ("GET", "/agreements/read/{audience}/{version}"),
    ("GET", "/agreements/mine"),
    ("POST", "/agreements/mine"),
    ("GET", "/children"),
    ("GET", "/children/{id}"),
    ("POST", "/children/{id}/sign"),
];

pub(super) fn guarded(world: &World) -> impl Iterator<Item = (&'static Route, Case)> {
    routes().filter(|it| it.demand != Demand::Nothing).map(|route| {
        let case = case(world, route).unwrap_or_else(|| {
            panic!(
                "{} {} has no refusing case: add one to `case` in tests/refusals.rs, with an address of Elm Park and \
                 what Oak Hill gets there",
                route.method, route.path
            )
        });
        (route, case)
    })
}

pub(super) fn holder(right: Right) -> Role {
    // Those of the first pages before the rest, so that each walk meets the same few people.
    let all = [Role::NetworkManager, Role::Dsl, Role::Head].iter().chain(Role::ALL);
    *all.into_iter()
        .find(|it| Rights::of(Roles::NONE.with(**it)).has(right))
        .expect("somebody holds every right")
}

#[test]
fn the_routes_open_to_all_are_these_and_no_more() {
    let open: Vec<_> =
        routes().filter(|it| it.demand == Demand::Nothing).map(|it| (it.method.as_str(), it.path)).collect();
    assert_eq!(open, OPEN, "a new open route needs a reason: most pages demand a right");
}

/// ACC-07: what the setting says of the second credential holds for a new page too, until somebody gives a reason here.
#[test]
fn the_routes_that_a_password_alone_opens_are_these_and_no_more() {
    let mut found: Vec<_> = routes()
        .filter(|it| matches!(it.demand, Demand::Right(_)))
        .map(|it| (it.method.as_str(), it.path))
        .collect();
    let mut named: Vec<_> = NOT_FRESH.iter().map(|(method, path, _)| (*method, *path)).collect();
    found.sort_unstable();
    named.sort_unstable();
    assert_eq!(found, named, "declare it `fresh`, or give a reason in NOT_FRESH why a password is enough");
    assert!(NOT_FRESH.iter().all(|(.., reason)| !reason.is_empty()));
}

#[tokio::test]
async fn a_password_alone_opens_nothing_that_names_a_person() {
    let world = World::new().await;
    world.set(&SECOND_ROLES, "").await;
    let ask = async |route: &Route, address: &str| {
        let role = route.demand.right().map_or(Role::Head, holder);
        let session = world.session_by_password(&world.elm, role).await;
        if route.method == Method::POST {
            world.post(address, Some(&session), &[]).await
        } else {
            world.get(address, Some(&session)).await
        }
    };
    for (route, case) in guarded(&world).filter(|(it, _)| matches!(it.demand, Demand::Fresh(_))) {
        let answer = ask(route, &case.address).await;
        let what = format!("{} {}", route.method, route.path);
        if route.method == Method::POST {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
            assert!(answer.text.contains("/account/second/show"), "{what}: {}", answer.words());
        } else {
            assert!(
                answer.location().starts_with("/account/second/show?next="),
                "{what}: {}",
                answer.words()
            );
        }
    }
    // A school that has said so is asked for nothing more.
    world.set(&SECOND_DEMANDED, "off").await;
    for (route, case) in
        guarded(&world).filter(|(it, _)| it.method == Method::GET && matches!(it.demand, Demand::Fresh(_)))
    {
        assert_eq!(ask(route, &case.address).await.status, StatusCode::OK, "{}", route.path);
    }
}

/// ACC-06: a page for every role is a decision, not a slip.
#[test]
fn the_routes_for_whoever_has_signed_in_are_these_and_no_more() {
    let mut found: Vec<_> =
        routes().filter(|it| it.demand == Demand::SignedIn).map(|it| (it.method.as_str(), it.path)).collect();
    let mut named = SIGNED_IN.to_vec();
    found.sort_unstable();
    named.sort_unstable();
    assert_eq!(found, named, "most pages demand a right; one that needs none is named in SIGNED_IN");
}

#[tokio::test]
async fn signed_out_every_route_leads_to_the_sign_in_page() {
    let world = World::new().await;
    for (route, case) in guarded(&world) {
        let answer = if route.method == Method::POST {
            world.post(&case.address, None, &[]).await
        } else {
            world.get(&case.address, None).await
        };
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{} {}", route.method, route.path);
        assert!(answer.location().starts_with("/sign-in"), "{} {}", route.method, route.path);
        assert!(answer.text.is_empty(), "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn without_the_right_every_route_is_refused() {
    let world = World::new().await;
    for role in Role::ALL.iter().copied() {
        let session = world.session(&world.elm, role).await;
        let rights = Rights::of(Roles::NONE.with(role));
        for (route, case) in guarded(&world) {
            let Some(right) = route.demand.right() else { continue };
            if rights.has(right) {
                continue;
            }
            let answer = if route.method == Method::POST {
                world.post(&case.address, Some(&session), &[]).await
            } else {
                world.get(&case.address, Some(&session)).await
            };
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {} {}", route.method, route.path);
            assert!(!answer.text.contains("Elm Park"), "{role:?} {} {}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn the_same_right_in_another_school_shows_nothing_of_this_one() {
    let world = World::new().await;
    let before = world.audit(&world.elm).await;
    for (route, case) in guarded(&world) {
        let role = route.demand.right().map_or(Role::Head, holder);
        let session = world.session(&world.oak, role).await;
        let answer = if route.method == Method::POST {
            world.post(&case.address, Some(&session), &[("outcome", "done"), ("text", "")]).await
        } else {
            world.get(&case.address, Some(&session)).await
        };
        let what = format!("{} {}", route.method, route.path);
        assert_eq!(answer.status == StatusCode::NOT_FOUND, case.other_school == Other::NotFound, "{what}");
        assert!(!answer.status.is_server_error(), "{what}");
        for mark in ["Elm Park", "games-1.example.org", "secret-1.example.org"] {
            let named = case.other_school == Other::Named && mark == "Elm Park";
            assert!(named || !answer.text.contains(mark), "{what} shows {mark}");
        }
    }
    assert_eq!(world.audit(&world.elm).await, before, "nothing was done in the other school");
}

#[tokio::test]
async fn the_right_person_in_the_right_school_gets_in() {
    let world = World::new().await;
    for (route, case) in guarded(&world).filter(|(it, _)| it.method == Method::GET && it.path != "/") {
        let role = route.demand.right().map_or(Role::Head, holder);
        let session = world.session(&world.elm, role).await;
        let answer = world.get(&case.address, Some(&session)).await;
        assert_eq!(answer.status, StatusCode::OK, "{} {}: {}", route.method, route.path, answer.words());
    }
}
