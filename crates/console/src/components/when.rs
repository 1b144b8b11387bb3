//! Times and amounts, as people say them.
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use maud::{Markup, html};

/// `Mon 23 Nov 2026, 10:05`, in the school's own time.
pub(crate) fn full(at: Timestamp, zone: &TimeZone) -> Markup {
    let local = at.to_zoned(zone.clone());
    html! { time datetime=(at) { (local.strftime("%a %-d %b %Y, %H:%M")) } }
}

/// `10:05:31` with the day under it, for tables.
pub(crate) fn stacked(at: Timestamp, zone: &TimeZone) -> Markup {
    let local = at.to_zoned(zone.clone());
    html! {
        time.sg-when datetime=(at) {
            span.sg-when__time { (local.strftime("%H:%M:%S")) } " "
            span.sg-when__day { (local.strftime("%-d %b")) }
        }
    }
}

pub(crate) fn day(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// `just now`, `4 minutes ago`, `3 days ago`.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    match seconds {
        ..90 => "just now".to_owned(),
        90..5_400 => format!("{} minutes ago", (seconds + 30) / 60),
        5_400..129_600 => format!("{} hours ago", (seconds + 1_800) / 3_600),
        _ => format!("{} days ago", (seconds + 43_200) / 86_400),
    }
}

/// `1,234,567`.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `812 bytes`, `4.2 MB`.
pub(crate) fn size(bytes: u64) -> String {
    let scaled = |unit: u64, name: &str| format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => scaled(1_000, "kB"),
        1_000_000..1_000_000_000 => scaled(1_000_000, "MB"),
        _ => scaled(1_000_000_000, "GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_aloud() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(size(812), "812 bytes");
        assert_eq!(size(4_250_000), "4.2 MB");
    }

    #[test]
    fn ages_read_aloud() {
        let check = |seconds: i64, words: &str| {
            let at = Timestamp::UNIX_EPOCH;
            let now = Timestamp::from_second(seconds).expect("in range");
            assert_eq!(ago(at, now), words);
        };
        check(-5, "just now");
        check(89, "just now");
        check(240, "4 minutes ago");
        check(7_200, "2 hours ago");
        check(3 * 86_400, "3 days ago");
    }
}
