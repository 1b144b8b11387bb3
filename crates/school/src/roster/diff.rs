use std::collections::{HashMap, HashSet};

use super::{
    Known, KnownPerson, Mode, Place, Rules, Wanted, WantedPerson,
    groups::Groups,
    links,
    plan::{After, Change, Field, Kind, Plan, Row},
    read::{managed, read_year, role_of},
    usernames::Usernames,
};
use crate::{Choice, Email, Id, Line, Person, Role, Roles, Stay, Username};

/// What it would take to make what is known as it is wanted. Says the same for the same.
pub fn diff(known: &Known, wanted: &Wanted, rules: &Rules) -> Plan {
    let mut work = Work::new(known, wanted, rules);
    let problems = std::mem::take(&mut work.groups.problems);
    for (place, words) in wanted.problems.iter().cloned().chain(problems) {
        work.plan.rows.push(problem("", place, words));
    }
    for it in &wanted.people {
        work.person(it);
    }
    work.others();
    work.missing();
    let present = work.present();
    let (links, problems) = links::plan(known, wanted, &present, &work.ids);
    work.plan.links = links;
    work.plan.rows.extend(problems.into_iter().map(|(place, words)| problem("", place, words)));
    work.plan.groups = work.groups.changes;
    work.plan.empty = wanted.people.is_empty() && wanted.mode == Mode::Bulk;
    work.plan
}

struct Work<'a> {
    known: &'a Known,
    wanted: &'a Wanted,
    rules: &'a Rules,
    /// By their ids in the source.
    ours: HashMap<&'a str, &'a KnownPerson>,
    ids: HashMap<Id<Person>, &'a str>,
    usernames: Usernames,
    groups: Groups<'a>,
    parents: HashSet<&'a str>,
    /// Whether this source gives first and last days at all; one that does not leaves alone those set by hand.
    dates: bool,
    seen: HashSet<&'a str>,
    plan: Plan,
}

impl<'a> Work<'a> {
    fn new(known: &'a Known, wanted: &'a Wanted, rules: &'a Rules) -> Work<'a> {
        let mut usernames = Usernames::default();
        let (mut ours, mut ids) = (HashMap::new(), HashMap::new());
        let mut plan = Plan::default();
        for it in &known.people {
            usernames.take(&it.person.username);
            let Some(origin) = it.origin.as_ref().filter(|origin| origin.source == rules.source) else {
                continue;
            };
            ours.insert(origin.id.as_str(), it);
            ids.insert(it.person.id, origin.id.as_str());
            if !has_left(it, rules) {
                plan.pupils.of += u64::from(it.person.roles.has(Role::Pupil));
                plan.staff.of += u64::from(is_staff(it.person.roles));
            }
        }
        let wanted_children =
            wanted.people.iter().filter(|it| !is_gone(it, rules)).map(|it| it.source_id.as_str());
        let mut children: HashSet<&str> = wanted_children.collect();
        if wanted.mode == Mode::Delta {
            let gone: HashSet<&str> = wanted
                .people
                .iter()
                .filter(|it| is_gone(it, rules))
                .map(|it| it.source_id.as_str())
                .collect();
            let stay = ours.iter().filter(|(id, it)| !has_left(it, rules) && !gone.contains(*id));
            children.extend(stay.map(|(id, _)| *id));
        }
        let parents = links::with_child(known, wanted, &children, &ids);
        Work {
            known,
            wanted,
            rules,
            ours,
            ids,
            usernames,
            groups: Groups::new(known, wanted, rules),
            parents,
            dates: wanted.people.iter().any(|it| it.stay != Stay::ALWAYS),
            seen: HashSet::new(),
            plan,
        }
    }

    fn person(&mut self, it: &'a WantedPerson) {
        let kept = self.ours.get(it.source_id.as_str()).copied();
        if !self.seen.insert(&it.source_id) {
            self.wrong(it, "This id stands twice; the first is taken".to_owned());
            return;
        }
        if is_gone(it, self.rules) {
            if let Some(kept) = kept.filter(|it| !has_left(it, self.rules)) {
                self.leaver(kept, it.place.clone());
            }
            return;
        }
        let name: Line = match format!("{} {}", it.given.trim(), it.family.trim()).parse() {
            Ok(name) => name,
            Err(err) => return self.wrong(it, format!("The name {err}; left out")),
        };
        let roles: Roles = it.roles.iter().filter_map(|code| role_of(code)).collect();
        if roles.is_empty() {
            return self.wrong(
                it,
                format!("No role is known by the name {}; left out", quoted(&it.roles.join(", "))),
            );
        }
        if roles == Roles::NONE.with(Role::Parent) && !self.parents.contains(it.source_id.as_str()) {
            let words = if kept.is_some() { "stays as they are" } else { "not added" };
            return self.wrong(it, format!("Parent of nobody who is here; {words}"));
        }
        let year = self.year(it, roles, kept);
        let email = self.email(it, kept);
        let Some(username) = self.username(it, kept) else { return };
        let before = kept.map_or(&[][..], |it| &it.person.groups);
        let by_hand = kept.map_or(Roles::NONE, |it| self.by_hand(it));
        let after = After {
            username,
            name,
            roles: by_hand.iter().fold(roles, Roles::with),
            year,
            email,
            stay: self.stay(it, kept),
            groups: self.groups.of(&it.source_id, before),
        };
        self.compare(&it.source_id, kept, after, it.place.clone());
    }

    /// Roles that a roster neither gives nor takes. Whoever comes back gets those that the limits let them have.
    fn by_hand(&self, kept: &KnownPerson) -> Roles {
        let all = appointed(kept.person.roles);
        let refused = self.known.refused.get(&kept.person.id).filter(|_| has_left(kept, self.rules));
        refused.map_or(all, |it| it.iter().fold(all, Roles::without))
    }

    /// Whom a change of their classes names, and nothing else.
    fn others(&mut self) {
        let mut told: Vec<&KnownPerson> = self
            .ours
            .iter()
            .filter(|(id, it)| {
                !self.seen.contains(*id) && !has_left(it, self.rules) && self.groups.tells_of(id)
            })
            .map(|(_, it)| *it)
            .collect();
        if self.wanted.mode == Mode::Bulk {
            return;
        }
        told.sort_by_key(|it| it.person.id);
        for it in told {
            let Some(id) = self.ids.get(&it.person.id).copied() else { continue };
            let groups = self.groups.of(id, &it.person.groups);
            let after = After { groups, ..as_is(&it.person) };
            self.compare(id, Some(it), after, None);
        }
    }

    /// Those who are no longer there.
    fn missing(&mut self) {
        if self.wanted.mode == Mode::Delta {
            return;
        }
        let held: HashSet<&str> = self.wanted.held.iter().map(String::as_str).collect();
        let covered = match &self.wanted.covers {
            None => managed(),
            Some(codes) => codes.iter().filter_map(|code| role_of(code)).collect(),
        };
        let gone = |it: &&KnownPerson| {
            let id = self.ids.get(&it.person.id);
            id.is_some_and(|id| !self.seen.contains(id) && !held.contains(*id))
                && !has_left(it, self.rules)
                && managed().iter().all(|role| !it.person.roles.has(role) || covered.has(role))
        };
        let missing: Vec<&KnownPerson> = self.known.people.iter().filter(gone).collect();
        for it in missing {
            self.leaver(it, None);
        }
    }

    fn leaver(&mut self, it: &KnownPerson, place: Option<Place>) {
        self.plan.pupils.leave += u64::from(it.person.roles.has(Role::Pupil));
        self.plan.staff.leave += u64::from(is_staff(it.person.roles));
        let posts: Vec<&str> = appointed(it.person.roles).iter().map(Choice::label).collect();
        let words = if posts.is_empty() { String::new() } else { format!("Is also {}", posts.join(", ")) };
        let mut row =
            row(Kind::Leaver, self.ids.get(&it.person.id).copied().unwrap_or_default(), place, words);
        row.id = Some(it.person.id);
        row.name = it.person.name.to_string();
        row.username = it.person.username.to_string();
        self.plan.rows.push(row);
    }

    fn compare(&mut self, id: &str, kept: Option<&KnownPerson>, after: After, place: Option<Place>) {
        let back = kept.is_some_and(|it| has_left(it, self.rules));
        let changes = self.changes(kept.map(|it| &it.person), &after);
        if kept.is_some() && !back && changes.is_empty() {
            self.plan.unchanged += 1;
            return;
        }
        let kind = match kept {
            None => Kind::Joiner,
            Some(_) if back => Kind::Returner,
            Some(_) => Kind::Mover,
        };
        self.plan.rows.push(Row {
            id: kept.map(|it| it.person.id),
            name: after.name.to_string(),
            username: after.username.to_string(),
            changes,
            after: Some(after),
            ..row(kind, id, place, String::new())
        });
    }

    fn changes(&self, before: Option<&Person>, after: &After) -> Vec<Change> {
        let was = before.map(as_is);
        let said = |it: &After| {
            let day = |it: Option<jiff::Timestamp>| it.map_or(String::new(), |at| self.day(at));
            let last = it.stay.until.map(|it| it - jiff::SignedDuration::from_secs(1));
            [
                (Field::Name, it.name.to_string()),
                (Field::Username, it.username.to_string()),
                (Field::Roles, it.roles.iter().map(Choice::label).collect::<Vec<_>>().join(", ")),
                (Field::Year, it.year.map(|it| it.to_string()).unwrap_or_default()),
                (Field::Classes, self.groups.words(&it.groups)),
                (Field::Email, it.email.as_ref().map(ToString::to_string).unwrap_or_default()),
                (Field::Starts, day(it.stay.from)),
                (Field::Leaves, day(last)),
            ]
        };
        let now = said(after);
        let Some(was) = was else {
            let told = now
                .into_iter()
                .filter(|(field, it)| !it.is_empty() && !matches!(field, Field::Name | Field::Username));
            return told.map(|(field, after)| Change { field, before: String::new(), after }).collect();
        };
        let both = said(&was).into_iter().zip(now).filter(|(a, b)| a.1 != b.1);
        both.map(|((field, before), (_, after))| Change { field, before, after }).collect()
    }

    fn day(&self, at: jiff::Timestamp) -> String {
        at.to_zoned(self.rules.zone.clone()).strftime("%-d %b %Y").to_string()
    }

    fn year(
        &mut self,
        it: &'a WantedPerson,
        roles: Roles,
        kept: Option<&KnownPerson>,
    ) -> Option<crate::Year> {
        if !roles.has(Role::Pupil) {
            return None;
        }
        let before = kept.and_then(|it| it.person.year);
        let text = it.year.as_deref().map(str::trim).filter(|it| !it.is_empty());
        let Some(text) = text else {
            if before.is_none() {
                self.wrong(it, "A pupil without a year group; rules for years will not know them".to_owned());
            }
            return before;
        };
        let year = read_year(text);
        if year.is_none() {
            self.wrong(
                it,
                format!("The year {} cannot be read: write N, R or 1 to 13. Taken without it", quoted(text)),
            );
        }
        year.or(before)
    }

    fn email(&mut self, it: &'a WantedPerson, kept: Option<&KnownPerson>) -> Option<Email> {
        let before = kept.and_then(|it| it.person.email.clone());
        let text = it.email.as_deref().map(str::trim).filter(|it| !it.is_empty());
        let Some(text) = text else { return before };
        match text.parse() {
            Ok(email) => Some(email),
            Err(err) => {
                self.wrong(it, format!("{} {err}. Taken without it", quoted(text)));
                before
            }
        }
    }

    /// What the source says; else what they have; else one that is free. `None`: it is somebody else's.
    fn username(&mut self, it: &'a WantedPerson, kept: Option<&KnownPerson>) -> Option<Username> {
        let text = it.username.as_deref().map(str::trim).filter(|it| !it.is_empty());
        let before = kept.map(|it| it.person.username.clone());
        let said = match text.map(str::parse::<Username>) {
            None => None,
            Some(Ok(said)) => Some(said),
            Some(Err(err)) => {
                let text = quoted(text.unwrap_or_default());
                let instead = if before.is_some() { "They keep theirs" } else { "Another is proposed" };
                self.wrong(it, format!("{text} cannot be a username: it {err}. {instead}"));
                None
            }
        };
        match (said, before) {
            (Some(said), Some(before)) if said == before => Some(before),
            (Some(said), _) if self.usernames.take(&said) => Some(said),
            (Some(said), before) => {
                self.wrong(it, self.held(&said, before.is_some()));
                before
            }
            (None, Some(before)) => Some(before),
            (None, None) => Some(self.usernames.propose(self.rules.usernames, &it.given, &it.family)),
        }
    }

    /// Whose username it is, in words.
    fn held(&self, username: &Username, known: bool) -> String {
        let instead = if known { "They keep theirs" } else { "Left out" };
        let holder = self.known.people.iter().find(|it| it.person.username == *username);
        match holder {
            None => format!("The username {username} stands twice in the roster. {instead}"),
            Some(it) if it.origin.is_none() => format!(
                "The username {username} belongs to {}, who was added by hand. {instead} until the two are joined or \
                 one is renamed",
                it.person.name
            ),
            Some(it) => format!("The username {username} belongs to {}. {instead}", it.person.name),
        }
    }

    fn stay(&self, it: &WantedPerson, kept: Option<&KnownPerson>) -> Stay {
        match kept {
            Some(kept) if !self.dates && !has_left(kept, self.rules) => kept.person.stay,
            _ => it.stay,
        }
    }

    /// By their ids in the source: everybody who will be here.
    fn present(&self) -> HashSet<&'a str> {
        let leave: HashSet<Id<Person>> =
            self.plan.rows.iter().filter(|it| it.kind == Kind::Leaver).filter_map(|it| it.id).collect();
        let here =
            self.ours.iter().filter(|(_, it)| !leave.contains(&it.person.id) && !has_left(it, self.rules));
        let mut present: HashSet<&str> = here.map(|(id, _)| *id).collect();
        let taken: HashSet<&str> =
            self.plan.rows.iter().filter(|it| it.after.is_some()).map(|it| it.source_id.as_str()).collect();
        present.extend(
            self.wanted.people.iter().map(|it| it.source_id.as_str()).filter(|it| taken.contains(it)),
        );
        present
    }

    fn wrong(&mut self, it: &WantedPerson, words: String) {
        let mut row = problem(&it.source_id, it.place.clone(), words);
        row.id = self.ours.get(it.source_id.as_str()).map(|it| it.person.id);
        format!("{} {}", it.given.trim(), it.family.trim()).trim().clone_into(&mut row.name);
        row.username = it.username.clone().unwrap_or_default();
        self.plan.rows.push(row);
    }
}

fn as_is(person: &Person) -> After {
    let mut groups: Vec<_> = person.groups.iter().map(|it| super::GroupRef::Kept(*it)).collect();
    groups.sort_unstable();
    After {
        username: person.username.clone(),
        name: person.name.clone(),
        roles: person.roles,
        year: person.year,
        email: person.email.clone(),
        stay: person.stay,
        groups,
    }
}

fn is_gone(it: &WantedPerson, rules: &Rules) -> bool {
    it.gone || it.stay.is_over(rules.now)
}

fn has_left(it: &KnownPerson, rules: &Rules) -> bool {
    it.has_left || it.person.stay.is_over(rules.now)
}

fn is_staff(roles: Roles) -> bool {
    roles.iter().any(Role::is_staff)
}

/// Roles that were given by hand.
fn appointed(roles: Roles) -> Roles {
    managed().iter().fold(roles, Roles::without)
}

fn quoted(text: &str) -> String {
    format!("“{}”", text.chars().take(60).collect::<String>())
}

fn row(kind: Kind, source_id: &str, place: Option<Place>, words: String) -> Row {
    Row {
        kind,
        id: None,
        source_id: source_id.to_owned(),
        name: String::new(),
        username: String::new(),
        changes: Vec::new(),
        words,
        place,
        after: None,
    }
}

fn problem(source_id: &str, place: Option<Place>, words: String) -> Row {
    row(Kind::Problem, source_id, place, words)
}
