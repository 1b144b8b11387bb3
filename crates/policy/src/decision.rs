use std::sync::Arc;

use school::Choice;

use crate::{Category, CategorySet, SafeSearch};

/// What the rules say, and because of what. Nothing proceeds without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub verdict: Verdict,
    pub because: Because,
    pub inspect: Inspect,
    /// What must be done to the request so that a search stays safe, whatever allowed it (design decision 12).
    pub safe_search: Option<SafeSearch>,
    /// All that the lists say of the target, whether or not it decided.
    pub categories: CategorySet,
    /// A help site: never inspected, scored, recorded against a person or reported (design decision 9).
    pub protected: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    Allow,
    /// The person is told why to think twice, and may go on.
    Warn,
    Block,
}

/// What to do with an encrypted connection that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Inspect {
    /// Carry it unopened: banking, health, help and what the school lists.
    Tunnel,
    /// Open it.
    Open,
}

/// What decided: enough for staff to find the rule, list or setting, and for a pupil to be told kindly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    pub step: Step,
    /// The deciding rule as written, with its layer and line, such as `school line 12: block bbc.co.uk for year 7`.
    pub rule: Option<Arc<str>>,
    /// The name of the deciding list. Never set for a sealed list's entry beyond the list's own name.
    pub list: Option<Arc<str>>,
    pub category: Option<Category>,
    /// The profile in force for the person.
    pub profile: Option<Arc<str>>,
    /// The listed domain or address prefix that matched, as a length in bytes counted from the end of the host
    /// (0: the whole, or nothing to show).
    pub matched: u16,
}

/// The order in which a request is decided; the first that speaks wins. `docs/precedence.md` publishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Rules or lists cannot be read: closed (FIL-28).
    Fault,
    /// A sealed list (FIL-06): nothing opens what it closes.
    Sealed,
    /// Help and reporting: always open.
    Help,
    /// A category that no profile or rule below the trust may open (FIL-07).
    AlwaysBlocked,
    /// A rule locked by the trust, then by the school.
    LockedRule,
    /// Any other rule: nearest layer, narrowest audience, narrowest address, block before allow.
    Rule,
    /// The profile's times (FIL-24).
    Schedule,
    /// The profile's search engines (FIL-10).
    SearchEngine,
    /// The profile's kinds of file.
    FileType,
    /// The profile's categories.
    Category,
    /// Nothing spoke: the profile's base mode (FIL-02).
    BaseMode,
    /// Not of the rules: what came through a tunnel was neither HTTP nor TLS, and what cannot be seen is not let
    /// through (FIL-22).
    Unseen,
}

impl Choice for Verdict {
    const ALL: &'static [Verdict] = &[Verdict::Allow, Verdict::Warn, Verdict::Block];
    fn code(self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::Warn => "warn",
            Verdict::Block => "block",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Verdict::Allow => "Allowed",
            Verdict::Warn => "Warned",
            Verdict::Block => "Blocked",
        }
    }
}

impl Step {
    /// What the rules ask, in this order.
    pub const ORDER: [Step; 11] = [
        Step::Fault,
        Step::Sealed,
        Step::Help,
        Step::AlwaysBlocked,
        Step::LockedRule,
        Step::Rule,
        Step::Schedule,
        Step::SearchEngine,
        Step::FileType,
        Step::Category,
        Step::BaseMode,
    ];
}

impl Choice for Step {
    const ALL: &'static [Step] = &[
        Step::Fault,
        Step::Sealed,
        Step::Help,
        Step::AlwaysBlocked,
        Step::LockedRule,
        Step::Rule,
        Step::Schedule,
        Step::SearchEngine,
        Step::FileType,
        Step::Category,
        Step::BaseMode,
        Step::Unseen,
    ];
    fn code(self) -> &'static str {
        match self {
            Step::Fault => "fault",
            Step::Sealed => "sealed",
            Step::Help => "help",
            Step::AlwaysBlocked => "always-blocked",
            Step::LockedRule => "locked-rule",
            Step::Rule => "rule",
            Step::Schedule => "schedule",
            Step::SearchEngine => "search-engine",
            Step::FileType => "file-type",
            Step::Category => "category",
            Step::BaseMode => "base-mode",
            Step::Unseen => "unseen",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Step::Fault => "Rules or lists unreadable",
            Step::Sealed => "Sealed list",
            Step::Help => "Help is always open",
            Step::AlwaysBlocked => "Always blocked",
            Step::LockedRule => "Locked rule",
            Step::Rule => "Rule",
            Step::Schedule => "Times of the profile",
            Step::SearchEngine => "Search engines of the profile",
            Step::FileType => "Kinds of file of the profile",
            Step::Category => "Categories of the profile",
            Step::BaseMode => "Base mode of the profile",
            Step::Unseen => "Neither HTTP nor TLS",
        }
    }
}
