//! What is a search, what was typed, and how the engine is made to keep it safe.
//!
//! Safe search never depends on what allowed the engine (design decision 12).
mod table;
mod term;

use crate::{Profile, SafeSearch, Target, YouTube};

pub(crate) use crate::search::table::{Engine, Kind, Safe, engine, engine_at, engines};
pub use crate::search::term::search_term;

/// Code and label of each search engine that a profile may open, in the order of the table.
pub fn search_engines() -> impl Iterator<Item = (&'static str, &'static str)> {
    engines().iter().filter(|it| it.kind == Kind::Search).map(|it| (it.code, it.label))
}

pub(crate) fn engine_codes() -> impl Iterator<Item = &'static str> + Clone {
    engines().iter().filter(|it| it.kind == Kind::Search).map(|it| it.code)
}

impl Engine {
    /// Whether this engine, under this profile, can be kept to safe results at all.
    pub(crate) fn can_be_safe(&self) -> bool {
        !matches!(self.safe, Safe::Never)
    }

    fn is_forced(&self, profile: &Profile) -> bool {
        match self.safe {
            Safe::Header { .. } => profile.youtube != YouTube::Off,
            Safe::Parameter { .. } => profile.safe_search,
            Safe::Always | Safe::Never => self.unopened.is_some() && profile.safe_search,
        }
    }

    /// What must be done to an opened request.
    pub(crate) fn on_request(&self, profile: &Profile, target: &Target) -> Option<SafeSearch> {
        match self.safe {
            _ if !self.is_forced(profile) => None,
            Safe::Header { name, strict, moderate } => Some(SafeSearch::Header {
                name,
                value: if profile.youtube == YouTube::Strict { strict } else { moderate },
            }),
            Safe::Parameter { name, value } if self.is_search(target) => {
                Some(SafeSearch::Parameter { name, value })
            }
            Safe::Parameter { .. } | Safe::Always | Safe::Never => None,
        }
    }

    /// What must be done to a connection that is carried unopened. `Err`: it cannot be kept safe unopened.
    pub(crate) fn on_tunnel(&self, profile: &Profile) -> Result<Option<SafeSearch>, CannotBeSafe> {
        if !self.is_forced(profile) {
            return Ok(None);
        }
        let moderate = matches!(self.safe, Safe::Header { .. }) && profile.youtube == YouTube::Moderate;
        let name = if moderate { self.unopened_moderate } else { self.unopened };
        name.map(|name| Some(SafeSearch::Host { name })).ok_or(CannotBeSafe)
    }
}

/// The engine has no name of its own for safe results: the connection has to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CannotBeSafe;
