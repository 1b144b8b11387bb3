use super::Case;
use crate::{router::Route, tests::World};

pub(super) fn case(_: &World, _: &Route) -> Option<Case> {
    None
}
