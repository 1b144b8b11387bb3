//! Whoever looks at what is of people is written down (LOG-04), whichever page it is.
use axum::http::{Method, StatusCode};

use super::{
    World,
    refusals::{guarded, holder},
};

/// Pages that demand a right and may be looked at without a trace. What names pupils, guests or what anybody did never
/// belongs here.
const UNSEEN: &[(&str, &str)] = &[
    ("/agreements/discussions", "classes, and which of the staff talked with them"),
    ("/agreements/publish/{audience}", "a form for a text that everybody reads"),
    ("/agreements/texts", "texts that everybody reads"),
    ("/agreements/texts/{audience}", "texts that everybody reads"),
    ("/guests/new", "an empty form, with the names of staff who may sponsor"),
    ("/lists", "of sites, not of people"),
    ("/people/add", "an empty form"),
    ("/placements/add", "an empty form"),
    ("/plans/add", "an empty form"),
    ("/profiles", "what everybody meets at the gate"),
    ("/profiles/change", "what everybody meets at the gate"),
    ("/profiles/text", "what everybody meets at the gate"),
    ("/profiles/text/{version}", "what everybody meets at the gate"),
    ("/profiles/versions", "what everybody meets at the gate, and which of the staff changed it"),
    ("/roster", "names of files, and which of the staff loaded them"),
    ("/settings", "of the school, not of people"),
    ("/settings/{key}", "of the school, not of people"),
    ("/today", "counts without names"),
    ("/trust", "counts by school, without names"),
    ("/trust/agreements", "counts by school, without names"),
    ("/trust/placements/add", "an empty form"),
    ("/trust/rules", "what everybody meets at the gate"),
    ("/trust/settings", "of schools, not of people"),
];

#[tokio::test]
async fn every_look_at_what_is_of_people_is_written_down() {
    let world = World::new().await;
    let mut unseen = Vec::new();
    for (route, case) in guarded(&world).filter(|(it, _)| it.method == Method::GET) {
        let Some(right) = route.demand.right() else { continue };
        let session = world.session(&world.elm, holder(right)).await;
        let before = world.newest(&world.elm).await.seq;
        let answer = world.get(&case.address, Some(&session)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}: {}", route.path, answer.words());
        let entry = world.newest(&world.elm).await;
        if entry.seq == before {
            unseen.push(route.path);
            continue;
        }
        let is_look = ["view ", "open ", "export ", "explain "].iter().any(|it| entry.act.starts_with(it));
        assert!(is_look && entry.actor.is_some(), "{}: {entry:?}", route.path);
    }
    unseen.sort_unstable();
    let named: Vec<_> = UNSEEN.iter().map(|(path, _)| *path).collect();
    assert_eq!(
        unseen, named,
        "write it down with `Console::viewed`, or give a reason in UNSEEN why nobody needs to know"
    );
}

/// A look waits for the only writer of `SQLite` at its end, for one row: so it holds none while it reads.
#[tokio::test]
async fn a_look_that_cannot_be_written_down_shows_nothing() {
    let world = World::new().await;
    let lead = world.session(&world.elm, school::Role::Dsl).await;
    let writer = world.db.write().await.expect("a transaction");
    let look = world.get("/concerns", Some(&lead));
    let waits = tokio::time::timeout(std::time::Duration::from_millis(300), look).await;
    assert!(waits.is_err(), "the page waits until the look is written down");
    drop(writer);
    assert_eq!(world.get("/concerns", Some(&lead)).await.status, StatusCode::OK);
}
