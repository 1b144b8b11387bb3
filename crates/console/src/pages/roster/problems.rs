//! The problems of a roster as a spreadsheet, for whoever puts them right at the source.
use axum::{
    extract::{Path, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use school::roster::Kind;
use store::{audit, roster, roster::Filter};

use super::find;
use crate::{Console, failure::Failure, pages::activity_export::defused, staff::Reader};

const HEADINGS: [&str; 6] = ["File", "Line", "Id", "Name", "Username", "Problem"];
/// More than a load keeps.
const MOST: u32 = 100_000;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let school = staff.school.id;
    let mut tx = console.db.write().await?;
    let load = find(&mut tx, &staff, &id).await?;
    let filter = Filter { kind: Some(Kind::Problem), words: "" };
    let rows = roster::rows(&mut tx, school, load.id, filter, 0, MOST).await?;
    audit::note(&mut tx, &staff.by(&console), school, "export roster problems", &load.file_name, None, None)
        .await?;
    tx.commit().await?;
    let broken = |_| Failure::Broken("a spreadsheet could not be written");
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(HEADINGS).map_err(broken)?;
    for it in rows {
        let (file, line) = it.place.map_or((String::new(), 0), |place| (place.file, place.line));
        let line = if line == 0 { String::new() } else { line.to_string() };
        let cells = [file, line, it.source_id, it.name, it.username, it.words];
        out.write_record(cells.map(|cell| defused(&cell))).map_err(broken)?;
    }
    let bytes = out.into_inner().map_err(|_| Failure::Broken("a spreadsheet could not be written"))?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"problems.csv\""),
    ];
    Ok((headers, bytes).into_response())
}
