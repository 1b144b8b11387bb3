use super::{Case, Other};
use crate::{router::Route, tests::World};

pub(super) fn case(world: &World, route: &Route) -> Option<Case> {
    let concern = format!("/concerns/{}", world.concern);
    let (address, other_school) = match (route.method.as_str(), route.path) {
        ("GET", "/") => (route.path.to_owned(), Other::Nothing),
        (
            _,
            "/activity/why" | "/today" | "/lists" | "/lists/check" | "/concerns" | "/profiles"
            | "/profiles/text" | "/profiles/versions" | "/profiles/change",
        ) => (route.path.to_owned(), Other::Theirs),
        ("GET", "/activity" | "/activity.csv") => (format!("{}?site=example.org", route.path), Other::Theirs),
        ("GET", "/explain") => (format!("/explain?url=example.org&person={}", world.pupil.id), Other::Theirs),
        // Versions count from 1 in each school: the same address shows each its own.
        ("GET", "/profiles/text/{version}") => ("/profiles/text/1".to_owned(), Other::Theirs),
        ("GET", "/concerns/{id}") => (concern, Other::NotFound),
        ("POST", "/concerns/{id}/seen") => (format!("{concern}/seen"), Other::NotFound),
        ("POST", "/concerns/{id}/close") => (format!("{concern}/close"), Other::NotFound),
        _ => return None,
    };
    Some(Case { address, other_school })
}
