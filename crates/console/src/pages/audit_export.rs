use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use school::{Choice as _, Id, School};
use store::{
    Db, StoreError, audit,
    audit::{Format, Note},
};

use crate::{Console, failure::Failure, staff::Reader};

pub(crate) async fn csv(State(console): State<Console>, staff: Reader) -> Result<Response, Failure> {
    export(&console, &staff, Format::Csv, "text/csv; charset=utf-8").await
}

pub(crate) async fn json_lines(State(console): State<Console>, staff: Reader) -> Result<Response, Failure> {
    export(&console, &staff, Format::JsonLines, "application/jsonl; charset=utf-8").await
}

/// The whole trail, oldest first, as it comes from the store.
async fn export(
    console: &Console,
    staff: &Reader,
    format: Format,
    kind: &'static str,
) -> Result<Response, Failure> {
    let school = staff.school.id;
    let after = Some(format.label());
    console
        .noted(staff, Note { act: "export audit", subject: "all entries", after, ..Note::default() })
        .await?;
    let first = (console.db.clone(), Some(0), audit::heading(format));
    let pieces = futures_util::stream::unfold(first, move |(db, after, heading)| async move {
        let after = after?;
        match piece(&db, school, format, after).await {
            Ok((_, None)) if heading.is_empty() => None,
            Ok((text, last)) => Some((Ok(Bytes::from(heading + &text)), (db, last, String::new()))),
            // The download breaks off, and shows as broken.
            Err(err) => Some((Err(err), (db, None, String::new()))),
        }
    });
    let name = format!("attachment; filename=\"audit.{}\"", format.code());
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// The next entries as text, and the number of the last of them.
async fn piece(
    db: &Db,
    school: Id<School>,
    format: Format,
    after: i64,
) -> Result<(String, Option<i64>), StoreError> {
    let entries = audit::oldest(&mut db.read().await?, school, after).await?;
    let text = entries.iter().map(|it| audit::line(format, school, it)).collect();
    Ok((text, entries.last().map(|it| it.seq)))
}
