use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use store::{groups, register};

use super::{role_names, wanted};
use crate::{Console, components::sheet, failure::Failure, fields::Fields, staff::Reader};

const HEADINGS: [&str; 8] = ["Name", "Username", "Roles", "Year", "Classes", "E-mail", "From", "Until"];
/// More than any school has.
const MOST: u32 = 200_000;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let school = staff.school.id;
    let zone = console.zone(school);
    let mut tx = console.db.read().await?;
    let groups = groups::all(&mut tx, school).await?;
    let wanted = wanted(&fields, &groups);
    let found = register::find(&mut tx, school, &wanted, 0, MOST).await?;
    let ids: Vec<_> = found.iter().map(|it| it.person.id).collect();
    let classes = register::classes(&mut tx, school, &ids).await?;
    let subject = format!("{} people", found.len());
    drop(tx);
    console.viewed(&staff, "export people", &subject).await?;
    let day = |at: Option<jiff::Timestamp>| {
        at.map(|it| it.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
    };
    let rows = found.iter().map(|it| {
        let person = &it.person;
        [
            person.name.to_string(),
            person.username.to_string(),
            role_names(person),
            person.year.map(|it| it.to_string()).unwrap_or_default(),
            classes.get(&person.id).map(|it| it.join("; ")).unwrap_or_default(),
            person.email.as_ref().map(ToString::to_string).unwrap_or_default(),
            day(person.stay.from),
            day(person.stay.until),
        ]
    });
    let bytes = sheet::csv(&HEADINGS, rows)?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"people.csv\""),
    ];
    Ok((headers, bytes).into_response())
}
