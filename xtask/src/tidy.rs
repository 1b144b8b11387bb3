//! The house rules that a compiler does not know (docs: ARCHITECTURE.md, "What is not here").
//!
//! Each rule is one file here, reads what it needs, and gives its complaints. All are shown, then we fail.
mod arrows;
mod files;
mod manifests;
mod requirements;
mod source;
mod vendored;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use self::source::Source;

/// One thing that is wrong, with where and what to do.
pub(crate) type Complaint = String;

pub(crate) fn run() -> anyhow::Result<()> {
    let root = root();
    let sources = sources(&root)?;
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--locked".to_owned()])
        .exec()
        .context("cargo metadata")?;

    let mut complaints = Vec::new();
    complaints.extend(arrows::complaints(&metadata));
    complaints.extend(manifests::complaints(&root, &metadata)?);
    complaints.extend(files::complaints(&sources));
    complaints.extend(words::complaints(&sources));
    complaints.extend(requirements::complaints(&root, &sources)?);
    complaints.extend(vendored::complaints(&root)?);

    for complaint in &complaints {
        eprintln!("tidy: {complaint}");
    }
    if !complaints.is_empty() {
        bail!("{} to put right", complaints.len());
    }
    eprintln!("tidy: {} files, all in order", sources.len());
    Ok(())
}

/// The workspace root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Every Rust file of ours.
fn sources(root: &Path) -> anyhow::Result<Vec<Source>> {
    let mut paths = Vec::new();
    for top in ["crates", "xtask", "fuzz"] {
        walk(&root.join(top), &mut paths)?;
    }
    paths.retain(|it| it.extension().is_some_and(|it| it == "rs"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
            let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
            Ok(Source::new(path, text))
        })
        .collect()
}

/// Every file below `folder`, but nothing that was built or fetched.
pub(crate) fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !matches!(name, "target" | "node_modules" | ".git" | "corpus" | "artifacts") {
                walk(&path, found)?;
            }
        } else {
            found.push(path);
        }
    }
    Ok(())
}
