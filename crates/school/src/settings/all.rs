//! Every setting there is. One is added by a constant and its line in [`SETTINGS`].
use super::{Kind, Setting, agreements::*, guests, rosters};

/// PWD-06: 002 says ten minutes.
pub const IDLE_LOCK: Setting = Setting {
    key: "idle-lock",
    group: "Signing in",
    label: "Idle lock",
    help: "Without use for this long, a session at the console locks and asks for the password again.",
    kind: Kind::Number { least: 1, most: 120, unit: "minutes" },
    default: "10",
    rows: &["PWD-06"],
};

/// ACC-14: 001 says "a period".
pub const LEAVER_HOLD: Setting = Setting {
    key: "leaver-hold",
    group: "People",
    label: "Accounts of leavers are kept",
    help: "A leaver's account is disabled on the day they leave, kept disabled this long, then deleted.",
    kind: Kind::Number { least: 0, most: 2_555, unit: "days" },
    default: "180",
    rows: &["ACC-14"],
};

pub static SETTINGS: &[&Setting] = &[
    &IDLE_LOCK,
    &LEAVER_HOLD,
    &rosters::ROSTER_JUMP,
    &rosters::ROSTER_USERNAMES,
    &guests::GUEST_APPROVAL,
    &guests::VISIT_LONGEST,
    &guests::OUTSIDER_LONGEST,
    &guests::CONTRACTORS,
    &guests::COMMUNITY_HOURS,
    &guests::REMOTE_AUTHORITY,
    &guests::REMOTE_LONGEST,
    &AGREEMENT_PUPILS_AGAIN,
    &AGREEMENT_ADULTS_AGAIN,
    &AGREEMENT_DAYS,
    &SCHOOL_YEAR_MONTH,
    &AGREEMENT_COUNTER_SIGN,
    &AGREEMENT_PARENT_SIGNS,
    &AGREEMENT_CONTRACT,
    &AGREEMENT_REMINDERS,
    &AGREEMENT_STAFF_REMINDER,
    &AGREEMENT_ISSUE,
];
