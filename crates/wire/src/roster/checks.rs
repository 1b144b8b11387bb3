//! What only shows when all tables are read: names that lead nowhere, and rings.
use std::collections::{HashMap, HashSet};

use super::{
    Mode, Roster, Status,
    problems::{Problem, Problems, shown},
};

pub(super) fn check(roster: &mut Roster, problems: &mut Problems) {
    usernames(roster, problems);
    orgs(roster, problems);
    rings_of_agents(roster, problems);
    if roster.mode == Mode::Bulk {
        // In a roster of changes the other side may be known from before.
        loose_ends(roster, problems);
    }
}

/// Two people cannot sign in under one name; the first keeps it.
fn usernames(roster: &mut Roster, problems: &mut Problems) {
    let mut first: HashMap<String, u64> = HashMap::new();
    for person in roster.people.iter_mut().filter(|it| it.status == Status::Active) {
        let Some(username) = &person.username else { continue };
        let key = username.to_lowercase();
        if let Some(line) = first.get(&key) {
            let words = format!("“{}” is also the one on line {line}, who keeps it", shown(username));
            problems.push(Problem::note(&person.row.file, words).at(person.row.line).field("username"));
            person.username = None;
        } else {
            first.insert(key, person.row.line);
        }
    }
}

fn orgs(roster: &mut Roster, problems: &mut Problems) {
    let parents: HashMap<String, Vec<String>> =
        roster.orgs.iter().filter_map(|it| Some((it.source_id.clone(), vec![it.parent.clone()?]))).collect();
    let ring = in_rings(&parents);
    let known: HashSet<String> = roster.orgs.iter().map(|it| it.source_id.clone()).collect();
    for org in &mut roster.orgs {
        let Some(parent) = &org.parent else { continue };
        let words = if ring.contains(&(org.source_id.clone(), parent.clone())) {
            "goes round in a ring, each above the other; it was taken to stand alone"
        } else if roster.mode == Mode::Bulk && !known.contains(parent) {
            "is not in orgs.csv; it was taken to stand alone"
        } else {
            continue;
        };
        problems.push(Problem::note(&org.row.file, words).at(org.row.line).field("parentSourcedId"));
        org.parent = None;
    }
}

fn rings_of_agents(roster: &mut Roster, problems: &mut Problems) {
    let mut adults: HashMap<String, Vec<String>> = HashMap::new();
    for link in &roster.links {
        adults.entry(link.child.clone()).or_default().push(link.parent.clone());
    }
    let ring = in_rings(&adults);
    roster.links.retain(|link| {
        let wrong = ring.contains(&(link.child.clone(), link.parent.clone()));
        if wrong {
            let words = format!(
                "“{}” and “{}” are each other's parents, or their own; the link was left out",
                shown(&link.child),
                shown(&link.parent)
            );
            problems.push(Problem::row(&link.row.file, link.row.line, words).field("agentSourcedIds"));
        }
        !wrong
    });
}

fn loose_ends(roster: &mut Roster, problems: &mut Problems) {
    let people: HashSet<&str> = roster.people.iter().map(|it| it.source_id.as_str()).collect();
    let held: HashSet<&str> = roster.held.iter().map(String::as_str).collect();
    let classes: HashSet<&str> = roster.classes.iter().map(|it| it.source_id.as_str()).collect();
    roster.links.retain(|link| {
        let missing = [&link.child, &link.parent].into_iter().find(|it| !people.contains(it.as_str()));
        // Of those whose row was refused, that was said there.
        if let Some(missing) = missing.filter(|it| !held.contains(it.as_str())) {
            let words = format!("“{}” is nobody that was read; the link was left out", shown(missing));
            problems.push(Problem::row(&link.row.file, link.row.line, words).field("agentSourcedIds"));
        }
        missing.is_none()
    });
    roster.enrolments.retain(|it| {
        if held.contains(it.person.as_str()) {
            return false;
        }
        let (field, id) = if !people.contains(it.person.as_str()) {
            ("userSourcedId", &it.person)
        } else if !classes.contains(it.class.as_str()) {
            ("classSourcedId", &it.class)
        } else {
            return true;
        };
        let words = format!("“{}” is nothing that was read; the row was left out", shown(id));
        problems.push(Problem::row(&it.row.file, it.row.line, words).field(field));
        false
    });
}

/// The arrows that lie on a ring: from their end a way leads back to their start.
fn in_rings(arrows: &HashMap<String, Vec<String>>) -> HashSet<(String, String)> {
    // Peel away whoever points at nothing that is left, until only rings, and what leads into them, remain.
    let mut pointing: HashMap<&str, usize> = HashMap::new();
    let mut back: HashMap<&str, Vec<&str>> = HashMap::new();
    for (from, to) in arrows {
        for to in to {
            *pointing.entry(from).or_default() += 1;
            pointing.entry(to).or_default();
            back.entry(to).or_default().push(from);
        }
    }
    let mut free: Vec<&str> = pointing.iter().filter(|(_, left)| **left == 0).map(|(it, _)| *it).collect();
    while let Some(done) = free.pop() {
        for from in back.get(done).into_iter().flatten() {
            if let Some(left) = pointing.get_mut(from) {
                *left -= 1;
                if *left == 0 {
                    free.push(from);
                }
            }
        }
    }
    let left: HashSet<&str> = pointing.into_iter().filter(|(_, left)| *left > 0).map(|(it, _)| it).collect();
    if left.is_empty() {
        return HashSet::new();
    }
    // The same from the other side takes away what only leads into them.
    let mut pointed: HashMap<&str, usize> = left.iter().map(|it| (*it, 0)).collect();
    let inner = |from: &str| {
        let to = arrows.get(from).into_iter().flatten();
        to.map(String::as_str).filter(|it| left.contains(it)).collect::<Vec<_>>()
    };
    for from in &left {
        for to in inner(from) {
            *pointed.entry(to).or_default() += 1;
        }
    }
    let mut free: Vec<&str> = pointed.iter().filter(|(_, it)| **it == 0).map(|(it, _)| *it).collect();
    let mut outside: HashSet<&str> = HashSet::new();
    while let Some(done) = free.pop() {
        outside.insert(done);
        for to in inner(done) {
            if let Some(it) = pointed.get_mut(to) {
                *it -= 1;
                if *it == 0 {
                    free.push(to);
                }
            }
        }
    }
    let ring = |it: &str| left.contains(it) && !outside.contains(it);
    arrows
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
        .filter(|(from, to)| ring(from) && ring(to))
        .map(|(from, to)| (from.clone(), to.clone()))
        .collect()
}
