//! One table with a row for each person, as management information systems export it.
//!
//! A person may have several rows, one for each of their contacts; the rest of such rows must agree.
use std::collections::{HashMap, HashSet};

use super::{
    Class, Enrolment, Identifiers, Org, ParentLink, Post, Record, Roster, Status,
    date::Order,
    mapping::{self, Contact, Field, MOST_CONTACTS, Mapping},
    problems::{Problem, Problems, shown},
    sheet::{Dates, Row, Sheet},
};

/// Reads a table; without a mapping, the headings are guessed at.
pub(super) fn read(file: &str, bytes: &[u8], mapping: Option<&Mapping>) -> Roster {
    let mut problems = Problems::default();
    let Some(sheet) = Sheet::read(file, bytes, &mut problems) else { return Roster::stopped(problems) };
    let guess;
    let mapping = if let Some(mapping) = mapping {
        mapping
    } else {
        guess = Mapping::guess(sheet.headings());
        &guess
    };
    let mut reading = Reading::new(&sheet, mapping, &mut problems);
    if problems.any_fatal() {
        return Roster::stopped(problems);
    }
    for row in sheet.rows() {
        reading.row(&row, &mut problems);
    }
    if let Some(id) = reading.id().and_then(|it| reading.at(it)) {
        let taken = reading.roster.people.iter().map(|it| it.source_id.as_str());
        reading.roster.held = sheet.held(id, taken);
    }
    let mut roster = reading.roster;
    super::checks::check(&mut roster, &mut problems);
    roster.problems = problems.into_kept();
    roster
}

struct Reading<'a> {
    mapping: &'a Mapping,
    columns: Vec<(Field, usize)>,
    starts: Dates<'a>,
    ends: Dates<'a>,
    contacts: Vec<u8>,
    classes: Vec<(usize, bool)>,
    roster: Roster,
    people: HashMap<String, usize>,
    known_classes: HashSet<String>,
    orgs: HashSet<String>,
    links: HashSet<(String, String)>,
}

impl<'a> Reading<'a> {
    fn new(sheet: &Sheet, mapping: &'a Mapping, problems: &mut Problems) -> Reading<'a> {
        let mut columns = Vec::new();
        let mut classes = Vec::new();
        let mut contacts = Vec::new();
        for (heading, field) in &mapping.columns {
            let Some(at) = sheet.column(heading) else {
                let there: Vec<String> = sheet.headings().take(40).map(shown).collect();
                let words = format!(
                    "stands in the mapping, but is not among the headings: {}. Put the mapping right, or export this column",
                    there.join(", ")
                );
                problems.push(Problem::fatal(&sheet.file, words).at(1).field(heading));
                continue;
            };
            match field {
                Field::Class => classes.push((at, true)),
                Field::Lessons => classes.push((at, false)),
                Field::Contact(nth, _) if !contacts.contains(nth) => contacts.push(*nth),
                _ => {}
            }
            columns.push((*field, at));
        }
        contacts.sort_unstable();
        let unread: Vec<String> = sheet
            .headings()
            .filter(|it| {
                !it.is_empty() && !mapping.columns.iter().any(|(known, _)| known.eq_ignore_ascii_case(it))
            })
            .map(shown)
            .collect();
        if !unread.is_empty() {
            let words = format!("these columns were not read: {}", unread.join(", "));
            problems.push(Problem::note(&sheet.file, words).at(1));
        }
        let order = if mapping.day_first { Order::DAY_FIRST } else { Order::default() };
        let dates = |field: Field| {
            let at = columns.iter().find(|(it, _)| *it == field).map(|(_, at)| *at);
            sheet.dates_at(mapping.heading(field).unwrap_or_default(), at, order)
        };
        let (starts, ends) = (dates(Field::Starts), dates(Field::Ends));
        let mut reading = Reading {
            mapping,
            columns,
            starts,
            ends,
            classes,
            contacts,
            roster: Roster { mode: mapping.mode, ..Roster::default() },
            people: HashMap::new(),
            known_classes: HashSet::new(),
            orgs: HashSet::new(),
            links: HashSet::new(),
        };
        if !problems.any_fatal() {
            reading.complain_of_lacks(sheet, problems);
        }
        reading.roster.covers = Some(reading.covers(sheet));
        reading
    }

    /// The roles that stand in the file: it says nothing of anybody else.
    fn covers(&self, sheet: &Sheet) -> Vec<String> {
        let mut covers: Vec<String> = Vec::new();
        let role = self.at(Field::Role);
        for row in sheet.rows().filter(|_| role.is_some()) {
            let role = mapping::role(row.get(role));
            if let Some(role) = role.filter(|it| !covers.iter().any(|known| known == it)) {
                covers.push(role.to_owned());
            }
        }
        if role.is_none() {
            covers.extend(self.mapping.role.clone());
        }
        if !self.contacts.is_empty() && !covers.iter().any(|it| it == "parent") {
            covers.push("parent".to_owned());
        }
        covers
    }

    fn complain_of_lacks(&self, sheet: &Sheet, problems: &mut Problems) {
        let has = |field| self.at(field).is_some();
        let mut lacks = Vec::new();
        if self.id().is_none() {
            lacks.push("id");
        }
        if !has(Field::Name) && !has(Field::Given) {
            lacks.push("given name");
        }
        if !has(Field::Name) && !has(Field::Family) {
            lacks.push("family name");
        }
        if !has(Field::Role) && self.mapping.role.is_none() {
            lacks.push("role");
        }
        for field in lacks {
            let there: Vec<String> = sheet.headings().take(40).map(shown).collect();
            let words = format!(
                "no column gives it. The headings are: {}. Write a mapping with a line “heading = {field}”",
                there.join(", ")
            );
            problems.push(Problem::fatal(&sheet.file, words).at(1).field(field));
        }
    }

    /// The system's own number if there is one, else the school's, else the nation's.
    fn id(&self) -> Option<Field> {
        [Field::Id, Field::AdmissionNumber, Field::Upn].into_iter().find(|it| self.at(*it).is_some())
    }

    fn at(&self, field: Field) -> Option<usize> {
        self.columns.iter().find(|(it, _)| *it == field).map(|(_, at)| *at)
    }

    fn row(&mut self, row: &Row<'_>, problems: &mut Problems) {
        let id_field =
            [Field::Id, Field::AdmissionNumber, Field::Upn].into_iter().find(|it| self.at(*it).is_some());
        let Some(id_field) = id_field else { return };
        let heading = self.mapping.heading(id_field).unwrap_or_default();
        let Some(source_id) = row.filled(self.at(id_field), heading, problems) else { return };
        let Some((given, family)) = self.name(row, problems) else { return };
        if let Some(&before) = self.people.get(&source_id) {
            let known = &self.roster.people[before];
            if (&known.given, &known.family) != (&given, &family) {
                let words = format!(
                    "“{}” is {} {} on line {} already, and that one was taken: give each person an id of their own",
                    shown(&source_id),
                    shown(&known.given),
                    shown(&known.family),
                    known.row.line
                );
                row.refuse(heading, &words, problems);
                return;
            }
            if self.contacts.is_empty() {
                let words = format!(
                    "the same person stands on line {} already; this row was left out",
                    known.row.line
                );
                row.refuse(heading, &words, problems);
                return;
            }
            self.adults(row, &source_id, &family, problems);
            return;
        }
        let Some(role) = self.role(row, problems) else { return };
        let dates = (row.date(self.starts, problems), row.date(self.ends, problems));
        let (Ok(starts), Ok(ends)) = dates else { return };
        if starts.zip(ends).is_some_and(|(starts, ends)| ends < starts) {
            let heading = self.mapping.heading(Field::Ends).unwrap_or_default();
            row.refuse(heading, "is before the day they start: put one of the two right", problems);
            return;
        }
        let org = row.some(self.at(Field::School)).or_else(|| self.mapping.school.clone());
        if let Some(org) = &org
            && self.orgs.insert(org.clone())
        {
            self.roster.orgs.push(Org {
                source_id: org.clone(),
                status: Status::Active,
                name: org.clone(),
                kind: "school".to_owned(),
                identifier: None,
                parent: None,
                row: row.place(),
            });
        }
        self.people.insert(source_id.clone(), self.roster.people.len());
        let post = Post { role: role.clone(), org: org.clone(), primary: true, starts, ends };
        self.roster.people.push(Record {
            source_id: source_id.clone(),
            status: Status::Active,
            enabled: true,
            roles: vec![role.clone()],
            posts: vec![post],
            username: row.some(self.at(Field::Username)),
            given,
            family: family.clone(),
            preferred_given: row.some(self.at(Field::PreferredGiven)),
            preferred_family: row.some(self.at(Field::PreferredFamily)),
            email: row.some(self.at(Field::Email)),
            grade: row.some(self.at(Field::Year)),
            orgs: org.clone().into_iter().collect(),
            starts,
            ends,
            identifiers: Identifiers {
                local: row.some(self.at(Field::AdmissionNumber)),
                master: None,
                others: row.some(self.at(Field::Upn)).map(|it| ("UPN".to_owned(), it)).into_iter().collect(),
                phone: row.some(self.at(Field::Phone)),
            },
            row: row.place(),
        });
        self.enrol(row, &source_id, &role, org.as_deref());
        self.adults(row, &source_id, &family, problems);
    }

    /// Given and family name, from two columns or from one: `Pupil, Ada` or `Ada Pupil`.
    fn name(&self, row: &Row<'_>, problems: &mut Problems) -> Option<(String, String)> {
        let (given, family) = (row.some(self.at(Field::Given)), row.some(self.at(Field::Family)));
        let whole = parted(row.get(self.at(Field::Name)));
        let (whole_given, whole_family) = whole.map_or((None, None), |(it, other)| (Some(it), Some(other)));
        let given = given.or(whole_given);
        let family = family.or(whole_family);
        for (found, field) in [(&given, Field::Given), (&family, Field::Family)] {
            if found.is_none() {
                let heading =
                    self.mapping.heading(field).or(self.mapping.heading(Field::Name)).unwrap_or_default();
                row.refuse(heading, &format!("gives no {field}: fill it in"), problems);
            }
        }
        Some((given?, family?))
    }

    fn role(&self, row: &Row<'_>, problems: &mut Problems) -> Option<String> {
        let at = self.at(Field::Role);
        let word = row.get(at);
        if word.is_empty()
            && let Some(role) = &self.mapping.role
        {
            return Some(role.clone());
        }
        let found = mapping::role(word).map(str::to_owned);
        if found.is_none() {
            let heading = self.mapping.heading(Field::Role).unwrap_or_default();
            row.refuse(heading, &mapping::unknown_role(word), problems);
        }
        found
    }

    fn enrol(&mut self, row: &Row<'_>, person: &str, role: &str, org: Option<&str>) {
        for &(at, registration) in &self.classes {
            let titles: Vec<&str> =
                if registration { vec![row.get(Some(at))] } else { row.list(Some(at)).collect() };
            for title in titles.into_iter().filter(|it| !it.is_empty()) {
                let class = format!("class:{}", title.to_lowercase());
                if self.known_classes.insert(class.clone()) {
                    self.roster.classes.push(Class {
                        source_id: class.clone(),
                        status: Status::Active,
                        title: title.to_owned(),
                        code: None,
                        registration,
                        org: org.map(str::to_owned),
                        course: None,
                        grade: None,
                        starts: None,
                        ends: None,
                        row: row.place(),
                    });
                }
                self.roster.enrolments.push(Enrolment {
                    source_id: format!("{person}:{class}"),
                    status: Status::Active,
                    class,
                    person: person.to_owned(),
                    role: if role == "student" { "student" } else { "teacher" }.to_owned(),
                    primary: false,
                    starts: None,
                    ends: None,
                    row: row.place(),
                });
            }
        }
    }

    fn adults(&mut self, row: &Row<'_>, child: &str, child_family: &str, problems: &mut Problems) {
        let mut given_out: Vec<u32> = Vec::new();
        for nth in self.contacts.clone() {
            debug_assert!(nth <= MOST_CONTACTS, "only so many are read");
            let [id, whole, given, family, email, phone, relation, priority] = [
                Contact::Id,
                Contact::Name,
                Contact::Given,
                Contact::Family,
                Contact::Email,
                Contact::Phone,
                Contact::Relation,
                Contact::Priority,
            ]
            .map(|it| row.get(self.at(Field::Contact(nth, it))));
            if [whole, given, family, email, phone].iter().all(|it| it.is_empty()) {
                continue;
            }
            let filled = |it: &str| Some(it.to_owned()).filter(|it| !it.is_empty());
            let (mut given, mut family) = (filled(given), filled(family));
            if let Some((whole_given, whole_family)) = parted(whole) {
                given = given.or(Some(whole_given));
                family = family.or(Some(whole_family));
            }
            let heading = self.contact_heading(nth);
            let Some(given) = given else {
                let words = "gives no first name of this contact, who was left out: fill it in";
                row.refuse(&heading, words, problems);
                continue;
            };
            let family = family.unwrap_or_else(|| child_family.to_owned());
            let key = match (id, email) {
                ("", "") => format!("contact:{child}:{}", format!("{given} {family}").to_lowercase()),
                ("", email) => {
                    format!("contact:{}:{}", email.to_lowercase(), format!("{given} {family}").to_lowercase())
                }
                (id, _) => format!("contact:{id}"),
            };
            let priority = self.priority(row, nth, priority, problems);
            if let Some(priority) = priority {
                if given_out.contains(&priority) {
                    let words = format!("two contacts have priority {priority}: say who is called first");
                    row.note(&heading, &words, problems);
                }
                given_out.push(priority);
            }
            if !self.links.insert((child.to_owned(), key.clone())) {
                continue;
            }
            self.roster.links.push(ParentLink {
                child: child.to_owned(),
                parent: key.clone(),
                relation: if relation.is_empty() { "parent".to_owned() } else { relation.to_lowercase() },
                priority,
                row: row.place(),
            });
            if self.people.contains_key(&key) {
                continue;
            }
            self.people.insert(key.clone(), self.roster.people.len());
            self.roster.people.push(Record {
                source_id: key,
                status: Status::Active,
                enabled: true,
                roles: vec!["parent".to_owned()],
                posts: vec![Post {
                    role: "parent".to_owned(),
                    org: None,
                    primary: true,
                    starts: None,
                    ends: None,
                }],
                username: None,
                given,
                family,
                preferred_given: None,
                preferred_family: None,
                email: filled(email),
                grade: None,
                orgs: Vec::new(),
                starts: None,
                ends: None,
                identifiers: Identifiers { phone: filled(phone), ..Identifiers::default() },
                row: row.place(),
            });
        }
    }

    /// Where no column says a priority, the order of the columns does.
    fn priority(&self, row: &Row<'_>, nth: u8, said: &str, problems: &mut Problems) -> Option<u32> {
        let field = |nth| Field::Contact(nth, Contact::Priority);
        match said.parse::<u32>() {
            Ok(it @ 1..=99) => Some(it),
            _ if said.is_empty() => {
                let any = (1..=MOST_CONTACTS).any(|it| self.at(field(it)).is_some());
                (!any).then_some(u32::from(nth))
            }
            _ => {
                let heading = self.mapping.heading(field(nth)).unwrap_or_default();
                let words =
                    format!("“{}” is not a number from 1 to 99; the contact has no priority", shown(said));
                row.note(heading, &words, problems);
                None
            }
        }
    }

    fn contact_heading(&self, nth: u8) -> String {
        let found =
            self.mapping.columns.iter().find(|(_, it)| matches!(it, Field::Contact(it, _) if *it == nth));
        found.map(|(it, _)| it.clone()).unwrap_or_default()
    }
}

/// `Pupil, Ada`, `Ada Pupil`, `Mrs Pat Pupil`: given and family name.
fn parted(whole: &str) -> Option<(String, String)> {
    const TITLES: [&str; 12] =
        ["mr", "mrs", "ms", "miss", "mx", "dr", "rev", "prof", "sir", "lady", "lord", "dame"];
    if let Some((family, given)) = whole.split_once(',') {
        let (family, given) = (family.trim(), given.trim());
        return (!family.is_empty() && !given.is_empty()).then(|| (given.to_owned(), family.to_owned()));
    }
    let mut words: Vec<&str> = whole.split_whitespace().collect();
    while words.first().is_some_and(|it| TITLES.contains(&it.trim_end_matches('.').to_lowercase().as_str())) {
        words.remove(0);
    }
    let (given, family) = words.split_first()?;
    (!family.is_empty()).then(|| ((*given).to_owned(), family.join(" ")))
}
