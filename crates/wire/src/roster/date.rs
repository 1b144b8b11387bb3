//! Dates as people and spreadsheets write them. What could be two days is refused.
use jiff::civil::Date;
use thiserror::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DateFault {
    #[error("could be read as day/month or month/day: write it as 2026-09-01")]
    Ambiguous,
    #[error("has the month before the day, as in the United States: write it as 2026-09-01")]
    MonthFirst,
    #[error("is the number a spreadsheet keeps in place of a date: format the column as a date, 2026-09-01")]
    Serial,
    #[error("has a year of two digits: write it as 2026-09-01")]
    ShortYear,
    #[error("is no day in any calendar: write it as 2026-09-01")]
    NoSuchDay,
    #[error("is not a date: write it as 2026-09-01")]
    Unknown,
}

/// What the other dates of a column say of `03/04/2026`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Order {
    said: bool,
    day_first: bool,
    month_first: bool,
}

impl Order {
    /// Somebody said so.
    pub(super) const DAY_FIRST: Order = Order { said: true, day_first: true, month_first: false };

    /// Learns from one value.
    pub(super) fn learn(&mut self, value: &str) {
        if let Some((first, second, _)) = numbers(value) {
            self.day_first |= first > 12 && second <= 12;
            self.month_first |= second > 12 && first <= 12;
        }
    }
}

pub(super) fn parse(value: &str, order: Order) -> Result<Date, DateFault> {
    let value = value.trim();
    if !value.is_ascii() {
        return Err(DateFault::Unknown);
    }
    // A time after the day is left away: `2026-09-01T00:00:00.000Z`, `01/09/2026 00:00`.
    let day = match value.find(['T', ' ']) {
        Some(at) if at >= 8 && value[at + 1..].starts_with(|it: char| it.is_ascii_digit()) => {
            if value[at + 1..].contains(':') { &value[..at] } else { value }
        }
        _ => value,
    };
    let bytes = day.as_bytes();
    if bytes.iter().all(u8::is_ascii_digit) {
        return match bytes.len() {
            8 => date(&day[..4], &day[4..6], &day[6..]),
            5 => Err(DateFault::Serial),
            _ => Err(DateFault::Unknown),
        };
    }
    if day.split_once('.').is_some_and(|(whole, rest)| {
        whole.len() == 5 && whole.bytes().chain(rest.bytes()).all(|it| it.is_ascii_digit())
    }) {
        return Err(DateFault::Serial);
    }
    let parts: Vec<&str> = day.split(['-', '/', '.', ' ']).filter(|it| !it.is_empty()).collect();
    let [first, second, third] = parts.as_slice() else { return Err(DateFault::Unknown) };
    if first.len() == 4 {
        return date(first, second, third);
    }
    if let Some(month) = month(second) {
        return named(third, month, first);
    }
    if let Some(month) = month(first) {
        return named(third, month, second);
    }
    let Some((first, second, year)) = numbers(day) else { return Err(DateFault::Unknown) };
    let Some(year) = year else { return Err(DateFault::ShortYear) };
    if first <= 12 && second > 12 {
        return Err(DateFault::MonthFirst);
    }
    if first <= 12 && first != second {
        match order {
            Order { said: true, .. } | Order { day_first: true, month_first: false, .. } => {}
            Order { month_first: true, day_first: false, .. } => return Err(DateFault::MonthFirst),
            _ => return Err(DateFault::Ambiguous),
        }
    }
    made(year, second, first)
}

/// `1/9/2026` as (1, 9, 2026); the year is `None` when it has two digits.
fn numbers(value: &str) -> Option<(i8, i8, Option<i16>)> {
    let day = value.trim().split(' ').next()?;
    let mut parts = day.split(['-', '/', '.']);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || first.len() > 2 || second.len() > 2 {
        return None;
    }
    let number = |it: &str| it.bytes().all(|it| it.is_ascii_digit()).then(|| it.parse().ok()).flatten();
    let year = match year.len() {
        2 if year.bytes().all(|it| it.is_ascii_digit()) => None,
        4 => Some(year.parse::<u16>().ok().and_then(|it| i16::try_from(it).ok())?),
        _ => return None,
    };
    Some((number(first)?, number(second)?, year))
}

fn named(year: &str, month: i8, day: &str) -> Result<Date, DateFault> {
    if year.len() == 2 {
        return Err(DateFault::ShortYear);
    }
    let day = day.strip_suffix(',').unwrap_or(day);
    match (year.parse(), day.parse()) {
        (Ok(year), Ok(day)) => made(year, month, day),
        _ => Err(DateFault::Unknown),
    }
}

fn month(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_ascii_lowercase();
    let name = if name == "sept" { "sep" } else { &name };
    let at = MONTHS.iter().position(|it| *it == name || (name.len() == 3 && it.starts_with(name)))?;
    i8::try_from(at + 1).ok()
}

fn date(year: &str, month: &str, day: &str) -> Result<Date, DateFault> {
    match (year.parse(), month.parse(), day.parse()) {
        (Ok(year), Ok(month), Ok(day)) => made(year, month, day),
        _ => Err(DateFault::Unknown),
    }
}

/// Nobody at a school was born before 1900 or leaves after 2199.
fn made(year: i16, month: i8, day: i8) -> Result<Date, DateFault> {
    match Date::new(year, month, day) {
        Ok(date) if (1900..2200).contains(&year) => Ok(date),
        _ => Err(DateFault::NoSuchDay),
    }
}
