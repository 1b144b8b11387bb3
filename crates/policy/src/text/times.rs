use super::words::{Token, Words, Wrong, clip, wrong};
use crate::schedule::{DAY_NAMES, Days, When, Window};

/// `always`, `lessons`, `"Homework club"`, `16:00 to 20:00 on monday to thursday` and so on.
pub(super) fn when(words: &mut Words) -> Result<When, Wrong> {
    const FIXED: [(&str, When); 6] = [
        ("always", When::Always),
        ("school time", When::SchoolTime),
        ("lessons", When::Lessons),
        ("breaks", When::Breaks),
        ("outside school time", When::OutsideSchoolTime),
        ("school days", When::SchoolDays),
    ];
    for (phrase, when) in FIXED {
        if words.take(phrase) {
            return Ok(when);
        }
    }
    if let Some(Token::Quoted(_)) = words.peek() {
        return Ok(When::Named(words.name("the name of the schedule")?));
    }
    if matches!(words.peek(), Some(Token::Word(it)) if it.starts_with(|c: char| c.is_ascii_digit())) {
        return Ok(When::Window(window(words)?));
    }
    let typed = words.text("the time")?;
    wrong(
        format!("\"{}\" is not a time", clip(&typed)),
        "write always, school time, lessons, breaks, outside school time, school days, a schedule's name in \
         quotation marks, or 16:00 to 20:00 on monday to thursday",
    )
}

fn window(words: &mut Words) -> Result<Window, Wrong> {
    let start = minutes(&words.text("the time of day")?)?;
    if !words.take("to") {
        return wrong("the end of the time is missing", "write it as 16:00 to 20:00");
    }
    let end = minutes(&words.text("the end of the time")?)?;
    let days = if words.take("on") { days(words)? } else { Days::EVERY };
    match (start, end, days) {
        (1440, _, _) => wrong("24:00 cannot begin a time", "write 00:00"),
        (_, 0, _) => wrong("00:00 cannot end a time", "write 24:00"),
        (start, end, _) if start == end => wrong("the time is empty", "make its end later than its start"),
        (start, end, Days::School) if end < start => wrong(
            "a time on school days cannot run past midnight",
            "split it at midnight into two, or name the days of the week",
        ),
        (start, end, days) => Ok(Window { start, end, days }),
    }
}

/// Minutes since midnight, 0 to 1440.
pub(super) fn minutes(text: &str) -> Result<u16, Wrong> {
    let read = |part: &str| -> Option<u16> {
        (matches!(part.len(), 1 | 2) && part.bytes().all(|it| it.is_ascii_digit()))
            .then(|| part.parse().ok())?
    };
    let parsed = text.split_once(':').and_then(|(h, m)| {
        let (h, m) = (read(h)?, read(m)?);
        (m < 60 && m.checked_add(h * 60)? <= 1440).then_some(h * 60 + m)
    });
    match parsed {
        Some(it) => Ok(it),
        None => wrong(
            format!("\"{}\" is not a time of day", clip(text)),
            "write hours and minutes by the 24-hour clock, such as 15:30",
        ),
    }
}

fn days(words: &mut Words) -> Result<Days, Wrong> {
    if words.take("school days") {
        return Ok(Days::School);
    }
    let mut bits = 0;
    loop {
        let first = day(words)?;
        let last = if words.take("to") { day(words)? } else { first };
        let mut at = first;
        bits |= 1 << at;
        while at != last {
            at = (at + 1) % 7;
            bits |= 1 << at;
        }
        if !words.take("and") {
            return Ok(Days::Week(bits));
        }
    }
}

/// 0 is Monday.
fn day(words: &mut Words) -> Result<usize, Wrong> {
    let typed = words.text("the day")?;
    let lower = typed.to_ascii_lowercase();
    let known = DAY_NAMES.iter().position(|it| 3 <= lower.len() && it.starts_with(&lower));
    match known {
        Some(it) => Ok(it),
        None => wrong(
            format!("\"{}\" is not a day", clip(&typed)),
            "write monday to sunday, or school days; join several with and",
        ),
    }
}
