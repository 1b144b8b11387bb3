//! Orgs, terms and classes.
use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use super::{
    Class, Mode, Org,
    problems::{Problems, shown},
    sheet::{Row, Sheet},
};

/// Which ids were seen, and where.
#[derive(Default)]
pub(super) struct Ids(HashMap<String, u64>);

impl Ids {
    /// Whether it is new; if not, that is said.
    pub(super) fn fresh(&mut self, id: &str, row: &Row<'_>, problems: &mut Problems) -> bool {
        if let Some(first) = self.0.get(id) {
            let words = format!(
                "“{}” stands on line {first} already, and that one was taken: leave one of them out",
                shown(id)
            );
            row.refuse("sourcedId", &words, problems);
            return false;
        }
        self.0.insert(id.to_owned(), row.line);
        true
    }
}

/// First and last day of each term.
pub(super) fn sessions(
    sheet: Option<&Sheet>,
    mode: Mode,
    problems: &mut Problems,
) -> HashMap<String, (Option<Date>, Option<Date>)> {
    let mut found = HashMap::new();
    let Some(sheet) = sheet else { return found };
    let Some(id) = sheet.required("sourcedId", problems) else { return found };
    let status = sheet.column("status");
    let (start, end) = (sheet.dates("startDate"), sheet.dates("endDate"));
    let known = [
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "type",
        "startDate",
        "endDate",
        "parentSourcedId",
        "schoolYear",
    ];
    sheet.complain_of_unknown(&known, problems);
    let mut ids = Ids::default();
    for row in sheet.rows() {
        let Some(id) = row.filled(Some(id), "sourcedId", problems) else { continue };
        if row.status(status, mode, problems).is_none() || !ids.fresh(&id, &row, problems) {
            continue;
        }
        let (Ok(start), Ok(end)) = (row.date(start, problems), row.date(end, problems)) else { continue };
        found.insert(id, (start, end));
    }
    found
}

pub(super) fn orgs(sheet: Option<&Sheet>, mode: Mode, problems: &mut Problems) -> Vec<Org> {
    let mut found = Vec::new();
    let Some(sheet) = sheet else { return found };
    let (Some(id), Some(name)) = (sheet.required("sourcedId", problems), sheet.required("name", problems))
    else {
        return found;
    };
    let [status, kind, identifier, parent] =
        ["status", "type", "identifier", "parentSourcedId"].map(|it| sheet.column(it));
    let known = ["sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId"];
    sheet.complain_of_unknown(&known, problems);
    let mut ids = Ids::default();
    for row in sheet.rows() {
        let Some(source_id) = row.filled(Some(id), "sourcedId", problems) else { continue };
        let Some(status) = row.status(status, mode, problems) else { continue };
        if !ids.fresh(&source_id, &row, problems) {
            continue;
        }
        found.push(Org {
            source_id,
            status,
            name: row.get(Some(name)).to_owned(),
            kind: row.get(kind).to_ascii_lowercase(),
            identifier: row.some(identifier),
            parent: row.some(parent),
            row: row.place(),
        });
    }
    found
}

pub(super) fn classes(
    sheet: Option<&Sheet>,
    mode: Mode,
    sessions: &HashMap<String, (Option<Date>, Option<Date>)>,
    problems: &mut Problems,
) -> Vec<Class> {
    let mut found = Vec::new();
    let Some(sheet) = sheet else { return found };
    let (Some(id), Some(title)) = (sheet.required("sourcedId", problems), sheet.required("title", problems))
    else {
        return found;
    };
    let [status, grades, course, code, kind, org, terms] = [
        "status",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "schoolSourcedId",
        "termSourcedIds",
    ]
    .map(|it| sheet.column(it));
    let known = [
        "sourcedId",
        "status",
        "dateLastModified",
        "title",
        "grades",
        "courseSourcedId",
        "classCode",
        "classType",
        "location",
        "schoolSourcedId",
        "termSourcedIds",
        "subjects",
        "subjectCodes",
        "periods",
    ];
    sheet.complain_of_unknown(&known, problems);
    let mut ids = Ids::default();
    let mut strange = HashSet::new();
    for row in sheet.rows() {
        let Some(source_id) = row.filled(Some(id), "sourcedId", problems) else { continue };
        let Some(status) = row.status(status, mode, problems) else { continue };
        if !ids.fresh(&source_id, &row, problems) {
            continue;
        }
        let terms: Vec<&str> = row.list(terms).collect();
        for term in &terms {
            if mode == Mode::Bulk && !sessions.contains_key(*term) && strange.insert(*term) {
                row.note(
                    "termSourcedIds",
                    &format!(
                        "“{}” is not in academicSessions.csv, so the class has no dates from it",
                        shown(term)
                    ),
                    problems,
                );
            }
        }
        let days = terms.iter().filter_map(|it| sessions.get(*it));
        found.push(Class {
            source_id,
            status,
            title: row.get(Some(title)).to_owned(),
            code: row.some(code),
            registration: row.get(kind).eq_ignore_ascii_case("homeroom"),
            org: row.some(org),
            course: row.some(course),
            grade: row.list(grades).next().map(str::to_owned),
            starts: days.clone().filter_map(|it| it.0).min(),
            ends: days.filter_map(|it| it.1).max(),
            row: row.place(),
        });
    }
    found
}
