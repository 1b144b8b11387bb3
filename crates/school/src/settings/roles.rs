//! Roles as a setting offers them.

/// Of the school's own people: code and label, as [`crate::Role`] has them.
pub(super) const STAFF: &[(&str, &str)] = &[
    ("teacher", "Teacher"),
    ("support-staff", "Support staff"),
    ("dsl", "Designated safeguarding lead"),
    ("coordinator", "Online-safety co-ordinator"),
    ("network-manager", "Network manager"),
    ("head", "Head"),
    ("governor", "Governor"),
    ("trainee", "Trainee or placement"),
    ("external-tutor", "External tutor"),
    ("volunteer", "Volunteer"),
    ("channel-operator", "Official channel operator"),
    ("trustee", "Trustee"),
    ("deputy-dsl", "Deputy safeguarding lead"),
    ("online-safety-lead", "Online-safety lead"),
    ("senior-leader", "Senior leadership team"),
    ("pastoral-lead", "Head of pastoral care"),
    ("pastoral", "Pastoral staff"),
    ("senco", "SEN co-ordinator"),
    ("line-manager", "Line manager"),
    ("director-of-ict", "Director of ICT"),
    ("technician", "ICT technician"),
    ("managed-provider", "Managed technical provider"),
    ("central-support", "Central IT support"),
    ("gatekeeper", "Allow-list gatekeeper"),
    ("video-librarian", "Video librarian"),
    ("campus-lead", "Campus lead"),
    ("trust-safeguarding-lead", "National-office safeguarding lead"),
    ("website-manager", "Website manager"),
    ("office", "School office"),
    ("admin-team", "Admin team"),
    ("data-lead", "Data lead"),
    ("policy-owner", "Policy owner"),
    ("account-administrator", "Account administrator"),
    ("wellbeing-staff", "Wellbeing mailbox staff"),
    ("investigator", "Investigator"),
    ("exams-officer", "Exams officer"),
    ("trip-leader", "Trip leader"),
    ("ict-teacher", "ICT teacher"),
];

#[cfg(test)]
mod tests {
    use super::STAFF;
    use crate::{Choice, Role};

    #[test]
    fn the_roles_offered_are_those_of_staff() {
        let staff: Vec<_> =
            Role::ALL.iter().filter(|it| it.is_staff()).map(|it| (it.code(), it.label())).collect();
        assert_eq!(staff, STAFF);
    }
}
