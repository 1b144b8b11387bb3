//! How rosters are taken.
use super::{Kind, Setting};

/// ACC-03: a third.
pub const ROSTER_JUMP: Setting = Setting {
    key: "roster-jump",
    group: "People",
    label: "A roster stops and asks",
    help: "When more than this share of the pupils, or of the staff, would leave at once: that is more often a broken \
           export than the truth.",
    kind: Kind::Number { least: 1, most: 100, unit: "per cent leaving" },
    default: "33",
    rows: &["ACC-03"],
};

/// ACC-03: for those whom a roster gives no username.
pub const ROSTER_USERNAMES: Setting = Setting {
    key: "roster-usernames",
    group: "People",
    label: "Usernames that a roster does not give",
    help: "Made of the name, with a number where two would be the same. Once given, a username stays.",
    kind: Kind::One(&[
        ("given.family", "ada.lovelace"),
        ("initial-family", "alovelace"),
        ("family.given", "lovelace.ada"),
    ]),
    default: "given.family",
    rows: &["ACC-03"],
};
