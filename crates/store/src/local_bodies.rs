//! Bodies of the neighbourhood whose people use the school's internet, and whether they share its approach (ACC-20).
use school::{Id, Line, School};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalBody {
    pub id: Id<LocalBody>,
    pub school: Id<School>,
    pub name: Line,
    /// Whom to call.
    pub contact: String,
    /// Has said that it holds to the school's approach to online safety.
    pub shares: bool,
    /// How it was agreed, in words.
    pub note: String,
}

/// Enters it, or replaces what was said of one of that name.
pub async fn put(tx: &mut Tx, by: &By, it: &LocalBody) -> Result<(), StoreError> {
    let sql = "insert into local_body (id, school, name, contact, shares, note, added_at) \
               values ($1, $2, $3, $4, $5, $6, $7) on conflict (school, name) \
               do update set contact = excluded.contact, shares = excluded.shares, note = excluded.note";
    let values = vec![
        it.id.into(),
        it.school.into(),
        Value::text(&it.name),
        it.contact.as_str().into(),
        it.shares.into(),
        it.note.as_str().into(),
        by.at.into(),
    ];
    tx.run(sql, values).await?;
    let words = if it.shares { "shares the approach" } else { "does not share the approach yet" };
    audit::note(tx, by, it.school, "note local organisation", it.name.as_str(), None, Some(words)).await
}

pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<Vec<LocalBody>, StoreError> {
    let sql =
        "select id, school, name, contact, shares, note from local_body where school = $1 order by name";
    tx.all(sql, vec![school.into()], read).await
}

fn read(row: &Row) -> Result<LocalBody, StoreError> {
    Ok(LocalBody {
        id: row.parse("id")?,
        school: row.parse("school")?,
        name: row.parse("name")?,
        contact: row.get("contact")?,
        shares: row.get("shares")?,
        note: row.get("note")?,
    })
}
