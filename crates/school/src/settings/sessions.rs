//! How long a sign-in lasts, by what somebody is (PWD-07: 002 and 004 give no figure).
use super::{Kind, Setting, Settings, roles::STAFF};
use crate::{Choice, Role, Roles};

const GROUP: &str = "Signing in";
const HOURS: Kind = Kind::Number { least: 1, most: 24, unit: "hours" };

pub const SESSION_LONGEST: Setting = Setting {
    key: "session-longest",
    group: GROUP,
    label: "Longest session of staff",
    help: "However busy, a session at the console and a sign-in at the gate end after this long. A profile of the rules \
           may say less for the gate.",
    kind: HOURS,
    default: "10",
    rows: &["PWD-07"],
};
pub const SESSION_PUPILS: Setting = Setting {
    key: "session-longest-pupils",
    group: GROUP,
    label: "Longest session of pupils",
    help: "As for staff.",
    kind: HOURS,
    default: "10",
    rows: &["PWD-07"],
};
pub const SESSION_OUTSIDERS: Setting = Setting {
    key: "session-longest-outsiders",
    group: GROUP,
    label: "Longest session of parents, visitors and others from outside",
    help: "As for staff. The time of a guest ends it in any case.",
    kind: HOURS,
    default: "10",
    rows: &["PWD-07"],
};
pub const SESSION_ADMINISTRATORS: Setting = Setting {
    key: "session-longest-administrators",
    group: GROUP,
    label: "Longest session of those who run servers and accounts",
    help: "As for staff, where that is not shorter.",
    kind: HOURS,
    default: "10",
    rows: &["PWD-07"],
};

/// For each role, where the school wants it shorter.
pub const SESSION_SHORT_ROLES: Setting = Setting {
    key: "session-short-roles",
    group: GROUP,
    label: "Roles with a shorter session",
    help: "Whoever has one of these signs in again sooner, after the time below.",
    kind: Kind::Several(STAFF),
    default: "",
    rows: &["PWD-07"],
};
pub const SESSION_SHORT: Setting = Setting {
    key: "session-short",
    group: GROUP,
    label: "Longest session of those roles",
    help: "Never longer than the longest session of everybody.",
    kind: HOURS,
    default: "2",
    rows: &["PWD-07"],
};

impl Settings {
    /// In hours: of what somebody holding these roles is, the shortest.
    pub fn longest_session(&self, roles: Roles) -> u32 {
        let own = if roles.has(Role::Pupil) {
            &SESSION_PUPILS
        } else if roles.from_outside() {
            &SESSION_OUTSIDERS
        } else {
            &SESSION_LONGEST
        };
        let mut most = self.number(own);
        if roles.iter().any(Role::needs_vetting) {
            most = most.min(self.number(&SESSION_ADMINISTRATORS));
        }
        let mut short = self.value(&SESSION_SHORT_ROLES).split_whitespace();
        if short.any(|code| Role::from_code(code).is_some_and(|it| roles.has(it))) {
            most = most.min(self.number(&SESSION_SHORT));
        }
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Layer, settings::Said};

    #[test]
    fn what_somebody_is_says_how_long_their_session_lasts() {
        let said = |key: &str, value: &str| Said {
            layer: Layer::School,
            key: key.to_owned(),
            value: value.to_owned(),
            locked: false,
        };
        let settings = Settings::resolve(&[
            said("session-longest", "8"),
            said("session-longest-pupils", "6"),
            said("session-longest-outsiders", "3"),
            said("session-longest-administrators", "2"),
        ]);
        let check = |roles: &[Role], hours| {
            let roles = roles.iter().copied().collect();
            assert_eq!(settings.longest_session(roles), hours, "{roles:?}");
        };
        check(&[Role::Teacher], 8);
        check(&[Role::Teacher, Role::Parent], 8);
        check(&[Role::Parent], 3);
        check(&[Role::Visitor], 3);
        check(&[Role::Pupil], 6);
        check(&[Role::Head, Role::NetworkManager], 2);
        check(&[Role::AccountAdministrator], 2);
        let short = Settings::resolve(&[said("session-short-roles", "head dsl"), said("session-short", "3")]);
        for (role, hours) in [(Role::Head, 3), (Role::Dsl, 3), (Role::Teacher, 10)] {
            assert_eq!(short.longest_session(Roles::NONE.with(role)), hours, "{role:?}");
        }
        let longer = Settings::resolve(&[said("session-longest-administrators", "24")]);
        assert_eq!(longer.longest_session(Roles::NONE.with(Role::Technician)), 10, "never longer than staff");
    }
}
