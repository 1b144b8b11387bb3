//! Concerns and, later, cases: each a life cycle whose stages refuse what may not happen.
mod concern;
mod notice;
mod sight;

pub use crate::{
    concern::{Concern, NewConcern, Origin, Stage, StageError},
    notice::Notice,
    sight::{goes_to, may_see},
};
