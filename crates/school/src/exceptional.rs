//! Access that the head or campus lead approves as an exceptional case, on sight of the signed agreement (ACC-19).
use jiff::Timestamp;

use crate::{
    Id, Person, Role, Roles,
    settings::{GUEST_APPROVAL, Settings},
};

/// What was said of somebody's access, however they came by their account. The latest counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub person: Id<Person>,
    pub granted: bool,
    /// Why it is an exceptional case, or why it is refused. Never empty.
    pub why: String,
    pub by: Id<Person>,
    pub at: Timestamp,
}

/// Why somebody who has signed is still kept outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Held {
    /// Nobody has decided yet.
    Waiting,
    Refused,
}

/// Whether the school has set that those with these roles wait for an approval.
pub fn is_asked(chosen: &Settings, roles: Roles) -> bool {
    match &*chosen.text(&GUEST_APPROVAL) {
        "guests" => roles.from_outside(),
        "pupils" => roles.from_outside() || roles.has(Role::Pupil) && !roles.of_the_house(),
        _ => false,
    }
}

/// The one question of every door. `guest`: they were let in as a guest, which has its own approval.
pub fn held(chosen: &Settings, roles: Roles, granted: Option<bool>, guest: bool) -> Option<Held> {
    if !is_asked(chosen, roles) {
        return None;
    }
    match granted {
        Some(true) => None,
        Some(false) => Some(Held::Refused),
        None if guest => None,
        None => Some(Held::Waiting),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, settings::Said};

    fn chosen(value: &str) -> Settings {
        let (key, value) = (GUEST_APPROVAL.key.to_owned(), value.to_owned());
        Settings::resolve(&[Said { layer: Layer::School, key, value, locked: false }])
    }

    #[test]
    fn whoever_the_setting_names_waits_until_it_is_granted() {
        let check = |set: &str, role: Role, granted: Option<bool>, guest: bool, expected: Option<Held>| {
            let chosen = chosen(set);
            let got = held(&chosen, Roles::NONE.with(role), granted, guest);
            assert_eq!(got, expected, "{set} {role:?} {granted:?} {guest}");
        };
        for role in [Role::Visitor, Role::Volunteer, Role::OutsideAgency, Role::Parent, Role::ExternalTutor] {
            check("none", role, None, false, None);
            check("guests", role, None, false, Some(Held::Waiting));
            check("pupils", role, None, false, Some(Held::Waiting));
            check("guests", role, Some(true), false, None);
            check("guests", role, Some(false), true, Some(Held::Refused));
            check("guests", role, None, true, None);
        }
        check("guests", Role::Pupil, None, false, None);
        check("pupils", Role::Pupil, None, false, Some(Held::Waiting));
        check("pupils", Role::Pupil, Some(true), false, None);
        for role in [Role::Teacher, Role::Governor, Role::Head] {
            check("pupils", role, None, false, None);
        }
        let both = Roles::NONE.with(Role::Parent).with(Role::Teacher);
        assert_eq!(held(&chosen("pupils"), both, None, false), None, "employed");
    }
}
