use school::Choice;

use super::{
    Body, Document, Entry, MAX_LINE, MAX_PROBLEMS, MAX_TEXT, Problem, ProfileText, Use,
    audience::audience,
    rule::rule,
    times::when,
    words::{Words, Wrong, clip, split, wrong},
};
use crate::{Schedule, Verb, When};

/// Reads a policy text.
///
/// # Errors
/// Every problem with its line and its remedy, in order, up to [`MAX_PROBLEMS`].
pub fn parse(text: &str) -> Result<Document, Vec<Problem>> {
    let mut reading = Reading::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if MAX_TEXT < text.len() {
        reading
            .problem(0, (format!("the text is longer than {MAX_TEXT} bytes"), "split it into layers".into()));
        return Err(reading.problems);
    }
    for (line, number) in text.lines().zip(1..) {
        if MAX_PROBLEMS <= reading.problems.len() {
            break;
        }
        if let Err(why) = reading.line(number, line) {
            reading.problem(number, why);
        }
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    entries: Vec<Entry>,
    comments: Vec<Box<str>>,
    problems: Vec<Problem>,
    /// The last entry takes indented lines.
    open: bool,
    /// The head of a block was wrong: its indented lines are passed over, so that one fault makes one problem.
    skipping: bool,
}

impl Reading {
    fn problem(&mut self, line: u32, (what, remedy): Wrong) {
        self.problems.push(Problem { line, what, remedy });
    }

    fn line(&mut self, number: u32, line: &str) -> Result<(), Wrong> {
        if MAX_LINE < line.len() {
            return wrong(format!("the line is longer than {MAX_LINE} bytes"), "split it");
        }
        let indented = line.starts_with([' ', '\t']);
        let (mut words, comment) = match split(line) {
            Ok(it) => it,
            Err(why) => {
                self.skipping |= !indented;
                return Err(why);
            }
        };
        let comment = comment.map(|it| tidy(&it)).filter(|it| !it.is_empty());
        if words.is_empty() {
            let within = self.open && indented;
            match (comment, self.entries.last_mut()) {
                (Some(comment), Some(entry)) if within => entry.comments.push(comment),
                (Some(comment), _) => self.comments.push(comment),
                (None, _) => {}
            }
            return Ok(());
        }
        if indented {
            return self.within(&mut words, comment);
        }
        self.skipping = true;
        self.open = false;
        let mut comments = std::mem::take(&mut self.comments);
        comments.extend(comment);
        let body = head(&mut words)?;
        words.end()?;
        self.skipping = false;
        self.open = matches!(body, Body::Profile(_) | Body::Schedule(_));
        self.entries.push(Entry { line: number, comments, body });
        Ok(())
    }

    fn within(&mut self, words: &mut Words, comment: Option<Box<str>>) -> Result<(), Wrong> {
        if self.skipping {
            return Ok(());
        }
        let entry = if self.open { self.entries.last_mut() } else { None };
        let Some(entry) = entry else {
            return wrong(
                "the line is indented, but no profile or schedule is above it",
                "start it at the left edge",
            );
        };
        entry.comments.append(&mut self.comments);
        entry.comments.extend(comment);
        match &mut entry.body {
            Body::Profile(profile) => profile.line(words)?,
            Body::Schedule(schedule) => {
                let time = when(words)?;
                if matches!(time, When::Named(_)) {
                    return wrong("a schedule cannot hold another", "write out its times");
                }
                schedule.times.push(time);
            }
            Body::Use(_) | Body::Rule(_) => {}
        }
        words.end()
    }

    fn finish(mut self) -> Result<Document, Vec<Problem>> {
        for i in 0..self.entries.len() {
            if let Body::Schedule(schedule) = &self.entries[i].body
                && schedule.times.is_empty()
                && self.problems.is_empty()
            {
                let what = format!("the schedule \"{}\" has no times", clip(&schedule.name));
                self.problem(self.entries[i].line, (what, "indent its times below it".into()));
            }
        }
        if self.problems.is_empty() {
            Ok(Document { entries: self.entries, tail: self.comments })
        } else {
            self.problems.sort_by_key(|it| it.line);
            Err(self.problems)
        }
    }
}

fn tidy(comment: &str) -> Box<str> {
    comment.chars().map(|it| if it.is_control() { ' ' } else { it }).collect::<String>().trim().into()
}

fn head(words: &mut Words) -> Result<Body, Wrong> {
    if words.take("profile") {
        let mut profile = ProfileText { name: words.name("the name of the profile")?, ..Default::default() };
        if words.take("like") {
            profile.like = Some(words.name("the name of the profile that it is like")?);
        }
        profile.locked = words.take("locked");
        return Ok(Body::Profile(Box::new(profile)));
    }
    if words.take("schedule") {
        return Ok(Body::Schedule(Schedule { name: words.name("the name of the schedule")?, times: vec![] }));
    }
    if words.take("use profile") {
        let profile = words.name("the name of the profile")?;
        if !words.take("for") {
            return wrong("it is not said whom the profile is for", "add for and whom, such as for year 7");
        }
        let audience = words.list(audience)?;
        return Ok(Body::Use(Use { profile, audience, locked: words.take("locked") }));
    }
    for verb in Verb::ALL {
        if words.take(verb.code()) {
            return Ok(Body::Rule(Box::new(rule(*verb, words)?)));
        }
    }
    let typed = words.text("a word")?;
    wrong(
        format!("\"{}\" does not begin a line", clip(&typed)),
        "begin with profile, schedule, use profile, allow, warn, block, inspect or tunnel",
    )
}
