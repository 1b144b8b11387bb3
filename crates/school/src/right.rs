use crate::{Choice, Role, Roles};

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
    /// The audit trail.
    SeeAudit,
}

/// A set of rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Rights(u32);

impl Rights {
    pub const NONE: Rights = Rights(0);

    #[must_use]
    pub const fn with(self, right: Right) -> Rights {
        Rights(self.0 | 1 << right as u8)
    }
    pub const fn has(self, right: Right) -> bool {
        self.0 & 1 << right as u8 != 0
    }
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What someone holding these roles may do in the school where they hold them, and nowhere else.
    pub fn of(roles: Roles) -> Rights {
        roles.iter().flat_map(|role| granted(role).iter().copied()).fold(Rights::NONE, Rights::with)
    }
}

const fn granted(role: Role) -> &'static [Right] {
    match role {
        Role::NetworkManager => &[
            Right::SeeToday,
            Right::SeeActivity,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::ManageLists,
            Right::SeeRules,
            Right::ManageRules,
        ],
        Role::Dsl => &[
            Right::SeeToday,
            Right::SeeActivity,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::SeeRules,
            Right::SeeConcerns,
        ],
        Role::Head => &[
            Right::SeeToday,
            Right::SeeActivity,
            Right::ExplainDecisions,
            Right::SeeLists,
            Right::SeeRules,
            Right::SeeConcerns,
            Right::SeeAudit,
        ],
        Role::Coordinator => &[Right::SeeToday, Right::ExplainDecisions, Right::SeeLists, Right::SeeRules],
        Role::Governor => &[Right::SeeToday, Right::SeeRules],
        Role::Pupil | Role::Teacher | Role::SupportStaff | Role::Parent | Role::Visitor => &[],
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who may do what, in full, so that a change to it is a change to this table.
    #[test]
    fn rights_of_each_role() {
        let check = |role: Role, codes: &[&str]| {
            let rights = Rights::of(Roles::NONE.with(role));
            let got: Vec<&str> =
                Right::ALL.iter().filter(|it| rights.has(**it)).map(|it| it.code()).collect();
            assert_eq!(got, codes, "{role:?}");
        };
        let see = ["see-today", "see-activity", "explain-decisions", "see-lists"];
        check(Role::NetworkManager, &[&see[..], &["manage-lists", "see-rules", "manage-rules"]].concat());
        check(Role::Dsl, &[&see[..], &["see-rules", "see-concerns"]].concat());
        check(Role::Head, &[&see[..], &["see-rules", "see-concerns", "see-audit"]].concat());
        check(Role::Coordinator, &["see-today", "explain-decisions", "see-lists", "see-rules"]);
        check(Role::Governor, &["see-today", "see-rules"]);
        for role in [Role::Pupil, Role::Teacher, Role::SupportStaff, Role::Parent, Role::Visitor] {
            check(role, &[]);
        }
    }

    #[test]
    fn roles_add_up() {
        let rights = Rights::of([Role::Teacher, Role::Governor].into_iter().collect());
        assert!(rights.has(Right::SeeToday) && !rights.has(Right::SeeActivity));
    }
}
