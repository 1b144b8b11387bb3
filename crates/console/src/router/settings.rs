//! Settings of trust, school and site, and sign-in alerts.
use super::Route;

pub(super) const ROUTES: &[Route] = &[];
