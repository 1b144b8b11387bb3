//! Guests, people of other bodies, and access from outside.
use super::{Kind, Setting};

const GROUP: &str = "Guests and remote access";

/// ACC-19: 000 asks the head; by its letter it asks for pupils too (K9), which is a choice here and not the default.
pub const GUEST_APPROVAL: Setting = Setting {
    key: "guest-approval",
    group: GROUP,
    label: "Whose access the head or campus lead approves",
    help: "Approval is given on sight of the signed agreement, as an exceptional case. Without it, a sponsor is enough.",
    kind: Kind::One(&[
        ("none", "Nobody’s: a sponsor is enough"),
        ("guests", "Guests and everyone else who is not employed"),
        ("pupils", "Guests, everyone who is not employed, and pupils"),
    ]),
    default: "guests",
    rows: &["ACC-19"],
};

/// ACC-18: 003 says "a limited time slot".
pub const VISIT_LONGEST: Setting = Setting {
    key: "visit-longest",
    group: GROUP,
    label: "A visitor’s access lasts at most",
    help: "Never open-ended. A longer visit is extended, or asked for anew.",
    kind: Kind::Number { least: 1, most: 336, unit: "hours" },
    default: "12",
    rows: &["ACC-18"],
};

pub const OUTSIDER_LONGEST: Setting = Setting {
    key: "outsider-longest",
    group: GROUP,
    label: "Access of contractors, community users, tutors and volunteers lasts at most",
    help: "Never open-ended. A term is some 90 days.",
    kind: Kind::Number { least: 1, most: 366, unit: "days" },
    default: "92",
    rows: &["ACC-18", "ACC-20", "ACC-21"],
};

/// ACC-21, K12: 001 refuses; 000, 002 and 003 let contractors in after signing.
pub const CONTRACTORS: Setting = Setting {
    key: "contractors",
    group: GROUP,
    label: "Internet for external contractors",
    help: "Refused outright, or after they have accepted the agreement. Approval is asked for as of other guests.",
    kind: Kind::One(&[("refused", "Refused outright"), ("signed", "After signing the agreement")]),
    default: "signed",
    rows: &["ACC-21"],
};

/// ACC-20.
pub const COMMUNITY_HOURS: Setting = Setting {
    key: "community-hours",
    group: GROUP,
    label: "Opening hours for community users",
    help: "Such as: monday to friday 16:00 to 21:00, saturday 09:00 to 13:00. Nothing: at any hour. What cannot be \
           read counts as closed.",
    kind: Kind::Text { most: 200 },
    default: "monday to friday 16:00 to 21:00, saturday 09:00 to 17:00",
    rows: &["ACC-20"],
};

/// ACC-23: 003 asks the head or the governing body.
pub const REMOTE_AUTHORITY: Setting = Setting {
    key: "remote-authority",
    group: GROUP,
    label: "Who authorises remote access",
    help: "The head, or the governing body, whose minute the head enters here.",
    kind: Kind::One(&[("head", "The head"), ("governors", "The governing body")]),
    default: "head",
    rows: &["ACC-23"],
};

pub const REMOTE_LONGEST: Setting = Setting {
    key: "remote-longest",
    group: GROUP,
    label: "An approval of remote access lasts at most",
    help: "Never open-ended; a letter goes out before it ends.",
    kind: Kind::Number { least: 1, most: 366, unit: "days" },
    default: "366",
    rows: &["ACC-22", "ACC-23"],
};
