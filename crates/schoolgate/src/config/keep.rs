//! `[keep]`: how long what was seen is kept. `[log]`: what the program says of itself.
use serde::Deserialize;
use toml::Spanned;

use super::{check::Check, fault::ConfigFault, raw::Text};

#[derive(Debug, Clone)]
pub(crate) struct Keep {
    /// Days; older activity is removed by the day.
    pub(crate) activity: u16,
}

#[derive(Debug, Clone)]
pub(crate) struct Log {
    /// As `tracing_subscriber::EnvFilter` reads it.
    pub(crate) level: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    activity: Option<Spanned<u16>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawLog {
    level: Option<Text>,
}

const ACTIVITY: u16 = 90;
/// Ten years: longer is no retention.
const LONGEST: u16 = 3_653;

pub(crate) fn check(raw: &Raw, check: &mut Check) -> Option<Keep> {
    match &raw.activity {
        None => Some(Keep { activity: ACTIVITY }),
        Some(it) if (1..=LONGEST).contains(it.get_ref()) => Some(Keep { activity: *it.get_ref() }),
        Some(it) => check.none(ConfigFault::at(
            it,
            "keep.activity",
            format!("must lie between 1 and {LONGEST} days"),
            "write how many days activity is kept",
        )),
    }
}

pub(crate) fn check_log(raw: RawLog, check: &mut Check) -> Option<Log> {
    let Some(level) = raw.level else { return Some(Log { level: "info".to_owned() }) };
    if ["error", "warn", "info", "debug"].contains(&level.get_ref().as_str()) {
        return Some(Log { level: level.into_inner() });
    }
    check.none(ConfigFault::at(
        &level,
        "log.level",
        "is no level",
        "write \"error\", \"warn\", \"info\" or \"debug\"",
    ))
}
