//! From what `wire` reads to what `school::roster` compares with the people who are known.
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use school::roster::{Mode, Place, Wanted, WantedGroup, WantedLink, WantedMembership, WantedPerson, stay_of};
use wire::roster::{self, Mapping, Problem, Record, Roster, Status};

/// Reads the file as it was handed over. Blocks.
///
/// # Errors
/// Why nothing of it may be used, in words for the office.
pub(crate) fn read(
    name: &str,
    bytes: &[u8],
    mapping: &str,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Wanted, String> {
    let mapping = match mapping.trim() {
        "" => None,
        text => Some(Mapping::parse(text).map_err(|all| joined(&all))?),
    };
    let roster = roster::read_mapped(name, bytes, mapping.as_ref());
    if roster.is_fatal() {
        let fatal: Vec<Problem> = roster.problems.into_iter().filter(Problem::is_fatal).collect();
        return Err(joined(&fatal));
    }
    Ok(wanted(roster, zone, zone.to_datetime(now).date()))
}

/// How many faults are told of a file that cannot be used.
const TOLD: usize = 10;

fn joined(problems: &[Problem]) -> String {
    let told: Vec<String> = problems.iter().take(TOLD).map(ToString::to_string).collect();
    told.join("\n")
}

/// `today`: who has left a class by then is not in it.
fn wanted(roster: Roster, zone: &TimeZone, today: Date) -> Wanted {
    let mode = match roster.mode {
        roster::Mode::Bulk => Mode::Bulk,
        roster::Mode::Delta => Mode::Delta,
    };
    let over = |status: Status, ends: Option<Date>| {
        status == Status::ToBeDeleted || ends.is_some_and(|it| it < today)
    };
    let begun = |starts: Option<Date>| starts.is_none_or(|it| it <= today);
    let groups = roster.classes.into_iter().map(|it| WantedGroup {
        gone: over(it.status, it.ends),
        name: it.title,
        code: it.code,
        place: Some(place(&it.row)),
        source_id: it.source_id,
    });
    let memberships = roster.enrolments.into_iter().filter(|it| begun(it.starts));
    let links = roster.links.into_iter().map(|it| WantedLink {
        place: Some(place(&it.row)),
        child: it.child,
        parent: it.parent,
        relation: it.relation,
        priority: it.priority,
        gone: false,
    });
    Wanted {
        mode,
        covers: roster.covers,
        held: roster.held,
        people: roster.people.into_iter().map(|it| person(it, zone)).collect(),
        groups: groups.collect(),
        memberships: memberships
            .map(|it| WantedMembership { gone: over(it.status, it.ends), person: it.person, group: it.class })
            .collect(),
        links: links.collect(),
        problems: roster.problems.iter().map(problem).collect(),
    }
}

fn person(it: Record, zone: &TimeZone) -> WantedPerson {
    let text = |it: String| if it.trim().is_empty() { None } else { Some(it) };
    WantedPerson {
        gone: it.status == Status::ToBeDeleted || !it.enabled,
        username: it.username,
        given: it.preferred_given.and_then(text).unwrap_or(it.given),
        family: it.preferred_family.and_then(text).unwrap_or(it.family),
        roles: it.roles,
        year: it.grade,
        email: it.email,
        stay: stay_of(it.starts, it.ends, zone),
        place: Some(place(&it.row)),
        source_id: it.source_id,
    }
}

fn place(row: &roster::Place) -> Place {
    Place { file: row.file.to_string(), line: row.line }
}

fn problem(it: &Problem) -> (Option<Place>, String) {
    let words = match &it.field {
        Some(field) => format!("{field}: {}", it.words),
        None => it.words.clone(),
    };
    (Some(Place { file: it.file.clone(), line: it.line.unwrap_or(0) }), words)
}
