//! The audit trail.
use axum::routing::get;
use school::Right;

use super::{GET, Route, may, route};
use crate::pages;

pub(super) const ROUTES: &[Route] = &[
    route(GET, "/audit", may(Right::SeeAudit), || get(pages::audit::get)),
    route(GET, "/audit.csv", may(Right::SeeAudit), || get(pages::audit_export::csv)),
    route(GET, "/audit.jsonl", may(Right::SeeAudit), || get(pages::audit_export::json_lines)),
];
