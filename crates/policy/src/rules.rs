mod index;
mod subject;

use std::{sync::Arc, time::Duration};

use school::{Id, Site};

use crate::{
    Audience, Fault, Profile,
    compile::{Compiled, Given, Groups, Line, Profiles},
    lists::Lists,
};

pub(crate) use crate::rules::index::{Index, Xxh};
pub(crate) use crate::rules::subject::Person;
pub use crate::rules::subject::Subject;

/// Everything that is decided from, compiled. Cheap to share, swapped whole, never changed.
#[derive(Debug)]
pub struct Rules {
    /// Nothing could be read: all is closed but help (FIL-28).
    pub(crate) closed: bool,
    /// The first is the school without a site.
    pub(crate) contexts: Vec<Context>,
    pub(crate) profiles: Vec<Compiled>,
    pub(crate) index: Index,
    pub(crate) lists: Arc<Lists>,
    given: Vec<Assigned>,
    /// By name in lower case, the number of each profile in every context; 0 where it is not there.
    named: std::collections::HashMap<Arc<str>, Vec<u16>>,
    /// Every audience that a rule speaks of, with the groups that its name stands for.
    audiences: Vec<(Audience, Groups)>,
    unknown: Subject,
    /// Of the tables that a [`Subject`] holds numbers of: a subject of other rules is refused.
    stamp: u64,
    warnings: Vec<Fault>,
}

/// The school, or one of its sites.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) site: Option<Id<Site>>,
}

/// [`Given`] with the number of its profile in every context.
#[derive(Debug)]
struct Assigned {
    given: Given,
    /// By context: number in [`Rules::profiles`].
    profiles: Vec<u16>,
}

/// What compiling hands over.
pub(crate) struct Ready {
    pub(crate) contexts: Vec<Context>,
    pub(crate) profiles: Profiles,
    pub(crate) given: Vec<Given>,
    pub(crate) lines: Vec<Line>,
    pub(crate) lists: Arc<Lists>,
    pub(crate) warnings: Vec<Fault>,
}

impl Rules {
    /// Rules that refuse everything but help: what stands before the first good set is read (FIL-28).
    pub fn closed() -> Rules {
        Rules::closed_with(Arc::new(Lists::empty()))
    }

    /// As [`Rules::closed`], with lists that tell where help is and what is sealed.
    pub fn closed_with(lists: Arc<Lists>) -> Rules {
        let profiles = Profiles::none();
        let contexts = vec![Context { site: None }];
        let ready = Ready { contexts, profiles, given: vec![], lines: vec![], lists, warnings: vec![] };
        Rules { closed: true, ..Rules::ready(ready) }
    }

    pub(crate) fn ready(ready: Ready) -> Rules {
        // The profile of whoever has none.
        let mut profiles = vec![Compiled::strictest()];
        let mut number = std::collections::HashMap::new();
        for context in 0..ready.contexts.len() {
            let mut seen: Vec<_> =
                ready.profiles.in_context(context_number(context)).into_iter().flatten().collect();
            seen.sort_by(|a, b| a.0.cmp(b.0));
            for (name, compiled) in seen {
                number.insert((context, name.clone()), profile_number(profiles.len()));
                profiles.push(compiled.clone());
            }
        }
        let mut named: std::collections::HashMap<Arc<str>, Vec<u16>> = std::collections::HashMap::new();
        for ((context, name), n) in &number {
            named.entry(name.clone().into()).or_insert_with(|| vec![0; ready.contexts.len()])[*context] = *n;
        }
        let given = ready.given.into_iter().map(|given| {
            let of = |context| number.get(&(context, given.profile.clone())).copied().unwrap_or(0);
            Assigned { profiles: (0..ready.contexts.len()).map(of).collect(), given }
        });
        let given: Vec<Assigned> = given.collect();
        let (index, audiences) = Index::new(ready.lines);
        let mut rules = Rules {
            closed: false,
            contexts: ready.contexts,
            profiles,
            index,
            lists: ready.lists,
            given,
            named,
            audiences,
            unknown: Subject::nobody(),
            stamp: 0,
            warnings: ready.warnings,
        };
        rules.stamp = rules.fingerprint();
        rules.unknown = rules.subject_of(&Person::Unknown);
        rules
    }

    /// What is doubtful in the texts, for whoever wrote them. None of it keeps the rules from working.
    pub fn warnings(&self) -> &[Fault] {
        &self.warnings
    }

    pub fn lists(&self) -> &Arc<Lists> {
        &self.lists
    }

    /// Whether these are the rules that refuse everything.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Every profile in force in the school, as inherited, in the order of their names; those of sites follow.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.iter().skip(1).map(|it| &it.profile)
    }

    /// The settings in force for someone.
    pub fn profile(&self, who: &Subject, site: Option<Id<Site>>) -> &Profile {
        &self.profile_of(who, site).profile
    }

    /// After how long someone must sign in again. `None`: the school's setting (PWD-07).
    pub fn session(&self, who: &Subject) -> Option<Duration> {
        self.profile(who, None).session.map(|it| Duration::from_secs(u64::from(it) * 60))
    }
}

pub(crate) fn context_number(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(0)
}

/// Beyond what can be numbered there is only the strictest.
fn profile_number(n: usize) -> u16 {
    u16::try_from(n).unwrap_or(0)
}
