//! What stands between a change and the house: format, lints, tidy, tests.
use crate::{has_cargo, run, tidy};

pub(crate) fn check() -> anyhow::Result<()> {
    run("cargo", &["fmt", "--all", "--check"])?;
    tidy::run()?;
    run("cargo", &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?;
    if has_cargo("deny") {
        // Advisories need the network and change from day to day; they are looked at when dependencies are raised.
        run("cargo", &["deny", "--locked", "check", "licenses", "bans", "sources"])?;
    } else {
        eprintln!("cargo-deny is not installed: licences, bans and sources were not checked");
    }
    Ok(())
}

pub(crate) fn test(rest: &[String]) -> anyhow::Result<()> {
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    if has_cargo("nextest") {
        run("cargo", &[&["nextest", "run", "--workspace", "--locked", "--no-fail-fast"], &rest[..]].concat())
    } else {
        run("cargo", &[&["test", "--workspace", "--locked", "--no-fail-fast"], &rest[..]].concat())
    }
}
