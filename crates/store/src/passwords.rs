//! How old passwords are and who gave them (PWD-03, PWD-05).
use std::collections::HashMap;

use jiff::Timestamp;
use school::{Id, Person, School};

use crate::{By, StoreError, Tx, people, stamp};

/// Of a password that somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    pub set_at: Timestamp,
    /// Given by somebody else, to be changed at the first sign-in.
    pub temporary: bool,
}

/// `None`: set before anybody kept count, or never.
pub async fn state(tx: &mut Tx, person: Id<Person>) -> Result<Option<State>, StoreError> {
    let sql = "select set_at, temporary from password_state where person = $1";
    let row = tx.first(sql, vec![person.into()]).await?;
    row.map(|row| Ok(State { set_at: row.at("set_at")?, temporary: row.get("temporary")? })).transpose()
}

/// Of everybody of a school.
pub async fn states(tx: &mut Tx, school: Id<School>) -> Result<HashMap<Id<Person>, State>, StoreError> {
    let sql = "select password_state.person, set_at, temporary from password_state \
               join person on person.id = password_state.person where person.school = $1";
    let rows = tx.rows(sql, vec![school.into()]).await?;
    rows.iter()
        .map(|row| {
            let state = State { set_at: row.at("set_at")?, temporary: row.get("temporary")? };
            Ok((row.parse("person")?, state))
        })
        .collect()
}

/// Sets it and says who chose it. `temporary`: it was not its owner.
pub async fn set(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    person: Id<Person>,
    phc: &str,
    temporary: bool,
) -> Result<(), StoreError> {
    people::set_password(tx, by, school, person, phc).await?;
    let sql = "insert into password_state (person, set_at, temporary) values ($1, $2, $3) \
               on conflict (person) do update set set_at = excluded.set_at, temporary = excluded.temporary";
    tx.run(sql, vec![person.into(), by.at.into(), temporary.into()]).await?;
    stamp::bump(tx).await
}
