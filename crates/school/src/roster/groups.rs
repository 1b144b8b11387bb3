//! Which class of a source is which group here.
use std::collections::{HashMap, HashSet};

use super::{
    Known, KnownGroup, Mode, Place, Rules, Wanted, WantedGroup,
    plan::{GroupChange, GroupRef},
};
use crate::{Group, Id, Line};

#[derive(Default)]
pub(super) struct Groups<'a> {
    pub(super) changes: Vec<GroupChange>,
    pub(super) problems: Vec<(Option<Place>, String)>,
    /// By their ids in the source.
    refs: HashMap<&'a str, GroupRef>,
    /// Whose members the source decides.
    ours: HashSet<Id<Group>>,
    names: HashMap<GroupRef, String>,
    /// By person: what the source says of their groups.
    memberships: HashMap<&'a str, Vec<(&'a str, bool)>>,
    /// The source says who is in what, and all of it.
    complete: bool,
}

impl<'a> Groups<'a> {
    pub(super) fn new(known: &'a Known, wanted: &'a Wanted, rules: &Rules) -> Groups<'a> {
        let mut groups = Groups::default();
        let told = !wanted.groups.is_empty() || !wanted.memberships.is_empty();
        groups.complete = told && wanted.mode == Mode::Bulk;
        let mut free: HashMap<&str, &KnownGroup> = HashMap::new();
        let mut names: HashSet<&str> = HashSet::new();
        let still: HashSet<&str> =
            wanted.groups.iter().filter(|it| !it.gone).map(|it| it.source_id.as_str()).collect();
        for it in &known.groups {
            names.insert(it.group.name.as_str());
            groups.names.insert(GroupRef::Kept(it.group.id), it.group.name.to_string());
            match &it.origin {
                Some(origin) if origin.source == rules.source => {
                    groups.refs.insert(&origin.id, GroupRef::Kept(it.group.id));
                    groups.ours.insert(it.group.id);
                    // Last year's 7B, when this year's is another class of the same name.
                    if groups.complete && !still.contains(origin.id.as_str()) {
                        free.insert(it.group.name.as_str(), it);
                    }
                }
                Some(_) => {}
                None => {
                    free.insert(it.group.name.as_str(), it);
                }
            }
        }
        let mut names: HashSet<String> = names.into_iter().map(ToOwned::to_owned).collect();
        for it in wanted.groups.iter().filter(|it| !it.gone) {
            groups.group(it, &mut free, &mut names);
        }
        for it in &wanted.memberships {
            groups.memberships.entry(&it.person).or_default().push((&it.group, it.gone));
        }
        groups
    }

    fn group(
        &mut self,
        it: &'a WantedGroup,
        free: &mut HashMap<&str, &KnownGroup>,
        names: &mut HashSet<String>,
    ) {
        let name: Line = match it.name.parse() {
            Ok(name) => name,
            Err(err) => {
                self.problems
                    .push((it.place.clone(), format!("The name of the class {} {err}", it.source_id)));
                return;
            }
        };
        let kept = match self.refs.get(it.source_id.as_str()) {
            Some(GroupRef::Kept(id)) => Some(*id),
            Some(GroupRef::New(_)) => return,
            None => None,
        };
        if let Some(id) = kept {
            let group = GroupRef::Kept(id);
            let called = self.names.get(&group).cloned().unwrap_or_default();
            if called == name.as_str()
                || called.starts_with(&format!("{name} ("))
                || names.contains(name.as_str())
            {
                return;
            }
            names.insert(name.to_string());
            self.names.insert(group, name.to_string());
            self.changes.push(GroupChange { source_id: it.source_id.clone(), name, kept: Some(id) });
            return;
        }
        if let Some(taken) = free.remove(name.as_str()) {
            let id = taken.group.id;
            self.ours.insert(id);
            self.refs.insert(&it.source_id, GroupRef::Kept(id));
            self.changes.push(GroupChange { source_id: it.source_id.clone(), name, kept: Some(id) });
            return;
        }
        let name = apart(&name, it.code.as_deref(), names);
        let group = GroupRef::New(self.changes.len());
        names.insert(name.to_string());
        self.names.insert(group, name.to_string());
        self.refs.insert(&it.source_id, group);
        self.changes.push(GroupChange { source_id: it.source_id.clone(), name, kept: None });
    }

    /// Where they belong from now on. Groups that were made by hand keep their members.
    pub(super) fn of(&self, person: &str, before: &[Id<Group>]) -> Vec<GroupRef> {
        let kept = before.iter().filter(|it| !self.complete || !self.ours.contains(it));
        let mut all: Vec<GroupRef> = kept.map(|it| GroupRef::Kept(*it)).collect();
        for (group, gone) in self.memberships.get(person).into_iter().flatten() {
            let Some(group) = self.refs.get(group) else { continue };
            if *gone {
                all.retain(|it| it != group);
            } else {
                all.push(*group);
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether the source says anything of where they belong.
    pub(super) fn tells_of(&self, person: &str) -> bool {
        self.memberships.contains_key(person)
    }

    /// In alphabetical order.
    pub(super) fn words(&self, groups: &[GroupRef]) -> String {
        let mut names: Vec<&str> =
            groups.iter().filter_map(|it| self.names.get(it)).map(String::as_str).collect();
        names.sort_unstable();
        names.join(", ")
    }
}

/// A name that no other group has: with its code, else with a number.
fn apart(name: &Line, code: Option<&str>, names: &HashSet<String>) -> Line {
    if !names.contains(name.as_str()) {
        return name.clone();
    }
    let short: String = name.as_str().chars().take(150).collect();
    let coded = code.map(|it| format!("{short} ({})", it.chars().take(30).collect::<String>()));
    let numbered = (2..u64::MAX).map(|n| format!("{short} ({n})"));
    let free =
        coded.into_iter().chain(numbered).filter(|it| !names.contains(it)).find_map(|it| it.parse().ok());
    free.unwrap_or_else(|| name.clone())
}
