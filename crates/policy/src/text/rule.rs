use jiff::civil::Date;
use school::Choice;

use super::{
    audience::audience,
    times::{minutes, when},
    words::{Token, Words, Wrong, choose, clip, wrong},
};
use crate::{Audience, Category, Host, Matches, Prefix, Rule, Scheme, Target, Until, Verb, When};

/// Longest pattern, in bytes.
const MAX_PATTERN: usize = 500;

/// What follows the verb.
pub(super) fn rule(verb: Verb, words: &mut Words) -> Result<Rule, Wrong> {
    let mut rule = Rule {
        verb,
        matches: matches(words)?,
        audience: Vec::new(),
        during: When::Always,
        until: None,
        locked: false,
        note: None,
    };
    let (mut during, mut said) = (None, None);
    while !words.is_empty() {
        let twice = if words.take("for") {
            !std::mem::replace(&mut rule.audience, words.list(audience)?).is_empty()
        } else if words.take("during") {
            during.replace(when(words)?).is_some()
        } else if words.take("until") {
            rule.until.replace(until(words)?).is_some()
        } else if words.take("locked") {
            std::mem::replace(&mut rule.locked, true)
        } else if words.take("note") {
            said.replace(note(words)?).is_some()
        } else {
            words.end()?;
            false
        };
        if twice {
            return wrong(
                "a part of the rule is there twice",
                "say for, during, until, locked and note once",
            );
        }
    }
    if rule.audience.is_empty() {
        rule.audience.push(Audience::Everyone);
    }
    rule.during = during.unwrap_or(When::Always);
    rule.note = said;
    Ok(rule)
}

fn matches(words: &mut Words) -> Result<Matches, Wrong> {
    if words.take("everything") {
        return Ok(Matches::Everything);
    }
    if words.take("category") {
        return Ok(Matches::Category(category(words)?));
    }
    if words.take("pattern") {
        return pattern(words);
    }
    let exact = words.take("host");
    let typed = words.text("the address")?;
    if typed.contains('/') {
        if exact {
            return wrong("a host has no path", "leave out the word host, or the path");
        }
        return address(&typed);
    }
    let host = host(&typed)?;
    Ok(if exact { Matches::Host(host) } else { Matches::Domain(host) })
}

pub(super) fn category(words: &mut Words) -> Result<Category, Wrong> {
    let code = words.text("the category")?;
    match Category::from_code(&code.to_ascii_lowercase()) {
        Some(it) => Ok(it),
        None => wrong(
            format!("there is no category \"{}\"", clip(&code)),
            choose(&code, Category::ALL.iter().map(|it| it.code())),
        ),
    }
}

fn pattern(words: &mut Words) -> Result<Matches, Wrong> {
    let Some(Token::Quoted(_)) = words.peek() else {
        return wrong("the pattern is not in quotation marks", "write pattern \"...\"");
    };
    let text = words.text("the pattern")?;
    if text.is_empty() {
        return wrong("the pattern is empty", "write what is to be found in the address");
    }
    if MAX_PATTERN < text.len() {
        return wrong(
            format!("the pattern is longer than {MAX_PATTERN} characters"),
            "split it into several",
        );
    }
    match crate::compile::pattern(&text) {
        Ok(_) => Ok(Matches::Pattern(text.into())),
        Err(why) => {
            let why = why.to_string();
            let last = why.lines().last().unwrap_or("unreadable").trim_start_matches("error: ");
            wrong(
                format!("the pattern cannot be read: {}", clip(last)),
                "put a backslash before . ? * + ( ) [ ] { } | ^ $ that stand for themselves",
            )
        }
    }
}

fn host(typed: &str) -> Result<Box<str>, Wrong> {
    let bare = typed.strip_prefix("*.").unwrap_or(typed);
    match Host::parse(bare) {
        Ok(host) => Ok(host.to_string().into()),
        Err(why) => wrong(
            format!("\"{}\" is not an address: {why}", clip(typed)),
            "write a domain such as bbc.co.uk, host www.bbc.co.uk, or the beginning of an address such as \
             https://example.org/maths",
        ),
    }
}

fn address(typed: &str) -> Result<Matches, Wrong> {
    let (https, whole) = match typed.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => (Some(true), typed.to_owned()),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => (Some(false), typed.to_owned()),
        Some(_) => {
            return wrong("only http and https addresses can be asked for", "leave out what is before ://");
        }
        None => (None, format!("https://{typed}")),
    };
    let target = match Target::parse(&whole) {
        Ok(it) => it,
        Err(why) => {
            return wrong(
                format!("\"{}\" is not an address: {why}", clip(typed)),
                "copy it from the browser",
            );
        }
    };
    let plain = if https == Some(false) { Scheme::Http } else { Scheme::Https };
    if target.port() != plain.default_port() {
        return wrong("a rule counts for every port", "leave out the port");
    }
    Ok(Matches::Address(Prefix { https, host: target.host().to_string().into(), path: target.path().into() }))
}

fn until(words: &mut Words) -> Result<Until, Wrong> {
    let typed = words.text("the date")?;
    let (date, time) = match typed.split_once('T') {
        Some((date, time)) => (date.to_owned(), Some(time.to_owned())),
        None => (typed.clone(), None),
    };
    let Ok(date) = date.parse::<Date>() else {
        return wrong(
            format!("\"{}\" is not a date", clip(&typed)),
            "write it as 2026-12-18 or 2026-12-18 15:30",
        );
    };
    let time = match (time, words.peek()) {
        (Some(time), _) => Some(time),
        (None, Some(Token::Word(next))) if next.starts_with(|c: char| c.is_ascii_digit()) => {
            Some(words.text("the time")?)
        }
        _ => None,
    };
    let Some(time) = time else { return Ok(Until { date, time: None }) };
    let minutes = minutes(&time)?;
    if minutes == 1440 {
        return Ok(Until { date, time: None });
    }
    let part = |n: u16| i8::try_from(n).unwrap_or(0);
    let time = jiff::civil::time(part(minutes / 60), part(minutes % 60), 0, 0);
    Ok(Until { date, time: Some(time) })
}

fn note(words: &mut Words) -> Result<Box<str>, Wrong> {
    let text = words.text("the note")?;
    match text.trim() {
        "" => wrong("the note is empty", "write it in quotation marks"),
        it if 500 < it.chars().count() => wrong("the note is longer than 500 characters", "shorten it"),
        it if it.contains(char::is_control) => wrong("the note holds a control character", "type it again"),
        it => Ok(it.into()),
    }
}
