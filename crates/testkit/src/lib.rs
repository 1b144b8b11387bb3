//! What tests share: a pretend world for the house to stand in.
pub mod asker;
pub mod databases;
pub mod internet;
pub mod smtp;
