use std::collections::{HashMap, HashSet};

use school::{Group, Id, Person, Site, Username};

/// Who and what exists, so that a rule can name a person, a group or a site, and a misspelt one is noticed.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    people: HashSet<Username>,
    /// By name in lower case; several groups may share a name.
    groups: HashMap<String, Vec<Id<Group>>>,
    sites: HashMap<String, Id<Site>>,
}

impl Directory {
    pub fn new<'a>(
        people: impl IntoIterator<Item = &'a Person>,
        groups: impl IntoIterator<Item = &'a Group>,
        sites: impl IntoIterator<Item = &'a Site>,
    ) -> Directory {
        let mut all = Directory::default();
        all.people.extend(people.into_iter().map(|it| it.username.clone()));
        for group in groups {
            all.groups.entry(group.name.as_str().to_lowercase()).or_default().push(group.id);
        }
        all.sites.extend(sites.into_iter().map(|it| (it.name.as_str().to_lowercase(), it.id)));
        all
    }

    pub(crate) fn has_person(&self, username: &Username) -> bool {
        self.people.contains(username)
    }
    /// All groups of that name, in any case of letters; empty when there is none.
    pub(crate) fn groups(&self, name: &str) -> &[Id<Group>] {
        self.groups.get(&name.to_lowercase()).map_or(&[], Vec::as_slice)
    }
    pub(crate) fn site(&self, name: &str) -> Option<Id<Site>> {
        self.sites.get(&name.to_lowercase()).copied()
    }
}
