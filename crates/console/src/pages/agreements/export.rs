use axum::{
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use store::audit;

use super::register::{self, Register};
use crate::{Console, failure::Failure, fields::Fields, pages::activity_export::defused, staff::Reader};

const HEADINGS: [&str; 8] =
    ["School", "Name", "Username", "Roles", "Year", "Classes", "Missing", "Last signed"];

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let register = Register::of(&console, &staff, &fields).await?;
    let zone = console.zone(staff.school.id);
    let mut file = csv::Writer::from_writer(Vec::new());
    let broken = |_: csv::Error| Failure::Broken("a download could not be written");
    file.write_record(HEADINGS).map_err(broken)?;
    let mut rows = 0_u32;
    for line in register.shown() {
        let missing: Vec<String> = line
            .missing
            .iter()
            .map(|it| format!("{} ({})", it.what.label(), register.title(it.agreement)))
            .collect();
        let signed = register.last_signed(line.person.id);
        let signed = signed.map(|it| it.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string());
        let row = [
            staff.school.name.to_string(),
            line.person.name.to_string(),
            line.person.username.to_string(),
            register::roles(line.person),
            line.person.year.map(|it| it.to_string()).unwrap_or_default(),
            register.classes_of(line.person),
            missing.join("; "),
            signed.unwrap_or_default(),
        ];
        file.write_record(row.map(|it| defused(&it))).map_err(broken)?;
        rows += 1;
    }
    let bytes = file.into_inner().map_err(|_| Failure::Broken("a download could not be written"))?;
    let mut tx = console.db.write().await?;
    let by = staff.by(&console);
    audit::note(&mut tx, &by, staff.school.id, "export agreements", &format!("{rows} people"), None, None)
        .await?;
    tx.commit().await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"agreements.csv\""),
    ];
    Ok((headers, bytes).into_response())
}
