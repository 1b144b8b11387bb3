//! Who is signed in to the console. Only the hash of a token is kept: the store alone opens no session.
use jiff::Timestamp;
use school::{Id, Person, School};

use crate::{StoreError, Tx, hex};

/// SHA-256 of the token in the browser's cookie.
pub type TokenHash = [u8; 32];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    pub school: Id<School>,
    pub person: Id<Person>,
    pub opened_at: Timestamp,
    /// Last use, for sessions that end when idle.
    pub seen_at: Timestamp,
    pub until: Timestamp,
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

/// `None` once its time is over.
pub async fn find(tx: &mut Tx, token: &TokenHash, now: Timestamp) -> Result<Option<Session>, StoreError> {
    let sql = "select school, person, opened_at, seen_at, until from session \
               where token_hash = $1 and until > $2";
    let row = tx.first(sql, vec![hex::digits(token).as_str().into(), now.into()]).await?;
    row.map(|row| {
        Ok(Session {
            school: row.parse("school")?,
            person: row.parse("person")?,
            opened_at: row.at("opened_at")?,
            seen_at: row.at("seen_at")?,
            until: row.at("until")?,
        })
    })
    .transpose()
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

/// Forgets those whose time is over. Says how many.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.run("delete from session where until <= $1", vec![now.into()]).await
}
