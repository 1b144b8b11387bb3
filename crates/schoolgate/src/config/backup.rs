//! `[backup]`: the whole data folder in one file, every day (NET-12).
use std::path::{Component, Path, PathBuf};

use jiff::civil::Time;
use serde::Deserialize;
use store::backup::Recipient;
use toml::Spanned;

use super::{check::Check, fault::ConfigFault, raw::Text};

#[derive(Debug, Clone)]
pub(crate) struct Backup {
    pub(crate) folder: PathBuf,
    /// By the school's clock.
    pub(crate) time: Time,
    /// So many good ones are kept; older ones are removed when a new one is whole.
    pub(crate) keep: u16,
    /// Whom they are sealed for.
    pub(crate) recipient: Option<Recipient>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    folder: Text,
    time: Option<Text>,
    keep: Option<Spanned<u16>>,
    recipient: Option<Text>,
}

const TIME: Time = Time::constant(2, 30, 0, 0);
const KEEP: u16 = 14;

pub(crate) fn check(raw: Raw, data: &Path, check: &mut Check) -> Option<Backup> {
    let folder = check.path(&raw.folder);
    if lies_in(&folder, data) {
        check.fault(ConfigFault::at(
            &raw.folder,
            "backup.folder",
            "lies in the data folder",
            "name a folder elsewhere, best on another disk: what takes the data folder would take its backups too",
        ));
    }
    let recipient = match &raw.recipient {
        None => None,
        Some(it) => Some(check.parse(
            it,
            "backup.recipient",
            "write the recipient that `schoolgate backup --new-key FILE` or age-keygen prints",
        )?),
    };
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
    Some(Backup { folder, time: time?, keep: keep?, recipient })
}

/// By their names, `..` taken out; a link that leads there is found by nobody before it is followed.
fn lies_in(folder: &Path, data: &Path) -> bool {
    plain(folder).starts_with(plain(data))
}

fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}
