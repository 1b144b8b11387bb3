//! The gate: how it does, what it decided and why, its rules and lists, and concerns.
use axum::routing::{get, post};
use school::Right;

use super::{Demand, GET, POST, Route, fresh, may, route};
use crate::{assets, pages};

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/static/{hash}/{name}", Demand::Nothing, || get(assets::get)),
    route(GET, "/", Demand::SignedIn, || get(pages::account::first)),
    route(GET, "/today", may(Right::SeeToday), || get(pages::today::get)),
    route(GET, "/activity", fresh(Right::SeeActivity), || get(pages::activity::get)),
    route(GET, "/activity.csv", fresh(Right::SeeActivity), || get(pages::activity_export::get)),
    route(POST, "/activity/why", fresh(Right::SeeActivity), || post(pages::why::post)),
    route(GET, "/explain", fresh(Right::ExplainDecisions), || get(pages::explain::get)),
    route(GET, "/lists", may(Right::SeeLists), || get(pages::lists::get)),
    route(POST, "/lists/check", fresh(Right::ManageLists), || post(pages::lists::check)),
    route(GET, "/profiles", may(Right::SeeRules), || get(pages::profiles::get)),
    route(GET, "/profiles/text", may(Right::SeeRules), || get(pages::profiles_text::get)),
    route(GET, "/profiles/text/{version}", may(Right::SeeRules), || get(pages::profiles_text::export)),
    route(GET, "/profiles/versions", may(Right::SeeRules), || get(pages::profiles_versions::get)),
    route(GET, "/profiles/change", fresh(Right::ManageRules), || get(pages::profiles_change::get)),
    route(POST, "/profiles/change", fresh(Right::ManageRules), || post(pages::profiles_change::post)),
    route(GET, "/concerns", fresh(Right::SeeConcerns), || get(pages::concerns::get)),
    route(GET, "/concerns/{id}", fresh(Right::SeeConcerns), || get(pages::concern::get)),
    route(POST, "/concerns/{id}/seen", fresh(Right::SeeConcerns), || post(pages::concern::seen)),
    route(POST, "/concerns/{id}/close", fresh(Right::SeeConcerns), || post(pages::concern::close)),
];
