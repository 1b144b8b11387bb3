//! Does what was typed, searched or seen suggest harm?
//!
//! Pure: `assess(&Lexicon, &Words) -> Vec<Signal>`. The lexicon is data, never code.
mod signal;

pub use crate::signal::{Severity, Signal, Theme};
