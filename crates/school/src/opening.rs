use std::{fmt, str::FromStr};

use jiff::civil::{DateTime, Weekday};

/// Weekly hours in which a door stands open (ACC-20): `monday to friday 16:00 to 21:00, saturday 09:00 to 13:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours(Vec<Span>);

/// Days of the week, both included, and minutes since midnight; the end is not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    first: Weekday,
    last: Weekday,
    start: u16,
    end: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" does not read as opening hours: write monday to friday 16:00 to 21:00, with commas between")]
pub struct NotOpeningHours(String);

impl OpeningHours {
    /// What nobody may pass, for hours that cannot be read.
    pub const CLOSED: OpeningHours = OpeningHours(Vec::new());

    /// `None`: nothing is written, so that it is open at any hour.
    ///
    /// # Errors
    /// [`NotOpeningHours`], with the piece that cannot be read.
    pub fn read(text: &str) -> Result<Option<OpeningHours>, NotOpeningHours> {
        if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some) }
    }

    /// `local`: by the school's own clock.
    pub fn covers(&self, local: DateTime) -> bool {
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let day = local.weekday().to_monday_zero_offset();
        self.0.iter().any(|it| {
            let (first, last) = (it.first.to_monday_zero_offset(), it.last.to_monday_zero_offset());
            let on_day =
                if first <= last { first <= day && day <= last } else { first <= day || day <= last };
            on_day && it.start <= minute && minute < it.end
        })
    }
}

impl FromStr for OpeningHours {
    type Err = NotOpeningHours;
    fn from_str(text: &str) -> Result<OpeningHours, NotOpeningHours> {
        let one = |piece: &str| span(piece).ok_or_else(|| NotOpeningHours(piece.trim().to_owned()));
        text.split(',').map(one).collect::<Result<_, _>>().map(OpeningHours)
    }
}

impl fmt::Display for OpeningHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("closed");
        }
        for (i, it) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            f.write_str(name(it.first))?;
            if it.first != it.last {
                write!(f, " to {}", name(it.last))?;
            }
            let clock = |minutes: u16| (minutes / 60, minutes % 60);
            let ((h, m), (to_h, to_m)) = (clock(it.start), clock(it.end));
            write!(f, " {h:02}:{m:02} to {to_h:02}:{to_m:02}")?;
        }
        Ok(())
    }
}

/// `monday to friday 16:00 to 21:00` or `saturday 9:00-13:00`.
fn span(piece: &str) -> Option<Span> {
    let piece = piece.to_lowercase().replace(['-', '–'], " to ");
    let words: Vec<&str> = piece.split_whitespace().collect();
    let (days, times) =
        words.split_at(words.iter().position(|it| it.starts_with(|c: char| c.is_ascii_digit()))?);
    let (first, last) = match days {
        [one] => (day(one)?, day(one)?),
        [first, "to", last] => (day(first)?, day(last)?),
        [] => (Weekday::Monday, Weekday::Sunday),
        _ => return None,
    };
    let [start, "to", end] = times else { return None };
    let (start, end) = (minutes(start)?, minutes(end)?);
    (start < end).then_some(Span { first, last, start, end })
}

fn minutes(text: &str) -> Option<u16> {
    let (h, m) = text.split_once(':')?;
    let (h, m) = (h.parse::<u16>().ok()?, m.parse::<u16>().ok()?);
    (m < 60 && h * 60 + m <= 1440 && h <= 24).then_some(h * 60 + m)
}

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// In full, or its first letters, three at least.
fn day(text: &str) -> Option<Weekday> {
    let long_enough = 3 <= text.len();
    DAYS.iter().find(|(it, _)| long_enough && it.starts_with(text)).map(|(_, day)| *day)
}

fn name(day: Weekday) -> &'static str {
    DAYS.iter().find(|(_, it)| *it == day).map_or("", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        let check = |text: &str, read: Option<&str>| {
            let got = text.parse::<OpeningHours>().ok().map(|it| it.to_string());
            assert_eq!(got.as_deref(), read, "{text}");
        };
        let both = "monday to friday 16:00 to 21:00, saturday 09:00 to 13:00";
        check(both, Some(both));
        check("Mon-Fri 16:00-21:00, Sat 9:00–13:00", Some(both));
        check("18:00 to 24:00", Some("monday to sunday 18:00 to 24:00"));
        check("sat to mon 10:00 to 12:00", Some("saturday to monday 10:00 to 12:00"));
        for bad in [
            "",
            "monday",
            "16:00",
            "mo 16:00 to 17:00",
            "mon 17:00 to 16:00",
            "mon 16:00 to 25:00",
            "mon 16 to 17",
            "mon 16:60 to 17:00",
            ",",
        ] {
            check(bad, None);
        }
        assert_eq!(OpeningHours::read("  "), Ok(None));
    }

    #[test]
    fn a_door_is_open_within_its_hours_and_no_longer() {
        let hours: OpeningHours =
            "monday to friday 16:00 to 21:00, sat to sun 09:00 to 13:00".parse().expect("hours");
        let check = |local: &str, open: bool| {
            assert_eq!(hours.covers(local.parse().expect(local)), open, "{local}");
            assert!(!OpeningHours::CLOSED.covers(local.parse().expect(local)));
        };
        check("2026-11-23T15:59:59", false);
        check("2026-11-23T16:00:00", true);
        check("2026-11-27T20:59:59", true);
        check("2026-11-27T21:00:00", false);
        check("2026-11-28T09:00:00", true);
        check("2026-11-29T12:59:00", true);
        check("2026-11-29T16:30:00", false);
    }
}
