//! May this person have this, here, now, and because of what?
//!
//! Pure: no IO, no clock, no chance. Everything a decision needs is in [`Rules`] (compiled once, swapped whole)
//! and in the [`Ask`].
mod ask;
mod audience;
mod category;
mod changes;
mod compile;
mod decide;
mod decision;
mod directory;
mod help;
pub mod lists;
mod profile;
mod rule;
mod rules;
mod safe_search;
mod schedule;
mod search;
mod seen;
mod target;
pub mod text;
mod trace;
mod words;

pub use crate::{
    ask::{Ask, Stage},
    audience::Audience,
    category::{Category, CategorySet},
    changes::{Change, diff},
    compile::{Fault, LayerText},
    decide::decide,
    decision::{Because, Decision, Inspect, Step, Verdict},
    directory::Directory,
    profile::{Mode, Profile, YouTube},
    rule::{Matches, Prefix, Rule, Until, Verb},
    rules::{Rules, Subject},
    safe_search::SafeSearch,
    schedule::{Days, Schedule, When, Window},
    search::{search_engines, search_term},
    seen::{Carried, Method, Outcome, Seen},
    target::{Host, NotATarget, Reach, Scheme, Suffixes, Target},
    trace::{Connection, Considered, Trace, trace},
};

/// Sensible rules for an English school or trust to begin with, as the text of one layer.
pub fn starter() -> &'static str {
    include_str!("starter.policy")
}
