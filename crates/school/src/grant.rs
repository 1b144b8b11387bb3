//! Who may do what: the one table from roles to rights (ACC-06).
use crate::{Right, Role};

#[expect(
    clippy::too_many_lines,
    clippy::match_same_arms,
    reason = "a table: one arm for each role, and two that agree today may not agree tomorrow"
)]
pub(crate) const fn granted(role: Role) -> &'static [Right] {
    match role {
        Role::Teacher => &[Right::ResetPupils, Right::RecordDiscussions],
        Role::Dsl => &[
            Right::SeeToday,
            Right::SeeActivity,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::SeeRules,
            Right::SeeConcerns,
            Right::SeePeople,
            Right::SeePlans,
            Right::ManagePlans,
            Right::SeeAccess,
            Right::SeeAgreements,
            Right::SeeGuests,
            Right::SeeSecurity,
        ],
        Role::Coordinator => &[
            Right::SeeToday,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::SeeRules,
            Right::SeePeople,
            Right::SeeAgreements,
            Right::ManageAgreements,
            Right::RecordAgreements,
            Right::RecordDiscussions,
        ],
        Role::NetworkManager => &[
            Right::SeeToday,
            Right::SeeActivity,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::ManageLists,
            Right::SeeRules,
            Right::ManageRules,
            Right::SeePeople,
            Right::SeeRoster,
            Right::SeeSettings,
            Right::ManageSettings,
            Right::SeeAccess,
            Right::SeeGuests,
            Right::SeeSecurity,
            Right::ResetPupils,
        ],
        Role::Head => &[
            Right::SeeToday,
            Right::SeeActivity,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::SeeRules,
            Right::SeeConcerns,
            Right::SeeAudit,
            Right::SeePeople,
            Right::SeeRoster,
            Right::ApproveRoster,
            Right::SeeSettings,
            Right::ManageSettings,
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
            Right::RecordDiscussions,
            Right::SeeSecurity,
        ],
        Role::Governor => &[Right::SeeToday, Right::SeeRules],
        Role::Trustee => {
            &[Right::SeeToday, Right::SeeRules, Right::SeeSettings, Right::ManageTrust, Right::SeeTrust]
        }
        Role::TrustSafeguardingLead => &[Right::SeeTrust],
        Role::DeputyDsl => &[
            Right::SeeToday,
            Right::SeeActivity,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::SeeRules,
            Right::SeeConcerns,
            Right::SeePeople,
            Right::SeePlans,
            Right::SeeAgreements,
            Right::SeeGuests,
        ],
        Role::OnlineSafetyLead => &[
            Right::SeeToday,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::SeeRules,
            Right::SeePeople,
            Right::SeeAgreements,
        ],
        Role::SeniorLeader => &[
            Right::SeeToday,
            Right::SeeRules,
            Right::SeePeople,
            Right::SeeGuests,
            Right::SponsorGuests,
            Right::SeeAgreements,
        ],
        Role::PastoralLead => &[Right::SeePeople, Right::SeeAgreements],
        Role::Senco => &[Right::SeePeople, Right::SeePlans, Right::ManagePlans],
        Role::DirectorOfIct => &[
            Right::SeeToday,
            Right::SeeLists,
            Right::SeeRules,
            Right::SeePeople,
            Right::SeeSettings,
            Right::SeeAccess,
            Right::SeeSecurity,
        ],
        Role::Technician => &[
            Right::SeeToday,
            Right::SeeLists,
            Right::SeeRules,
            Right::SeePeople,
            Right::SeeSecurity,
            Right::ResetPupils,
        ],
        Role::ManagedProvider => &[
            Right::SeeToday,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::ManageLists,
            Right::SeeRules,
            Right::ManageRules,
            Right::SeeSettings,
            Right::SeeSecurity,
        ],
        Role::CentralSupport => &[
            Right::SeeToday,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::ManageLists,
            Right::SeeRules,
            Right::ManageRules,
            Right::SeeSettings,
            Right::SeeSecurity,
        ],
        Role::Gatekeeper => &[Right::SeeToday, Right::ExplainDecisions, Right::SeeLists, Right::SeeRules],
        Role::CampusLead => &[
            Right::SeeToday,
            Right::SeePeople,
            Right::SeeGuests,
            Right::SponsorGuests,
            Right::ApproveGuests,
            Right::SeeAgreements,
        ],
        Role::Office => &[
            Right::SeePeople,
            Right::SeeRoster,
            Right::LoadRoster,
            Right::SeeGuests,
            Right::SponsorGuests,
            Right::SeeAgreements,
            Right::RecordAgreements,
            Right::RecordDiscussions,
        ],
        Role::AdminTeam => &[
            Right::SeePeople,
            Right::SeeRoster,
            Right::LoadRoster,
            Right::ApproveRoster,
            Right::SeeAgreements,
            Right::RecordAgreements,
            Right::RecordDiscussions,
        ],
        Role::DataLead => &[Right::SeePeople, Right::SeeAccess, Right::SeeAudit, Right::SeeSettings],
        Role::AccountAdministrator => &[
            Right::SeePeople,
            Right::ManagePeople,
            Right::SeeRoster,
            Right::LoadRoster,
            Right::ApproveRoster,
            Right::ResetPupils,
            Right::SeeAccess,
            Right::SeeSecurity,
        ],
        Role::IctTeacher => &[Right::ResetPupils, Right::RecordDiscussions],
        Role::Pupil
        | Role::SupportStaff
        | Role::Parent
        | Role::Visitor
        | Role::Trainee
        | Role::ExternalTutor
        | Role::Volunteer
        | Role::Contractor
        | Role::CommunityUser
        | Role::OutsideAgency
        | Role::ChannelOperator
        | Role::Pastoral
        | Role::LineManager
        | Role::VideoLibrarian
        | Role::WebsiteManager
        | Role::PolicyOwner
        | Role::WellbeingStaff
        | Role::Investigator
        | Role::ExamsOfficer
        | Role::TripLeader => &[],
    }
}

#[cfg(test)]
mod tests {
    use crate::{Choice, Right, Rights, Role, Roles};

    /// Who may do what, in full, so that a change to it is a change to this table.
    #[test]
    fn rights_of_each_role() {
        let check = |role: Role, codes: &str| {
            let rights = Rights::of(Roles::NONE.with(role));
            let got: Vec<&str> = rights.iter().map(Right::code).collect();
            assert_eq!(got.join(" "), codes, "{role:?}");
        };
        check(Role::Teacher, "reset-pupils record-discussions");
        check(
            Role::Dsl,
            "see-today see-activity explain-decisions see-lists see-rules see-concerns see-people see-access see-plans manage-plans see-guests see-agreements see-security",
        );
        check(
            Role::Coordinator,
            "see-today explain-decisions see-lists see-rules see-people see-agreements manage-agreements record-agreements record-discussions",
        );
        check(
            Role::NetworkManager,
            "see-today see-activity explain-decisions see-lists manage-lists see-rules manage-rules see-people reset-pupils see-roster see-settings manage-settings see-access see-guests see-security",
        );
        check(
            Role::Head,
            "see-today see-activity explain-decisions see-lists see-rules see-concerns see-audit see-people see-roster approve-roster see-settings manage-settings manage-posts see-access see-plans manage-plans see-guests sponsor-guests approve-guests approve-remote see-agreements manage-agreements record-discussions see-security",
        );
        check(Role::Governor, "see-today see-rules");
        check(Role::Trustee, "see-today see-rules see-settings manage-trust see-trust");
        check(Role::TrustSafeguardingLead, "see-trust");
        check(
            Role::DeputyDsl,
            "see-today see-activity explain-decisions see-lists see-rules see-concerns see-people see-plans see-guests see-agreements",
        );
        check(
            Role::OnlineSafetyLead,
            "see-today explain-decisions see-lists see-rules see-people see-agreements",
        );
        check(Role::SeniorLeader, "see-today see-rules see-people see-guests sponsor-guests see-agreements");
        check(Role::PastoralLead, "see-people see-agreements");
        check(Role::Senco, "see-people see-plans manage-plans");
        check(
            Role::DirectorOfIct,
            "see-today see-lists see-rules see-people see-settings see-access see-security",
        );
        check(Role::Technician, "see-today see-lists see-rules see-people reset-pupils see-security");
        check(
            Role::ManagedProvider,
            "see-today explain-decisions see-lists manage-lists see-rules manage-rules see-settings see-security",
        );
        check(
            Role::CentralSupport,
            "see-today explain-decisions see-lists manage-lists see-rules manage-rules see-settings see-security",
        );
        check(Role::Gatekeeper, "see-today explain-decisions see-lists see-rules");
        check(
            Role::CampusLead,
            "see-today see-people see-guests sponsor-guests approve-guests see-agreements",
        );
        check(
            Role::Office,
            "see-people see-roster load-roster see-guests sponsor-guests see-agreements record-agreements record-discussions",
        );
        check(
            Role::AdminTeam,
            "see-people see-roster load-roster approve-roster see-agreements record-agreements record-discussions",
        );
        check(Role::DataLead, "see-audit see-people see-settings see-access");
        check(
            Role::AccountAdministrator,
            "see-people manage-people reset-pupils see-roster load-roster approve-roster see-access see-security",
        );
        check(Role::IctTeacher, "reset-pupils record-discussions");
        for role in [
            Role::Pupil,
            Role::SupportStaff,
            Role::Parent,
            Role::Visitor,
            Role::Trainee,
            Role::ExternalTutor,
            Role::Volunteer,
            Role::Contractor,
            Role::CommunityUser,
            Role::OutsideAgency,
            Role::ChannelOperator,
            Role::Pastoral,
            Role::LineManager,
            Role::VideoLibrarian,
            Role::WebsiteManager,
            Role::PolicyOwner,
            Role::WellbeingStaff,
            Role::Investigator,
            Role::ExamsOfficer,
            Role::TripLeader,
        ] {
            check(role, "");
        }
    }

    #[test]
    fn roles_add_up() {
        let rights = Rights::of([Role::Teacher, Role::Governor].into_iter().collect());
        assert!(rights.has(Right::SeeToday) && !rights.has(Right::SeeActivity));
    }

    /// A right that no role grants is a page that nobody opens.
    #[test]
    fn every_right_is_somebodys() {
        for right in Right::ALL {
            let somebody = Role::ALL.iter().any(|it| Rights::of(Roles::NONE.with(*it)).has(*right));
            assert!(somebody, "{right:?}");
        }
    }
}
