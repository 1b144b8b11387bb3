//! Sign-ins that a class of young pupils shares, each under an adult who answers for it (ACC-04). The account is a pupil
//! like any other; what stands here makes it one that several may use at once.
use jiff::Timestamp;
use school::{Group, Id, Person, Role, School, settings::Settings};

use crate::{By, StoreError, Tx, audit, people, placements, sql::Row, stamp};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassIdentity {
    pub person: Id<Person>,
    pub school: Id<School>,
    pub group: Id<Group>,
    pub adult: Id<Person>,
}

/// Adds the account with it: `person` is a pupil of the class and nothing else.
pub async fn make(tx: &mut Tx, by: &By, it: &ClassIdentity, person: &Person) -> Result<(), StoreError> {
    people::add(tx, by, person).await?;
    let sql = "insert into class_identity (person, school, school_group, adult, made_at) values ($1, $2, $3, $4, $5)";
    let values = vec![it.person.into(), it.school.into(), it.group.into(), it.adult.into(), by.at.into()];
    tx.run(sql, values).await?;
    stamp::bump(tx).await?;
    let after = format!("answered for by {}", it.adult);
    audit::note(tx, by, it.school, "make class identity", person.username.as_str(), None, Some(&after)).await
}

/// Another adult answers for it from now on.
pub async fn hand_over(
    tx: &mut Tx,
    by: &By,
    it: &ClassIdentity,
    adult: Id<Person>,
) -> Result<(), StoreError> {
    let sql = "update class_identity set adult = $3 where person = $1 and school = $2 and adult = $4";
    if tx.run(sql, vec![it.person.into(), it.school.into(), adult.into(), it.adult.into()]).await? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    let (before, after) = (it.adult.to_string(), adult.to_string());
    let subject = it.person.to_string();
    audit::note(tx, by, it.school, "hand over class identity", &subject, Some(&before), Some(&after)).await
}

/// Those whose accounts have not ended.
pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<Vec<ClassIdentity>, StoreError> {
    let sql = "select class_identity.person, class_identity.school, school_group, adult from class_identity \
               join person on person.id = class_identity.person \
               where class_identity.school = $1 and person.left_at is null order by person.name, person.id";
    tx.all(sql, vec![school.into()], read).await
}

pub async fn is_one(tx: &mut Tx, person: Id<Person>) -> Result<bool, StoreError> {
    let sql = "select person from class_identity where person = $1";
    Ok(tx.first(sql, vec![person.into()]).await?.is_some())
}

/// Whether somebody may answer for one at this school: of the staff, here now, and no pupil.
pub async fn may_answer(
    tx: &mut Tx,
    school: Id<School>,
    adult: Id<Person>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let stands = placements::standing(tx, school, adult, now).await?;
    Ok(stands.is_some_and(|it| {
        it.stay.covers(now) && !it.roles.has(Role::Pupil) && it.roles.iter().any(Role::is_staff)
    }))
}

/// Those that open nothing now: nobody answers for them, or the school no longer lets their year share.
pub async fn closed(
    tx: &mut Tx,
    school: Id<School>,
    settings: &Settings,
    now: Timestamp,
) -> Result<Vec<Id<Person>>, StoreError> {
    let mut closed = Vec::new();
    for it in all(tx, school).await? {
        let Some(kept) = people::get(tx, school, it.person).await? else { continue };
        let open = kept.person.year.is_some_and(|year| settings.may_share(year))
            && may_answer(tx, school, it.adult, now).await?;
        if !open {
            closed.push(it.person);
        }
    }
    Ok(closed)
}

fn read(row: &Row) -> Result<ClassIdentity, StoreError> {
    Ok(ClassIdentity {
        person: row.parse("person")?,
        school: row.parse("school")?,
        group: row.parse("school_group")?,
        adult: row.parse("adult")?,
    })
}
