//! Counts kept as rows pass, so that a page of figures reads no rows. Each journal has its own; its segment carries
//! them on, in the same file, so that rows and counts cannot come apart.
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
};

use jiff::{RoundMode, Timestamp, Unit, ZonedRound, tz::TimeZone};
use policy::{Category, Outcome, Seen};
use school::{Choice, Id, School};

use crate::activity::{Counts, CountsOf};

/// Of the refused hosts of a school, a segment keeps this many.
const HOSTS: usize = 200;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    schools: HashMap<Id<School>, OfSchool>,
    /// The hour that the last row fell in, as milliseconds from when to when.
    last: Option<(i64, i64)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct OfSchool {
    /// By the start of the hour, in Unix milliseconds.
    hours: BTreeMap<i64, Hour>,
    blocked_hosts: HashMap<Box<str>, u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Hour {
    outcomes: BTreeMap<Outcome, u64>,
    categories: BTreeMap<(Category, Outcome), u64>,
    with_person: u64,
    with_device: u64,
    with_search: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, seen: &Seen, zone: &TimeZone) {
        let at = seen.at.as_millisecond();
        let start = match self.last {
            Some((from, to)) if from <= at && at < to => from,
            _ => self.last.insert(hour(seen.at, zone)).0,
        };
        let school = self.schools.entry(seen.school).or_default();
        let hour = school.hours.entry(start).or_default();
        *hour.outcomes.entry(seen.outcome).or_default() += 1;
        if let Some(category) = seen.because.category.or_else(|| seen.categories.first()) {
            *hour.categories.entry((category, seen.outcome)).or_default() += 1;
        }
        hour.with_person += u64::from(seen.person.is_some());
        hour.with_device += u64::from(seen.device.is_some());
        hour.with_search += u64::from(seen.search.is_some());
        if seen.outcome == Outcome::Blocked {
            match school.blocked_hosts.get_mut(&seen.host) {
                Some(n) => *n += 1,
                None => {
                    school.blocked_hosts.insert(seen.host.clone(), 1);
                }
            }
        }
    }

    /// Adds to `counts` what is asked for, in whole hours.
    pub(crate) fn give(&self, of: &CountsOf, zone: &TimeZone, counts: &mut Counts) {
        let Some(school) = self.schools.get(&of.school) else { return };
        let (from, to) = (hour(of.from, zone).0, of.to.as_millisecond());
        let mut any = false;
        for (start, hour) in school.hours.range(from..to.max(from)) {
            any = true;
            let Ok(start) = Timestamp::from_millisecond(*start) else { continue };
            let of_hour = counts.hours.entry(start).or_default();
            for (outcome, n) in &hour.outcomes {
                *of_hour.entry(*outcome).or_default() += n;
                *counts.outcomes.entry(*outcome).or_default() += n;
            }
            counts.with_person += hour.with_person;
            counts.with_device += hour.with_device;
            counts.with_search += hour.with_search;
            for ((category, outcome), n) in &hour.categories {
                *counts.categories.entry(*category).or_default().entry(*outcome).or_default() += n;
            }
        }
        // Not kept by the hour: a journal is short.
        for (host, n) in school.blocked_hosts.iter().filter(|_| any) {
            *counts.blocked_hosts.entry(host.clone()).or_default() += n;
        }
    }

    /// One count a line: what it counts, whose, and how many.
    pub(crate) fn write(&self) -> String {
        let mut text = String::new();
        for (school, of_school) in &self.schools {
            for (start, hour) in &of_school.hours {
                let (person, device, search) = (hour.with_person, hour.with_device, hour.with_search);
                line(&mut text, format_args!("with {school} {start} {person} {device} {search}"));
                for (outcome, n) in &hour.outcomes {
                    line(&mut text, format_args!("outcome {school} {start} {} {n}", outcome.code()));
                }
                for ((category, outcome), n) in &hour.categories {
                    let (category, outcome) = (category.code(), outcome.code());
                    line(&mut text, format_args!("category {school} {start} {category} {outcome} {n}"));
                }
            }
            let mut hosts: Vec<_> = of_school.blocked_hosts.iter().collect();
            hosts.sort_unstable_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
            for (host, n) in hosts.into_iter().take(HOSTS) {
                line(&mut text, format_args!("host {school} {host} {n}"));
            }
        }
        text
    }

    /// Lines that a later version added are passed over.
    pub(crate) fn read(text: &str) -> Tally {
        let mut tally = Tally::default();
        for line in text.lines() {
            tally.read_line(line);
        }
        tally
    }

    fn read_line(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        let (what, school) = (words.next()?, words.next()?.parse().ok()?);
        let of_school = self.schools.entry(school).or_default();
        if what == "host" {
            let (host, n) = (words.next()?, words.next()?.parse().ok()?);
            of_school.blocked_hosts.insert(host.into(), n);
            return Some(());
        }
        let start: i64 = words.next()?.parse().ok()?;
        let hour = of_school.hours.entry(start).or_default();
        match what {
            "with" => {
                hour.with_person = words.next()?.parse().ok()?;
                hour.with_device = words.next()?.parse().ok()?;
                hour.with_search = words.next()?.parse().ok()?;
            }
            "outcome" => {
                let (outcome, n) = (Outcome::from_code(words.next()?)?, words.next()?.parse().ok()?);
                hour.outcomes.insert(outcome, n);
            }
            "category" => {
                let key = (Category::from_code(words.next()?)?, Outcome::from_code(words.next()?)?);
                hour.categories.insert(key, words.next()?.parse().ok()?);
            }
            _ => {}
        }
        Some(())
    }
}

fn line(text: &mut String, args: std::fmt::Arguments<'_>) {
    writeln!(text, "{args}").expect("a string takes all");
}

/// The school's hour that a time falls in: from, included, to, not included, in Unix milliseconds.
fn hour(at: Timestamp, zone: &TimeZone) -> (i64, i64) {
    const HOUR: i64 = 3_600_000;
    let rounding = ZonedRound::new().smallest(Unit::Hour).mode(RoundMode::Trunc);
    let start = at.to_zoned(zone.clone()).round(rounding).map_or(at, |it| it.timestamp()).as_millisecond();
    (start, start + HOUR)
}
