use std::fmt;

use school::{Choice, Id, KeyStage, Person, Role, Roles, School};
use sha2::{Digest, Sha256};

/// One version of an agreement (AUP-01, AUP-06). A new version is a new agreement with the next number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub id: Id<Agreement>,
    pub school: Id<School>,
    pub audience: Audience,
    /// Counts from 1 within an audience; the highest is in force.
    pub version: u32,
    /// The standard reading, and what it says in other words for those who read less (AUP-05). Whoever signs one of
    /// them has signed the agreement.
    readings: Vec<Reading>,
}

/// One wording of an agreement, with the hash that a signature of it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    level: Level,
    title: String,
    text: String,
    hash: TextHash,
}

/// For whom a reading is worded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Standard,
    Easy,
    /// Read with a grown-up.
    Young,
}

/// Whom an agreement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    Pupils,
    /// Staff, governors, trustees, volunteers and visitors.
    Adults,
    Parents,
    /// The neighbourhood, contractors, outside agencies.
    External,
    /// Those who run a channel in the school's name, beside the agreement for adults.
    Operators,
}

/// The exact text that was signed: SHA-256 of title, a zero byte, and text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextHash([u8; 32]);

impl Agreement {
    /// Of two readings of one level the first stays. `None` without a standard reading.
    pub fn new(
        id: Id<Agreement>,
        school: Id<School>,
        audience: Audience,
        version: u32,
        mut readings: Vec<Reading>,
    ) -> Option<Agreement> {
        readings.sort_by_key(Reading::level);
        readings.dedup_by_key(|it| it.level);
        (readings.first()?.level == Level::Standard).then_some(Agreement {
            id,
            school,
            audience,
            version,
            readings,
        })
    }

    /// The standard one first.
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }

    /// The standard one where there is none of this level.
    pub fn reading(&self, level: Level) -> &Reading {
        self.readings.iter().find(|it| it.level == level).unwrap_or(&self.readings[0])
    }

    pub fn by_hash(&self, hash: TextHash) -> Option<&Reading> {
        self.readings.iter().find(|it| it.hash == hash)
    }

    /// Of the standard reading.
    pub fn title(&self) -> &str {
        &self.readings[0].title
    }

    /// The reading that suits this person best, to begin with: pupils by their key stage, all others the standard.
    pub fn suited(&self, person: &Person) -> &Reading {
        let level = match (self.audience, person.key_stage()) {
            (Audience::Pupils, Some(KeyStage::EarlyYears | KeyStage::Ks1)) => Level::Young,
            (Audience::Pupils, Some(KeyStage::Ks2)) => Level::Easy,
            _ => Level::Standard,
        };
        self.reading(level)
    }
}

/// Why a reading is not published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("a reading has a title and a text, or neither")]
    Half,
    #[error("a title has at most 200 characters, a text 20,000")]
    TooLong,
}

impl Reading {
    /// In characters.
    pub const LONGEST_TITLE: usize = 200;
    pub const LONGEST_TEXT: usize = 20_000;

    /// `text`: paragraphs separated by an empty line; a line that starts with `# ` is a heading, one that starts with
    /// `- ` a point of a list.
    pub fn new(level: Level, title: &str, text: &str) -> Reading {
        let mut hasher = Sha256::new();
        hasher.update(title.as_bytes());
        hasher.update([0]);
        hasher.update(text.as_bytes());
        Reading {
            level,
            title: title.to_owned(),
            text: text.to_owned(),
            hash: TextHash(hasher.finalize().into()),
        }
    }
    /// What is wrong with it as something to publish.
    pub fn fault(&self) -> Option<Fault> {
        if self.title.is_empty() || self.text.is_empty() {
            return Some(Fault::Half);
        }
        let too_long = Self::LONGEST_TITLE < self.title.chars().count()
            || Self::LONGEST_TEXT < self.text.chars().count();
        too_long.then_some(Fault::TooLong)
    }
    pub fn level(&self) -> Level {
        self.level
    }
    pub fn title(&self) -> &str {
        &self.title
    }
    pub fn text(&self) -> &str {
        &self.text
    }
    pub fn hash(&self) -> TextHash {
        self.hash
    }
}

impl Audience {
    /// Whether someone with these roles is asked to sign.
    pub fn covers(self, roles: Roles) -> bool {
        let any = |wanted: fn(Role) -> bool| roles.iter().any(wanted);
        match self {
            Audience::Pupils => roles.has(Role::Pupil),
            Audience::Adults => any(|it| it.is_staff() || it == Role::Visitor),
            Audience::Parents => roles.has(Role::Parent),
            Audience::External => {
                any(|it| matches!(it, Role::Contractor | Role::CommunityUser | Role::OutsideAgency))
            }
            Audience::Operators => roles.has(Role::ChannelOperator),
        }
    }
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
    const ALL: &'static [Audience] =
        &[Audience::Pupils, Audience::Adults, Audience::Parents, Audience::External, Audience::Operators];
    fn code(self) -> &'static str {
        match self {
            Audience::Pupils => "pupils",
            Audience::Adults => "adults",
            Audience::Parents => "parents",
            Audience::External => "external",
            Audience::Operators => "operators",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Audience::Pupils => "Pupils",
            Audience::Adults => "Staff, governors and visitors",
            Audience::Parents => "Parents and carers",
            Audience::External => "Outside groups and contractors",
            Audience::Operators => "Operators of official channels",
        }
    }
}

impl Choice for Level {
    const ALL: &'static [Level] = &[Level::Standard, Level::Easy, Level::Young];
    fn code(self) -> &'static str {
        match self {
            Level::Standard => "standard",
            Level::Easy => "easy",
            Level::Young => "young",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Level::Standard => "Standard",
            Level::Easy => "Easy-read",
            Level::Young => "For young children",
        }
    }
}
