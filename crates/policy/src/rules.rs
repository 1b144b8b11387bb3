use std::sync::Arc;

use school::{Id, Person};

use crate::{Ask, Because, CategorySet, Decision, Inspect, Step, Verdict};

/// Everything that is decided from, compiled. Cheap to share, swapped whole, never changed.
#[derive(Debug)]
pub struct Rules {
    unknown: Subject,
}

/// A person as the rules see them: worked out once when rules or people change, not at each request.
#[derive(Debug, Clone)]
pub struct Subject {
    person: Option<Id<Person>>,
}

impl Rules {
    /// Rules that refuse everything: what stands before the first good set is read (FIL-28).
    pub fn closed() -> Rules {
        Rules { unknown: Subject { person: None } }
    }

    pub fn subject(&self, person: &Person) -> Subject {
        Subject { person: Some(person.id) }
    }

    /// Nobody has signed in: the strictest profile (design decision 13).
    pub fn unknown(&self) -> &Subject {
        &self.unknown
    }
}

impl Subject {
    pub fn person(&self) -> Option<Id<Person>> {
        self.person
    }
    /// The name of the profile in force.
    pub fn profile(&self) -> Arc<str> {
        "closed".into()
    }
}

/// The one decision. Allocates nothing unless a rule or list has to be named.
pub fn decide(_rules: &Rules, _ask: &Ask<'_>) -> Decision {
    Decision {
        verdict: Verdict::Block,
        because: Because {
            step: Step::Fault,
            rule: None,
            list: None,
            category: None,
            profile: None,
            matched: 0,
        },
        inspect: Inspect::Open,
        safe_search: None,
        categories: CategorySet::NONE,
        protected: false,
    }
}
