//! The problems of a roster as a spreadsheet, for whoever puts them right at the source.
use axum::{
    extract::{Path, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use school::roster::Kind;
use store::{roster, roster::Filter};

use super::find;
use crate::{Console, components::sheet, failure::Failure, staff::Reader};

const HEADINGS: [&str; 6] = ["File", "Line", "Id", "Name", "Username", "Problem"];
/// More than a load keeps.
const MOST: u32 = 100_000;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let school = staff.school.id;
    let mut tx = console.db.read().await?;
    let load = find(&mut tx, &staff, &id).await?;
    let filter = Filter { kind: Some(Kind::Problem), words: "" };
    let rows = roster::rows(&mut tx, school, load.id, filter, 0, MOST).await?;
    drop(tx);
    console.viewed(&staff, "export roster problems", &load.file_name).await?;
    let rows = rows.into_iter().map(|it| {
        let (file, line) = it.place.map_or((String::new(), 0), |place| (place.file, place.line));
        let line = if line == 0 { String::new() } else { line.to_string() };
        [file, line, it.source_id, it.name, it.username, it.words]
    });
    let bytes = sheet::csv(&HEADINGS, rows)?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"problems.csv\""),
    ];
    Ok((headers, bytes).into_response())
}
