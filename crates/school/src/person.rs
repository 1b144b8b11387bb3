use crate::{Email, Id, KeyStage, Line, Roles, School, Stay, Username, Year};

/// Someone a policy covers (ACC-02).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: Id<Person>,
    pub school: Id<School>,
    pub username: Username,
    /// The name others know them by, in full.
    pub name: Line,
    pub roles: Roles,
    /// Set for pupils.
    pub year: Option<Year>,
    pub groups: Vec<Id<Group>>,
    /// Where letters to them go, if anywhere.
    pub email: Option<Email>,
    /// When they may pass any door.
    pub stay: Stay,
}

/// A class, a set, or any other named number of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: Id<Group>,
    pub school: Id<School>,
    /// As said aloud, `9B` or `Chess club`.
    pub name: Line,
}

impl Person {
    pub fn key_stage(&self) -> Option<KeyStage> {
        self.year.map(Year::key_stage)
    }
}
