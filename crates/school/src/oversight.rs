//! Who may run the gate only under a named senior leader, and with their vetting on record (ACC-11, ACC-13).
use crate::{Right, Rights, Role, Roles};

impl Role {
    /// Runs filtering or monitoring as a technical duty.
    pub const fn is_operator(self) -> bool {
        matches!(
            self,
            Role::NetworkManager
                | Role::DirectorOfIct
                | Role::Technician
                | Role::ManagedProvider
                | Role::CentralSupport
                | Role::Gatekeeper
        )
    }
    /// Reaches servers or makes accounts.
    pub const fn needs_vetting(self) -> bool {
        self.is_operator() || matches!(self, Role::AccountAdministrator)
    }
}

/// What an operator has only while someone senior answers for it: managing the filter, and monitoring.
const SUPERVISED: &[Right] =
    &[Right::ManageLists, Right::ManageRules, Right::SeeActivity, Right::ExplainDecisions];

impl Rights {
    /// Of someone without a supervisor: what their other roles give, and of the operator's what needs none.
    pub fn unsupervised(roles: Roles) -> Rights {
        let of =
            |operator: bool| Rights::of(roles.iter().filter(|it| it.is_operator() == operator).collect());
        let kept = SUPERVISED.iter().fold(of(true), |rights, right| rights.without(*right));
        of(false).iter().chain(kept.iter()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_supervisor_an_operator_neither_manages_the_filter_nor_monitors() {
        let manager = Rights::unsupervised(Roles::NONE.with(Role::NetworkManager));
        assert!(!manager.has(Right::ManageRules) && !manager.has(Right::SeeActivity));
        assert!(manager.has(Right::SeeToday) && manager.has(Right::ManageSettings));
        let head = Rights::unsupervised(Roles::NONE.with(Role::NetworkManager).with(Role::Head));
        assert!(head.has(Right::SeeActivity) && !head.has(Right::ManageRules));
        let teacher = Roles::NONE.with(Role::Teacher);
        assert_eq!(Rights::unsupervised(teacher), Rights::of(teacher));
    }
}
