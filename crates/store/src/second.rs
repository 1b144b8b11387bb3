//! Second credentials (ACC-07): apps that show codes, passkeys, and codes on paper for when they are lost. Secrets come
//! here sealed; the key is no part of the store.
use jiff::Timestamp;
use school::{Choice, Id, Person, School};

use crate::{By, StoreError, Tx, audit, hex, sql::Row};

/// One second credential of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    pub id: Id<Credential>,
    pub kind: Kind,
    /// As its owner calls it.
    pub name: String,
    /// Sealed.
    pub secret: String,
    pub added_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Six digits from an app (TOTP, RFC 6238).
    Code,
    /// `WebAuthn`.
    Passkey,
}

impl Choice for Kind {
    const ALL: &'static [Kind] = &[Kind::Code, Kind::Passkey];
    fn code(self) -> &'static str {
        match self {
            Kind::Code => "code",
            Kind::Passkey => "passkey",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Kind::Code => "App that shows codes",
            Kind::Passkey => "Passkey",
        }
    }
}

/// Oldest first.
pub async fn of(tx: &mut Tx, person: Id<Person>) -> Result<Vec<Credential>, StoreError> {
    let sql = "select id, kind, name, secret, added_at, used_at from second_credential \
               where person = $1 order by added_at, id";
    tx.all(sql, vec![person.into()], read).await
}

/// `step`: the time step of the code with which it was tried out, which counts no second time.
pub async fn add(
    tx: &mut Tx,
    by: &By,
    (school, person): (Id<School>, Id<Person>),
    new: &Credential,
    step: i64,
) -> Result<(), StoreError> {
    let sql = "insert into second_credential (id, school, person, kind, name, secret, last_step, added_at, used_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    let values = vec![
        new.id.into(),
        school.into(),
        person.into(),
        new.kind.code().into(),
        new.name.as_str().into(),
        new.secret.as_str().into(),
        step.into(),
        new.added_at.into(),
    ];
    tx.run(sql, values).await?;
    let what = format!("{}: {}", new.kind.label(), new.name);
    audit::note(tx, by, school, "add second credential", &person.to_string(), None, Some(&what)).await
}

/// `false`: they have none of this id.
pub async fn rename(
    tx: &mut Tx,
    person: Id<Person>,
    id: Id<Credential>,
    name: &str,
) -> Result<bool, StoreError> {
    let sql = "update second_credential set name = $3 where id = $1 and person = $2";
    Ok(tx.run(sql, vec![id.into(), person.into(), name.into()]).await? == 1)
}

/// `false`: they have none of this id.
pub async fn remove(
    tx: &mut Tx,
    by: &By,
    (school, person): (Id<School>, Id<Person>),
    id: Id<Credential>,
) -> Result<bool, StoreError> {
    let sql = "delete from second_credential where id = $1 and person = $2 and school = $3";
    let removed = tx.run(sql, vec![id.into(), person.into(), school.into()]).await? == 1;
    if removed {
        audit::note(tx, by, school, "remove second credential", &person.to_string(), None, None).await?;
    }
    Ok(removed)
}

/// Takes all of them away, with the codes on paper, for somebody who has lost them. Says how many.
pub async fn forget(tx: &mut Tx, by: &By, school: Id<School>, person: Id<Person>) -> Result<u64, StoreError> {
    let sql = "delete from second_credential where person = $1 and school = $2";
    let gone = tx.run(sql, vec![person.into(), school.into()]).await?;
    tx.run("delete from recovery_code where person = $1", vec![person.into()]).await?;
    tx.run("delete from session where person = $1", vec![person.into()]).await?;
    audit::note(tx, by, school, "forget second credentials", &person.to_string(), None, None).await?;
    Ok(gone)
}

/// Accepts the code of a time step: true once for each, and never for one before it (RFC 6238, section 5.2).
pub async fn use_step(tx: &mut Tx, id: Id<Credential>, step: i64, at: Timestamp) -> Result<bool, StoreError> {
    let sql = "update second_credential set last_step = $2, used_at = $3 where id = $1 and last_step < $2";
    Ok(tx.run(sql, vec![id.into(), step.into(), at.into()]).await? == 1)
}

/// A passkey was shown; `secret` is it with its counter moved on.
pub async fn use_passkey(
    tx: &mut Tx,
    id: Id<Credential>,
    secret: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update second_credential set secret = $2, used_at = $3 where id = $1";
    tx.run(sql, vec![id.into(), secret.into(), at.into()]).await.map(drop)
}

/// Replaces those there were.
pub async fn set_recovery(
    tx: &mut Tx,
    by: &By,
    (school, person): (Id<School>, Id<Person>),
    hashes: &[[u8; 32]],
) -> Result<(), StoreError> {
    tx.run("delete from recovery_code where person = $1", vec![person.into()]).await?;
    for hash in hashes {
        let sql = "insert into recovery_code (person, code_hash, made_at) values ($1, $2, $3)";
        tx.run(sql, vec![person.into(), hex::digits(hash).as_str().into(), by.at.into()]).await?;
    }
    audit::note(tx, by, school, "make recovery codes", &person.to_string(), None, None).await
}

/// How many are left.
pub async fn recovery_left(tx: &mut Tx, person: Id<Person>) -> Result<u32, StoreError> {
    let sql = "select count(*) as n from recovery_code where person = $1 and used_at is null";
    match tx.first(sql, vec![person.into()]).await? {
        Some(row) => row.count("n"),
        None => Ok(0),
    }
}

/// True once for each.
pub async fn use_recovery(
    tx: &mut Tx,
    person: Id<Person>,
    hash: &[u8; 32],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql =
        "update recovery_code set used_at = $3 where person = $1 and code_hash = $2 and used_at is null";
    Ok(tx.run(sql, vec![person.into(), hex::digits(hash).as_str().into(), at.into()]).await? == 1)
}

fn read(row: &Row) -> Result<Credential, StoreError> {
    Ok(Credential {
        id: row.parse("id")?,
        kind: row.choice("kind")?,
        name: row.get("name")?,
        secret: row.get("secret")?,
        added_at: row.at("added_at")?,
        used_at: row.at_opt("used_at")?,
    })
}
