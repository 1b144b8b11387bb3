//! Versions are said once, in the root, and nothing comes from anywhere but crates.io.
use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context as _;
use cargo_metadata::Metadata;

use super::Complaint;

pub(crate) fn complaints(root: &Path, metadata: &Metadata) -> anyhow::Result<Vec<Complaint>> {
    let mut found = Vec::new();
    if !root.join("Cargo.lock").is_file() {
        found.push("Cargo.lock: is not there; commit it".to_owned());
    }
    found.extend(unexplained(root)?);
    for package in &metadata.packages {
        let path = package.manifest_path.as_std_path();
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let manifest: toml::Table = text.parse().with_context(|| path.display().to_string())?;
        found.extend(own_versions(&package.name, &manifest));
        if package.publish.as_ref().is_none_or(|it| !it.is_empty()) {
            found.push(format!("crate {}: write publish.workspace = true", package.name));
        }
        if package.version.to_string() != "0.0.0" {
            found.push(format!("crate {}: write version.workspace = true", package.name));
        }
        for it in &package.dependencies {
            if it.path.is_none() && it.source.as_ref().is_none_or(|it| !it.repr.contains("crates.io")) {
                found.push(format!("crate {}: {} does not come from crates.io", package.name, it.name));
            }
            if it.path.is_none() && it.req == cargo_metadata::semver::VersionReq::STAR {
                found.push(format!("crate {}: {} has no version", package.name, it.name));
            }
        }
    }
    Ok(found)
}

/// Dependencies whose row in docs/dependencies.md (`| name | version | licence | what for |`) is not there or names
/// another version, and rows of what nothing needs any more.
fn unexplained(root: &Path) -> anyhow::Result<Vec<Complaint>> {
    let docs = fs::read_to_string(root.join("docs/dependencies.md")).context("docs/dependencies.md")?;
    let manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    Ok(rows_that_differ(&docs, &manifest))
}

fn rows_that_differ(docs: &str, manifest: &toml::Table) -> Vec<Complaint> {
    let all =
        manifest.get("workspace").and_then(|it| it.get("dependencies")?.as_table()).into_iter().flatten();
    let needed: BTreeMap<&str, &str> = all
        .filter(|(_, it)| it.get("path").is_none())
        .map(|(name, it)| (&**name, it.as_str().or_else(|| it.get("version")?.as_str()).unwrap_or_default()))
        .collect();
    let told: BTreeMap<&str, &str> = docs.lines().filter_map(row).collect();
    let missing =
        needed.iter().filter(|(name, version)| told.get(*name) != Some(*version)).map(|(name, version)| {
            format!("docs/dependencies.md: has no row for `{name}` {version} and what it is for")
        });
    let gone = told
        .keys()
        .filter(|it| !needed.contains_key(*it))
        .map(|it| format!("docs/dependencies.md: `{it}` is not in the root Cargo.toml"));
    missing.chain(gone).collect()
}

/// Name and version of a row of four cells.
fn row(line: &str) -> Option<(&str, &str)> {
    let cells: Vec<&str> = line.strip_prefix("| `")?.strip_suffix('|')?.split(" | ").map(str::trim).collect();
    let [name, version, _, _] = *cells.as_slice() else { return None };
    Some((name.strip_suffix('`')?, version))
}

fn own_versions(name: &str, manifest: &toml::Table) -> Vec<Complaint> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|it| manifest.get(*it)?.as_table())
        .flatten()
        .filter(|(_, it)| it.get("workspace").and_then(toml::Value::as_bool) != Some(true))
        .map(|(it, _)| {
            format!("crate {name}: write {it}.workspace = true; its version belongs in the root Cargo.toml")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_outside_the_root_are_refused() {
        let check = |text: &str, count: usize| {
            let manifest = text.parse().expect(text);
            assert_eq!(own_versions("a", &manifest).len(), count, "{text}");
        };
        check("[dependencies]\nb.workspace = true\nc = { workspace = true, features = [] }", 0);
        check("[dependencies]\nb = \"1\"", 1);
        check("[dev-dependencies]\nb = { path = \"../b\" }", 1);
    }

    #[test]
    fn the_page_of_dependencies_keeps_step() {
        let manifest = "[workspace.dependencies]\na = \"1.2\"\nb = { version = \"3\" }\nc = { path = \"c\" }";
        let manifest = manifest.parse().expect("a manifest");
        let check = |docs: &str, count: usize| {
            assert_eq!(rows_that_differ(docs, &manifest).len(), count, "{docs}");
        };
        check("| `a` | 1.2 | MIT | x |\n| `b` | 3 | MIT | x |", 0);
        check("| `a` | 1.1 | MIT | x |\n| `b` | 3 | MIT | x |", 1);
        check("| `a` | 1.2 | MIT | x |", 1);
        check("| `a` | 1.2 | MIT | x |\n| `b` | 3 | MIT | x |\n| `d` | 1 | MIT | x |", 1);
    }
}
