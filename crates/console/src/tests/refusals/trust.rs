use super::{Case, Other};
use crate::{router::Route, tests::World};

/// Elm Park and Oak Hill are of two trusts.
pub(super) fn case(world: &World, route: &Route) -> Option<Case> {
    if !route.path.starts_with("/trust") {
        return None;
    }
    let address = route.path.replace("{id}", &world.placement.to_string());
    let other_school = match route.path {
        path if path.contains("{id}") => Other::NotFound,
        "/trust/placements/add" => Other::Named,
        _ => Other::Theirs,
    };
    Some(Case { address, other_school })
}
