//! Whole-product walks: the binary that ships, as a new user meets it.
mod browser;
mod command_line;
mod demo;
mod identity;
mod office_commands;
