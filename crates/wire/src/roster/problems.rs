//! What was wrong, in words for the office.
use super::MAX_PROBLEMS;

/// One thing that was wrong, with its place and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    pub line: Option<u64>,
    pub field: Option<String>,
    pub words: String,
    pub weight: Weight,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Everything was read; worth a look.
    Note,
    /// This row, or this part of it, was left out.
    Row,
    /// Nothing of the roster may be used.
    Fatal,
}

impl Problem {
    pub(super) fn note(file: &str, words: impl Into<String>) -> Problem {
        Problem::new(file, Weight::Note, words)
    }

    pub(super) fn row(file: &str, line: u64, words: impl Into<String>) -> Problem {
        Problem { line: Some(line), ..Problem::new(file, Weight::Row, words) }
    }

    pub(super) fn fatal(file: &str, words: impl Into<String>) -> Problem {
        Problem::new(file, Weight::Fatal, words)
    }

    fn new(file: &str, weight: Weight, words: impl Into<String>) -> Problem {
        Problem { file: shown(file), line: None, field: None, words: words.into(), weight }
    }

    pub(super) fn at(self, line: u64) -> Problem {
        Problem { line: Some(line), ..self }
    }

    pub(super) fn field(self, field: &str) -> Problem {
        Problem { field: Some(shown(field)), ..self }
    }

    pub fn is_fatal(&self) -> bool {
        self.weight == Weight::Fatal
    }
}

/// `users.csv, line 4, grades: ...`.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        write!(f, ": {}", self.words)
    }
}

/// A value from the file, short and on one line, as it may stand in a sentence.
pub(super) fn shown(value: &str) -> String {
    const LONGEST: usize = 60;
    let mut out: String =
        value.chars().map(|it| if it.is_control() { ' ' } else { it }).take(LONGEST).collect();
    if value.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// Problems as they come, so many and no more.
#[derive(Debug, Default)]
pub(super) struct Problems {
    kept: Vec<Problem>,
    dropped: u64,
    fatal: bool,
}

impl Problems {
    pub(super) fn push(&mut self, problem: Problem) {
        self.fatal |= problem.weight == Weight::Fatal;
        if self.kept.len() < MAX_PROBLEMS {
            self.kept.push(problem);
        } else if problem.weight == Weight::Fatal {
            // What stops the whole is never among those that are only counted.
            self.kept.pop();
            self.kept.push(problem);
            self.dropped += 1;
        } else {
            self.dropped += 1;
        }
    }

    pub(super) fn any_fatal(&self) -> bool {
        self.fatal
    }

    /// Fatal ones first; otherwise in the order of reading.
    pub(super) fn into_kept(mut self) -> Vec<Problem> {
        self.kept.sort_by_key(|it| it.weight != Weight::Fatal);
        if self.dropped > 0 {
            let words = format!("and {} more problems that are not listed", self.dropped);
            let file = self.kept.last().map_or(String::new(), |it| it.file.clone());
            self.kept.push(Problem::note(&file, words));
        }
        self.kept
    }
}
