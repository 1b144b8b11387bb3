//! Signing in: passwords, second credentials, the lock (PWD-02 to 09, ACC-07, ACC-17).
use super::{Kind, Setting, roles::STAFF};

const GROUP: &str = "Signing in";

/// PWD-06: 002 says ten minutes.
pub const IDLE_LOCK: Setting = Setting {
    key: "idle-lock",
    group: GROUP,
    label: "Idle lock",
    help: "Without use for this long, a session at the console locks and asks for the password again.",
    kind: Kind::Number { least: 1, most: 120, unit: "minutes" },
    default: "10",
    rows: &["PWD-06"],
};

/// ACC-07.
pub const SECOND_DEMANDED: Setting = Setting {
    key: "second-demanded",
    group: GROUP,
    label: "Second credential",
    help: "Whatever names a person and whatever changes something opens only after a passkey or a code from an app: case \
           files, activity, people, rosters, guests, agreements, plans, posts, the audit trail, settings, and changes of \
           rules and lists. Switch it off for a demonstration, not for a school.",
    kind: Kind::Switch,
    default: "on",
    rows: &["ACC-07"],
};

/// ACC-07: 002 names those who see case files and records of the MIS.
pub const SECOND_ROLES: Setting = Setting {
    key: "second-roles",
    group: GROUP,
    label: "Who must set up a second credential at once",
    help: "These are led to set one up when they first sign in. Anybody else is when they first open a page that \
           demands one.",
    kind: Kind::Several(STAFF),
    default: "dsl deputy-dsl head network-manager account-administrator admin-team managed-provider central-support data-lead",
    rows: &["ACC-07"],
};

/// ACC-07.
pub const SECOND_FRESH: Setting = Setting {
    key: "second-fresh",
    group: GROUP,
    label: "A second credential counts for",
    help: "So long after it was shown, pages that demand it open without asking again.",
    kind: Kind::Number { least: 1, most: 480, unit: "minutes" },
    default: "15",
    rows: &["ACC-07"],
};

const SORTS: &[(&str, &str)] = &[
    ("upper", "a capital letter"),
    ("lower", "a small letter"),
    ("digit", "a digit"),
    ("sign", "a sign that is neither"),
];
const STRENGTHS: &[(&str, &str)] = &[
    ("0", "Anything that is not common"),
    ("1", "Not guessed in a thousand tries"),
    ("2", "Not guessed in a million tries"),
    ("3", "Not guessed in a hundred million tries"),
    ("4", "Not guessed in ten thousand million tries"),
];

pub const PASSWORD_LENGTH: Setting = Setting {
    key: "password-length",
    group: GROUP,
    label: "Shortest password of adults",
    help: "In characters. Length protects better than signs: three random words are good.",
    kind: Kind::Number { least: 8, most: 64, unit: "characters" },
    default: "12",
    rows: &["PWD-02"],
};
/// PWD-02: 002 says upper case, lower case and numbers for staff.
pub const PASSWORD_SORTS: Setting = Setting {
    key: "password-sorts",
    group: GROUP,
    label: "A password of adults holds",
    help: "One of each of these at the least.",
    kind: Kind::Several(SORTS),
    default: "upper lower digit",
    rows: &["PWD-02"],
};
/// PWD-02, PUB-14: "strong", "robust", "appropriately strong".
pub const PASSWORD_STRENGTH: Setting = Setting {
    key: "password-strength",
    group: GROUP,
    label: "Strength of passwords of adults",
    help: "As estimated from patterns, words, names and dates that guessers know.",
    kind: Kind::One(STRENGTHS),
    default: "3",
    rows: &["PWD-02", "PUB-14"],
};
/// PWD-03: 002 twice a year for staff, 003 "regularly"; off, as the NCSC advises.
pub const PASSWORD_DAYS: Setting = Setting {
    key: "password-days",
    group: GROUP,
    label: "Adults change their password every",
    help: "0 for never. Twice a year is 182. An old password opens nothing but the page that asks for a new one.",
    kind: Kind::Number { least: 0, most: 1_095, unit: "days" },
    default: "0",
    rows: &["PWD-03"],
};
pub const PUPIL_PASSWORD_LENGTH: Setting = Setting {
    key: "pupil-password-length",
    group: GROUP,
    label: "Shortest password of pupils",
    help: "In characters.",
    kind: Kind::Number { least: 6, most: 64, unit: "characters" },
    default: "8",
    rows: &["PWD-02"],
};
pub const PUPIL_PASSWORD_SORTS: Setting = Setting {
    key: "pupil-password-sorts",
    group: GROUP,
    label: "A password of pupils holds",
    help: "One of each of these at the least.",
    kind: Kind::Several(SORTS),
    default: "",
    rows: &["PWD-02"],
};
pub const PUPIL_PASSWORD_STRENGTH: Setting = Setting {
    key: "pupil-password-strength",
    group: GROUP,
    label: "Strength of passwords of pupils",
    help: "As estimated from patterns, words, names and dates that guessers know.",
    kind: Kind::One(STRENGTHS),
    default: "2",
    rows: &["PWD-02"],
};
/// PWD-03: 003 "regularly", 004 when required.
pub const PUPIL_PASSWORD_DAYS: Setting = Setting {
    key: "pupil-password-days",
    group: GROUP,
    label: "Pupils change their password every",
    help: "0 for never. One who is younger than the year of the first password of their own is never asked.",
    kind: Kind::Number { least: 0, most: 1_095, unit: "days" },
    default: "0",
    rows: &["PWD-03"],
};

/// PWD-04: 002 says Year 7.
pub const PERSONAL_FROM: Setting = Setting {
    key: "personal-password-from",
    group: GROUP,
    label: "A password of one's own from",
    help: "Pupils below this year are never asked to change their password.",
    kind: Kind::One(&[
        ("N", "Nursery"),
        ("R", "Reception"),
        ("1", "Year 1"),
        ("2", "Year 2"),
        ("3", "Year 3"),
        ("4", "Year 4"),
        ("5", "Year 5"),
        ("6", "Year 6"),
        ("7", "Year 7"),
        ("8", "Year 8"),
        ("9", "Year 9"),
    ]),
    default: "7",
    rows: &["PWD-04"],
};
/// PWD-04.
pub const YOUNG_SIGN_IN: Setting = Setting {
    key: "young-sign-in",
    group: GROUP,
    label: "Pupils below that year sign in with",
    help: "Pictures count at the gate's own page and nowhere else. Three of 24 in their order are one way of 12,144, \
           about what the number of a bank card is worth: enough to keep a class honest where guesses are slowed \
           down, and no protection for anything else. A code on a card is worth much more.",
    kind: Kind::One(&[
        ("cards", "A code on a card"),
        ("pictures", "Three pictures in their order"),
        ("neither", "A password, as everybody else"),
    ]),
    default: "cards",
    rows: &["PWD-04"],
};
const ALERTS: &[(&str, &str)] = &[
    ("off", "Nothing"),
    ("notice", "It stands in the list of alerts"),
    ("alert", "The network manager gets a letter"),
];
/// ACC-17.
pub const TWO_PLACES: Setting = Setting {
    key: "two-places",
    group: GROUP,
    label: "One account on two devices",
    help: "What happens when somebody signs in at the gate on a second device while the first is in use. Where people \
           carry a phone beside a laptop this is normal, and says little.",
    kind: Kind::One(&[
        ("off", "Nothing"),
        ("notice", "It stands in the list of alerts"),
        ("alert", "The network manager gets a letter"),
        ("refuse", "The second sign-in on the gate’s page is refused until the first has ended"),
    ]),
    default: "notice",
    rows: &["ACC-04", "ACC-17"],
};
/// ACC-17.
pub const STAFF_ON_PUPILS: Setting = Setting {
    key: "staff-on-pupils",
    group: GROUP,
    label: "Staff account on a pupil's device",
    help: "What happens when somebody of the staff signs in at the gate on a device that belongs to a pupil, or over the \
           sign-in that a pupil left open there within the hour.",
    kind: Kind::One(ALERTS),
    default: "alert",
    rows: &["ACC-17"],
};
/// ACC-17.
pub const OTHER_SCHOOL: Setting = Setting {
    key: "other-school",
    group: GROUP,
    label: "Account of another school",
    help: "What happens when somebody types the user name of another school of the trust at this school's gate, \
           without a placement here. They are not let in whatever this says.",
    kind: Kind::One(ALERTS),
    default: "alert",
    rows: &["ACC-17"],
};
pub const TWO_PLACES_WITHIN: Setting = Setting {
    key: "two-places-within",
    group: GROUP,
    label: "Two devices count as at once within",
    help: "So long after the sign-in on the first device.",
    kind: Kind::Number { least: 1, most: 240, unit: "minutes" },
    default: "10",
    rows: &["ACC-17"],
};
