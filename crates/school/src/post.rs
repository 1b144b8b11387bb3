use crate::{Choice, Role, Roles};

/// A post that a school fills and people ask for by name (ACC-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Post {
    Head,
    Dsl,
    DeputyDsl,
    Coordinator,
    OnlineSafetyLead,
    LeadGovernor,
    PastoralLead,
    OfficeLead,
    Senco,
    NetworkManager,
    DataLead,
}

impl Post {
    /// What people ask its holder about, where nothing else is said.
    pub const fn about(self) -> &'static str {
        match self {
            Post::Head => "Complaints, and worries about a member of staff",
            Post::Dsl => "Any worry about a child’s safety",
            Post::DeputyDsl => "Any worry about a child’s safety, when the lead is away",
            Post::Coordinator => "Online safety day by day: lessons, agreements, advice",
            Post::OnlineSafetyLead => "How the school looks after online safety",
            Post::LeadGovernor => "What governors do about online safety",
            Post::PastoralLead => "Friendship trouble, bullying, being upset",
            Post::OfficeLead => "Safeguarding across the trust",
            Post::Senco => "Special needs and individual access plans",
            Post::NetworkManager => "Filtering, accounts, and things that do not work",
            Post::DataLead => "Personal data: seeing it, correcting it",
        }
    }

    /// Held by a member of the leadership team where the school requires that (ACC-09; 000 and 003).
    pub const fn sits_on_leadership(self) -> bool {
        matches!(self, Post::Coordinator | Post::OnlineSafetyLead)
    }

    /// Where the functions of the safeguarding lead sit, by the code of the setting `lead-functions` (ACC-08, K6).
    pub fn lead(place: &str) -> Post {
        match place {
            "office" => Post::OfficeLead,
            "combined" => Post::Coordinator,
            "pastoral" => Post::PastoralLead,
            _ => Post::Dsl,
        }
    }
}

impl Roles {
    pub fn is_on_leadership(self) -> bool {
        self.has(Role::Head) || self.has(Role::SeniorLeader)
    }
}

impl Choice for Post {
    const ALL: &'static [Post] = &[
        Post::Head,
        Post::Dsl,
        Post::DeputyDsl,
        Post::Coordinator,
        Post::OnlineSafetyLead,
        Post::LeadGovernor,
        Post::PastoralLead,
        Post::OfficeLead,
        Post::Senco,
        Post::NetworkManager,
        Post::DataLead,
    ];
    fn code(self) -> &'static str {
        match self {
            Post::Head => "head",
            Post::Dsl => "dsl",
            Post::DeputyDsl => "deputy-dsl",
            Post::Coordinator => "coordinator",
            Post::OnlineSafetyLead => "online-safety-lead",
            Post::LeadGovernor => "lead-governor",
            Post::PastoralLead => "pastoral-lead",
            Post::OfficeLead => "office-lead",
            Post::Senco => "senco",
            Post::NetworkManager => "network-manager",
            Post::DataLead => "data-lead",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Post::Head => "Head",
            Post::Dsl => "Designated safeguarding lead",
            Post::DeputyDsl => "Deputy safeguarding lead",
            Post::Coordinator => "Online-safety co-ordinator",
            Post::OnlineSafetyLead => "Online-safety lead",
            Post::LeadGovernor => "Lead governor for online safety",
            Post::PastoralLead => "Pastoral deputy head",
            Post::OfficeLead => "National-office safeguarding lead",
            Post::Senco => "SEN co-ordinator",
            Post::NetworkManager => "Network manager",
            Post::DataLead => "Data lead",
        }
    }
}
