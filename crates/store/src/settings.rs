//! What a school set for itself, as named values; what they mean is said where they are read.
use std::collections::BTreeMap;

use school::{Id, School};

use crate::{By, StoreError, Tx, audit};

pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<BTreeMap<String, String>, StoreError> {
    let sql = "select name, value from school_setting where school = $1";
    let pairs = tx.all(sql, vec![school.into()], |row| Ok((row.get("name")?, row.get("value")?))).await?;
    Ok(pairs.into_iter().collect())
}

pub async fn set(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    name: &str,
    value: &str,
) -> Result<(), StoreError> {
    let before = all(tx, school).await?.remove(name);
    let sql = "insert into school_setting (school, name, value) values ($1, $2, $3) \
               on conflict (school, name) do update set value = excluded.value";
    tx.run(sql, vec![school.into(), name.into(), value.into()]).await?;
    audit::note(tx, by, school, "change setting", name, before.as_deref(), Some(value)).await
}
