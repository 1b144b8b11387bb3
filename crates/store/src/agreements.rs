//! What was published, and who put their name to which text.
mod book;
mod forms;
mod log;
mod signatures;

use std::collections::HashMap;

use agreements::{Agreement, Audience, Level, Reading};
use jiff::Timestamp;
use school::{Choice, Id, School};

pub use self::{
    book::{Book, missing_of},
    forms::{Form, LARGEST_FORM, NotAForm, add_form, form, forms_of},
    log::{
        Discussion, Issue, Reminder, Way, discuss, discussions, issue, issues, last_issues, last_reminders,
        note_reminder,
    },
    signatures::{Method, Signed, Signing, file_of, sign, signatures, signatures_of},
};
use crate::{By, StoreError, Tx, audit, by::fresh_id, error::corrupt, sql::Row};

/// One version with what was said when it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub agreement: Agreement,
    pub at: Timestamp,
    pub by_name: String,
    pub note: String,
}

/// The next version for this audience, in force from now on. `readings` hold a standard one.
pub async fn publish(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    audience: Audience,
    readings: Vec<Reading>,
    note: &str,
) -> Result<Agreement, StoreError> {
    let version = tx.next(&series(school, audience)).await?;
    put(tx, by, school, (audience, version), readings, note).await
}

/// As [`publish`], where `base` is still the newest version (0: there is none). Else [`StoreError::Stale`]: of two who
/// publish at once, the second looks at what the first changed.
pub async fn publish_after(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    (audience, base): (Audience, u32),
    readings: Vec<Reading>,
    note: &str,
) -> Result<Agreement, StoreError> {
    let version = tx.next(&series(school, audience)).await?;
    if version != i64::from(base) + 1 {
        return Err(StoreError::Stale);
    }
    put(tx, by, school, (audience, version), readings, note).await
}

/// Its numbers are the versions.
fn series(school: Id<School>, audience: Audience) -> String {
    format!("agreement {school} {}", audience.code())
}

async fn put(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    (audience, version): (Audience, i64),
    readings: Vec<Reading>,
    note: &str,
) -> Result<Agreement, StoreError> {
    let number = u32::try_from(version).map_err(|err| corrupt("version", err))?;
    let agreement = Agreement::new(fresh_id(by.at), school, audience, number, readings)
        .ok_or_else(|| corrupt("level", "an agreement without a standard reading"))?;
    let sql = "insert into agreement (id, school, audience, version, title, body, published_at, note, published_by_name) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let standard = agreement.reading(Level::Standard);
    let values = vec![
        agreement.id.into(),
        school.into(),
        audience.code().into(),
        version.into(),
        standard.title().into(),
        standard.text().into(),
        by.at.into(),
        note.into(),
        by.name.as_str().into(),
    ];
    tx.run(sql, values).await?;
    let sql = "insert into agreement_reading (agreement, level, title, body) values ($1, $2, $3, $4)";
    for it in agreement.readings().iter().filter(|it| it.level() != Level::Standard) {
        let values = vec![agreement.id.into(), it.level().code().into(), it.title().into(), it.text().into()];
        tx.run(sql, values).await?;
    }
    let subject = format!("{} version {version}", audience.label());
    audit::note(tx, by, school, "publish agreement", &subject, None, Some(agreement.title())).await?;
    Ok(agreement)
}

/// The newest for each audience, in the order of [`Audience::ALL`].
pub async fn in_force(tx: &mut Tx, school: Id<School>) -> Result<Vec<Agreement>, StoreError> {
    let sql = "select id, school, audience, version, title, body, published_at, note, published_by_name \
               from agreement where school = $1 and version = (select max(newer.version) from agreement as newer \
               where newer.school = $1 and newer.audience = agreement.audience)";
    let rows = tx.rows(sql, vec![school.into()]).await?;
    let sql = "select agreement_reading.agreement, agreement_reading.level, agreement_reading.title, \
               agreement_reading.body from agreement_reading join agreement \
               on agreement.id = agreement_reading.agreement where agreement.school = $1 and agreement.version = \
               (select max(newer.version) from agreement as newer where newer.school = $1 \
               and newer.audience = agreement.audience)";
    let others = tx.rows(sql, vec![school.into()]).await?;
    let mut all: Vec<Agreement> = whole(&rows, &others)?.into_iter().map(|it| it.agreement).collect();
    all.sort_by_key(|it| it.audience);
    Ok(all)
}

/// Of one audience, newest first.
pub async fn versions(
    tx: &mut Tx,
    school: Id<School>,
    audience: Audience,
) -> Result<Vec<Published>, StoreError> {
    let sql = "select id, school, audience, version, title, body, published_at, note, published_by_name \
               from agreement where school = $1 and audience = $2 order by version desc";
    let rows = tx.rows(sql, vec![school.into(), audience.code().into()]).await?;
    let sql = "select agreement_reading.agreement, agreement_reading.level, agreement_reading.title, \
               agreement_reading.body from agreement_reading join agreement \
               on agreement.id = agreement_reading.agreement where agreement.school = $1 and agreement.audience = $2";
    let others = tx.rows(sql, vec![school.into(), audience.code().into()]).await?;
    whole(&rows, &others)
}

/// The one that this audience is asked for now.
pub async fn newest(
    tx: &mut Tx,
    school: Id<School>,
    audience: Audience,
) -> Result<Option<Agreement>, StoreError> {
    let sql = "select id, school, audience, version, title, body, published_at, note, published_by_name \
               from agreement where school = $1 and audience = $2 order by version desc limit 1";
    one(tx, sql, vec![school.into(), audience.code().into()]).await
}

pub async fn get(
    tx: &mut Tx,
    school: Id<School>,
    id: Id<Agreement>,
) -> Result<Option<Agreement>, StoreError> {
    let sql = "select id, school, audience, version, title, body, published_at, note, published_by_name \
               from agreement where school = $1 and id = $2";
    one(tx, sql, vec![school.into(), id.into()]).await
}

/// `None`: there is none of this id.
pub async fn published_at(tx: &mut Tx, id: Id<Agreement>) -> Result<Option<Timestamp>, StoreError> {
    let row = tx.first("select published_at from agreement where id = $1", vec![id.into()]).await?;
    row.map(|row| row.at("published_at")).transpose()
}

async fn one(
    tx: &mut Tx,
    sql: &'static str,
    values: Vec<crate::sql::Value>,
) -> Result<Option<Agreement>, StoreError> {
    let Some(row) = tx.first(sql, values).await? else { return Ok(None) };
    let id: Id<Agreement> = row.parse("id")?;
    let sql = "select agreement, level, title, body from agreement_reading where agreement = $1";
    let others = tx.rows(sql, vec![id.into()]).await?;
    Ok(whole(std::slice::from_ref(&row), &others)?.pop().map(|it| it.agreement))
}

/// Puts the readings to their agreements.
fn whole(rows: &[Row], others: &[Row]) -> Result<Vec<Published>, StoreError> {
    let mut readings: HashMap<Id<Agreement>, Vec<Reading>> = HashMap::new();
    for row in others {
        let (title, text): (String, String) = (row.get("title")?, row.get("body")?);
        let reading = Reading::new(row.choice("level")?, &title, &text);
        readings.entry(row.parse("agreement")?).or_default().push(reading);
    }
    rows.iter()
        .map(|row| {
            let (title, text): (String, String) = (row.get("title")?, row.get("body")?);
            let id = row.parse("id")?;
            let mut all = readings.remove(&id).unwrap_or_default();
            all.push(Reading::new(Level::Standard, &title, &text));
            let agreement =
                Agreement::new(id, row.parse("school")?, row.choice("audience")?, row.count("version")?, all)
                    .ok_or_else(|| corrupt("level", "an agreement without a standard reading"))?;
            Ok(Published {
                agreement,
                at: row.at("published_at")?,
                by_name: row.get("published_by_name")?,
                note: row.get("note")?,
            })
        })
        .collect()
}
