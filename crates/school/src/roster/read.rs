//! How the words of a source are taken.
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

use crate::{Role, Roles, Stay, Year};

/// The role that a code of `OneRoster` gives (`OneRoster` 1.2 section 4.13.6, and 1.1). No role with rights comes from a
/// file: an administrator there is support staff here until somebody appoints them.
pub fn role_of(code: &str) -> Option<Role> {
    match code.trim().to_ascii_lowercase().as_str() {
        "student" | "pupil" => Some(Role::Pupil),
        "teacher" => Some(Role::Teacher),
        "parent" | "guardian" | "relative" | "carer" => Some(Role::Parent),
        "aide"
        | "proctor"
        | "counselor"
        | "administrator"
        | "districtadministrator"
        | "siteadministrator"
        | "systemadministrator"
        | "principal"
        | "staff"
        | "support-staff" => Some(Role::SupportStaff),
        _ => None,
    }
}

/// Roles that a roster gives and takes. All others are given by hand, and a roster leaves them alone.
pub const fn managed() -> Roles {
    Roles::NONE.with(Role::Pupil).with(Role::Teacher).with(Role::SupportStaff).with(Role::Parent)
}

/// `7`, `07`, `Year 7`, `Y7`, `R`, `Reception`, `N`, `Nursery`. Grades of other countries are not guessed at.
pub fn read_year(text: &str) -> Option<Year> {
    let text = text.trim().to_ascii_lowercase();
    let rest = ["year", "yr", "y"].iter().find_map(|it| text.strip_prefix(it)).unwrap_or(&text);
    let rest = rest.trim_start_matches([' ', '.']).trim_start_matches('0');
    match rest {
        "n" | "n1" | "n2" | "nursery" => Some(Year::NURSERY),
        "r" | "rec" | "reception" => Some(Year::RECEPTION),
        digits => digits.parse().ok(),
    }
}

/// From the beginning of the first day to the end of the last, in the school's own time (ACC-14).
pub fn stay_of(starts: Option<Date>, ends: Option<Date>, zone: &TimeZone) -> Stay {
    let midnight = |date: Date| -> Option<Timestamp> {
        // The first moment of the day, also where the clocks change at midnight.
        date.to_zoned(zone.clone()).ok().and_then(|it| it.start_of_day().ok()).map(|it| it.timestamp())
    };
    let until = ends.and_then(|it| it.checked_add(1.day()).ok()).and_then(midnight);
    Stay { from: starts.and_then(midnight), until }
}
