//! Who is in which class.
use super::{Enrolment, Mode, places::Ids, problems::Problems, sheet::Sheet};

const KNOWN: &[&str] = &[
    "sourcedId",
    "status",
    "dateLastModified",
    "classSourcedId",
    "schoolSourcedId",
    "userSourcedId",
    "role",
    "primary",
    "beginDate",
    "endDate",
];

pub(super) fn enrolments(sheet: Option<&Sheet>, mode: Mode, problems: &mut Problems) -> Vec<Enrolment> {
    let Some(sheet) = sheet else { return Vec::new() };
    let needed =
        ["sourcedId", "classSourcedId", "userSourcedId", "role"].map(|it| sheet.required(it, problems));
    let [Some(id), Some(class), Some(person), Some(role)] = needed else { return Vec::new() };
    let (status, primary) = (sheet.column("status"), sheet.column("primary"));
    let (begin, end) = (sheet.dates("beginDate"), sheet.dates("endDate"));
    sheet.complain_of_unknown(KNOWN, problems);
    let mut found = Vec::with_capacity(sheet.len());
    let mut ids = Ids::default();
    for row in sheet.rows() {
        let Some(source_id) = row.filled(Some(id), "sourcedId", problems) else { continue };
        let Some(status) = row.status(status, mode, problems) else { continue };
        if !ids.fresh(&source_id, &row, problems) {
            continue;
        }
        let class = row.filled(Some(class), "classSourcedId", problems);
        let person = row.filled(Some(person), "userSourcedId", problems);
        let role = row.filled(Some(role), "role", problems);
        let (starts, ends) = (row.date(begin, problems), row.date(end, problems));
        let (Some(class), Some(person), Some(role)) = (class, person, role) else { continue };
        let (Ok(starts), Ok(ends)) = (starts, ends) else { continue };
        if starts.zip(ends).is_some_and(|(starts, ends)| ends < starts) {
            row.refuse("endDate", "is before beginDate: put one of them right", problems);
            continue;
        }
        found.push(Enrolment {
            source_id,
            status,
            class,
            person,
            role: role.to_ascii_lowercase(),
            primary: row.get(primary).eq_ignore_ascii_case("true"),
            starts,
            ends,
            row: row.place(),
        });
    }
    found
}
