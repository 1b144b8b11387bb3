use super::{Case, Other};
use crate::{
    router::Route,
    tests::{World, guests},
};

/// Elm Park's guest and approval; Oak Hill has others.
pub(super) fn case(_: &World, route: &Route) -> Option<Case> {
    let other_school = match (route.method.as_str(), route.path) {
        (
            "GET",
            "/guests" | "/guests.csv" | "/guests/new" | "/guests/community" | "/guests/cases" | "/remote",
        )
        | ("POST", "/guests" | "/guests/community" | "/guests/cases" | "/remote") => Other::Theirs,
        (_, path) if path.starts_with("/guests/{id}") || path.starts_with("/remote/{id}") => Other::NotFound,
        _ => return None,
    };
    let id = if route.path.starts_with("/remote") {
        guests::REMOTE.to_string()
    } else {
        guests::GUEST.to_string()
    };
    Some(Case { address: route.path.replace("{id}", &id), other_school })
}
