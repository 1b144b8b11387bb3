//! Every setting there is. One is added by a constant and its line in [`SETTINGS`].
pub use super::signing_in::*;
use super::{
    Kind, Setting,
    agreements::{
        AGREEMENT_ADULTS_AGAIN, AGREEMENT_CONTRACT, AGREEMENT_COUNTER_SIGN, AGREEMENT_DAYS, AGREEMENT_ISSUE,
        AGREEMENT_PARENT_SIGNS, AGREEMENT_PUPILS_AGAIN, AGREEMENT_REMIND_PARENTS, AGREEMENT_REMINDERS,
        AGREEMENT_STAFF_REMINDER, SCHOOL_YEAR_MONTH,
    },
    guests, posts, rosters,
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

/// LOG-04: 000 wants a reason with each view.
pub const ASK_WHY: Setting = Setting {
    key: "ask-why",
    group: "Audit",
    label: "Ask for a reason before somebody's activity is shown",
    help: "Whoever looks at the activity of one person first says why; the reason stands in the audit trail.",
    kind: Kind::Switch,
    default: "off",
    rows: &["LOG-04"],
};

pub static SETTINGS: &[&Setting] = &[
    &ASK_WHY,
    &IDLE_LOCK,
    &SESSION_LONGEST,
    &SECOND_DEMANDED,
    &SECOND_ROLES,
    &SECOND_FRESH,
    &PASSWORD_LENGTH,
    &PASSWORD_SORTS,
    &PASSWORD_STRENGTH,
    &PASSWORD_DAYS,
    &PUPIL_PASSWORD_LENGTH,
    &PUPIL_PASSWORD_SORTS,
    &PUPIL_PASSWORD_STRENGTH,
    &PUPIL_PASSWORD_DAYS,
    &PERSONAL_FROM,
    &TWO_PLACES,
    &TWO_PLACES_WITHIN,
    &LEAVER_HOLD,
    &posts::REQUIRED_POSTS,
    &posts::LEAD_FUNCTIONS,
    &posts::LEAD_ON_LEADERSHIP,
    &posts::OPERATORS_SUPERVISED,
    &posts::OPERATORS_VETTED,
    &posts::DIGEST_EVERY,
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
    &AGREEMENT_REMIND_PARENTS,
    &AGREEMENT_STAFF_REMINDER,
    &AGREEMENT_ISSUE,
];
