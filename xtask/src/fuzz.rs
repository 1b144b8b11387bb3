//! Runs the fuzz targets one after the other, as fuzz/README.md says.
use std::fs;

use anyhow::Context as _;

use crate::{has_cargo, run, tidy};

/// All targets when none is named; `seconds` for each.
pub(crate) fn run_targets(target: Option<&str>, seconds: u64) -> anyhow::Result<()> {
    anyhow::ensure!(has_cargo("fuzz"), "cargo-fuzz is not installed: cargo install --locked cargo-fuzz");
    let targets = target.map_or_else(all, |it| Ok(vec![it.to_owned()]))?;
    let time = format!("-max_total_time={seconds}");
    for target in targets {
        // Our own code has no `unsafe`, so panics and assertions are what is looked for, and it builds far sooner.
        let sanitizer = ["--sanitizer", "none"];
        let rest = ["--", &time, "-timeout=10", "-print_final_stats=1"];
        run("cargo", &[&["+nightly", "fuzz", "run", &target][..], &sanitizer, &rest].concat())?;
    }
    Ok(())
}

fn all() -> anyhow::Result<Vec<String>> {
    let folder = tidy::root().join("fuzz/fuzz_targets");
    let files = fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))?;
    let names: Result<Vec<_>, _> = files.map(|it| it.map(|it| it.path())).collect();
    let mut names: Vec<String> =
        names?.iter().filter_map(|it| Some(it.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}
