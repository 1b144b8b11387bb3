//! Guests, contractors, community users and remote access.
use super::Route;

pub(super) const ROUTES: &[Route] = &[];
