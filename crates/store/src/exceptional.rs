//! What the head or campus lead said of the access of people who are not employed, and of pupils where that is set
//! (ACC-19). Whether it keeps somebody outside: [`school::exceptional::held`].
use std::collections::HashMap;

use school::{
    Id, Person, School,
    exceptional::{Case, Held, held, is_asked},
    settings::Settings,
};

use crate::{
    By, StoreError, Tx, audit, fresh_id,
    sql::{Row, Value},
    stamp,
};

/// From now on this counts; what was said before stays as it was. Saying the same twice is saying it once.
pub async fn decide(
    tx: &mut Tx,
    by: &By,
    person: &Person,
    granted: bool,
    why: &str,
) -> Result<(), StoreError> {
    let before = latest(tx, person.school, person.id).await?;
    if before.as_ref().is_some_and(|it| it.granted == granted && it.why == why) {
        return Ok(());
    }
    let sql = "insert into exceptional_case (id, school, person, granted, why, decided_by, decided_at) \
               values ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        Value::text(fresh_id::<Case>(by.at)),
        person.school.into(),
        person.id.into(),
        granted.into(),
        why.into(),
        Value::text_or_null(by.person),
        by.at.into(),
    ];
    tx.run(sql, values).await?;
    stamp::bump(tx).await?;
    let act = if granted { "approve access" } else { "refuse access" };
    let before = before.map(|it| format!("{}: {}", if it.granted { "approved" } else { "refused" }, it.why));
    audit::note(tx, by, person.school, act, person.username.as_str(), before.as_deref(), Some(why)).await
}

/// What counts of one person.
pub async fn latest(tx: &mut Tx, school: Id<School>, person: Id<Person>) -> Result<Option<Case>, StoreError> {
    let sql = "select person, granted, why, decided_by, decided_at from exceptional_case \
               where school = $1 and person = $2 order by decided_at desc, id desc limit 1";
    tx.first(sql, vec![school.into(), person.into()]).await?.as_ref().map(read).transpose()
}

/// What counts of everyone of whom anything was said.
pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<HashMap<Id<Person>, Case>, StoreError> {
    let sql = "select person, granted, why, decided_by, decided_at from exceptional_case \
               where school = $1 order by decided_at, id";
    let cases = tx.all(sql, vec![school.into()], read).await?;
    Ok(cases.into_iter().map(|it| (it.person, it)).collect())
}

/// Whether one person is kept outside now, and why.
pub async fn held_of(tx: &mut Tx, chosen: &Settings, person: &Person) -> Result<Option<Held>, StoreError> {
    if !is_asked(chosen, person.roles) {
        return Ok(None);
    }
    let granted = latest(tx, person.school, person.id).await?.map(|it| it.granted);
    let sql = "select id from guest where school = $1 and account = $2 limit 1";
    let guest = tx.first(sql, vec![person.school.into(), person.id.into()]).await?.is_some();
    Ok(held(chosen, person.roles, granted, guest))
}

fn read(row: &Row) -> Result<Case, StoreError> {
    Ok(Case {
        person: row.parse("person")?,
        granted: row.get("granted")?,
        why: row.get("why")?,
        by: row.parse("decided_by")?,
        at: row.at("decided_at")?,
    })
}
