//! The link that a new installation prints once, with which the first person sets a password.
use jiff::Timestamp;

use crate::{StoreError, Tx, hex, sessions::TokenHash};

/// Replaces any that was offered before and not used.
pub async fn offer(tx: &mut Tx, token: &TokenHash, at: Timestamp) -> Result<(), StoreError> {
    tx.run("delete from set_up_token where used_at is null", vec![]).await?;
    let sql = "insert into set_up_token (token_hash, offered_at) values ($1, $2)";
    tx.run(sql, vec![hex::digits(token).as_str().into(), at.into()]).await.map(drop)
}

/// Whether the token is good, without using it.
pub async fn is_open(tx: &mut Tx, token: &TokenHash) -> Result<bool, StoreError> {
    let sql = "select offered_at from set_up_token where token_hash = $1 and used_at is null";
    Ok(tx.first(sql, vec![hex::digits(token).as_str().into()]).await?.is_some())
}

/// True once, for whoever comes first.
pub async fn take(tx: &mut Tx, token: &TokenHash, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "update set_up_token set used_at = $2 where token_hash = $1 and used_at is null";
    Ok(tx.run(sql, vec![hex::digits(token).as_str().into(), at.into()]).await? == 1)
}

/// Whether any token was ever used: the installation has its first person.
pub async fn is_done(tx: &mut Tx) -> Result<bool, StoreError> {
    let sql = "select token_hash from set_up_token where used_at is not null limit 1";
    Ok(tx.first(sql, vec![]).await?.is_some())
}
