//! Trusts and the schools that are theirs (ACC-01).
use school::{Id, Line, Place, School, Trust};

use crate::{By, StoreError, Tx, audit, rules, sql::Value, stamp};

pub async fn add(tx: &mut Tx, by: &By, trust: &Trust) -> Result<(), StoreError> {
    let sql = "insert into trust (id, name, added_at) values ($1, $2, $3)";
    let values = vec![trust.id.into(), Value::text(&trust.name), by.at.into()];
    tx.run(sql, values).await.map_err(|err| err.taken(|| format!("the trust {}", trust.name))).map(drop)
}

pub async fn all(tx: &mut Tx) -> Result<Vec<Trust>, StoreError> {
    tx.all("select id, name from trust order by name", vec![], |row| {
        Ok(Trust { id: row.parse("id")?, name: row.parse("name")? })
    })
    .await
}

pub async fn get(tx: &mut Tx, id: Id<Trust>) -> Result<Option<Trust>, StoreError> {
    Ok(all(tx).await?.into_iter().find(|it| it.id == id))
}

pub async fn named(tx: &mut Tx, name: &Line) -> Result<Option<Trust>, StoreError> {
    Ok(all(tx).await?.into_iter().find(|it| it.name == *name))
}

/// The school takes what the trust has set and locked from now on, its rules too.
pub async fn join(tx: &mut Tx, by: &By, school: Id<School>, trust: &Trust) -> Result<(), StoreError> {
    let said = rules::of_trust(tx, trust.id).await?;
    let had = rules::current(tx, school).await?.into_iter().find(|it| it.place == Place::Trust);
    let text = said.map(|it| it.text).unwrap_or_default();
    if had.map(|it| it.text).unwrap_or_default() != text {
        let note = format!("As every school of {} has it", trust.name);
        rules::save(tx, by, school, Place::Trust, &text, &note).await?;
    }
    let sql = "update school set trust = $2 where id = $1";
    tx.run(sql, vec![school.into(), trust.id.into()]).await?;
    stamp::bump(tx).await?;
    audit::note(tx, by, school, "join trust", trust.name.as_str(), None, None).await
}
