use super::{Case, Other};
use crate::{router::Route, tests::World};

pub(super) fn case(_: &World, route: &Route) -> Option<Case> {
    // Of nobody at Oak Hill, and of nobody else at Elm Park.
    let id = "0190a1b2-0000-7000-8000-000000000000";
    let other_school = match route.path {
        // What is of one's own account.
        "/acting"
        | "/account"
        | "/account/alive"
        | "/account/password"
        | "/account/sessions"
        | "/account/sessions/end"
        | "/account/second"
        | "/account/second/app"
        | "/account/second/passkey"
        | "/account/second/passkey/ask"
        | "/account/second/codes"
        | "/account/second/show"
        | "/account/second/show/ask"
        | "/lock"
        | "/lock/end"
        | "/sign-out" => Other::Nothing,
        "/security" => Other::Theirs,
        "/account/second/{id}/name" | "/account/second/{id}/remove" | "/security/{id}/seen" => {
            Other::NotFound
        }
        _ => return None,
    };
    Some(Case { address: route.path.replace("{id}", id), other_school })
}
