//! `[roster]`: the folder that is watched for rosters.
use std::{fs, path::PathBuf};

use jiff::{SignedDuration, civil::Time};
use school::Line;
use serde::Deserialize;
use wire::roster::Mapping;
use workers::jobs::Schedule;

use super::{check::Check, fault::ConfigFault, raw::Text};

#[derive(Debug, Clone)]
pub(crate) struct Roster {
    pub(crate) folder: PathBuf,
    pub(crate) schedule: Schedule,
    /// Whose people it speaks of.
    pub(crate) source: Line,
    /// As text, checked; `None`: guessed from the headings.
    pub(crate) mapping: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    folder: Text,
    schedule: Option<Text>,
    source: Option<Text>,
    mapping: Option<Text>,
}

const EVERY: SignedDuration = SignedDuration::from_mins(15);
const REMEDY: &str = "write \"daily 03:30\" or \"every 15m\"";

pub(crate) fn check(raw: &Raw, check: &mut Check) -> Option<Roster> {
    let folder = check.file(&raw.folder, "roster.folder");
    let schedule = match &raw.schedule {
        None => Some(Schedule::Every(EVERY)),
        Some(it) => schedule(it, check),
    };
    let source = match &raw.source {
        None => "MIS".parse().ok(),
        Some(it) => check.parse(it, "roster.source", "write what the system is called"),
    };
    let mapping = match &raw.mapping {
        None => None,
        Some(it) => Some(mapping(it, check)?),
    };
    Some(Roster { folder: folder?, schedule: schedule?, source: source?, mapping })
}

fn schedule(text: &Text, check: &mut Check) -> Option<Schedule> {
    let key = "roster.schedule";
    match text.get_ref().trim().split_once(' ') {
        Some(("daily", at)) => {
            let at = Time::strptime("%H:%M", at.trim());
            check.keep(
                at.map(Schedule::Daily).map_err(|it| ConfigFault::at(text, key, it.to_string(), REMEDY)),
            )
        }
        Some(("every", span)) => match span.trim().parse::<SignedDuration>() {
            Ok(it) if (SignedDuration::from_mins(1)..=SignedDuration::from_hours(24)).contains(&it) => {
                Some(Schedule::Every(it))
            }
            Ok(_) => check.none(ConfigFault::at(text, key, "must lie between a minute and a day", REMEDY)),
            Err(it) => check.none(ConfigFault::at(text, key, it.to_string(), REMEDY)),
        },
        _ => check.none(ConfigFault::at(text, key, "is no schedule", REMEDY)),
    }
}

fn mapping(text: &Text, check: &mut Check) -> Option<String> {
    let path = check.file(text, "roster.mapping")?;
    let remedy = "docs/help/roster.md shows how a mapping is written";
    let read = match fs::read_to_string(&path) {
        Ok(read) => read,
        Err(err) => return check.none(ConfigFault::at(text, "roster.mapping", err.to_string(), remedy)),
    };
    match Mapping::parse(&read) {
        Ok(_) => Some(read),
        Err(faults) => {
            let words: Vec<String> = faults.iter().map(ToString::to_string).collect();
            check.none(ConfigFault::at(text, "roster.mapping", words.join("; "), remedy))
        }
    }
}
