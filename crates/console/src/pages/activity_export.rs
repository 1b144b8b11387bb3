use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use policy::Seen;
use school::{Choice, Id, School};
use store::{StoreError, activity::ActivityError, audit::Note};
use tokio::{
    runtime::Handle,
    sync::mpsc::{Sender, channel},
};

use crate::{
    Console,
    components::sheet,
    failure::Failure,
    fields::Fields,
    pages::{activity::address, why::Why},
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
    let mut tx = console.db.read().await?;
    let people = People::typed(&mut tx, school, fields.get("person")).await?;
    let search = Search::read(&fields, school, &people, &zone);
    if !search.complaints.is_empty() {
        return Err(Failure::BadRequest(
            "The filter of this download cannot be read. Go back and look at it again.",
        ));
    }
    // Written down before the first row goes out: a download that is cut off was still a download.
    let why = Why::of(&console, &mut tx, &staff, search.filter.person).await?;
    drop(tx);
    if matches!(why, Why::Missing) {
        return Err(Failure::BadRequest(
            "This school asks for a reason before activity is taken away. Open the same activity first, say why, and \
             download it from there.",
        ));
    }
    let note =
        Note { act: "export activity", subject: &search.words, reason: why.words(), ..Note::default() };
    console.noted(&staff, note).await?;

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
        let headings = std::mem::take(&mut head).then_some(&HEADINGS);
        let piece = some.ok().filter(|it| names.learn(it).is_ok()).and_then(|some| {
            sheet::piece(headings, some.iter().map(|seen| record(seen, &names.known, zone)))
        });
        let Some(piece) = piece else {
            let broken = std::io::Error::other("the activity log cannot be read to the end");
            let _ = sender.blocking_send(Err(broken));
            return;
        };
        if sender.blocking_send(Ok(piece.into())).is_err() {
            return;
        }
    }
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
