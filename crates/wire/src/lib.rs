//! Formats: bytes in, values out. No sockets, no clock, nothing of the school's.
mod basic;
mod hello;
pub mod roster;

pub use crate::{
    basic::Basic,
    hello::{Glimpse, Hello, MAX_HELLO},
};
