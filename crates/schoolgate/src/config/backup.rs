//! `[backup]`: the whole data folder in one file, every day (NET-12).
use std::path::PathBuf;

use jiff::civil::Time;
use serde::Deserialize;
use toml::Spanned;

use super::{check::Check, fault::ConfigFault, raw::Text};

#[derive(Debug, Clone)]
pub(crate) struct Backup {
    pub(crate) folder: PathBuf,
    /// By the school's clock.
    pub(crate) time: Time,
    /// So many good ones are kept; older ones are removed when a new one is whole.
    pub(crate) keep: u16,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    folder: Text,
    time: Option<Text>,
    keep: Option<Spanned<u16>>,
}

const TIME: Time = Time::constant(2, 30, 0, 0);
const KEEP: u16 = 14;

pub(crate) fn check(raw: Raw, check: &mut Check) -> Option<Backup> {
    let time = match &raw.time {
        None => Some(TIME),
        Some(it) => check.parse(it, "backup.time", "write a time of day such as \"02:30\""),
    };
    let keep = match raw.keep {
        None => Some(KEEP),
        Some(it) if (1..=1_000).contains(it.get_ref()) => Some(it.into_inner()),
        Some(it) => check.none(ConfigFault::at(
            &it,
            "backup.keep",
            "must lie between 1 and 1000",
            "write how many backups are kept",
        )),
    };
    Some(Backup { folder: check.path(&raw.folder), time: time?, keep: keep? })
}
