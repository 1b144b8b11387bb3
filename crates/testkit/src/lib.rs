//! What tests share: a pretend world for the house to stand in.
#![expect(clippy::missing_panics_doc, reason = "everything here is for tests, which may panic")]
pub mod asker;
pub mod databases;
pub mod directory;
pub mod internet;
pub mod roster;
pub mod smtp;
