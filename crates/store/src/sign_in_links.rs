//! Links with which one person sets a password, once and within a few days: for a new account and after a reset.
use jiff::Timestamp;
use school::{Id, Person, School};

use crate::{By, StoreError, Tx, audit, hex, sessions::TokenHash};

/// Whom a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub school: Id<School>,
    pub person: Id<Person>,
}

/// Replaces any that waits for this person.
pub async fn offer(
    tx: &mut Tx,
    by: &By,
    link: Link,
    token: &TokenHash,
    until: Timestamp,
) -> Result<(), StoreError> {
    tx.run("delete from sign_in_link where person = $1 and used_at is null", vec![link.person.into()])
        .await?;
    let sql =
        "insert into sign_in_link (token_hash, school, person, made_at, until) values ($1, $2, $3, $4, $5)";
    let values = vec![
        hex::digits(token).as_str().into(),
        link.school.into(),
        link.person.into(),
        by.at.into(),
        until.into(),
    ];
    tx.run(sql, values).await?;
    audit::note(tx, by, link.school, "offer sign-in link", &link.person.to_string(), None, None).await
}

/// Whom it is for, while it is good; does not use it.
pub async fn find(tx: &mut Tx, token: &TokenHash, now: Timestamp) -> Result<Option<Link>, StoreError> {
    let sql =
        "select school, person from sign_in_link where token_hash = $1 and used_at is null and until > $2";
    let row = tx.first(sql, vec![hex::digits(token).as_str().into(), now.into()]).await?;
    row.map(|row| Ok(Link { school: row.parse("school")?, person: row.parse("person")? })).transpose()
}

/// True once, for whoever comes first.
pub async fn take(tx: &mut Tx, token: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "update sign_in_link set used_at = $2 where token_hash = $1 and used_at is null and until > $2";
    Ok(tx.run(sql, vec![hex::digits(token).as_str().into(), now.into()]).await? == 1)
}

/// Whether a link waits to be used.
pub async fn waits(tx: &mut Tx, person: Id<Person>, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "select person from sign_in_link where person = $1 and used_at is null and until > $2 limit 1";
    Ok(tx.first(sql, vec![person.into(), now.into()]).await?.is_some())
}

/// Of everybody.
pub(crate) async fn withdraw_all(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.run("delete from sign_in_link", vec![]).await
}
