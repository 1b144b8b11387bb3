use jiff::Timestamp;
use school::{Id, Person, School};

use super::{Entry, read};
use crate::{StoreError, Tx, sql::Value};

/// What is looked for. All of it must fit; what is `None` or empty fits everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Part of the name of who did it.
    pub who: String,
    pub actor: Option<Id<Person>>,
    /// Part of what was done.
    pub act: String,
    /// Part of what it was about, of how that was before or after, or of the reason.
    pub words: String,
    pub from: Option<Timestamp>,
    /// Not itself.
    pub to: Option<Timestamp>,
}

/// Newest first: those before entry `before`, or the newest of all.
pub async fn recent(
    tx: &mut Tx,
    school: Id<School>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    search(tx, school, &Wanted::default(), before, limit).await
}

/// As [`recent`], of those that fit.
pub async fn search(
    tx: &mut Tx,
    school: Id<School>,
    wanted: &Wanted,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    tx.write_entries().await?;
    let sql = "select seq, at, actor, actor_name, act, subject, before, after, reason, hash from audit \
               where school = $1 and seq < $2 \
               and lower(actor_name) like $3 escape '!' and lower(act) like $4 escape '!' \
               and (lower(subject) like $5 escape '!' or lower(coalesce(before, '')) like $5 escape '!' \
               or lower(coalesce(after, '')) like $5 escape '!' or lower(coalesce(reason, '')) like $5 escape '!') \
               and at >= $6 and at < $7 and ($8 = '' or actor = $8) order by seq desc limit $9";
    let values = vec![
        school.into(),
        before.unwrap_or(i64::MAX).into(),
        part(&wanted.who),
        part(&wanted.act),
        part(&wanted.words),
        wanted.from.map_or(i64::MIN, Timestamp::as_millisecond).into(),
        wanted.to.map_or(i64::MAX, Timestamp::as_millisecond).into(),
        Value::Text(Some(wanted.actor.map(|it| it.to_string()).unwrap_or_default())),
        i64::from(limit).into(),
    ];
    tx.all(sql, values, read).await
}

/// A pattern for `like` that fits whatever has these words in it.
fn part(words: &str) -> Value {
    let mut pattern = String::from("%");
    for c in words.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    Value::Text(Some(pattern))
}
