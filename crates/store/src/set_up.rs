//! The link that a new installation prints once, with which the first person sets a password.
use jiff::{SignedDuration, Timestamp};

use crate::{StoreError, Tx, hex, sessions::CLOCK_MAY_SLIP, sessions::TokenHash};

/// It is printed where others may read it later, such as in a journal. A start prints a new one.
pub const LASTS: SignedDuration = SignedDuration::from_hours(24);

/// Replaces any that was offered before and not used.
pub async fn offer(tx: &mut Tx, token: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
    tx.run("delete from set_up_token where used_at is null", vec![]).await?;
    let sql = "insert into set_up_token (token_hash, offered_at) values ($1, $2)";
    tx.run(sql, vec![hex::digits(token).as_str().into(), at.into()]).await.map(drop)
}

/// Whether the token is good, without using it.
pub async fn is_open(tx: &mut Tx, token: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "select offered_at from set_up_token where token_hash = $1 and used_at is null \
               and $2 < offered_at and offered_at <= $3";
    let (since, until) = span(now);
    let values = vec![hex::digits(token).as_str().into(), since.into(), until.into()];
    Ok(tx.first(sql, values).await?.is_some())
}

/// True once, for whoever comes first.
pub async fn take(tx: &mut Tx, token: &TokenHash, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "update set_up_token set used_at = $2 where token_hash = $1 and used_at is null \
               and $3 < offered_at and offered_at <= $4";
    let (since, until) = span(at);
    let values = vec![hex::digits(token).as_str().into(), at.into(), since.into(), until.into()];
    Ok(tx.run(sql, values).await? == 1)
}

/// When one that is still good was offered. One of a time to come is of a clock that was wrong, and would last for
/// longer than it should.
fn span(now: Timestamp) -> (Timestamp, Timestamp) {
    let since = now.saturating_sub(LASTS).unwrap_or(Timestamp::MIN);
    (since, now.saturating_add(CLOCK_MAY_SLIP).unwrap_or(now))
}

/// Whether any token was ever used: the installation has its first person.
pub async fn is_done(tx: &mut Tx) -> Result<bool, StoreError> {
    let sql = "select token_hash from set_up_token where used_at is not null limit 1";
    Ok(tx.first(sql, vec![]).await?.is_some())
}
