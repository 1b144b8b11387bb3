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
use school::{Choice, Right, Rights, Role, Roles};

use super::World;
use crate::router::{Demand, Route, routes};

/// What a walk needs to know of a route: an address that means something at Elm Park, and what must never show of
/// Elm Park to someone of Oak Hill.
struct Case {
    address: String,
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

fn guarded(world: &World) -> impl Iterator<Item = (&'static Route, Case)> {
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

fn holder(right: Right) -> Role {
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
