//! Agreements: texts, who has signed, signing for a child.
use super::Route;

pub(super) const ROUTES: &[Route] = &[];
