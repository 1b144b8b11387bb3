//! Parents and carers, and whom of them to call first (ACC-03).
use school::{Id, Person, School, roster::ParentLink};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
    stamp,
};

/// Of one child, in the order in which they are called. Those who have left are not among them.
pub async fn of_child(
    tx: &mut Tx,
    school: Id<School>,
    child: Id<Person>,
) -> Result<Vec<ParentLink>, StoreError> {
    let sql = "select parent_link.child, parent_link.parent, parent_link.relation, parent_link.priority \
               from parent_link join person on person.id = parent_link.parent \
               where parent_link.school = $1 and parent_link.child = $2 and person.left_at is null \
               order by coalesce(parent_link.priority, 1000000), person.name, person.id";
    tx.all(sql, vec![school.into(), child.into()], read).await
}

/// Of one parent, by name.
pub async fn children(
    tx: &mut Tx,
    school: Id<School>,
    parent: Id<Person>,
) -> Result<Vec<ParentLink>, StoreError> {
    let sql = "select parent_link.child, parent_link.parent, parent_link.relation, parent_link.priority \
               from parent_link join person on person.id = parent_link.child \
               where parent_link.school = $1 and parent_link.parent = $2 and person.left_at is null \
               order by person.name, person.id";
    tx.all(sql, vec![school.into(), parent.into()], read).await
}

/// Everybody's, for a page or a snapshot.
pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<Vec<ParentLink>, StoreError> {
    let sql =
        "select child, parent, relation, priority from parent_link where school = $1 order by child, parent";
    tx.all(sql, vec![school.into()], read).await
}

/// Whether this is a parent of that child, and both are here.
pub async fn is_parent_of(
    tx: &mut Tx,
    school: Id<School>,
    parent: Id<Person>,
    child: Id<Person>,
) -> Result<bool, StoreError> {
    Ok(of_child(tx, school, child).await?.iter().any(|it| it.parent == parent))
}

/// By hand, or again with another relation or priority. Both must be of this school.
pub async fn link(tx: &mut Tx, by: &By, school: Id<School>, link: &ParentLink) -> Result<(), StoreError> {
    let sql = "insert into parent_link (school, child, parent, relation, priority) \
               select $1, child.id, parent.id, $4, $5 from person as child, person as parent \
               where child.id = $2 and child.school = $1 and parent.id = $3 and parent.school = $1 \
               on conflict (child, parent) do update set relation = excluded.relation, priority = excluded.priority";
    let values = vec![
        school.into(),
        link.child.into(),
        link.parent.into(),
        link.relation.as_str().into(),
        Value::Int(link.priority.map(i64::from)),
    ];
    if tx.run(sql, values).await? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    let subject = format!("{} of {}", link.parent, link.child);
    audit::note(tx, by, school, "link parent", &subject, None, Some(&link.relation)).await
}

pub async fn unlink(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    child: Id<Person>,
    parent: Id<Person>,
) -> Result<(), StoreError> {
    let sql = "delete from parent_link where school = $1 and child = $2 and parent = $3";
    if tx.run(sql, vec![school.into(), child.into(), parent.into()]).await? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    audit::note(tx, by, school, "unlink parent", &format!("{parent} of {child}"), None, None).await
}

fn read(row: &Row) -> Result<ParentLink, StoreError> {
    let priority = row.get::<Option<i64>>("priority")?.and_then(|it| u32::try_from(it).ok());
    Ok(ParentLink {
        child: row.parse("child")?,
        parent: row.parse("parent")?,
        relation: row.get("relation")?,
        priority,
    })
}
