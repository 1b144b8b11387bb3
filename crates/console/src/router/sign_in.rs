//! Signing in and out, and one's own account.
use axum::routing::{get, post};
use school::Right;

use super::{Demand, GET, POST, Route, fresh, route};
use crate::{
    elsewhere::BACK,
    pages::{account, acting, lock, own_password, own_sessions, provider, second, security, set_up, sign_in},
};

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/sign-in", Demand::Nothing, || get(sign_in::get)),
    route(POST, "/sign-in", Demand::Nothing, || post(sign_in::post)),
    route(GET, "/sign-in/provider", Demand::Nothing, || get(provider::set_out)),
    route(GET, BACK, Demand::Nothing, || get(provider::come_back)),
    route(GET, "/set-up/{token}", Demand::Nothing, || get(set_up::get)),
    route(POST, "/set-up/{token}", Demand::Nothing, || post(set_up::post)),
    route(GET, "/acting", Demand::SignedIn, || get(acting::get)),
    route(POST, "/acting", Demand::SignedIn, || post(acting::post)),
    route(GET, "/account", Demand::SignedIn, || get(account::get)),
    route(GET, "/account/alive", Demand::SignedIn, || get(account::alive)),
    route(GET, "/account/password", Demand::SignedIn, || get(own_password::get)),
    route(POST, "/account/password", Demand::SignedIn, || post(own_password::post)),
    route(GET, "/account/sessions", Demand::SignedIn, || get(own_sessions::get)),
    route(POST, "/account/sessions/end", Demand::SignedIn, || post(own_sessions::end)),
    route(GET, "/account/second", Demand::SignedIn, || get(second::get)),
    route(GET, "/account/second/app", Demand::SignedIn, || get(second::app::get)),
    route(POST, "/account/second/app", Demand::SignedIn, || post(second::app::post)),
    route(POST, "/account/second/passkey/ask", Demand::SignedIn, || post(second::passkey::ask)),
    route(POST, "/account/second/passkey", Demand::SignedIn, || post(second::passkey::post)),
    route(POST, "/account/second/codes", Demand::SignedIn, || post(second::codes)),
    route(GET, "/account/second/show", Demand::SignedIn, || get(second::show::get)),
    route(POST, "/account/second/show", Demand::SignedIn, || post(second::show::post)),
    route(POST, "/account/second/show/ask", Demand::SignedIn, || post(second::show::ask)),
    route(POST, "/account/second/{id}/name", Demand::SignedIn, || post(second::name)),
    route(POST, "/account/second/{id}/remove", Demand::SignedIn, || post(second::remove)),
    route(GET, "/lock", Demand::SignedIn, || get(lock::get)),
    route(POST, "/lock", Demand::SignedIn, || post(lock::post)),
    route(POST, "/lock/end", Demand::SignedIn, || post(lock::end)),
    route(POST, "/sign-out", Demand::SignedIn, || post(account::sign_out)),
    route(GET, "/security", fresh(Right::SeeSecurity), || get(security::get)),
    route(POST, "/security/{id}/seen", fresh(Right::SeeSecurity), || post(security::seen)),
];
