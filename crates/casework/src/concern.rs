use jiff::Timestamp;
use school::{Choice, Id, Person, School};

/// A worry about someone, from whatever side it came, before it is a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    pub id: Id<Concern>,
    pub school: Id<School>,
    pub raised_at: Timestamp,
    pub origin: Origin,
    /// Whom it is about, where known.
    pub about: Option<Id<Person>>,
    /// Who wrote the report, where they said so. Readable only by those who may see the concern (REP-02).
    pub reporter: Option<Id<Person>>,
    /// Theme code of `signals` for a signal; `None` for a report in someone's own words.
    pub theme: Option<String>,
    pub severity: Option<String>,
    /// What was searched first, or what was written in the report; the chronology has the repeats.
    pub words: String,
    /// The host or page it came from, where there is one.
    pub place: Option<String>,
    /// How often the same thing was seen from the same person before somebody looked.
    pub times: u32,
    pub stage: Stage,
}

/// A concern that has no place in the register yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConcern {
    pub school: Id<School>,
    pub at: Timestamp,
    pub origin: Origin,
    pub about: Option<Id<Person>>,
    pub reporter: Option<Id<Person>>,
    /// Theme code of `signals`.
    pub theme: Option<String>,
    /// Severity code of `signals`.
    pub severity: Option<String>,
    pub words: String,
    pub place: Option<String>,
}

/// Where a concern came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A search that the lexicon found worrying.
    Search,
    /// The confidential report form (REP-02).
    Report,
    /// A report that a site should not be open (CHG-07).
    SiteReport,
}

/// The life of a concern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has looked.
    New,
    /// A safeguarding lead has seen it.
    Seen { by: Id<Person>, at: Timestamp },
    /// Looked into, with the outcome in words.
    Closed { by: Id<Person>, at: Timestamp, outcome: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StageError {
    #[error("the concern is closed already")]
    Closed,
    #[error("an outcome must be written")]
    NoOutcome,
}

impl NewConcern {
    /// Enters the register, unread.
    pub fn raise(self, id: Id<Concern>) -> Concern {
        Concern {
            id,
            school: self.school,
            raised_at: self.at,
            origin: self.origin,
            about: self.about,
            reporter: self.reporter,
            theme: self.theme,
            severity: self.severity,
            words: self.words,
            place: self.place,
            times: 1,
            stage: Stage::New,
        }
    }
}

impl Concern {
    /// The first look counts; later ones change nothing.
    ///
    /// # Errors
    /// [`StageError::Closed`].
    pub fn see(self, by: Id<Person>, at: Timestamp) -> Result<Concern, StageError> {
        match self.stage {
            Stage::New => Ok(Concern { stage: Stage::Seen { by, at }, ..self }),
            Stage::Seen { .. } => Ok(self),
            Stage::Closed { .. } => Err(StageError::Closed),
        }
    }

    /// # Errors
    /// [`StageError::Closed`], or [`StageError::NoOutcome`] when `outcome` is blank.
    pub fn close(self, by: Id<Person>, at: Timestamp, outcome: &str) -> Result<Concern, StageError> {
        match self.stage {
            Stage::Closed { .. } => Err(StageError::Closed),
            _ if outcome.trim().is_empty() => Err(StageError::NoOutcome),
            _ => {
                let outcome = outcome.trim().to_owned();
                Ok(Concern { stage: Stage::Closed { by, at, outcome }, ..self })
            }
        }
    }
}

impl Stage {
    pub const fn code(&self) -> &'static str {
        match self {
            Stage::New => "new",
            Stage::Seen { .. } => "seen",
            Stage::Closed { .. } => "closed",
        }
    }
}

impl Choice for Origin {
    const ALL: &'static [Origin] = &[Origin::Search, Origin::Report, Origin::SiteReport];
    fn code(self) -> &'static str {
        match self {
            Origin::Search => "search",
            Origin::Report => "report",
            Origin::SiteReport => "site-report",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Origin::Search => "Search",
            Origin::Report => "Confidential report",
            Origin::SiteReport => "Site reported",
        }
    }
}

#[cfg(test)]
mod tests;
