//! Figures of docs/performance.md, each with one command.
mod idle;

use std::{path::Path, process::Command};

use anyhow::{Context as _, bail};

use crate::tidy;

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Bench {
    /// Decisions a second on one core, 40 categories and 8 profiles.
    Decisions,
    /// 5 million domains: from text, opened compiled, memory, look-ups.
    Lists,
    /// Requests recorded a second, and bytes kept for each.
    Record,
    /// Search terms assessed a second.
    Signals,
    /// 20,000 people with 60,000 enrolments from a zip to applied, on `SQLite` and on `PostgreSQL`.
    Roster,
    /// Knowing who asks once they have signed in, and that under a flood of wrong guesses.
    SignIn,
    /// 10,000 idle tunnels: what the program holds for them, and whether it gives it back. Takes a built program.
    Idle,
    /// The console's main pages with 20,000 people and 200 at work, on both engines.
    Console,
    /// The whole product beside squid and e2guardian, with ../shared/bench.
    SideBySide,
}

/// The sections of ../shared/bench that measure a proxy.
const SECTIONS: &[&str] = &["http.sh", "tls.sh", "tunnel.sh", "lists.sh"];

fn run_named(package: &str, bench: &str, rest: &[&str]) -> anyhow::Result<()> {
    crate::run("cargo", &[&["bench", "-p", package, "--bench", bench, "--"], rest].concat())
}

pub(crate) fn run(what: Bench, rest: &[String]) -> anyhow::Result<()> {
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match what {
        Bench::Decisions => run_named("policy", "decisions", &rest),
        Bench::Lists => run_named("policy", "lists", &rest),
        Bench::Record => run_named("store", "record", &rest),
        Bench::Signals => run_named("signals", "signals", &rest),
        Bench::Roster => {
            let test = ["test", "--release", "-p", "workers", "--test", "office", "--"];
            crate::run("cargo", &[&test[..], &["--ignored", "--nocapture", "bench_of_an_import"]].concat())
        }
        Bench::Console => {
            let start = ["run", "--release", "-p", "console@0.0.0", "--example", "load", "--"];
            crate::run("cargo", &[&start, rest.as_slice()].concat())
        }
        Bench::SignIn => run_named("gate", "sign_in", &rest),
        Bench::Idle => idle::run(&rest),
        Bench::SideBySide => side_by_side(&rest),
    }
}

/// Contenders after `--`; `squid e2guardian schoolgate` when none is named.
fn side_by_side(contenders: &[&str]) -> anyhow::Result<()> {
    crate::run("cargo", &["build", "--release", "--locked", "-p", "schoolgate"])?;
    let root = tidy::root();
    let bench = ["../shared/bench", "../../shared/bench"]
        .map(|it| root.join(it))
        .into_iter()
        .find(|it| it.join("http.sh").is_file())
        .context("../shared/bench is not there: it holds the load generator and the other contenders")?;
    let contenders =
        if contenders.is_empty() { &["squid", "e2guardian", "schoolgate"][..] } else { contenders };
    for section in SECTIONS {
        measure(&bench, section, contenders, &root)?;
    }
    measure(&bench, "merge.sh", &[], &root)
}

fn measure(bench: &Path, section: &str, contenders: &[&str], root: &Path) -> anyhow::Result<()> {
    let status = Command::new(bench.join(section))
        .args(contenders)
        .env("SCHOOLGATE_CONTENDER", root.join("benches/contender.py"))
        .env("SCHOOLGATE_BIN", root.join("target/release/schoolgate"))
        .status()
        .with_context(|| format!("cannot start {section}"))?;
    if !status.success() {
        bail!("{section} failed: {status}");
    }
    Ok(())
}
