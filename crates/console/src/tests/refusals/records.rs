use super::{Case, Other};
use crate::{router::Route, tests::World};

pub(super) fn case(_: &World, route: &Route) -> Option<Case> {
    let other_school = match (route.method.as_str(), route.path) {
        ("GET", "/audit" | "/audit.csv" | "/audit.jsonl") => Other::Theirs,
        _ => return None,
    };
    Some(Case { address: route.path.to_owned(), other_school })
}
