use super::{Case, Other};
use crate::{router::Route, tests::World};

pub(super) fn case(world: &World, route: &Route) -> Option<Case> {
    let (address, other_school) = match (route.method.as_str(), route.path) {
        (_, "/digests/{id}") => (format!("/digests/{}", world.digest), Other::NotFound),
        (_, "/posts/{id}/end") => (route.path.replace("{id}", &world.plan.to_string()), Other::NotFound),
        (_, "/placements/add") => (route.path.to_owned(), Other::Named),
        (_, path) if path.starts_with("/placements/{id}") => {
            (path.replace("{id}", &world.placement.to_string()), Other::NotFound)
        }
        (_, "/placements" | "/posts" | "/digests" | "/access" | "/access.csv" | "/plans" | "/plans/add") => {
            (route.path.to_owned(), Other::Theirs)
        }
        (_, path) if path.starts_with("/plans/{id}") => {
            (path.replace("{id}", &world.plan.to_string()), Other::NotFound)
        }
        (
            _,
            "/people" | "/people.csv" | "/people/add" | "/people/cards" | "/people/pictures"
            | "/people/shared",
        ) => (route.path.to_owned(), Other::Theirs),
        (_, "/people/shared/{id}/adult") => {
            (route.path.replace("{id}", &world.pupil.id.to_string()), Other::NotFound)
        }
        (_, path) if path.starts_with("/people/{id}") => {
            (path.replace("{id}", &world.pupil.id.to_string()), Other::NotFound)
        }
        _ => return None,
    };
    Some(Case { address, other_school })
}
