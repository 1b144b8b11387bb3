use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};

#[derive(Args)]
pub(crate) struct Lists {
    #[command(flatten)]
    file: super::ConfigFile,
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Show each list: source, licence, age, size, what is wrong.
    Status,
    Compile,
}

pub(crate) fn run(_asked: &Lists) -> anyhow::Result<ExitCode> {
    let _: Option<PathBuf> = None;
    Ok(ExitCode::SUCCESS)
}
