use crate::Choice;

/// What someone is to the school, after the catalogue's section *Roles*. A person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Role {
    Pupil,
    Teacher,
    SupportStaff,
    Dsl,
    Coordinator,
    NetworkManager,
    Head,
    Governor,
    Parent,
    Visitor,
    Trainee,
    ExternalTutor,
    Volunteer,
    /// Someone of another firm who works at the school for a time (ACC-21).
    Contractor,
    /// Someone of the neighbourhood, in the hours that are theirs (ACC-20).
    CommunityUser,
    /// Someone of another body who reaches in from a distance (ACC-22).
    OutsideAgency,
    /// Runs a social channel in the school's name (SOC-02).
    ChannelOperator,
    Trustee,
    DeputyDsl,
    /// The sponsor on the leadership team who works with the safeguarding lead.
    OnlineSafetyLead,
    SeniorLeader,
    PastoralLead,
    Pastoral,
    Senco,
    LineManager,
    DirectorOfIct,
    Technician,
    /// Technical duties held by a firm, at each school apart (ACC-10).
    ManagedProvider,
    /// Technical duties held by the trust's own team, at each school apart (ACC-10).
    CentralSupport,
    Gatekeeper,
    VideoLibrarian,
    CampusLead,
    TrustSafeguardingLead,
    WebsiteManager,
    Office,
    AdminTeam,
    DataLead,
    PolicyOwner,
    AccountAdministrator,
    WellbeingStaff,
    Investigator,
    ExamsOfficer,
    TripLeader,
    IctTeacher,
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Roles(u64);

impl Role {
    /// Who is at school to learn, to be a parent, or for a short while: not the school's own people.
    pub const fn is_outsider(self) -> bool {
        matches!(
            self,
            Role::Parent | Role::Visitor | Role::Contractor | Role::CommunityUser | Role::OutsideAgency
        )
    }

    /// Who works for the school or governs it, with or without pay.
    pub const fn is_staff(self) -> bool {
        !matches!(self, Role::Pupil) && !self.is_outsider()
    }
}

impl Roles {
    pub const NONE: Roles = Roles(0);

    #[must_use]
    pub const fn with(self, role: Role) -> Roles {
        Roles(self.0 | 1 << role as u8)
    }
    #[must_use]
    pub const fn without(self, role: Role) -> Roles {
        Roles(self.0 & !(1 << role as u8))
    }
    pub const fn has(self, role: Role) -> bool {
        self.0 & 1 << role as u8 != 0
    }
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    /// Whether they are of the house: employed, governing, or in training. External tutors and volunteers come and go,
    /// and count only by what else they are.
    pub fn of_the_house(self) -> bool {
        self.iter().any(|it| it.is_staff() && !matches!(it, Role::ExternalTutor | Role::Volunteer))
    }
    /// Whether they are neither pupils nor of the house: parents, visitors, contractors, tutors, volunteers.
    pub fn from_outside(self) -> bool {
        !self.is_empty() && !self.has(Role::Pupil) && !self.of_the_house()
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
        Role::Trainee,
        Role::ExternalTutor,
        Role::Volunteer,
        Role::Contractor,
        Role::CommunityUser,
        Role::OutsideAgency,
        Role::ChannelOperator,
        Role::Trustee,
        Role::DeputyDsl,
        Role::OnlineSafetyLead,
        Role::SeniorLeader,
        Role::PastoralLead,
        Role::Pastoral,
        Role::Senco,
        Role::LineManager,
        Role::DirectorOfIct,
        Role::Technician,
        Role::ManagedProvider,
        Role::CentralSupport,
        Role::Gatekeeper,
        Role::VideoLibrarian,
        Role::CampusLead,
        Role::TrustSafeguardingLead,
        Role::WebsiteManager,
        Role::Office,
        Role::AdminTeam,
        Role::DataLead,
        Role::PolicyOwner,
        Role::AccountAdministrator,
        Role::WellbeingStaff,
        Role::Investigator,
        Role::ExamsOfficer,
        Role::TripLeader,
        Role::IctTeacher,
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
            Role::Trainee => "trainee",
            Role::ExternalTutor => "external-tutor",
            Role::Volunteer => "volunteer",
            Role::Contractor => "contractor",
            Role::CommunityUser => "community-user",
            Role::OutsideAgency => "outside-agency",
            Role::ChannelOperator => "channel-operator",
            Role::Trustee => "trustee",
            Role::DeputyDsl => "deputy-dsl",
            Role::OnlineSafetyLead => "online-safety-lead",
            Role::SeniorLeader => "senior-leader",
            Role::PastoralLead => "pastoral-lead",
            Role::Pastoral => "pastoral",
            Role::Senco => "senco",
            Role::LineManager => "line-manager",
            Role::DirectorOfIct => "director-of-ict",
            Role::Technician => "technician",
            Role::ManagedProvider => "managed-provider",
            Role::CentralSupport => "central-support",
            Role::Gatekeeper => "gatekeeper",
            Role::VideoLibrarian => "video-librarian",
            Role::CampusLead => "campus-lead",
            Role::TrustSafeguardingLead => "trust-safeguarding-lead",
            Role::WebsiteManager => "website-manager",
            Role::Office => "office",
            Role::AdminTeam => "admin-team",
            Role::DataLead => "data-lead",
            Role::PolicyOwner => "policy-owner",
            Role::AccountAdministrator => "account-administrator",
            Role::WellbeingStaff => "wellbeing-staff",
            Role::Investigator => "investigator",
            Role::ExamsOfficer => "exams-officer",
            Role::TripLeader => "trip-leader",
            Role::IctTeacher => "ict-teacher",
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
            Role::Trainee => "Trainee or placement",
            Role::ExternalTutor => "External tutor",
            Role::Volunteer => "Volunteer",
            Role::Contractor => "Contractor",
            Role::CommunityUser => "Community user",
            Role::OutsideAgency => "Outside agency",
            Role::ChannelOperator => "Official channel operator",
            Role::Trustee => "Trustee",
            Role::DeputyDsl => "Deputy safeguarding lead",
            Role::OnlineSafetyLead => "Online-safety lead",
            Role::SeniorLeader => "Senior leadership team",
            Role::PastoralLead => "Head of pastoral care",
            Role::Pastoral => "Pastoral staff",
            Role::Senco => "SEN co-ordinator",
            Role::LineManager => "Line manager",
            Role::DirectorOfIct => "Director of ICT",
            Role::Technician => "ICT technician",
            Role::ManagedProvider => "Managed technical provider",
            Role::CentralSupport => "Central IT support",
            Role::Gatekeeper => "Allow-list gatekeeper",
            Role::VideoLibrarian => "Video librarian",
            Role::CampusLead => "Campus lead",
            Role::TrustSafeguardingLead => "National-office safeguarding lead",
            Role::WebsiteManager => "Website manager",
            Role::Office => "School office",
            Role::AdminTeam => "Admin team",
            Role::DataLead => "Data lead",
            Role::PolicyOwner => "Policy owner",
            Role::AccountAdministrator => "Account administrator",
            Role::WellbeingStaff => "Wellbeing mailbox staff",
            Role::Investigator => "Investigator",
            Role::ExamsOfficer => "Exams officer",
            Role::TripLeader => "Trip leader",
            Role::IctTeacher => "ICT teacher",
        }
    }
}
