//! Parents and their children.
use std::collections::{HashMap, HashSet};

use super::{Known, Mode, Place, Wanted, plan::LinkChange};
use crate::{Id, Person};

/// What is wrong, and where it stands.
type Problem = (Option<Place>, String);

/// `present`: ids in the source of everybody who will be here; `ids`: those of people who are known.
pub(super) fn plan(
    known: &Known,
    wanted: &Wanted,
    present: &HashSet<&str>,
    ids: &HashMap<Id<Person>, &str>,
) -> (Vec<LinkChange>, Vec<Problem>) {
    let (mut changes, mut problems) = (Vec::new(), Vec::new());
    let mut before: HashMap<(&str, &str), (&str, Option<u32>)> = HashMap::new();
    for it in &known.links {
        if let (Some(child), Some(parent)) = (ids.get(&it.child), ids.get(&it.parent)) {
            before.insert((child, parent), (&it.relation, it.priority));
        }
    }
    let mut said: HashSet<(&str, &str)> = HashSet::new();
    for it in &wanted.links {
        let pair = (it.child.as_str(), it.parent.as_str());
        if pair.0 == pair.1 {
            problems.push((it.place.clone(), format!("{} is said to be their own parent", it.child)));
            continue;
        }
        if !said.insert(pair) {
            continue;
        }
        let change = |after| LinkChange { child: it.child.clone(), parent: it.parent.clone(), after };
        let stands = before.get(&pair);
        if it.gone {
            if stands.is_some() {
                changes.push(change(None));
            }
        } else if present.contains(pair.0)
            && present.contains(pair.1)
            && stands != Some(&(it.relation.as_str(), it.priority))
        {
            changes.push(change(Some((it.relation.clone(), it.priority))));
        }
    }
    let held: HashSet<&str> = wanted.held.iter().map(String::as_str).collect();
    // A roster that names no parent at all is one that leaves them out, and a row that cannot be read says nothing.
    if wanted.mode == Mode::Bulk && !wanted.links.is_empty() {
        let mut over: Vec<(&str, &str)> = before
            .keys()
            .filter(|it| !said.contains(*it) && !held.contains(it.0) && !held.contains(it.1))
            .filter(|it| present.contains(it.0) && present.contains(it.1))
            .copied()
            .collect();
        over.sort_unstable();
        changes.extend(over.into_iter().map(|(child, parent)| LinkChange {
            child: child.to_owned(),
            parent: parent.to_owned(),
            after: None,
        }));
    }
    (changes, problems)
}

/// Parents, by their ids in the source, who have a child that is here.
pub(super) fn with_child<'a>(
    known: &Known,
    wanted: &'a Wanted,
    children: &HashSet<&str>,
    ids: &HashMap<Id<Person>, &'a str>,
) -> HashSet<&'a str> {
    let new = wanted.links.iter().filter(|it| !it.gone && children.contains(it.child.as_str()));
    let mut parents: HashSet<&str> = new.map(|it| it.parent.as_str()).collect();
    if wanted.mode == Mode::Delta || wanted.links.is_empty() {
        let old = known.links.iter().filter(|it| ids.get(&it.child).is_some_and(|it| children.contains(it)));
        parents.extend(old.filter_map(|it| ids.get(&it.parent).copied()));
    }
    parents
}
