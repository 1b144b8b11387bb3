//! Files that others wrote stand here byte for byte: each folder of them has a `SHA256SUMS`, in the form that
//! `sha256sum` reads and writes, and nothing lies there unlisted.
use std::{
    collections::HashMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::{Complaint, walk};

const NAME: &str = "SHA256SUMS";

pub(crate) fn complaints(root: &Path) -> anyhow::Result<Vec<Complaint>> {
    let mut paths = Vec::new();
    walk(&root.join("crates"), &mut paths)?;
    let mut found = Vec::new();
    for list in paths.iter().filter(|it| it.file_name().is_some_and(|it| it == NAME)) {
        found.extend(folder(list)?);
    }
    let unlisted = paths.iter().filter_map(|it| vendor_folder(it)).filter(|it| !it.join(NAME).is_file());
    let mut unlisted: Vec<String> = unlisted.map(|it| format!("{}: has no {NAME}", it.display())).collect();
    unlisted.dedup();
    found.append(&mut unlisted);
    Ok(found)
}

/// The folder called `vendor` that a file lies in.
fn vendor_folder(file: &Path) -> Option<PathBuf> {
    file.ancestors().skip(1).find(|it| it.file_name().is_some_and(|it| it == "vendor")).map(Path::to_owned)
}

fn folder(list: &Path) -> anyhow::Result<Vec<Complaint>> {
    let folder = list.parent().unwrap_or(list);
    let text = fs::read_to_string(list).with_context(|| list.display().to_string())?;
    let mut listed: HashMap<PathBuf, &str> = text
        .lines()
        .filter_map(|it| it.split_once("  "))
        .map(|(hash, name)| (folder.join(name.trim_start_matches("./")), hash))
        .collect();
    let mut files = Vec::new();
    walk(folder, &mut files)?;
    let mut found = Vec::new();
    for file in files.iter().filter(|it| *it != list) {
        let bytes = fs::read(file).with_context(|| file.display().to_string())?;
        let hash = hex(&Sha256::digest(&bytes));
        match listed.remove(file) {
            Some(it) if it == hash => {}
            Some(_) => found.push(format!("{}: is not what {NAME} says", file.display())),
            None => found.push(format!("{}: is not in {NAME}", file.display())),
        }
    }
    found.extend(listed.keys().map(|it| format!("{}: is in {NAME} but not there", it.display())));
    Ok(found)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut all, it| {
        let _ = write!(all, "{it:02x}");
        all
    })
}
