//! The binary: configuration, commands, and the list of what runs. Everything else is in the other crates.
mod clock;
mod config;
mod data_folder;
mod demo;
mod listen;
mod logging;
mod passwords;
mod supervise;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {}
