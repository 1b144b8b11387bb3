//! Which column of somebody's export is which field of ours, as a text that people can read.
//!
//! ```text
//! # From our management information system
//! Admission No = id
//! Forename = given name
//! Surname = family name
//! Contact 1 E-mail = contact 1 email
//! always role = student
//! always dates = day first
//! ```
use std::{fmt, str::FromStr};

use super::{
    Mode,
    problems::{Problem, shown},
};

/// What a mapping is called in its own faults.
const FILE: &str = "mapping";
/// Bytes and lines of a mapping.
const LONGEST: usize = 64 << 10;
const MOST: usize = 500;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Heading and field, in the order they were written.
    pub columns: Vec<(String, Field)>,
    /// The role of everybody in the file, where no column says it.
    pub role: Option<String>,
    /// The school of everybody in the file.
    pub school: Option<String>,
    /// Whether `03/04/2026` is the third of April, whatever else stands in its column.
    pub day_first: bool,
    pub mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Id,
    Upn,
    AdmissionNumber,
    Username,
    Name,
    Given,
    Family,
    PreferredGiven,
    PreferredFamily,
    Email,
    Phone,
    Year,
    /// A registration class.
    Class,
    /// Lessons and sets, several with `;` or `,` between them.
    Lessons,
    Role,
    School,
    Starts,
    Ends,
    Contact(u8, Contact),
    /// Known and left alone.
    Ignore,
}

/// One of the adults of a pupil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    Id,
    Name,
    Given,
    Family,
    Email,
    Phone,
    Relation,
    Priority,
}

/// Most adults of one row.
pub const MOST_CONTACTS: u8 = 9;

const FIELDS: &[(&str, Field)] = &[
    ("id", Field::Id),
    ("upn", Field::Upn),
    ("admission number", Field::AdmissionNumber),
    ("username", Field::Username),
    ("name", Field::Name),
    ("given name", Field::Given),
    ("family name", Field::Family),
    ("preferred given name", Field::PreferredGiven),
    ("preferred family name", Field::PreferredFamily),
    ("email", Field::Email),
    ("phone", Field::Phone),
    ("year", Field::Year),
    ("class", Field::Class),
    ("lessons", Field::Lessons),
    ("role", Field::Role),
    ("school", Field::School),
    ("starts", Field::Starts),
    ("ends", Field::Ends),
    ("ignore", Field::Ignore),
];

const CONTACTS: &[(&str, Contact)] = &[
    ("id", Contact::Id),
    ("name", Contact::Name),
    ("given name", Contact::Given),
    ("family name", Contact::Family),
    ("email", Contact::Email),
    ("phone", Contact::Phone),
    ("relation", Contact::Relation),
    ("priority", Contact::Priority),
];

impl Mapping {
    /// Reads a mapping; every line that is wrong is named.
    pub fn parse(text: &str) -> Result<Mapping, Vec<Problem>> {
        if text.len() > LONGEST {
            return Err(vec![Problem::fatal(FILE, "is longer than any mapping can be")]);
        }
        let mut mapping = Mapping::default();
        let mut problems = Vec::new();
        for (line, at) in text.trim_start_matches('\u{feff}').lines().zip(1_u64..) {
            if let Err(words) = mapping.line(line.trim()) {
                problems.push(Problem::fatal(FILE, words).at(at));
            }
        }
        if mapping.columns.len() > MOST {
            problems.push(Problem::fatal(FILE, "names more columns than a table can have"));
        }
        if problems.is_empty() { Ok(mapping) } else { Err(problems) }
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let (left, right) = line
            .rsplit_once('=')
            .ok_or("is neither a comment nor “heading = field”: put a = between the two")?;
        let (left, right) = (left.trim(), words(right));
        if let Some(what) = left.strip_prefix("always ") {
            return self.always(&words(what), line.rsplit_once('=').map_or("", |it| it.1).trim(), &right);
        }
        if left.is_empty() {
            return Err("has no heading before the =".to_owned());
        }
        let field: Field = right.parse()?;
        if self.columns.iter().any(|(it, _)| it.eq_ignore_ascii_case(left)) {
            return Err(format!("“{}” stands here twice: leave one of them out", shown(left)));
        }
        let several = matches!(field, Field::Ignore | Field::Lessons | Field::Class);
        if !several && self.columns.iter().any(|(_, it)| *it == field) {
            return Err(format!("“{field}” has a column already: leave one of them out"));
        }
        self.columns.push((left.to_owned(), field));
        Ok(())
    }

    fn always(&mut self, what: &str, value: &str, folded: &str) -> Result<(), String> {
        match (what, folded) {
            ("role", _) => {
                let known = role(folded);
                self.role = Some(known.ok_or_else(|| unknown_role(value))?.to_owned());
            }
            ("school", "") => return Err("has no school after the =".to_owned()),
            ("school", _) => self.school = Some(value.to_owned()),
            ("dates", "day first") => self.day_first = true,
            ("rows", "everybody") => self.mode = Mode::Bulk,
            ("rows", "changes") => self.mode = Mode::Delta,
            _ => {
                return Err("is not known: “always” goes with role, school, dates = day first, \
                     rows = everybody or rows = changes"
                    .to_owned());
            }
        }
        Ok(())
    }

    pub(super) fn heading(&self, field: Field) -> Option<&str> {
        self.columns.iter().find(|(_, it)| *it == field).map(|(it, _)| it.as_str())
    }
}

/// As it is read.
impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (heading, field) in &self.columns {
            writeln!(f, "{heading} = {field}")?;
        }
        if let Some(role) = &self.role {
            writeln!(f, "always role = {role}")?;
        }
        if let Some(school) = &self.school {
            writeln!(f, "always school = {school}")?;
        }
        if self.day_first {
            writeln!(f, "always dates = day first")?;
        }
        if self.mode == Mode::Delta {
            writeln!(f, "always rows = changes")?;
        }
        Ok(())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Field::Contact(nth, contact) = self {
            let name = CONTACTS.iter().find(|(_, it)| it == contact).map_or("", |(name, _)| name);
            return write!(f, "contact {nth} {name}");
        }
        f.write_str(FIELDS.iter().find(|(_, it)| it == self).map_or("", |(name, _)| name))
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Field, String> {
        if let Some((_, field)) = FIELDS.iter().find(|(name, _)| *name == text) {
            return Ok(*field);
        }
        let contact = || {
            let (nth, what) = text.strip_prefix("contact ")?.split_once(' ')?;
            let nth = nth.parse().ok().filter(|it| (1..=MOST_CONTACTS).contains(it))?;
            let (_, what) = CONTACTS.iter().find(|(name, _)| *name == what)?;
            Some(Field::Contact(nth, *what))
        };
        contact().ok_or_else(|| {
            let names = |it: &[&str]| it.join(", ");
            let fields: Vec<&str> = FIELDS.iter().map(|it| it.0).collect();
            let contacts: Vec<&str> = CONTACTS.iter().map(|it| it.0).collect();
            format!(
                "“{}” is not a field: it is one of {}; or contact 1 to {MOST_CONTACTS} with {}",
                shown(text),
                names(&fields),
                names(&contacts)
            )
        })
    }
}

/// In lower case with single spaces.
fn words(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The role of the standard that somebody's word means.
pub(super) fn role(word: &str) -> Option<&'static str> {
    Some(match words(word).as_str() {
        "student" | "pupil" | "learner" | "child" => "student",
        "teacher" | "teaching" | "teaching staff" | "tutor" => "teacher",
        "aide" | "teaching assistant" | "ta" | "support" | "support staff" | "associate staff"
        | "non-teaching staff" => "aide",
        "administrator" | "admin" | "office" | "admin team" => "administrator",
        "counselor" | "counsellor" => "counselor",
        "principal" | "head" | "headteacher" | "head teacher" => "principal",
        "parent" | "parent/carer" | "carer" => "parent",
        "guardian" => "guardian",
        "relative" => "relative",
        _ => return None,
    })
}

pub(super) fn unknown_role(word: &str) -> String {
    format!(
        "“{}” is not a role: write pupil, teacher, teaching assistant, support staff, office, head or parent",
        shown(word)
    )
}
