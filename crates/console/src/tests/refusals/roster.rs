use super::{Case, Other};
use crate::{router::Route, tests::World};

pub(super) fn case(world: &World, route: &Route) -> Option<Case> {
    let own = route.path.replace(
        "{id}",
        &if route.path.starts_with("/roster") { world.roster.to_string() } else { world.leaver.to_string() },
    );
    let other_school = match route.path {
        "/roster" | "/leavers" => Other::Theirs,
        path if path.starts_with("/roster/") || path.starts_with("/leavers/") => Other::NotFound,
        _ => return None,
    };
    Some(Case { address: own, other_school })
}
