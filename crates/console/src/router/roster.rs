//! Rosters: load, look over, approve. Leavers: keep, bring back, let go.
use axum::routing::{get, post};
use school::Right;

use super::{GET, POST, Route, fresh, route};
use crate::pages::{leavers, roster};

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/roster", fresh(Right::SeeRoster), || get(roster::get)),
    route(POST, "/roster", fresh(Right::LoadRoster), || post(roster::post)).taking(roster::LARGEST),
    route(GET, "/roster/{id}", fresh(Right::SeeRoster), || get(roster::load::get)),
    route(GET, "/roster/{id}/problems.csv", fresh(Right::SeeRoster), || get(roster::problems::get)),
    route(POST, "/roster/{id}/approve", fresh(Right::ApproveRoster), || post(roster::decide::approve)),
    route(POST, "/roster/{id}/refuse", fresh(Right::ApproveRoster), || post(roster::decide::refuse)),
    route(POST, "/roster/{id}/join", fresh(Right::ApproveRoster), || post(roster::decide::join)),
    route(GET, "/leavers", fresh(Right::SeeRoster), || get(leavers::get)),
    route(GET, "/leavers/{id}", fresh(Right::SeeRoster), || get(leavers::one::get)),
    route(POST, "/leavers/{id}/back", fresh(Right::ManagePeople), || post(leavers::act::back)),
    route(POST, "/leavers/{id}/plan", fresh(Right::ManagePeople), || post(leavers::act::plan)),
    route(POST, "/leavers/{id}/delete", fresh(Right::ManagePeople), || post(leavers::act::delete)),
    route(POST, "/leavers/{id}/transfer", fresh(Right::ManagePeople), || post(leavers::act::transfer)),
];
