//! People, posts, plans and the access register.
use super::Route;

pub(super) const ROUTES: &[Route] = &[];
