//! `[school]`: its name and its time.
use jiff::{
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use school::{Calendar, DaySpan, Line, SchoolDays, Term};
use serde::Deserialize;

use super::{check::Check, fault::ConfigFault, raw::Text};

/// The school this installation serves.
#[derive(Debug, Clone)]
pub(crate) struct OwnSchool {
    pub(crate) name: Line,
    pub(crate) calendar: Calendar,
    /// Its own domains, which devices reach without the gate.
    pub(crate) domains: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    name: Text,
    zone: Option<Text>,
    days: Option<Vec<Text>>,
    day: Option<Text>,
    lessons: Option<Vec<Text>>,
    closed: Option<Vec<Text>>,
    terms: Option<Vec<RawTerm>>,
    domains: Option<Vec<Text>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerm {
    name: Text,
    first: Text,
    last: Text,
}

const SPAN: &str = "write two times of day, such as \"09:00-10:00\"";
const DATE: &str = "write year, month and day, such as \"2026-10-26\"";
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

pub(crate) fn check(raw: Raw, check: &mut Check) -> Option<OwnSchool> {
    let name = check.parse::<Line>(&raw.name, "school.name", "write the school's name");
    let zone = match &raw.zone {
        None => check.keep(TimeZone::get("Europe/London").map_err(|it| {
            ConfigFault::new(
                "school.zone",
                None,
                it.to_string(),
                "write the zone by name, such as \"Europe/London\"",
            )
        })),
        Some(it) => check.keep(TimeZone::get(it.get_ref()).map_err(|_| {
            ConfigFault::at(
                it,
                "school.zone",
                "there is no such time zone",
                "write it by name, such as \"Europe/London\"",
            )
        })),
    };
    let day = match &raw.day {
        None => Some(DaySpan { start: Time::constant(8, 30, 0, 0), end: Time::constant(15, 30, 0, 0) }),
        Some(it) => span(it, "school.day", check),
    };
    let lessons: Vec<DaySpan> =
        raw.lessons.iter().flatten().filter_map(|it| span(it, "school.lessons", check)).collect();
    if let (Some(day), Some(it)) = (day, raw.lessons.iter().flatten().next())
        && lessons.iter().any(|it| it.start < day.start || day.end < it.end)
    {
        check.fault(ConfigFault::at(
            it,
            "school.lessons",
            "a lesson lies outside the school day",
            "widen school.day or move the lesson",
        ));
    }
    let closed =
        raw.closed.iter().flatten().filter_map(|it| check.parse::<Date>(it, "school.closed", DATE)).collect();
    let terms = raw.terms.iter().flatten().filter_map(|it| term(it, check)).collect();
    let days = raw.days.as_ref().map(|all| all.iter().filter_map(|it| weekday(it, check)).collect());
    let domains = raw.domains.into_iter().flatten().map(|it| it.into_inner().to_ascii_lowercase()).collect();
    let days = days.unwrap_or(SchoolDays::MONDAY_TO_FRIDAY);
    Some(OwnSchool {
        name: name?,
        calendar: Calendar { zone: zone?, terms, days, day: day?, lessons, closed },
        domains,
    })
}

fn span(text: &Text, key: &str, check: &mut Check) -> Option<DaySpan> {
    let found = text.get_ref().split_once('-').and_then(|(start, end)| {
        Some(DaySpan { start: start.trim().parse().ok()?, end: end.trim().parse().ok()? })
    });
    match found {
        Some(it) if it.start < it.end => Some(it),
        Some(_) => check.none(ConfigFault::at(text, key, "ends before it starts", SPAN)),
        None => check.none(ConfigFault::at(text, key, "is no span of time", SPAN)),
    }
}

fn term(raw: &RawTerm, check: &mut Check) -> Option<Term> {
    let name = check.parse(&raw.name, "school.terms.name", "write a name, such as \"Autumn\"");
    let first: Option<Date> = check.parse(&raw.first, "school.terms.first", DATE);
    let last: Option<Date> = check.parse(&raw.last, "school.terms.last", DATE);
    if let (Some(first), Some(last)) = (first, last)
        && last < first
    {
        return check.none(ConfigFault::at(
            &raw.last,
            "school.terms.last",
            "the term ends before it starts",
            DATE,
        ));
    }
    Some(Term { name: name?, first: first?, last: last? })
}

fn weekday(text: &Text, check: &mut Check) -> Option<Weekday> {
    let start: String = text.get_ref().chars().take(3).collect::<String>().to_ascii_lowercase();
    match DAYS.iter().find(|it| it.0 == start) {
        Some(it) => Some(it.1),
        None => check.none(ConfigFault::at(
            text,
            "school.days",
            "is no day of the week",
            "write mon, tue, wed, thu, fri, sat or sun",
        )),
    }
}
