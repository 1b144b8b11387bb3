//! School time: terms, days and lesson times (design decision 17).
use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

use crate::Line;

/// When the school is open and when its lessons are, in its own time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub zone: TimeZone,
    /// Without terms, every day in `days` is a school day.
    pub terms: Vec<Term>,
    pub days: SchoolDays,
    /// From the first bell to the last, the same each school day.
    pub day: DaySpan,
    /// Lessons in order; what lies between them within `day` is a break.
    pub lessons: Vec<DaySpan>,
    /// Days in term when the school is closed.
    pub closed: Vec<Date>,
}

/// First and last day, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub name: Line,
    pub first: Date,
    pub last: Date,
}

/// From `start`, included, to `end`, not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaySpan {
    pub start: Time,
    pub end: Time,
}

/// The days of the week on which the school opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchoolDays(u8);

/// What kind of time a moment is to the school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SchoolTime {
    Lesson,
    /// Within the school day, between lessons.
    Break,
    /// A school day, before the first bell or after the last.
    OutsideHours,
    /// Not a school day.
    Closed,
}

/// A moment as the school sees it, worked out once per request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    pub date: Date,
    pub time: Time,
    pub weekday: Weekday,
    pub kind: SchoolTime,
}

impl SchoolDays {
    pub const MONDAY_TO_FRIDAY: SchoolDays = SchoolDays(0b0001_1111);

    pub fn has(self, day: Weekday) -> bool {
        self.0 >> day.to_monday_zero_offset() & 1 == 1
    }
}

impl FromIterator<Weekday> for SchoolDays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> SchoolDays {
        SchoolDays(days.into_iter().fold(0, |bits, day| bits | 1 << day.to_monday_zero_offset()))
    }
}

impl DaySpan {
    pub fn has(self, time: Time) -> bool {
        self.start <= time && time < self.end
    }
}

impl Calendar {
    pub fn is_school_day(&self, date: Date) -> bool {
        let in_term =
            self.terms.is_empty() || self.terms.iter().any(|it| it.first <= date && date <= it.last);
        in_term && self.days.has(date.weekday()) && !self.closed.contains(&date)
    }

    pub fn moment(&self, at: Timestamp) -> Moment {
        let local = self.zone.to_datetime(at);
        let (date, time) = (local.date(), local.time());
        let kind = if !self.is_school_day(date) {
            SchoolTime::Closed
        } else if !self.day.has(time) {
            SchoolTime::OutsideHours
        } else if self.lessons.iter().any(|it| it.has(time)) {
            SchoolTime::Lesson
        } else {
            SchoolTime::Break
        };
        Moment { at, date, time, weekday: date.weekday(), kind }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn calendar() -> Calendar {
        let span = |a, b, c, d| DaySpan { start: time(a, b, 0, 0), end: time(c, d, 0, 0) };
        Calendar {
            zone: TimeZone::get("Europe/London").expect("bundled"),
            terms: vec![Term {
                name: "Autumn".parse().expect("a line"),
                first: date(2026, 9, 2),
                last: date(2026, 12, 18),
            }],
            days: SchoolDays::MONDAY_TO_FRIDAY,
            day: span(8, 30, 15, 30),
            lessons: vec![span(9, 0, 10, 0), span(10, 20, 12, 20)],
            closed: vec![date(2026, 11, 2)],
        }
    }

    #[test]
    fn kinds_of_time() {
        let check = |at: &str, kind: SchoolTime| {
            let at: Timestamp = at.parse().expect(at);
            assert_eq!(calendar().moment(at).kind, kind, "{at}");
        };
        // British Summer Time until 25 October 2026: UTC is an hour behind the school's clock.
        check("2026-10-23T08:00:00Z", SchoolTime::Lesson);
        check("2026-10-23T07:30:00Z", SchoolTime::Break);
        check("2026-10-26T08:30:00Z", SchoolTime::Break);
        check("2026-10-26T09:00:00Z", SchoolTime::Lesson);
        check("2026-10-26T10:00:00Z", SchoolTime::Break);
        check("2026-10-26T15:30:00Z", SchoolTime::OutsideHours);
        check("2026-10-25T10:00:00Z", SchoolTime::Closed);
        check("2026-11-02T10:00:00Z", SchoolTime::Closed);
        check("2026-12-21T10:00:00Z", SchoolTime::Closed);
    }
}
