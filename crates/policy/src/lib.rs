//! May this person have this, here, now, and because of what?
//!
//! Pure: no IO, no clock, no chance. Everything a decision needs is in [`Rules`] (compiled once, swapped whole)
//! and in the [`Ask`].
mod ask;
mod category;
mod decision;
pub mod lists;
mod rules;
mod safe_search;
mod seen;
mod target;

pub use crate::{
    ask::{Ask, Stage},
    category::{Category, CategorySet},
    decision::{Because, Decision, Inspect, Step, Verdict},
    rules::{Rules, Subject, decide},
    safe_search::SafeSearch,
    seen::{Carried, Method, Outcome, Seen},
    target::{Host, NotATarget, Reach, Scheme, Suffixes, Target},
};
