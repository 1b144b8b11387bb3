//! Rosters: load, look over, approve.
use super::Route;

pub(super) const ROUTES: &[Route] = &[];
