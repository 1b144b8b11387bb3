//! `users.csv` and, since 1.2, `roles.csv`.
use std::collections::{HashMap, HashSet};

use super::{
    Identifiers, Mode, ParentLink, Post, Record, Status,
    manifest::{Manifest, Version},
    places::Ids,
    problems::{Problems, shown},
    sheet::{Row, Sheet},
};

const KNOWN: &[&str] = &[
    "sourcedId",
    "status",
    "dateLastModified",
    "enabledUser",
    "orgSourcedIds",
    "role",
    "username",
    "userIds",
    "givenName",
    "familyName",
    "middleName",
    "identifier",
    "email",
    "sms",
    "phone",
    "agentSourcedIds",
    "grades",
    "password",
    "userMasterIdentifier",
    "resourceSourcedIds",
    "preferredGivenName",
    "preferredMiddleName",
    "preferredFamilyName",
    "primaryOrgSourcedId",
    "pronouns",
];

/// What both versions of the standard call people, in lower case.
const ROLES: &[&str] = &[
    "administrator",
    "aide",
    "counselor",
    "districtadministrator",
    "guardian",
    "parent",
    "principal",
    "proctor",
    "relative",
    "siteadministrator",
    "student",
    "systemadministrator",
    "teacher",
];

#[derive(Default)]
pub(super) struct Found {
    pub(super) people: Vec<Record>,
    pub(super) links: Vec<ParentLink>,
    pub(super) held: Vec<String>,
}

/// Posts by person, the primary ones first.
pub(super) fn posts(
    sheet: Option<&Sheet>,
    mode: Mode,
    problems: &mut Problems,
) -> HashMap<String, Vec<Post>> {
    let mut found: HashMap<String, Vec<Post>> = HashMap::new();
    let Some(sheet) = sheet else { return found };
    let needed = ["sourcedId", "userSourcedId", "role"].map(|it| sheet.required(it, problems));
    let [Some(id), Some(person), Some(role)] = needed else { return found };
    let [status, kind, org] = ["status", "roleType", "orgSourcedId"].map(|it| sheet.column(it));
    let (begin, end) = (sheet.dates("beginDate"), sheet.dates("endDate"));
    let known = [
        "sourcedId",
        "status",
        "dateLastModified",
        "userSourcedId",
        "roleType",
        "role",
        "beginDate",
        "endDate",
        "orgSourcedId",
        "userProfileSourcedId",
    ];
    sheet.complain_of_unknown(&known, problems);
    let mut ids = Ids::default();
    for row in sheet.rows() {
        let Some(id) = row.filled(Some(id), "sourcedId", problems) else { continue };
        let Some(status) = row.status(status, mode, problems) else { continue };
        if !ids.fresh(&id, &row, problems) {
            continue;
        }
        let person = row.filled(Some(person), "userSourcedId", problems);
        let role = known_role(&row, row.get(Some(role)), problems);
        let (starts, ends) = (row.date(begin, problems), row.date(end, problems));
        let (Some(person), Some(role), Ok(starts), Ok(ends)) = (person, role, starts, ends) else { continue };
        if status == Status::ToBeDeleted {
            // The person stays known without this post; in a roster of changes the others follow beside it.
            found.entry(person).or_default();
            continue;
        }
        let primary = row.get(kind).eq_ignore_ascii_case("primary");
        let post = Post { role, org: row.some(org), primary, starts, ends };
        found.entry(person).or_default().push(post);
    }
    for posts in found.values_mut() {
        posts.sort_by_key(|it| !it.primary);
    }
    found
}

fn known_role(row: &Row<'_>, value: &str, problems: &mut Problems) -> Option<String> {
    let role = value.to_ascii_lowercase();
    if role.is_empty() {
        row.refuse("role", "is empty: fill it in", problems);
        return None;
    }
    if !ROLES.contains(&role.as_str()) {
        let words =
            format!("“{}” is not a role of the standard: use one of {}", shown(value), ROLES.join(", "));
        row.refuse("role", &words, problems);
        return None;
    }
    Some(role)
}

pub(super) fn people(
    sheet: Option<&Sheet>,
    manifest: &Manifest,
    mut posts: HashMap<String, Vec<Post>>,
    problems: &mut Problems,
) -> Found {
    let mut found = Found::default();
    let Some(sheet) = sheet else { return found };
    let needed = ["sourcedId", "givenName", "familyName"].map(|it| sheet.required(it, problems));
    let role = match manifest.version {
        Version::One => sheet.required("role", problems),
        Version::Two => sheet.column("role"),
    };
    if problems.any_fatal() {
        return found;
    }
    let columns = Columns::of(sheet);
    sheet.complain_of_unknown(KNOWN, problems);
    if sheet.rows().any(|it| !it.get(columns.password).is_empty()) {
        let words = "holds passwords. They are not read here and should not be exported";
        problems.push(super::Problem::note(&sheet.file, words).field("password"));
    }
    let mut ids = Ids::default();
    let mut agents = HashMap::new();
    found.people.reserve(sheet.len());
    for row in sheet.rows() {
        let [source_id, given, family] = needed;
        let Some(source_id) = row.filled(source_id, "sourcedId", problems) else { continue };
        let Some(status) = row.status(columns.status, manifest.mode, problems) else { continue };
        if !ids.fresh(&source_id, &row, problems) {
            continue;
        }
        let (given, family) = if status == Status::Active {
            (row.filled(given, "givenName", problems), row.filled(family, "familyName", problems))
        } else {
            // One who goes needs no name.
            (Some(row.get(given).to_owned()), Some(row.get(family).to_owned()))
        };
        let (Some(given), Some(family)) = (given, family) else { continue };
        let mut posts = posts.remove(&source_id).unwrap_or_default();
        let orgs: Vec<String> = if row.get(columns.orgs).is_empty() {
            let mut orgs: Vec<String> = row.some(columns.primary_org).into_iter().collect();
            orgs.extend(posts.iter().filter_map(|it| it.org.clone()));
            let mut seen = HashSet::new();
            orgs.retain(|it| seen.insert(it.clone()));
            orgs
        } else {
            row.list(columns.orgs).map(str::to_owned).collect()
        };
        if posts.is_empty() && !row.get(role).is_empty() {
            let Some(role) = known_role(&row, row.get(role), problems) else { continue };
            posts.push(Post { role, org: orgs.first().cloned(), primary: true, starts: None, ends: None });
        }
        if posts.is_empty() && status == Status::Active && manifest.mode == Mode::Bulk {
            let words = match manifest.version {
                Version::One => "is empty: fill it in",
                Version::Two => "has no row in roles.csv: give this person a role there",
            };
            row.refuse("role", words, problems);
            continue;
        }
        let mut roles: Vec<String> = Vec::new();
        for post in &posts {
            if !roles.contains(&post.role) {
                roles.push(post.role.clone());
            }
        }
        let record = Record {
            status,
            enabled: !row.get(columns.enabled).eq_ignore_ascii_case("false"),
            roles,
            username: row.some(columns.username),
            given,
            family,
            preferred_given: row.some(columns.preferred_given),
            preferred_family: row.some(columns.preferred_family),
            email: row.some(columns.email),
            grade: row.list(columns.grades).next().map(str::to_owned),
            orgs,
            starts: all(&posts, |it| it.starts).and_then(|it| it.into_iter().min()),
            ends: all(&posts, |it| it.ends).and_then(|it| it.into_iter().max()),
            identifiers: columns.identifiers(&row),
            posts,
            row: row.place(),
            source_id,
        };
        if status == Status::Active {
            agents.insert(found.people.len(), Agents::of(&row, &columns, problems));
        }
        found.people.push(record);
    }
    found.links = links(&found.people, &agents);
    if let [Some(id), ..] = needed {
        found.held = sheet.held(id, found.people.iter().map(|it| it.source_id.as_str()));
    }
    found
}

/// A date of every post, if every post has one.
fn all<T>(posts: &[Post], date: impl Fn(&Post) -> Option<T>) -> Option<Vec<T>> {
    posts.iter().map(date).collect()
}

struct Columns {
    status: Option<usize>,
    enabled: Option<usize>,
    orgs: Option<usize>,
    primary_org: Option<usize>,
    username: Option<usize>,
    user_ids: Option<usize>,
    identifier: Option<usize>,
    master: Option<usize>,
    email: Option<usize>,
    sms: Option<usize>,
    phone: Option<usize>,
    agents: Option<usize>,
    grades: Option<usize>,
    password: Option<usize>,
    preferred_given: Option<usize>,
    preferred_family: Option<usize>,
    priority: Option<usize>,
    relation: Option<usize>,
}

impl Columns {
    fn of(sheet: &Sheet) -> Columns {
        let at = |heading| sheet.column(heading);
        let first = |headings: &[&str]| headings.iter().find_map(|it| sheet.column(it));
        Columns {
            status: at("status"),
            enabled: at("enabledUser"),
            orgs: at("orgSourcedIds"),
            primary_org: at("primaryOrgSourcedId"),
            username: at("username"),
            user_ids: at("userIds"),
            identifier: at("identifier"),
            master: at("userMasterIdentifier"),
            email: at("email"),
            sms: at("sms"),
            phone: at("phone"),
            agents: at("agentSourcedIds"),
            grades: at("grades"),
            password: at("password"),
            preferred_given: at("preferredGivenName"),
            preferred_family: at("preferredFamilyName"),
            priority: first(&["metadata.contactPriority", "metadata.agentPriority", "metadata.priority"]),
            relation: first(&["metadata.relationship", "metadata.relation", "metadata.agentRelationship"]),
        }
    }

    fn identifiers(&self, row: &Row<'_>) -> Identifiers {
        let pair = |it: &str| {
            let (kind, id) = it.trim_start_matches('{').trim_end_matches('}').split_once(':')?;
            Some((kind.trim().to_owned(), id.trim().to_owned()))
        };
        Identifiers {
            local: row.some(self.identifier),
            master: row.some(self.master),
            others: row.list(self.user_ids).filter_map(pair).collect(),
            phone: row.some(self.phone).or_else(|| row.some(self.sms)),
        }
    }
}

/// What one row says of its agents: whose they are depends on who is the child.
struct Agents {
    ids: Vec<String>,
    priorities: Vec<Option<u32>>,
    relations: Vec<String>,
}

impl Agents {
    fn of(row: &Row<'_>, columns: &Columns, problems: &mut Problems) -> Agents {
        let number = |it: &str| match it.parse::<u32>() {
            Ok(priority @ 1..=99) => Ok(Some(priority)),
            _ => Err(format!("“{}” is not a number from 1 to 99; the contact has no priority", shown(it))),
        };
        let mut priorities = Vec::new();
        for value in row.list(columns.priority) {
            priorities.push(number(value).unwrap_or_else(|words| {
                row.note("metadata.contactPriority", &words, problems);
                None
            }));
        }
        Agents {
            ids: row.list(columns.agents).map(str::to_owned).collect(),
            priorities,
            relations: row.list(columns.relation).map(str::to_owned).collect(),
        }
    }
}

const ADULTS: [&str; 3] = ["parent", "guardian", "relative"];

/// Links from both sides: a child names its adults, an adult may name the children.
///
/// Priority and relation are taken from the child's row, one for each agent in their order, or from the adult's.
fn links(people: &[Record], agents: &HashMap<usize, Agents>) -> Vec<ParentLink> {
    let by_id: HashMap<&str, usize> =
        people.iter().enumerate().map(|(at, it)| (it.source_id.as_str(), at)).collect();
    let is_adult = |person: &Record| person.roles.iter().any(|it| ADULTS.contains(&it.as_str()));
    let is_child = |person: &Record| person.roles.iter().any(|it| it == "student");
    let mut found: Vec<ParentLink> = Vec::new();
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    for (at, person) in people.iter().enumerate() {
        let Some(said) = agents.get(&at) else { continue };
        for (nth, other) in said.ids.iter().enumerate() {
            let known = by_id.get(other.as_str()).copied();
            let mine = |nth: usize| {
                let priority = said.priorities.get(nth).copied().flatten();
                (priority, said.relations.get(nth).cloned())
            };
            // An adult who names a child; everything else is a child that names an adult.
            let turned = is_adult(person) && !is_child(person);
            let (child, parent, adult) =
                if turned { (other, &person.source_id, Some(at)) } else { (&person.source_id, other, known) };
            let (mut priority, mut relation) = mine(nth);
            if let Some(adult) = adult {
                let theirs = agents.get(&adult);
                let single = theirs.filter(|it| it.priorities.len() == 1).and_then(|it| it.priorities[0]);
                priority = priority.or(single);
                relation = relation.or_else(|| theirs.and_then(|it| it.relations.first().cloned()));
                relation = relation
                    .or_else(|| people[adult].roles.iter().find(|it| ADULTS.contains(&it.as_str())).cloned());
            }
            let key = (child.clone(), parent.clone());
            if let Some(&before) = seen.get(&key) {
                let before: &mut ParentLink = &mut found[before];
                before.priority = before.priority.or(priority);
                continue;
            }
            seen.insert(key, found.len());
            found.push(ParentLink {
                child: child.clone(),
                parent: parent.clone(),
                relation: relation.unwrap_or_else(|| "parent".to_owned()),
                priority,
                row: person.row.clone(),
            });
        }
    }
    found
}
