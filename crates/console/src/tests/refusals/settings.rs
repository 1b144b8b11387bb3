use super::{Case, Other};
use crate::{router::Route, tests::World};

pub(super) fn case(_: &World, route: &Route) -> Option<Case> {
    let path = route.path;
    if path == "/settings" || path.starts_with("/settings/{key}") {
        return Some(Case { address: path.replace("{key}", "idle-lock"), other_school: Other::Theirs });
    }
    None
}
