//! The dated register of post-holders (ACC-08).
use jiff::Timestamp;
use school::{Choice, Id, Line, Person, Post, School};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
    stamp,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub id: Id<Holder>,
    pub school: Id<School>,
    pub post: Post,
    pub person: Id<Person>,
    pub since: Timestamp,
    pub until: Option<Timestamp>,
    /// A room, a number, an address: how to reach them.
    pub contact: String,
    pub about: Line,
    pub version: i64,
}

/// Fails with [`StoreError::Stale`] where they hold this post already.
pub async fn appoint(tx: &mut Tx, by: &By, holder: &Holder) -> Result<(), StoreError> {
    let sql = "insert into post_holder (id, version, school, post, person, since, until, contact, about) \
               values ($1, 1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    let values = vec![
        holder.id.into(),
        holder.school.into(),
        holder.post.code().into(),
        holder.person.into(),
        holder.since.into(),
        Value::at_or_null(holder.until),
        holder.contact.as_str().into(),
        Value::text(&holder.about),
    ];
    if tx.run(sql, values).await? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    let after = holder.person.to_string();
    audit::note(tx, by, holder.school, "appoint to post", holder.post.label(), None, Some(&after)).await
}

/// Fails with [`StoreError::Stale`] where it has ended already.
pub async fn end(tx: &mut Tx, by: &By, holder: &Holder, at: Timestamp) -> Result<(), StoreError> {
    let sql = "update post_holder set until = $3, version = version + 1 \
               where id = $1 and school = $2 and version = $4 and (until is null or until > $3)";
    let values = vec![holder.id.into(), holder.school.into(), at.into(), holder.version.into()];
    if tx.run(sql, values).await? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    let before = holder.person.to_string();
    audit::note(tx, by, holder.school, "end post", holder.post.label(), Some(&before), None).await
}

pub async fn get(tx: &mut Tx, school: Id<School>, id: Id<Holder>) -> Result<Option<Holder>, StoreError> {
    let sql = "select id, version, school, post, person, since, until, contact, about from post_holder \
               where school = $1 and id = $2";
    tx.first(sql, vec![school.into(), id.into()]).await?.as_ref().map(read).transpose()
}

/// Whether anybody has ever been appointed to it, up to that moment.
pub async fn was_ever_held(
    tx: &mut Tx,
    school: Id<School>,
    post: Post,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "select id from post_holder where school = $1 and post = $2 and since <= $3 limit 1";
    Ok(tx.first(sql, vec![school.into(), post.code().into(), at.into()]).await?.is_some())
}

/// Those who hold a post at that moment and have not left the school, or are placed there.
pub async fn at(tx: &mut Tx, school: Id<School>, at: Timestamp) -> Result<Vec<Holder>, StoreError> {
    let sql = "select id, version, school, post, person, since, until, contact, about from post_holder \
               where school = $1 and since <= $2 and (until is null or until > $2) \
               and exists (select 1 from person where person.id = post_holder.person and left_at is null \
               and (person.school = $1 or exists (select 1 from placement where placement.person = person.id \
               and placement.school = $1 and placement.ended_at is null and placement.since <= $2 \
               and (placement.until is null or placement.until > $2)))) \
               order by since, id";
    tx.all(sql, vec![school.into(), at.into()], read).await
}

/// All there ever were, the newest first.
pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<Vec<Holder>, StoreError> {
    let sql = "select id, version, school, post, person, since, until, contact, about from post_holder \
               where school = $1 order by since desc, id limit 500";
    tx.all(sql, vec![school.into()], read).await
}

fn read(row: &Row) -> Result<Holder, StoreError> {
    Ok(Holder {
        id: row.parse("id")?,
        version: row.get("version")?,
        school: row.parse("school")?,
        post: row.choice("post")?,
        person: row.parse("person")?,
        since: row.at("since")?,
        until: row.at_opt("until")?,
        contact: row.get("contact")?,
        about: row.parse("about")?,
    })
}
