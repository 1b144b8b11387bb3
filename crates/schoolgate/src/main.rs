//! The binary: configuration, commands, and the list of what runs. Everything else is in the other crates.
mod assemble;
mod authority;
mod clock;
mod commands;
mod config;
mod console_server;
mod data_folder;
mod demo;
mod elsewhere;
mod first_start;
mod house;
mod listen;
mod logging;
mod open_files;
mod passwords;
mod seal;
mod settings;
mod supervise;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::Commands::parse().run() {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("schoolgate: {fault:#}");
            ExitCode::FAILURE
        }
    }
}
