use school::{Group, Id, School};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
};

pub async fn add(tx: &mut Tx, by: &By, group: &Group) -> Result<(), StoreError> {
    let sql = "insert into school_group (id, school, name) values ($1, $2, $3)";
    let values = vec![group.id.into(), group.school.into(), Value::text(&group.name)];
    tx.run(sql, values).await.map_err(|err| err.taken(|| format!("the group {}", group.name)))?;
    audit::note(tx, by, group.school, "add group", group.name.as_str(), None, None).await
}

pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<Vec<Group>, StoreError> {
    let sql = "select id, school, name from school_group where school = $1 order by name";
    tx.all(sql, vec![school.into()], read).await
}

fn read(row: &Row) -> Result<Group, StoreError> {
    Ok(Group { id: row.parse("id")?, school: row.parse("school")?, name: row.parse("name")? })
}
