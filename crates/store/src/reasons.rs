//! Why somebody looks at what others did, said once for a while (LOG-04): kept with the session, so that it is neither
//! repeated by links nor left in a browser's history.
use jiff::{SignedDuration, Timestamp};

use crate::{StoreError, Tx, hex, sessions::TokenHash};

/// Older ones are of no use to anybody: what was looked at carries its reason in the audit trail.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// `about`: the id of a person, or a word for everybody.
pub async fn give(
    tx: &mut Tx,
    token: &TokenHash,
    about: &str,
    words: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let old = at.saturating_sub(KEPT).unwrap_or(at);
    tx.run("delete from view_reason where given_at < $1", vec![old.into()]).await?;
    let sql = "insert into view_reason (token_hash, about, words, given_at) values ($1, $2, $3, $4) \
               on conflict (token_hash, about) do update set words = excluded.words, given_at = excluded.given_at";
    let values = vec![hex::digits(token).as_str().into(), about.into(), words.into(), at.into()];
    tx.run(sql, values).await.map(drop)
}

/// The reason that was given in this session from `since` to `now`, if one was.
pub async fn given(
    tx: &mut Tx,
    token: &TokenHash,
    about: &str,
    (since, now): (Timestamp, Timestamp),
) -> Result<Option<String>, StoreError> {
    let sql = "select words from view_reason where token_hash = $1 and about = $2 and given_at > $3 and given_at <= $4";
    let values = vec![hex::digits(token).as_str().into(), about.into(), since.into(), now.into()];
    tx.first(sql, values).await?.map(|row| row.get("words")).transpose()
}
