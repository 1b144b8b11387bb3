use crate::{Choice, Roles, grant::granted};

/// One thing that a page or an act demands (ACC-06). What is not granted is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Right {
    /// Today: whether the gate works and what it decided, as counts without names.
    SeeToday,
    /// Activity and its export: who asked for what. Every view is audited (LOG-04).
    SeeActivity,
    /// Explain a decision for a named person.
    ExplainDecisions,
    SeeLists,
    ManageLists,
    SeeRules,
    ManageRules,
    /// Concerns (REP-02). `casework::may_see` narrows it: leads see those about pupils, the head those about staff.
    SeeConcerns,
    /// The audit trail: search, verify, export (LOG-04).
    SeeAudit,
    /// Names, roles, years and classes; not what they did.
    SeePeople,
    /// Create, re-role, reset and end accounts (ACC-12).
    ManagePeople,
    /// A new password, picture or card for a pupil (PWD-04).
    ResetPupils,
    /// What an import found, row by row (ACC-03).
    SeeRoster,
    /// Load a roster for a dry run (ACC-03).
    LoadRoster,
    /// Let a roster take effect (ACC-03).
    ApproveRoster,
    SeeSettings,
    ManageSettings,
    ManageTrust,
    /// How each school of the trust stands: posts, agreements as counts, settings that differ (ACC-01, ACC-09).
    SeeTrust,
    /// Post-holders, their supervisors and checks (ACC-08 to ACC-13). Everyone may see who holds a post.
    ManagePosts,
    /// The access register, as at any date (ACC-15).
    SeeAccess,
    /// Access plans, with the need they answer (ACC-16).
    SeePlans,
    ManagePlans,
    /// Visitors, contractors and community users (ACC-18).
    SeeGuests,
    /// Ask for a guest's access, with focus and end (ACC-18).
    SponsorGuests,
    /// ACC-19, ACC-21.
    ApproveGuests,
    /// Live approvals for agencies and staff (ACC-22, ACC-23).
    ApproveRemote,
    /// By class, with reminders (AUP-12).
    SeeAgreements,
    /// A new version asks everyone again (AUP-06).
    ManageAgreements,
    /// A scanned or planner form (AUP-11), and that parents were given the agreement (AUP-14).
    RecordAgreements,
    /// That a class discussed its agreement (AUP-13).
    RecordDiscussions,
    /// Guessing, lock-outs, one account in two places (PWD-09, ACC-17).
    SeeSecurity,
}

/// A set of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Rights(u64);

impl Rights {
    pub const NONE: Rights = Rights(0);

    #[must_use]
    pub const fn with(self, right: Right) -> Rights {
        Rights(self.0 | 1 << right as u8)
    }
    #[must_use]
    pub const fn without(self, right: Right) -> Rights {
        Rights(self.0 & !(1 << right as u8))
    }
    pub const fn has(self, right: Right) -> bool {
        self.0 & 1 << right as u8 != 0
    }
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.iter().copied().filter(move |right| self.has(*right))
    }

    /// What someone holding these roles may do in the school where they hold them, and nowhere else.
    pub fn of(roles: Roles) -> Rights {
        roles.iter().flat_map(|role| granted(role).iter().copied()).fold(Rights::NONE, Rights::with)
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Rights {
        rights.into_iter().fold(Rights::NONE, Rights::with)
    }
}

impl Choice for Right {
    const ALL: &'static [Right] = &[
        Right::SeeToday,
        Right::SeeActivity,
        Right::ExplainDecisions,
        Right::SeeLists,
        Right::ManageLists,
        Right::SeeRules,
        Right::ManageRules,
        Right::SeeConcerns,
        Right::SeeAudit,
        Right::SeePeople,
        Right::ManagePeople,
        Right::ResetPupils,
        Right::SeeRoster,
        Right::LoadRoster,
        Right::ApproveRoster,
        Right::SeeSettings,
        Right::ManageSettings,
        Right::ManageTrust,
        Right::SeeTrust,
        Right::ManagePosts,
        Right::SeeAccess,
        Right::SeePlans,
        Right::ManagePlans,
        Right::SeeGuests,
        Right::SponsorGuests,
        Right::ApproveGuests,
        Right::ApproveRemote,
        Right::SeeAgreements,
        Right::ManageAgreements,
        Right::RecordAgreements,
        Right::RecordDiscussions,
        Right::SeeSecurity,
    ];
    fn code(self) -> &'static str {
        match self {
            Right::SeeToday => "see-today",
            Right::SeeActivity => "see-activity",
            Right::ExplainDecisions => "explain-decisions",
            Right::SeeLists => "see-lists",
            Right::ManageLists => "manage-lists",
            Right::SeeRules => "see-rules",
            Right::ManageRules => "manage-rules",
            Right::SeeConcerns => "see-concerns",
            Right::SeeAudit => "see-audit",
            Right::SeePeople => "see-people",
            Right::ManagePeople => "manage-people",
            Right::ResetPupils => "reset-pupils",
            Right::SeeRoster => "see-roster",
            Right::LoadRoster => "load-roster",
            Right::ApproveRoster => "approve-roster",
            Right::SeeSettings => "see-settings",
            Right::ManageSettings => "manage-settings",
            Right::ManageTrust => "manage-trust",
            Right::SeeTrust => "see-trust",
            Right::ManagePosts => "manage-posts",
            Right::SeeAccess => "see-access",
            Right::SeePlans => "see-plans",
            Right::ManagePlans => "manage-plans",
            Right::SeeGuests => "see-guests",
            Right::SponsorGuests => "sponsor-guests",
            Right::ApproveGuests => "approve-guests",
            Right::ApproveRemote => "approve-remote",
            Right::SeeAgreements => "see-agreements",
            Right::ManageAgreements => "manage-agreements",
            Right::RecordAgreements => "record-agreements",
            Right::RecordDiscussions => "record-discussions",
            Right::SeeSecurity => "see-security",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Right::SeeToday => "See how the gate is doing",
            Right::SeeActivity => "See who asked for what",
            Right::ExplainDecisions => "Explain a decision",
            Right::SeeLists => "See the lists",
            Right::ManageLists => "Change the lists",
            Right::SeeRules => "See profiles and rules",
            Right::ManageRules => "Change profiles and rules",
            Right::SeeConcerns => "See concerns",
            Right::SeeAudit => "See the audit trail",
            Right::SeePeople => "See the register of people",
            Right::ManagePeople => "Create, change and end accounts",
            Right::ResetPupils => "Reset the sign-in of pupils",
            Right::SeeRoster => "See roster imports",
            Right::LoadRoster => "Load a roster",
            Right::ApproveRoster => "Approve a roster",
            Right::SeeSettings => "See settings and where they come from",
            Right::ManageSettings => "Change the school's settings",
            Right::ManageTrust => "Set and lock what holds for every school of the trust",
            Right::SeeTrust => "See how each school of the trust stands",
            Right::ManagePosts => "Appoint to posts",
            Right::SeeAccess => "See who was granted access, when and why",
            Right::SeePlans => "See individual access plans",
            Right::ManagePlans => "Make individual access plans",
            Right::SeeGuests => "See guests and their hours",
            Right::SponsorGuests => "Sponsor a guest",
            Right::ApproveGuests => "Approve guests and exceptional access",
            Right::ApproveRemote => "Authorise remote access",
            Right::SeeAgreements => "See who has and has not signed",
            Right::ManageAgreements => "Publish agreements",
            Right::RecordAgreements => "Enter signed paper forms",
            Right::RecordDiscussions => "Record that a class discussed its agreement",
            Right::SeeSecurity => "See sign-in alerts",
        }
    }
}
