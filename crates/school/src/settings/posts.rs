//! Posts, and limits on who may hold them.
use super::{Kind, Setting};

const GROUP: &str = "Posts and supervision";

/// ACC-08, ACC-09.
pub const REQUIRED_POSTS: Setting = Setting {
    key: "required-posts",
    group: GROUP,
    label: "Posts that must be filled",
    help: "A vacancy stands on Today and under Who to ask. The post where the lead functions sit is always one.",
    kind: Kind::Several(&[
        ("head", "Head"),
        ("dsl", "Designated safeguarding lead"),
        ("deputy-dsl", "Deputy safeguarding lead"),
        ("coordinator", "Online-safety co-ordinator"),
        ("online-safety-lead", "Online-safety lead"),
        ("lead-governor", "Lead governor for online safety"),
        ("pastoral-lead", "Pastoral deputy head"),
        ("office-lead", "National-office safeguarding lead"),
        ("senco", "SEN co-ordinator"),
        ("network-manager", "Network manager"),
        ("data-lead", "Data lead"),
    ]),
    default: "head coordinator network-manager",
    rows: &["ACC-08", "ACC-09"],
};

/// ACC-08, K6.
pub const LEAD_FUNCTIONS: Setting = Setting {
    key: "lead-functions",
    group: GROUP,
    label: "Where the safeguarding lead sits",
    help: "Whom everybody is told to ask first about a child’s safety.",
    kind: Kind::One(&[
        ("separate", "At the school, apart from the co-ordinator (003)"),
        ("combined", "One person is co-ordinator and lead (002)"),
        ("office", "At the national office (000)"),
        ("pastoral", "With the pastoral deputy head (004)"),
    ]),
    default: "separate",
    rows: &["ACC-08", "REP-03"],
};

/// ACC-09: 000 and 003.
pub const LEAD_ON_LEADERSHIP: Setting = Setting {
    key: "lead-on-leadership",
    group: GROUP,
    label: "Co-ordinator and online-safety lead sit on the leadership team",
    help: "Nobody else can be appointed to these posts (000, 003).",
    kind: Kind::Switch,
    default: "on",
    rows: &["ACC-09"],
};

/// ACC-11.
pub const OPERATORS_SUPERVISED: Setting = Setting {
    key: "operators-supervised",
    group: GROUP,
    label: "Filtering and monitoring only under a senior leader",
    help: "Without a supervisor from the leadership team, operators cannot change lists and rules or look at activity. Holds from the day a head is appointed under Who to ask.",
    kind: Kind::Switch,
    default: "on",
    rows: &["ACC-11"],
};

/// ACC-13.
pub const OPERATORS_VETTED: Setting = Setting {
    key: "operators-vetted",
    group: GROUP,
    label: "Server and administrator roles only with a DBS or central-record reference",
    help: "These roles are refused to anyone without one. Holds from the day a head is appointed under Who to ask.",
    kind: Kind::Switch,
    default: "on",
    rows: &["ACC-13"],
};

/// ACC-12: nobody becomes a safeguarding lead by one hand alone.
pub const LEADS_APPOINTED: Setting = Setting {
    key: "leads-appointed",
    group: GROUP,
    label: "Roles that read concerns only for whom the head has appointed",
    help: "Whoever looks after accounts gives such a role only to a person whom the head has appointed head, safeguarding lead or deputy under Who to ask. Holds from the day a head is appointed, as long as there is one.",
    kind: Kind::Switch,
    default: "on",
    rows: &["ACC-12"],
};

/// ACC-11.
pub const DIGEST_EVERY: Setting = Setting {
    key: "supervisor-digest",
    group: GROUP,
    label: "Supervisors are told what their operators did",
    help: "By e-mail, as counts; the whole is read at the console.",
    kind: Kind::Number { least: 1, most: 60, unit: "days" },
    default: "7",
    rows: &["ACC-11"],
};
