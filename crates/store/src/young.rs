//! How pupils sign in who are too young for a password of their own: three pictures, kept as a password is, and a badge by
//! which they find themselves (PWD-04).
use std::collections::HashMap;

use school::{Id, Person, School, pictures::Badge};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
    stamp,
};

/// Of one child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Young {
    /// Their pictures, Argon2id in PHC form.
    pub pictures: String,
    pub badge: Badge,
}

/// Those of a school who have pictures.
pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<HashMap<Id<Person>, Young>, StoreError> {
    let sql = "select young_sign_in.person, pictures, badge from young_sign_in \
               join person on person.id = young_sign_in.person \
               where person.school = $1 and person.left_at is null and pictures is not null and badge is not null";
    let all = tx.all(sql, vec![school.into()], |row| Ok((row.parse("person")?, read(row)?))).await?;
    Ok(all.into_iter().collect())
}

/// Instead of those they had. Neither is audited, only that they changed.
///
/// # Errors
/// [`StoreError::Stale`]: there is no such person at this school any more.
pub async fn give(tx: &mut Tx, by: &By, person: &Person, young: &Young) -> Result<(), StoreError> {
    let sql = "insert into young_sign_in (person, school, pictures, badge, changed_at) \
               select $1, $2, $3, $4, $5 from person where id = $1 and school = $2 and left_at is null \
               on conflict (person) do update set pictures = excluded.pictures, badge = excluded.badge, \
               changed_at = excluded.changed_at";
    let values = vec![
        person.id.into(),
        person.school.into(),
        young.pictures.as_str().into(),
        Value::text(young.badge),
        by.at.into(),
    ];
    if tx.run(sql, values).await? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    audit::note(tx, by, person.school, "give pictures", person.username.as_str(), None, None).await
}

/// They open nothing any more: the child has left, or everything that they sign in with is taken away.
pub(crate) async fn forget(tx: &mut Tx, person: Id<Person>) -> Result<(), StoreError> {
    if tx.run("delete from young_sign_in where person = $1", vec![person.into()]).await? > 0 {
        stamp::bump(tx).await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<Young, StoreError> {
    Ok(Young { pictures: row.get("pictures")?, badge: row.parse("badge")? })
}
