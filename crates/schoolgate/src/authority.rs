use std::{fs, path::PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use web_gate::{Authority, AuthorityFiles};

use crate::{
    config::Config,
    data_folder::{DataFolder, write_secret},
};

/// Where the certificate and the key of the school's authority lie.
pub(crate) fn paths(config: &Config) -> (PathBuf, PathBuf) {
    match &config.gate.authority {
        Some(own) => (own.certificate.clone(), own.key.clone()),
        None => (config.data.join("authority.pem"), config.data.join("authority.key")),
    }
}

/// The school's authority: its own where it has one, otherwise the one that was made at first start.
pub(crate) fn load(config: &Config) -> anyhow::Result<Authority> {
    let (certificate, key) = paths(config);
    let read = |path: &PathBuf| {
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
    };
    let files = AuthorityFiles { certificate_pem: read(&certificate)?, key_pem: read(&key)? };
    Authority::load(&files).with_context(|| format!("{} and {}", certificate.display(), key.display()))
}

/// Makes an authority unless there is one. Its key is for the owner of the folder only.
pub(crate) fn make_if_missing(config: &Config, folder: &DataFolder, now: Timestamp) -> anyhow::Result<()> {
    let (certificate, key) = (folder.join("authority.pem"), folder.join("authority.key"));
    if config.gate.authority.is_some() || (certificate.exists() && key.exists()) {
        return Ok(());
    }
    let made = Authority::generate(config.school.name.as_str(), now)?;
    write_secret(&key, made.key_pem.as_bytes())?;
    fs::write(&certificate, made.certificate_pem)
        .with_context(|| format!("{} cannot be written", certificate.display()))
}
