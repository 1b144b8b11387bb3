use std::fmt;

use school::{Moment, SchoolTime};

/// When a rule or a profile counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    Always,
    /// From the first bell to the last on a school day.
    SchoolTime,
    Lessons,
    /// Within the school day, between lessons.
    Breaks,
    /// Before the first bell, after the last, and on days when the school is closed.
    OutsideSchoolTime,
    /// Every moment of a school day, from midnight to midnight.
    SchoolDays,
    Window(Window),
    /// A schedule of that name in this layer or one above.
    Named(Box<str>),
}

/// A named number of times; it is on when any of them is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub name: Box<str>,
    /// None of them [`When::Named`].
    pub times: Vec<When>,
}

/// From `start`, included, to `end`, not included, in minutes since midnight by the school's clock.
/// `end` at or before `start` runs past midnight, and then counts as the day on which it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// 0 to 1439.
    pub start: u16,
    /// 1 to 1440.
    pub end: u16,
    pub days: Days,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// Bit 0 is Monday.
    Week(u8),
    /// Days on which the school is open, by its calendar.
    School,
}

pub(crate) const DAY_NAMES: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Days {
    pub const EVERY: Days = Days::Week(0b0111_1111);
}

impl Window {
    pub fn has(&self, moment: &Moment) -> bool {
        let minute = u16::from(moment.time.hour().unsigned_abs()) * 60
            + u16::from(moment.time.minute().unsigned_abs());
        let today = moment.weekday.to_monday_zero_offset();
        let on = |day: i8| match self.days {
            Days::Week(bits) => bits >> day & 1 == 1,
            Days::School => moment.kind != SchoolTime::Closed,
        };
        if self.start < self.end {
            on(today) && self.start <= minute && minute < self.end
        } else {
            (on(today) && self.start <= minute) || (on((today + 6) % 7) && minute < self.end)
        }
    }
}

impl When {
    /// Named schedules are never on here: compiling replaces them by their times.
    pub fn has(&self, moment: &Moment) -> bool {
        match self {
            When::Always => true,
            When::SchoolTime => matches!(moment.kind, SchoolTime::Lesson | SchoolTime::Break),
            When::Lessons => moment.kind == SchoolTime::Lesson,
            When::Breaks => moment.kind == SchoolTime::Break,
            When::OutsideSchoolTime => {
                matches!(moment.kind, SchoolTime::OutsideHours | SchoolTime::Closed)
            }
            When::SchoolDays => moment.kind != SchoolTime::Closed,
            When::Window(window) => window.has(moment),
            When::Named(_) => false,
        }
    }
}

/// As written: `16:00 to 20:00 on monday to thursday`.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (s, e) = (self.start, self.end);
        write!(f, "{:02}:{:02} to {:02}:{:02}", s / 60, s % 60, e / 60, e % 60)?;
        match self.days {
            Days::EVERY => Ok(()),
            days => write!(f, " on {days}"),
        }
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = match *self {
            Days::School => return f.write_str("school days"),
            Days::Week(bits) => bits,
        };
        let on = |day: usize| day < 7 && bits >> day & 1 == 1;
        let mut separator = "";
        let mut day = 0;
        while day < 7 {
            let run = (day..7).take_while(|it| on(*it)).count();
            match run {
                0 => day += 1,
                1 | 2 => {
                    write!(f, "{separator}{}", DAY_NAMES[day])?;
                    day += 1;
                    separator = " and ";
                }
                _ => {
                    write!(f, "{separator}{} to {}", DAY_NAMES[day], DAY_NAMES[day + run - 1])?;
                    day += run;
                    separator = " and ";
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Always => f.write_str("always"),
            When::SchoolTime => f.write_str("school time"),
            When::Lessons => f.write_str("lessons"),
            When::Breaks => f.write_str("breaks"),
            When::OutsideSchoolTime => f.write_str("outside school time"),
            When::SchoolDays => f.write_str("school days"),
            When::Window(window) => window.fmt(f),
            When::Named(name) => crate::text::Quoted(name).fmt(f),
        }
    }
}
