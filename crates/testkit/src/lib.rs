//! What tests share: a pretend world for the house to stand in.
pub mod databases;
pub mod smtp;
