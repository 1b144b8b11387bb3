//! Settings of trust, school and site, and sign-in alerts.
use axum::routing::{get, post};
use school::Right;

use super::{GET, POST, Route, fresh, route};
use crate::pages::settings;

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/settings", fresh(Right::SeeSettings), || get(settings::get)),
    route(GET, "/settings/{key}", fresh(Right::SeeSettings), || get(settings::one::get)),
    route(POST, "/settings/{key}", fresh(Right::ManageSettings), || post(settings::one::post)),
    route(POST, "/settings/{key}/trust", fresh(Right::ManageTrust), || post(settings::one::post_trust)),
];
