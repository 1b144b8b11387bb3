//! Who is signed in to the console. Only the hash of a token is kept: the store alone opens no session.
use jiff::{SignedDuration, Timestamp};
use school::{Id, Person, School};

use crate::{
    StoreError, Tx,
    error::corrupt,
    hex,
    sql::{Row, Value},
};

/// SHA-256 of the token in the browser's cookie.
pub type TokenHash = [u8; 32];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub school: Id<School>,
    pub person: Id<Person>,
    /// Where they act, while that is another school than their own (ACC-10).
    pub acting: Option<Id<School>>,
    pub opened_at: Timestamp,
    /// Last use, for sessions that end when idle.
    pub seen_at: Timestamp,
    pub until: Timestamp,
    /// When a second credential was last shown in it (ACC-07).
    pub proved_at: Option<Timestamp>,
    /// Idle for too long: nothing is shown before the password is given again (PWD-06).
    pub locked_at: Option<Timestamp>,
    /// Where it was opened, and with what, for its owner to know it by.
    pub address: Option<String>,
    pub browser: Option<String>,
}

pub async fn open(
    tx: &mut Tx,
    token: &TokenHash,
    school: Id<School>,
    person: Id<Person>,
    at: Timestamp,
    until: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into session (token_hash, school, person, opened_at, seen_at, until) \
               values ($1, $2, $3, $4, $4, $5)";
    let values =
        vec![hex::digits(token).as_str().into(), school.into(), person.into(), at.into(), until.into()];
    tx.run(sql, values).await.map(drop)
}

/// How far the clock may be put back before a session counts as opened by a clock that was wrong.
pub const CLOCK_MAY_SLIP: SignedDuration = SignedDuration::from_mins(5);

/// `None` once its time is over; and where the clock was put back to before it was opened, since its end then says
/// nothing any more.
pub async fn find(tx: &mut Tx, token: &TokenHash, now: Timestamp) -> Result<Option<Session>, StoreError> {
    let sql = "select token_hash, school, person, acting, opened_at, seen_at, until, proved_at, locked_at, address, browser \
               from session where token_hash = $1 and until > $2 and opened_at <= $3";
    let soon = now.saturating_add(CLOCK_MAY_SLIP).unwrap_or(now);
    let row = tx.first(sql, vec![hex::digits(token).as_str().into(), now.into(), soon.into()]).await?;
    row.map(|row| read(&row)).transpose()
}

/// Everywhere this person is signed in, with the hash that names each, newest first.
pub async fn of(
    tx: &mut Tx,
    person: Id<Person>,
    now: Timestamp,
) -> Result<Vec<(TokenHash, Session)>, StoreError> {
    let sql = "select token_hash, school, person, acting, opened_at, seen_at, until, proved_at, locked_at, address, browser \
               from session where person = $1 and until > $2 order by opened_at desc, token_hash";
    let rows = tx.rows(sql, vec![person.into(), now.into()]).await?;
    rows.iter()
        .map(|row| {
            let digits: String = row.get("token_hash")?;
            let hash = hex::bytes(&digits).ok_or_else(|| corrupt("token_hash", "is no hash"))?;
            Ok((hash, read(row)?))
        })
        .collect()
}

fn read(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        school: row.parse("school")?,
        person: row.parse("person")?,
        acting: row.parse_opt("acting")?,
        opened_at: row.at("opened_at")?,
        seen_at: row.at("seen_at")?,
        until: row.at("until")?,
        proved_at: row.at_opt("proved_at")?,
        locked_at: row.at_opt("locked_at")?,
        address: row.get("address")?,
        browser: row.get("browser")?,
    })
}

/// Notes where it was opened, and with what.
pub async fn place(
    tx: &mut Tx,
    token: &TokenHash,
    address: Option<&str>,
    browser: Option<&str>,
) -> Result<(), StoreError> {
    let sql = "update session set address = $2, browser = $3 where token_hash = $1";
    tx.run(sql, vec![hex::digits(token).as_str().into(), address.into(), browser.into()]).await.map(drop)
}

/// They act at this school from now on; `None`: at their own.
pub async fn act_at(tx: &mut Tx, token: &TokenHash, school: Option<Id<School>>) -> Result<(), StoreError> {
    let sql = "update session set acting = $2 where token_hash = $1";
    tx.run(sql, vec![hex::digits(token).as_str().into(), Value::text_or_null(school)]).await.map(drop)
}

/// A second credential was shown in it.
pub async fn prove(tx: &mut Tx, token: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
    let sql = "update session set proved_at = $2 where token_hash = $1";
    tx.run(sql, vec![hex::digits(token).as_str().into(), at.into()]).await.map(drop)
}

/// True for whoever locks it first. The second credential has to be shown again after it.
pub async fn lock(tx: &mut Tx, token: &TokenHash, at: Timestamp) -> Result<bool, StoreError> {
    let sql =
        "update session set locked_at = $2, proved_at = null where token_hash = $1 and locked_at is null";
    Ok(tx.run(sql, vec![hex::digits(token).as_str().into(), at.into()]).await? == 1)
}

/// The password was given again.
pub async fn unlock(tx: &mut Tx, token: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
    let sql = "update session set locked_at = null, seen_at = $2 where token_hash = $1";
    tx.run(sql, vec![hex::digits(token).as_str().into(), at.into()]).await.map(drop)
}

/// Those of this person but one; says how many.
pub async fn close_others(tx: &mut Tx, person: Id<Person>, kept: &TokenHash) -> Result<u64, StoreError> {
    let sql = "delete from session where person = $1 and token_hash <> $2";
    tx.run(sql, vec![person.into(), hex::digits(kept).as_str().into()]).await
}

pub async fn touch(tx: &mut Tx, token: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
    let sql = "update session set seen_at = $2 where token_hash = $1";
    tx.run(sql, vec![hex::digits(token).as_str().into(), at.into()]).await.map(drop)
}

pub async fn close(tx: &mut Tx, token: &TokenHash) -> Result<(), StoreError> {
    let sql = "delete from session where token_hash = $1";
    tx.run(sql, vec![hex::digits(token).as_str().into()]).await.map(drop)
}

/// Everywhere this person is signed in.
pub async fn close_all(tx: &mut Tx, person: Id<Person>) -> Result<u64, StoreError> {
    tx.run("delete from session where person = $1", vec![person.into()]).await
}

/// Of everybody.
pub(crate) async fn close_everywhere(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.run("delete from session", vec![]).await
}

/// Forgets those whose time is over. Says how many.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.run("delete from session where until <= $1", vec![now.into()]).await
}
