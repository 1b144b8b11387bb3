//! Accounts whose password is kept elsewhere, and which account at an identity provider is whose (ACC-05).
use std::collections::HashMap;

use school::{Choice as _, Id, KeptBy, Person, School};

use crate::{By, StoreError, Tx, audit, sql::Row, stamp};

/// Of whom nothing is said, it is the school itself.
pub async fn kept_by(tx: &mut Tx, person: Id<Person>) -> Result<KeptBy, StoreError> {
    let sql = "select kept_by from account_kept where person = $1";
    let row = tx.first(sql, vec![person.into()]).await?;
    Ok(row.as_ref().map(read).transpose()?.unwrap_or_default())
}

/// Those of a school whose password is kept elsewhere.
pub async fn all_kept_elsewhere(
    tx: &mut Tx,
    school: Id<School>,
) -> Result<HashMap<Id<Person>, KeptBy>, StoreError> {
    let sql = "select account_kept.person, account_kept.kept_by from account_kept \
               join person on person.id = account_kept.person where person.school = $1";
    let all = tx.all(sql, vec![school.into()], |row| Ok((row.parse("person")?, read(row)?))).await?;
    Ok(all.into_iter().collect())
}

/// Where it changes, whoever is signed in as them is signed out: the old password opens nothing any more.
pub async fn keep_by(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    person: Id<Person>,
    now: KeptBy,
) -> Result<(), StoreError> {
    let Some(kept) = crate::people::get(tx, school, person).await? else { return Err(StoreError::Stale) };
    let before = kept_by(tx, person).await?;
    if before == now {
        return Ok(());
    }
    tx.run("delete from account_kept where person = $1", vec![person.into()]).await?;
    if now != KeptBy::School {
        let sql = "insert into account_kept (person, kept_by) values ($1, $2)";
        tx.run(sql, vec![person.into(), now.code().into()]).await?;
    }
    crate::sessions::close_all(tx, person).await?;
    stamp::bump(tx).await?;
    let (before, after) = (before.label(), now.label());
    let subject = kept.person.username.as_str();
    audit::note(tx, by, school, "change who keeps the password", subject, Some(before), Some(after)).await
}

/// Whose account at `issuer` this is, in whichever school.
pub async fn linked(
    tx: &mut Tx,
    issuer: &str,
    subject: &str,
) -> Result<Option<(Id<School>, Id<Person>)>, StoreError> {
    let sql = "select school, person from provider_link where issuer = $1 and subject = $2";
    let row = tx.first(sql, vec![issuer.into(), subject.into()]).await?;
    row.map(|row| Ok((row.parse("school")?, row.parse("person")?))).transpose()
}

/// The account that somebody signs in with at `issuer`, if they have done so.
pub async fn link_of(tx: &mut Tx, issuer: &str, person: Id<Person>) -> Result<Option<String>, StoreError> {
    let sql = "select subject from provider_link where issuer = $1 and person = $2";
    let row = tx.first(sql, vec![issuer.into(), person.into()]).await?;
    row.map(|row| row.get("subject")).transpose()
}

/// Remembers the account with which somebody signed in for the first time.
///
/// # Errors
/// [`StoreError::Taken`]: the account is somebody else's, or they have another one.
pub async fn link(
    tx: &mut Tx,
    by: &By,
    person: &Person,
    issuer: &str,
    subject: &str,
) -> Result<(), StoreError> {
    let sql = "insert into provider_link (issuer, subject, school, person, linked_at) \
               values ($1, $2, $3, $4, $5)";
    let values = vec![issuer.into(), subject.into(), person.school.into(), person.id.into(), by.at.into()];
    tx.run(sql, values).await.map_err(|err| err.taken(|| format!("the account of {}", person.username)))?;
    let name = person.username.as_str();
    audit::note(tx, by, person.school, "link school account", name, None, Some(issuer)).await
}

/// Forgets which accounts at providers are theirs: the next sign-in under their name is remembered instead.
pub async fn unlink(tx: &mut Tx, by: &By, person: &Person) -> Result<u64, StoreError> {
    let sql = "delete from provider_link where person = $1 and school = $2";
    let gone = tx.run(sql, vec![person.id.into(), person.school.into()]).await?;
    let name = person.username.as_str();
    audit::note(tx, by, person.school, "forget school account", name, None, None).await?;
    Ok(gone)
}

fn read(row: &Row) -> Result<KeptBy, StoreError> {
    row.choice("kept_by")
}
