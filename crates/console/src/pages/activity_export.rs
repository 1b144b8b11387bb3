use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use policy::Seen;
use school::{Choice, Id, School, settings::ASK_WHY};
use store::{
    StoreError,
    activity::ActivityError,
    audit::{self, Note},
    settings,
};
use tokio::{
    runtime::Handle,
    sync::mpsc::{Sender, channel},
};

use crate::{
    Console,
    failure::Failure,
    fields::Fields,
    pages::{activity::address, why},
    people::People,
    search::Search,
    staff::Reader,
};

const HEADINGS: [&str; 17] = [
    "Time",
    "Name",
    "Username",
    "Device",
    "Address",
    "Method",
    "URL",
    "Search",
    "Categories",
    "Outcome",
    "Because",
    "Profile",
    "Carried",
    "Status",
    "Bytes in",
    "Bytes out",
    "Milliseconds",
];

/// Rows in one piece of the answer.
const ROWS: usize = 500;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let school = staff.school.id;
    let zone = console.zone(school);
    let mut tx = console.db.write().await?;
    let people = People::typed(&mut tx, school, fields.get("person")).await?;
    let search = Search::read(&fields, school, &people, &zone);
    if !search.complaints.is_empty() {
        return Err(Failure::BadRequest(
            "The filter of this download cannot be read. Go back and look at it again.",
        ));
    }
    // Written down before the first row goes out: a download that is cut off was still a download.
    let reason = why::given(&fields);
    if search.filter.person.is_some()
        && reason.is_none()
        && settings::of(&mut tx, school, None).await?.is_on(&ASK_WHY)
    {
        return Err(Failure::BadRequest(
            "This school asks for a reason before somebody's activity is taken away. Open their activity first, and \
             download it from there.",
        ));
    }
    let note =
        Note { act: "export activity", subject: &search.words, reason: reason.as_deref(), ..Note::default() };
    audit::add(&mut tx, &staff.by(&console), school, note)?;
    tx.commit().await?;

    let (sender, receiver) = channel(4);
    let rows = console.activity.rows(search.filter);
    let names = Names { console: console.clone(), school, known: people, runtime: Handle::current() };
    tokio::task::spawn_blocking(move || {
        write(rows.map(|row| row.map(|it| it.seen)), names, &zone, &sender);
    });
    let stream =
        futures_util::stream::unfold(
            receiver,
            |mut it| async move { it.recv().await.map(|piece| (piece, it)) },
        );
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"activity.csv\""),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

type Piece = Result<Bytes, std::io::Error>;

/// The names of those who were seen, read as they turn up.
struct Names {
    console: Console,
    school: Id<School>,
    known: People,
    runtime: Handle,
}

impl Names {
    fn learn(&mut self, seen: &[Seen]) -> Result<(), StoreError> {
        self.runtime.block_on(async {
            let mut tx = self.console.db.read().await?;
            self.known.learn(&mut tx, self.school, seen.iter().filter_map(|it| it.person)).await
        })
    }
}

/// Until the rows end, one cannot be read (the download then breaks off, and shows as broken), or the reader goes.
fn write(
    rows: impl Iterator<Item = Result<Seen, ActivityError>>,
    mut names: Names,
    zone: &TimeZone,
    sender: &Sender<Piece>,
) {
    let mut rows = rows.peekable();
    let mut head = true;
    while head || rows.peek().is_some() {
        let some: Result<Vec<Seen>, ActivityError> = rows.by_ref().take(ROWS).collect();
        let piece = some.ok().filter(|it| names.learn(it).is_ok()).and_then(|some| {
            let mut piece = csv::Writer::from_writer(Vec::new());
            if std::mem::take(&mut head) {
                piece.write_record(HEADINGS).ok()?;
            }
            for seen in &some {
                piece.write_record(record(seen, &names.known, zone).map(|it| defused(&it))).ok()?;
            }
            Some(piece)
        });
        let Some(piece) = piece else {
            let broken = std::io::Error::other("the activity log cannot be read to the end");
            let _ = sender.blocking_send(Err(broken));
            return;
        };
        if !send(piece, sender) {
            return;
        }
    }
}

fn send(piece: csv::Writer<Vec<u8>>, sender: &Sender<Piece>) -> bool {
    piece.into_inner().is_ok_and(|bytes| sender.blocking_send(Ok(bytes.into())).is_ok())
}

fn record(seen: &Seen, people: &People, zone: &TimeZone) -> [String; 17] {
    let person = people.get(seen.person);
    let categories: Vec<&str> = seen.categories.iter().map(Choice::label).collect();
    [
        seen.at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
        people.name(seen.person),
        person.map(|it| it.username.to_string()).unwrap_or_default(),
        seen.device.as_deref().unwrap_or_default().to_owned(),
        seen.address.to_string(),
        seen.method.code().to_owned(),
        address(seen),
        seen.search.as_deref().unwrap_or_default().to_owned(),
        categories.join("; "),
        seen.outcome.label().to_owned(),
        seen.because.for_staff(),
        seen.because.profile.as_deref().unwrap_or_default().to_owned(),
        seen.carried.label().to_owned(),
        seen.status.to_string(),
        seen.bytes_in.to_string(),
        seen.bytes_out.to_string(),
        (seen.took / 1_000).to_string(),
    ]
}

/// What a spreadsheet would run as a formula becomes plain text (OWASP, CSV injection): pupils choose what they
/// search for.
pub(crate) fn defused(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused() {
        let check = |cell: &str, expected: &str| assert_eq!(defused(cell), expected);
        check("=HYPERLINK(\"http://evil.test\")", "'=HYPERLINK(\"http://evil.test\")");
        check("+1", "'+1");
        check("-1+2", "'-1+2");
        check("@SUM(A1)", "'@SUM(A1)");
        check("\t=1", "'\t=1");
        check("how do volcanoes form", "how do volcanoes form");
        check("", "");
    }
}
