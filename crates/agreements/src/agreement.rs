use std::fmt;

use jiff::Timestamp;
use school::{Choice, Id, Person, Role, Roles, School};
use sha2::{Digest, Sha256};

/// One version of an agreement's text (AUP-01, AUP-06). A new version is a new agreement with the next number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub id: Id<Agreement>,
    pub school: Id<School>,
    pub audience: Audience,
    /// Counts from 1 within an audience; the highest is in force.
    pub version: u32,
    pub title: String,
    /// Paragraphs, separated by an empty line; a line that starts with `- ` is a point of a list.
    pub text: String,
}

/// Whom an agreement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    Pupils,
    /// Staff, governors and visitors.
    Adults,
}

/// The exact text that was signed: SHA-256 of title, a zero byte, and text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextHash([u8; 32]);

/// Someone's word, bound to the text they saw (AUP-06, AUP-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub person: Id<Person>,
    pub agreement: Id<Agreement>,
    pub hash: TextHash,
    pub at: Timestamp,
}

impl Agreement {
    pub fn hash(&self) -> TextHash {
        let mut hasher = Sha256::new();
        hasher.update(self.title.as_bytes());
        hasher.update([0]);
        hasher.update(self.text.as_bytes());
        TextHash(hasher.finalize().into())
    }
}

impl Audience {
    /// Whether someone with these roles is asked to sign. Parents sign at no gate.
    pub fn covers(self, roles: Roles) -> bool {
        match self {
            Audience::Pupils => roles.has(Role::Pupil),
            Audience::Adults => roles.iter().any(|it| !matches!(it, Role::Pupil | Role::Parent)),
        }
    }
}

/// What this person has still to sign, of the agreements in force at their school: the one question that every
/// door asks (AUP-07). A signature counts only for the very text that stands now.
pub fn missing<'a>(
    person: &Person,
    in_force: &'a [Agreement],
    signed: &'a [Signature],
) -> impl Iterator<Item = &'a Agreement> {
    let (id, school, roles) = (person.id, person.school, person.roles);
    in_force.iter().filter(move |it| it.school == school && it.audience.covers(roles)).filter(move |it| {
        let hash = it.hash();
        !signed.iter().any(|s| s.person == id && s.agreement == it.id && s.hash == hash)
    })
}

impl TextHash {
    pub const fn from_bytes(bytes: [u8; 32]) -> TextHash {
        TextHash(bytes)
    }
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl fmt::Debug for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Choice for Audience {
    const ALL: &'static [Audience] = &[Audience::Pupils, Audience::Adults];
    fn code(self) -> &'static str {
        match self {
            Audience::Pupils => "pupils",
            Audience::Adults => "adults",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Audience::Pupils => "Pupils",
            Audience::Adults => "Staff, governors and visitors",
        }
    }
}

#[cfg(test)]
mod tests;
