//! Concerns and, later, cases: each a life cycle whose stages refuse what may not happen.
mod concern;

pub use crate::concern::{Concern, Origin, Stage, StageError};
