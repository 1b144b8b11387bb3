//! What people have agreed to, and what is still missing before a door opens.
mod agreement;
mod blocks;
mod clause;
mod missing;
mod practice;
mod signature;
mod texts;

pub use crate::{
    agreement::{Agreement, Audience, Fault, Level, Reading, TextHash},
    blocks::{Block, blocks},
    clause::Contract,
    missing::{Due, Missing, What, due, missing},
    practice::{Again, Practice},
    signature::{Signature, Standing},
    texts::{adults, first, pupils},
};
