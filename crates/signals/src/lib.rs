//! Does what was typed, searched or seen suggest harm?
//!
//! Pure: `assess(&Lexicon, &Words) -> Vec<Signal>`. The lexicon is data, never code.
mod assess;
mod lexicon;
mod normalise;
mod signal;

pub use crate::{
    assess::{Words, assess},
    lexicon::{BadLine, Lexicon},
    signal::{Severity, Signal, Theme},
};
