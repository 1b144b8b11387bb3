use crate::{Choice, Id, KeyStage, Line, School, Username, Year};

/// Someone a policy covers (ACC-02, as far as filtering needs it).
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
}

/// A class, a set, or any other named number of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub id: Id<Group>,
    pub school: Id<School>,
    /// As said aloud, `9B` or `Chess club`.
    pub name: Line,
}

/// What someone is to the school. A person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    Pupil,
    Teacher,
    SupportStaff,
    /// Designated safeguarding lead.
    Dsl,
    /// Online-safety co-ordinator.
    Coordinator,
    NetworkManager,
    Head,
    Governor,
    Parent,
    Visitor,
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Roles(u16);

impl Person {
    pub fn key_stage(&self) -> Option<KeyStage> {
        self.year.map(Year::key_stage)
    }
}

impl Roles {
    pub const NONE: Roles = Roles(0);

    #[must_use]
    pub const fn with(self, role: Role) -> Roles {
        Roles(self.0 | 1 << role as u8)
    }
    pub const fn has(self, role: Role) -> bool {
        self.0 & 1 << role as u8 != 0
    }
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |role| self.has(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Roles {
        roles.into_iter().fold(Roles::NONE, Roles::with)
    }
}

impl Choice for Role {
    const ALL: &'static [Role] = &[
        Role::Pupil,
        Role::Teacher,
        Role::SupportStaff,
        Role::Dsl,
        Role::Coordinator,
        Role::NetworkManager,
        Role::Head,
        Role::Governor,
        Role::Parent,
        Role::Visitor,
    ];
    fn code(self) -> &'static str {
        match self {
            Role::Pupil => "pupil",
            Role::Teacher => "teacher",
            Role::SupportStaff => "support-staff",
            Role::Dsl => "dsl",
            Role::Coordinator => "coordinator",
            Role::NetworkManager => "network-manager",
            Role::Head => "head",
            Role::Governor => "governor",
            Role::Parent => "parent",
            Role::Visitor => "visitor",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Role::Pupil => "Pupil",
            Role::Teacher => "Teacher",
            Role::SupportStaff => "Support staff",
            Role::Dsl => "Designated safeguarding lead",
            Role::Coordinator => "Online-safety co-ordinator",
            Role::NetworkManager => "Network manager",
            Role::Head => "Head",
            Role::Governor => "Governor",
            Role::Parent => "Parent or carer",
            Role::Visitor => "Visitor",
        }
    }
}
