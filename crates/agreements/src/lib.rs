//! What people have agreed to, and what is still missing before a door opens.
mod agreement;
mod texts;

pub use crate::{
    agreement::{Agreement, Audience, Signature, TextHash, missing},
    texts::{adults, pupils},
};
