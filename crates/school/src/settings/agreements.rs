//! How a school goes about its agreements.
use super::{Kind, Setting};

const GROUP: &str = "Agreements";
const AGAIN: Kind = Kind::One(&[
    ("once", "Once, on joining"),
    ("year", "At the start of each school year"),
    ("days", "Every so many days"),
    ("sign-in", "At every sign-in"),
]);

/// AUP-08: 002 at the start of each year, 003 at every log-on, 004 on joining.
pub const AGREEMENT_PUPILS_AGAIN: Setting = Setting {
    key: "agreement-again-pupils",
    group: GROUP,
    label: "Pupils are asked to agree again",
    help: "A new version always asks everyone again. Beside that: at every sign-in (003), each year (002) or once (004).",
    kind: AGAIN,
    default: "year",
    rows: &["AUP-08"],
};

pub const AGREEMENT_ADULTS_AGAIN: Setting = Setting {
    key: "agreement-again-adults",
    group: GROUP,
    label: "Staff, parents and guests are asked to agree again",
    help: "A new version always asks everyone again. Beside that: at every sign-in (003), each year (002) or once (004).",
    kind: AGAIN,
    default: "year",
    rows: &["AUP-08"],
};

pub const AGREEMENT_DAYS: Setting = Setting {
    key: "agreement-days",
    group: GROUP,
    label: "Days until people are asked to agree again",
    help: "Counts where they are asked again every so many days. 001 says: frequently.",
    kind: Kind::Number { least: 1, most: 730, unit: "days" },
    default: "30",
    rows: &["AUP-08"],
};

pub const SCHOOL_YEAR_MONTH: Setting = Setting {
    key: "school-year-month",
    group: GROUP,
    label: "The school year begins in month",
    help: "On the first day of this month those who are asked each year are asked again. 9 is September.",
    kind: Kind::Number { least: 1, most: 12, unit: "(month of the year)" },
    default: "9",
    rows: &["AUP-08"],
};

/// AUP-09: 001 and 004 on; the others say nothing.
pub const AGREEMENT_COUNTER_SIGN: Setting = Setting {
    key: "agreement-counter-sign",
    group: GROUP,
    label: "A parent counter-signs a pupil's agreement",
    help: "Pages open for a pupil only when a parent has signed as well (001, 004).",
    kind: Kind::Switch,
    default: "off",
    rows: &["AUP-09"],
};

/// AUP-10: 002 Key Stage 1.
pub const AGREEMENT_PARENT_SIGNS: Setting = Setting {
    key: "agreement-parent-signs",
    group: GROUP,
    label: "A parent signs in a young child's place up to",
    help: "Children up to this stage do not sign themselves: a parent does it for them (002: Key Stage 1).",
    kind: Kind::One(&[
        ("none", "Nobody"),
        ("eyfs", "Early years"),
        ("ks1", "Key Stage 1"),
        ("ks2", "Key Stage 2"),
        ("ks3", "Key Stage 3"),
    ]),
    default: "ks1",
    rows: &["AUP-10"],
};

/// AUP-16: 003 part, 000 not.
pub const AGREEMENT_CONTRACT: Setting = Setting {
    key: "agreement-contract",
    group: GROUP,
    label: "The agreement of staff and the contract of employment",
    help: "A paragraph of the next version that is published says so. 003 makes it part of the contract, 000 says it is not.",
    kind: Kind::One(&[
        ("part", "It is part of the contract"),
        ("not-part", "It says that it is not part of the contract"),
        ("silent", "It says nothing"),
    ]),
    default: "not-part",
    rows: &["AUP-16"],
};

/// AUP-12.
pub const AGREEMENT_REMINDERS: Setting = Setting {
    key: "agreement-reminders",
    group: GROUP,
    label: "Reminders to those who have not signed",
    help: "Letters by e-mail until all is signed. Nobody gets more than one a week.",
    kind: Kind::One(&[
        ("off", "Only when somebody sends them"),
        ("7", "Each week"),
        ("14", "Every two weeks"),
        ("30", "Each month"),
    ]),
    default: "7",
    rows: &["AUP-12"],
};

/// AUP-12. Off, so that a school's first day with a mail server does not write to every parent.
pub const AGREEMENT_REMIND_PARENTS: Setting = Setting {
    key: "agreement-remind-parents",
    group: GROUP,
    label: "Parents are reminded too",
    help: "As often as staff, about what they have not signed for themselves or for their children. Otherwise they are written to when somebody sends the reminders.",
    kind: Kind::Switch,
    default: "off",
    rows: &["AUP-12"],
};

/// AUP-13: 004 at least yearly.
pub const AGREEMENT_STAFF_REMINDER: Setting = Setting {
    key: "agreement-staff-reminder",
    group: GROUP,
    label: "Staff are reminded each year of what they agreed",
    help: "A letter with the agreement a year after they signed or were last reminded (002, 004).",
    kind: Kind::Switch,
    default: "on",
    rows: &["AUP-13"],
};

/// AUP-14: on entry, and periodically afterwards (003: newsletter).
pub const AGREEMENT_ISSUE: Setting = Setting {
    key: "agreement-issue",
    group: GROUP,
    label: "The pupils' agreement is sent to parents",
    help: "By e-mail, with a prompt to talk it through (002, 003); each is logged. On entry: to parents of children added in the last 30 days. Each term or each year writes to the parents of everybody who is due, at once.",
    kind: Kind::One(&[
        ("off", "Never"),
        ("entry", "On entry"),
        ("91", "On entry and each term"),
        ("365", "On entry and each year"),
    ]),
    default: "off",
    rows: &["AUP-14"],
};
