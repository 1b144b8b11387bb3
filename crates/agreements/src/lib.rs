//! What people have agreed to, and what is still missing before a door opens.
mod agreement;

pub use crate::agreement::{Agreement, Audience, Signature, TextHash, missing};
