//! Signing in and out, and one's own account.
use axum::routing::{get, post};

use super::{Demand, GET, POST, Route, route};
use crate::{elsewhere::BACK, pages};

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/sign-in", Demand::Nothing, || get(pages::sign_in::get)),
    route(POST, "/sign-in", Demand::Nothing, || post(pages::sign_in::post)),
    route(GET, "/sign-in/provider", Demand::Nothing, || get(pages::provider::set_out)),
    route(GET, BACK, Demand::Nothing, || get(pages::provider::come_back)),
    route(GET, "/set-up/{token}", Demand::Nothing, || get(pages::set_up::get)),
    route(POST, "/set-up/{token}", Demand::Nothing, || post(pages::set_up::post)),
    route(GET, "/account", Demand::SignedIn, || get(pages::account::get)),
    route(POST, "/sign-out", Demand::SignedIn, || post(pages::account::sign_out)),
];
