//! Worries about someone, with the chronology of each. Rows of the chronology are added and never changed.
pub use casework::NewConcern;
use casework::{Concern, Stage};
use jiff::{SignedDuration, Timestamp};
use school::{Choice, Id, Person, School};

use crate::{
    By, StoreError, Tx,
    by::fresh_id,
    error::corrupt,
    sql::{Row, Value},
};

/// Longer than this after the last of its kind, the same worry is a new one.
pub const SAME_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// One line of a concern's chronology.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Counts from 1 within a concern.
    pub seq: i64,
    pub at: Timestamp,
    pub actor: Option<Id<Person>>,
    pub actor_name: String,
    /// `raised`, `again`, `seen`, `closed`.
    pub what: String,
    pub words: Option<String>,
}

/// What became of a worry that was raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raised {
    New(Id<Concern>),
    /// The same person, theme and severity within [`SAME_WITHIN`], and nobody has looked yet: counted there. A graver
    /// search is news.
    Again(Id<Concern>),
}

/// Whether the very same worry is in the register: of this moment, about this person, of this theme.
pub async fn is_known(tx: &mut Tx, new: &NewConcern) -> Result<bool, StoreError> {
    let sql = "select concern.id from concern join concern_event on concern_event.concern = concern.id \
               where concern.school = $1 and concern.origin = $2 and coalesce(concern.about, '') = $3 \
               and coalesce(concern.theme, '') = $4 and concern_event.at = $5 limit 1";
    let values = vec![
        new.school.into(),
        new.origin.code().into(),
        new.about.map(|it| it.to_string()).unwrap_or_default().as_str().into(),
        new.theme.as_deref().unwrap_or_default().into(),
        new.at.into(),
    ];
    Ok(tx.first(sql, values).await?.is_some())
}

/// Repeats of a signal about the same person and theme raise `times` and add to the chronology; what people
/// wrote themselves is always a concern of its own.
pub async fn raise(tx: &mut Tx, by: &By, new: &NewConcern) -> Result<Raised, StoreError> {
    if let Some(id) = same(tx, new).await? {
        let sql = "update concern set times = times + 1, last_at = $2 where id = $1";
        tx.run(sql, vec![id.into(), new.at.into()]).await?;
        event(tx, by, id, "again", Some(&new.words)).await?;
        return Ok(Raised::Again(id));
    }
    let id = fresh_id(new.at);
    let sql = "insert into concern (id, school, raised_at, last_at, origin, about, reporter, theme, severity, \
               words, place, times, stage) values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, 1, 'new')";
    let values = vec![
        id.into(),
        new.school.into(),
        new.at.into(),
        new.origin.code().into(),
        Value::text_or_null(new.about),
        Value::text_or_null(new.reporter),
        new.theme.as_deref().into(),
        new.severity.as_deref().into(),
        new.words.as_str().into(),
        new.place.as_deref().into(),
    ];
    tx.run(sql, values).await?;
    event(tx, by, id, "raised", Some(&new.words)).await?;
    Ok(Raised::New(id))
}

/// Not closed, newest first.
pub async fn awaiting(tx: &mut Tx, school: Id<School>) -> Result<Vec<Concern>, StoreError> {
    let sql = "select id, school, raised_at, origin, about, reporter, theme, severity, words, place, times, stage, \
               stage_by, stage_at, outcome from concern where school = $1 and stage <> 'closed' \
               order by last_at desc, id desc";
    tx.all(sql, vec![school.into()], read).await
}

/// Newest first, the closed ones too.
pub async fn all(tx: &mut Tx, school: Id<School>, limit: u32) -> Result<Vec<Concern>, StoreError> {
    let sql = "select id, school, raised_at, origin, about, reporter, theme, severity, words, place, times, stage, \
               stage_by, stage_at, outcome from concern where school = $1 \
               order by last_at desc, id desc limit $2";
    tx.all(sql, vec![school.into(), i64::from(limit).into()], read).await
}

pub async fn get(tx: &mut Tx, school: Id<School>, id: Id<Concern>) -> Result<Option<Concern>, StoreError> {
    let sql = "select id, school, raised_at, origin, about, reporter, theme, severity, words, place, times, stage, \
               stage_by, stage_at, outcome from concern where school = $1 and id = $2";
    let row = tx.first(sql, vec![school.into(), id.into()]).await?;
    row.as_ref().map(read).transpose()
}

/// Writes down that a concern has been seen or closed. [`StoreError::Stale`] when someone else closed it first,
/// or when it would go back to an earlier stage.
pub async fn save_stage(tx: &mut Tx, by: &By, concern: &Concern) -> Result<(), StoreError> {
    let (person, at, outcome, from) = match &concern.stage {
        Stage::New => return Err(StoreError::Stale),
        Stage::Seen { by, at } => (*by, *at, None, "new"),
        Stage::Closed { by, at, outcome } => (*by, *at, Some(outcome.as_str()), "seen"),
    };
    let sql = "update concern set stage = $3, stage_by = $4, stage_at = $5, outcome = $6 \
               where id = $1 and school = $2 and (stage = 'new' or stage = $7)";
    let values = vec![
        concern.id.into(),
        concern.school.into(),
        concern.stage.code().into(),
        person.into(),
        at.into(),
        outcome.into(),
        from.into(),
    ];
    if tx.run(sql, values).await? == 1 {
        return event(tx, by, concern.id, concern.stage.code(), outcome).await;
    }
    let stored = get(tx, concern.school, concern.id).await?;
    match (stored.map(|it| it.stage), &concern.stage) {
        // The first look counts.
        (Some(Stage::Seen { .. }), Stage::Seen { .. }) => Ok(()),
        _ => Err(StoreError::Stale),
    }
}

/// The chronology, oldest first.
pub async fn events(tx: &mut Tx, school: Id<School>, concern: Id<Concern>) -> Result<Vec<Event>, StoreError> {
    let sql = "select concern_event.seq, concern_event.at, concern_event.actor, concern_event.actor_name, \
               concern_event.what, concern_event.words from concern_event \
               join concern on concern.id = concern_event.concern \
               where concern.school = $1 and concern.id = $2 order by concern_event.seq";
    tx.all(sql, vec![school.into(), concern.into()], read_event).await
}

/// Takes the person's row first, so that two gates raising the same worry at once meet here.
async fn same(tx: &mut Tx, new: &NewConcern) -> Result<Option<Id<Concern>>, StoreError> {
    let (Some(about), Some(theme), Some(severity)) = (new.about, &new.theme, &new.severity) else {
        return Ok(None);
    };
    tx.run("update person set version = version where id = $1", vec![about.into()]).await?;
    let since = new.at.saturating_sub(SAME_WITHIN).map_err(|err| corrupt("at", err))?;
    let sql = "select id from concern where school = $1 and about = $2 and theme = $3 and last_at >= $4 \
               and severity = $5 and stage = 'new' order by last_at desc limit 1";
    let values =
        vec![new.school.into(), about.into(), theme.as_str().into(), since.into(), severity.as_str().into()];
    tx.first(sql, values).await?.map(|row| row.parse("id")).transpose()
}

async fn event(
    tx: &mut Tx,
    by: &By,
    concern: Id<Concern>,
    what: &str,
    words: Option<&str>,
) -> Result<(), StoreError> {
    let seq = tx.next(&format!("concern {concern}")).await?;
    let sql = "insert into concern_event (concern, seq, at, actor, actor_name, what, words) \
               values ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        concern.into(),
        seq.into(),
        by.at.into(),
        Value::text_or_null(by.person),
        by.name.as_str().into(),
        what.into(),
        words.into(),
    ];
    tx.run(sql, values).await.map(drop)
}

fn read(row: &Row) -> Result<Concern, StoreError> {
    Ok(Concern {
        id: row.parse("id")?,
        school: row.parse("school")?,
        raised_at: row.at("raised_at")?,
        origin: row.choice("origin")?,
        about: row.parse_opt("about")?,
        reporter: row.parse_opt("reporter")?,
        theme: row.get("theme")?,
        severity: row.get("severity")?,
        words: row.get("words")?,
        place: row.get("place")?,
        times: row.count("times")?,
        stage: stage(row)?,
    })
}

fn stage(row: &Row) -> Result<Stage, StoreError> {
    let code: String = row.get("stage")?;
    match code.as_str() {
        "new" => Ok(Stage::New),
        "seen" => Ok(Stage::Seen { by: row.parse("stage_by")?, at: row.at("stage_at")? }),
        "closed" => Ok(Stage::Closed {
            by: row.parse("stage_by")?,
            at: row.at("stage_at")?,
            outcome: row.get("outcome")?,
        }),
        _ => Err(corrupt("stage", format!("unknown code {code}"))),
    }
}

fn read_event(row: &Row) -> Result<Event, StoreError> {
    Ok(Event {
        seq: row.get("seq")?,
        at: row.at("at")?,
        actor: row.parse_opt("actor")?,
        actor_name: row.get("actor_name")?,
        what: row.get("what")?,
        words: row.get("words")?,
    })
}
