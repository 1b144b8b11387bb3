//! What the trust's own people see and do across its schools.
use axum::routing::{get, post};
use school::Right;

use super::{GET, POST, Route, fresh, may, route};
use crate::pages::{placements, trust};

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/trust", may(Right::SeeTrust), || get(trust::get)),
    route(GET, "/trust/agreements", may(Right::SeeTrust), || get(trust::agreements::get)),
    route(GET, "/trust/settings", fresh(Right::SeeTrust), || get(trust::differences::get)),
    route(GET, "/trust/rules", fresh(Right::ManageTrust), || get(trust::rules::get)),
    route(POST, "/trust/rules", fresh(Right::ManageTrust), || post(trust::rules::post)),
    route(GET, "/trust/placements", fresh(Right::ManageTrust), || get(placements::get_trust)),
    route(GET, "/trust/placements/add", fresh(Right::ManageTrust), || get(placements::give::get_trust)),
    route(POST, "/trust/placements/add", fresh(Right::ManageTrust), || post(placements::give::post_trust)),
    route(GET, "/trust/placements/{id}", fresh(Right::ManageTrust), || get(placements::one::get_trust)),
    route(POST, "/trust/placements/{id}/change", fresh(Right::ManageTrust), || {
        post(placements::one::change_trust)
    }),
    route(POST, "/trust/placements/{id}/end", fresh(Right::ManageTrust), || post(placements::one::end_trust)),
];
