use super::{Case, Other};
use crate::{router::Route, tests::World};

/// The head of each school is a parent of its pupil, so that `/children` has something to show and to refuse.
pub(super) fn case(world: &World, route: &Route) -> Option<Case> {
    let (address, other_school) = match route.path {
        "/agreements"
        | "/agreements.csv"
        | "/agreements/remind"
        | "/agreements/texts"
        | "/agreements/discussions"
        | "/agreements/issued" => (route.path.to_owned(), Other::Theirs),
        "/agreements/mine" | "/children" => (route.path.to_owned(), Other::Nothing),
        path if path.contains("{audience}") => {
            (path.replace("{audience}", "pupils").replace("{version}", "1"), Other::Theirs)
        }
        "/agreements/form/{id}" => (format!("/agreements/form/{}", world.form), Other::NotFound),
        path if path.starts_with("/agreements/person/{id}") || path.starts_with("/children/{id}") => {
            (path.replace("{id}", &world.pupil.id.to_string()), Other::NotFound)
        }
        _ => return None,
    };
    Some(Case { address, other_school })
}
