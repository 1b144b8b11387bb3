//! Rosters: who is at the school, as its management information system hands it over.
//!
//! `OneRoster` 1.1 and 1.2 CSV (1EdTech, <https://www.imsglobal.org/oneroster-v11-final-csv-tables> and
//! <https://www.imsglobal.org/spec/oneroster/v1p2>), as a zip or as a folder, the whole school or changes only.
//!
//! A mapped CSV: one table of another system with a row for each person, read with a [`Mapping`] or a guess at one.
//!
//! What comes out is still theirs: ids, roles and years in their words. A row that is wrong is left out and named;
//! only a fault after which nothing can be trusted (a file cut off, a table missing) stops the whole.
mod bundle;
mod checks;
mod date;
mod enrolments;
mod guess;
mod manifest;
mod mapped;
mod mapping;
mod people;
mod places;
mod problems;
mod sheet;
mod text;

use std::sync::Arc;

use jiff::civil::Date;

pub use self::{
    bundle::{Bundle, Limits},
    date::DateFault,
    mapping::{Contact, Field, MOST_CONTACTS, Mapping},
    problems::{Problem, Weight},
};
use self::{manifest::Manifest, problems::Problems, sheet::Sheet};

/// Everything that was read, in the words of whoever wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    pub mode: Mode,
    /// Who wrote it, as the manifest or the mapping says.
    pub source: Option<String>,
    /// The roles it speaks for: whoever has another one is no leaver for being missing. `None`: all of them.
    pub covers: Option<Vec<String>>,
    /// People whose row was refused: nothing is known of them but that they are there. They are no leavers.
    pub held: Vec<String>,
    pub orgs: Vec<Org>,
    pub people: Vec<Record>,
    pub classes: Vec<Class>,
    pub enrolments: Vec<Enrolment>,
    pub links: Vec<ParentLink>,
    /// The first [`MAX_PROBLEMS`]; the last one then says how many more there were.
    pub problems: Vec<Problem>,
}

/// How many problems are kept in words.
pub const MAX_PROBLEMS: usize = 2_000;

/// Whether those who are not in it have left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Everybody: who is missing has left.
    #[default]
    Bulk,
    /// Changes only: who is missing stays as they are.
    Delta,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Status {
    #[default]
    Active,
    ToBeDeleted,
}

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<str>,
    /// Counted from 1; the headings are line 1.
    pub line: u64,
}

/// A district, a school, a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    pub source_id: String,
    pub status: Status,
    pub name: String,
    /// `district`, `school`, `department` and so on, in lower case.
    pub kind: String,
    /// What the country calls it by: in England, the URN.
    pub identifier: Option<String>,
    pub parent: Option<String>,
    pub row: Place,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub source_id: String,
    pub status: Status,
    /// Whether they may sign in, as their side sees it.
    pub enabled: bool,
    /// Codes of the standard (`student`, `teacher`, `parent`, ...), each once; the main one first.
    pub roles: Vec<String>,
    /// The same with place and dates, where the source says them.
    pub posts: Vec<Post>,
    pub username: Option<String>,
    pub given: String,
    pub family: String,
    pub preferred_given: Option<String>,
    pub preferred_family: Option<String>,
    pub email: Option<String>,
    /// As it stands there: `7`, `07`, `Year 7`, `R`.
    pub grade: Option<String>,
    pub orgs: Vec<String>,
    /// First day, and last day, where every post of theirs has one.
    pub starts: Option<Date>,
    pub ends: Option<Date>,
    pub identifiers: Identifiers,
    pub row: Place,
}

/// One role in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub role: String,
    pub org: Option<String>,
    pub primary: bool,
    pub starts: Option<Date>,
    pub ends: Option<Date>,
}

/// What else they are known by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identifiers {
    /// The number the school goes by: admission number, staff number.
    pub local: Option<String>,
    /// 1.2: the same in every system of the place.
    pub master: Option<String>,
    /// `{type:id}` pairs: other systems.
    pub others: Vec<(String, String)>,
    pub phone: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    pub source_id: String,
    pub status: Status,
    pub title: String,
    pub code: Option<String>,
    /// A registration class (`homeroom`), not a lesson.
    pub registration: bool,
    pub org: Option<String>,
    pub course: Option<String>,
    pub grade: Option<String>,
    /// From the first day of its first term to the last of its last.
    pub starts: Option<Date>,
    pub ends: Option<Date>,
    pub row: Place,
}

/// Somebody in a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    pub source_id: String,
    pub status: Status,
    pub class: String,
    pub person: String,
    /// `student`, `teacher`, `aide`, `proctor`, `administrator`.
    pub role: String,
    /// For teachers: the one who answers for the class.
    pub primary: bool,
    pub starts: Option<Date>,
    pub ends: Option<Date>,
    pub row: Place,
}

/// A parent, carer or other adult of a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParentLink {
    pub child: String,
    pub parent: String,
    /// `parent`, `guardian`, `relative`, or what a mapped file says.
    pub relation: String,
    /// 1 is called first.
    pub priority: Option<u32>,
    pub row: Place,
}

impl Roster {
    /// Whether nothing of it may be used.
    pub fn is_fatal(&self) -> bool {
        self.problems.iter().any(|it| it.weight == Weight::Fatal)
    }

    fn stopped(problems: Problems) -> Roster {
        Roster { problems: problems.into_kept(), ..Roster::default() }
    }
}

/// Reads what somebody handed over: a zip of `OneRoster` tables, or one table of another system.
pub fn read(name: &str, bytes: &[u8]) -> Roster {
    read_mapped(name, bytes, None)
}

/// The same, where somebody says what the columns of the one table are.
pub fn read_mapped(name: &str, bytes: &[u8], mapping: Option<&Mapping>) -> Roster {
    if !Bundle::is_zip(bytes) {
        let mut bundle = Bundle::new(name);
        bundle.add(name, bytes.to_vec());
        return read_bundle(&bundle, mapping);
    }
    match Bundle::unpack(name, bytes, &Limits::default()) {
        Ok(bundle) => read_bundle(&bundle, mapping),
        Err(fault) => {
            let mut problems = Problems::default();
            problems.push(fault);
            Roster::stopped(problems)
        }
    }
}

/// The headings of one table, for a guess at its mapping.
pub fn headings(name: &str, bytes: &[u8]) -> Result<Vec<String>, Vec<Problem>> {
    let mut problems = Problems::default();
    match Sheet::read(&Bundle::new(name).name, bytes, &mut problems) {
        Some(sheet) => Ok(sheet.headings().map(str::to_owned).collect()),
        None => Err(problems.into_kept()),
    }
}

/// Reads a folder or zip whose files are already in memory. One file alone is a table of another system.
pub fn read_bundle(bundle: &Bundle, mapping: Option<&Mapping>) -> Roster {
    match bundle.files.as_slice() {
        [(name, bytes)] if !manifest::TABLES.iter().any(|it| it.eq_ignore_ascii_case(name)) => {
            mapped::read(name, bytes, mapping)
        }
        [] => {
            let mut problems = Problems::default();
            problems.push(Problem::fatal(&bundle.name, "holds no CSV table: hand over what was exported"));
            Roster::stopped(problems)
        }
        _ => read_tables(bundle),
    }
}

fn read_tables(bundle: &Bundle) -> Roster {
    let mut problems = Problems::default();
    for note in &bundle.notes {
        problems.push(note.clone());
    }
    let Some(manifest) = Manifest::read(bundle, &mut problems) else { return Roster::stopped(problems) };
    let mut sheets = Vec::new();
    for table in manifest::TABLES {
        if let Some(bytes) = manifest.file(bundle, table, &mut problems) {
            sheets.push(Sheet::read(table, bytes, &mut problems));
        }
    }
    if problems.any_fatal() {
        return Roster::stopped(problems);
    }
    let sheet = |name: &str| sheets.iter().flatten().find(|it| &*it.file == name);

    let mode = manifest.mode;
    let sessions = places::sessions(sheet("academicSessions.csv"), mode, &mut problems);
    let mut roster = Roster { mode, source: manifest.source.clone(), ..Roster::default() };
    roster.orgs = places::orgs(sheet("orgs.csv"), mode, &mut problems);
    let posts = people::posts(sheet("roles.csv"), mode, &mut problems);
    let found = people::people(sheet("users.csv"), &manifest, posts, &mut problems);
    roster.people = found.people;
    roster.links = found.links;
    roster.held = found.held;
    roster.classes = places::classes(sheet("classes.csv"), mode, &sessions, &mut problems);
    roster.enrolments = enrolments::enrolments(sheet("enrollments.csv"), mode, &mut problems);
    if problems.any_fatal() {
        return Roster::stopped(problems);
    }
    checks::check(&mut roster, &mut problems);
    roster.problems = problems.into_kept();
    roster
}

#[cfg(test)]
mod tests;
