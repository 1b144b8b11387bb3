//! The house's own chores: `cargo xtask tidy | check | test | bench | fuzz`.
mod bench;
mod checks;
mod fuzz;
mod tidy;

use std::process::{Command, ExitCode};

use anyhow::{Context as _, bail};
use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of this repository")]
enum Task {
    /// Refuse what the house rules refuse: arrows, long files, SQL in the wrong place, and the rest.
    Tidy,
    /// Format, lints, tidy, and `cargo deny` where it is installed.
    Check,
    /// All tests, with `cargo nextest` where it is installed.
    Test {
        /// Handed on to the test runner.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Measure.
    Bench {
        what: bench::Bench,
        /// Handed on: contenders for `side-by-side`, bench filters otherwise.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run the fuzz targets; needs a nightly compiler and cargo-fuzz (fuzz/README.md).
    Fuzz {
        /// All of them when none is named.
        target: Option<String>,
        /// For each target.
        #[arg(default_value_t = 60)]
        seconds: u64,
    },
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Tidy => tidy::run(),
        Task::Check => checks::check(),
        Task::Test { rest } => checks::test(&rest),
        Task::Bench { what, rest } => bench::run(what, &rest),
        Task::Fuzz { target, seconds } => fuzz::run_targets(target.as_deref(), seconds),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("xtask: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a program in the workspace root with its output on ours.
fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    eprintln!("+ {program} {}", arguments.join(" "));
    let status = Command::new(program)
        .args(arguments)
        .current_dir(tidy::root())
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{program} {} failed: {status}", arguments.join(" "));
    }
    Ok(())
}

/// Whether `cargo NAME` can be run here.
fn has_cargo(name: &str) -> bool {
    Command::new("cargo").args([name, "--version"]).output().is_ok_and(|it| it.status.success())
}
