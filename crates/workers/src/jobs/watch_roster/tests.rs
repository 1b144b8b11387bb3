use jiff::civil::time;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// The latest time to look, for a school in London.
fn check(schedule: Schedule, now: &str, last: &str) {
    let zone = TimeZone::get("Europe/London").expect("London");
    assert_eq!(schedule.last(at(now), &zone), at(last), "at {now}");
}

#[test]
fn once_a_day_is_by_the_schools_clock() {
    let early = Schedule::Daily(time(3, 30, 0, 0));
    check(early, "2026-11-25T03:29:59Z", "2026-11-24T03:30:00Z");
    check(early, "2026-11-25T03:30:00Z", "2026-11-25T03:30:00Z");
    check(early, "2026-11-25T23:59:59Z", "2026-11-25T03:30:00Z");
    // In summer.
    check(early, "2026-07-01T02:29:59Z", "2026-06-30T02:30:00Z");
    check(early, "2026-07-01T02:30:00Z", "2026-07-01T02:30:00Z");
    // Past midnight it is still the one of the evening before.
    let late = Schedule::Daily(time(23, 30, 0, 0));
    check(late, "2026-11-25T00:10:00Z", "2026-11-24T23:30:00Z");
    check(late, "2026-11-25T23:30:00Z", "2026-11-25T23:30:00Z");
    check(late, "2026-06-30T23:10:00Z", "2026-06-30T22:30:00Z");
    check(Schedule::Daily(time(0, 0, 0, 0)), "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
}

#[test]
fn a_night_of_the_other_time_has_one_too() {
    let night = Schedule::Daily(time(1, 30, 0, 0));
    // There is no half past one: an hour goes from one to two.
    check(night, "2026-03-29T01:29:59Z", "2026-03-28T01:30:00Z");
    check(night, "2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z");
    check(night, "2026-03-30T00:30:00Z", "2026-03-30T00:30:00Z");
    // There are two: the first counts, and the second is no other.
    check(night, "2026-10-25T00:29:59Z", "2026-10-24T00:30:00Z");
    check(night, "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z");
    check(night, "2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z");
    check(night, "2026-10-26T01:30:00Z", "2026-10-26T01:30:00Z");
}

#[test]
fn every_so_often_is_counted_from_the_full_hour() {
    let quarter = Schedule::Every(SignedDuration::from_mins(15));
    check(quarter, "2026-11-25T10:14:59Z", "2026-11-25T10:00:00Z");
    check(quarter, "2026-11-25T10:15:00Z", "2026-11-25T10:15:00Z");
}
