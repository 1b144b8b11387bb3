//! The audit trail.
use axum::routing::get;
use school::Right;

use super::{GET, Route, fresh, route};
use crate::pages;

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/audit", fresh(Right::SeeAudit), || get(pages::audit::get)),
    route(GET, "/audit.csv", fresh(Right::SeeAudit), || get(pages::audit_export::csv)),
    route(GET, "/audit.jsonl", fresh(Right::SeeAudit), || get(pages::audit_export::json_lines)),
];
