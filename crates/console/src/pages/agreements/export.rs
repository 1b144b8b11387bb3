use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use super::register::{self, Register};
use crate::{Console, components::sheet, failure::Failure, fields::Fields, staff::Reader};

const HEADINGS: [&str; 8] =
    ["School", "Name", "Username", "Roles", "Year", "Classes", "Missing", "Last signed"];

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let register = Register::of(&console, &staff, &fields).await?;
    let zone = console.zone(staff.school.id);
    let rows: Vec<_> = register
        .shown()
        .map(|line| {
            let missing: Vec<String> = line
                .missing
                .iter()
                .map(|it| format!("{} ({})", it.what.label(), register.title(it.agreement)))
                .collect();
            let signed = register.last_signed(line.person.id);
            let signed = signed.map(|it| it.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string());
            [
                staff.school.name.to_string(),
                line.person.name.to_string(),
                line.person.username.to_string(),
                register::roles(line.person),
                line.person.year.map(|it| it.to_string()).unwrap_or_default(),
                register.classes_of(line.person),
                missing.join("; "),
                signed.unwrap_or_default(),
            ]
        })
        .collect();
    let people = format!("{} people", rows.len());
    let bytes = sheet::csv(&HEADINGS, rows)?;
    console.viewed(&staff, "export agreements", &people).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"agreements.csv\""),
    ];
    Ok((headers, bytes).into_response())
}
