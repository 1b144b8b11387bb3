//! Roles that people of one school hold at another (ACC-02, ACC-10). Giving, changing and ending one is written down at
//! both schools, and in the access register of the school where it is held.
mod read;

use jiff::Timestamp;
use school::{Choice, Id, Person, Placement, School};

pub use self::read::{at_school, by_username, get, is_taken, known, of, people, standing};
use crate::{By, StoreError, Tx, access, audit, people as register, sql::Value, stamp};

/// A placement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub placement: Placement,
    /// As their own school has them, with groups left out.
    pub home: register::Kept,
    /// Their own school has let go of them.
    pub has_left: bool,
    pub version: i64,
    pub added_by: String,
    /// Ended by hand, or found to be over.
    pub ended_at: Option<Timestamp>,
    pub ended_by: Option<String>,
}

/// `home`: as their own school knows them. The caller has asked [`crate::oversight::refusal`] and [`is_taken`].
pub async fn give(tx: &mut Tx, by: &By, it: &Placement, home: &Person) -> Result<(), StoreError> {
    let sql = "insert into placement (id, version, school, person, roles, since, until, basis, added_by, username) \
               values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        it.id.into(),
        it.school.into(),
        it.person.into(),
        Value::roles(it.roles),
        it.stay.from.unwrap_or(by.at).into(),
        Value::at_or_null(it.stay.until),
        Value::text(&it.basis),
        by.name.as_str().into(),
        Value::text_or_null(it.username.as_ref()),
    ];
    tx.run(sql, values).await?;
    stamp::bump(tx).await?;
    let there = it.stands(home);
    // One that begins later stands in the register from that day on.
    let begins = By { at: it.stay.from.map_or(by.at, |it| it.max(by.at)), ..by.clone() };
    access::settle(tx, &begins, None, Some(&there), it.basis.as_str()).await?;
    note(tx, by, (it, home), "give placement", None, Some(&told(it))).await
}

/// Fails with [`StoreError::Stale`] where somebody else was first. The person and the school stay.
pub async fn change(tx: &mut Tx, by: &By, before: &Kept, now: &Placement) -> Result<(), StoreError> {
    let sql = "update placement set version = version + 1, roles = $3, until = $4, basis = $5, username = $6 \
               where id = $1 and version = $2 and ended_at is null";
    let values = vec![
        before.placement.id.into(),
        before.version.into(),
        Value::roles(now.roles),
        Value::at_or_null(now.stay.until),
        Value::text(&now.basis),
        Value::text_or_null(now.username.as_ref()),
    ];
    if tx.run(sql, values).await? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    let (old, new) = (before.stands(), now.stands(&before.home.person));
    access::settle(tx, by, Some(&old), Some(&new), now.basis.as_str()).await?;
    let (was, is) = (told(&before.placement), told(now));
    note(tx, by, (now, &before.home.person), "change placement", Some(&was), Some(&is)).await
}

/// Their sessions at that school end with it. Fails with [`StoreError::Stale`] where it has ended already.
pub async fn end(tx: &mut Tx, by: &By, it: &Kept, why: &str) -> Result<(), StoreError> {
    let sql = "update placement set version = version + 1, ended_at = $3, ended_by = $4, \
               until = case when until < $3 then until else $3 end where id = $1 and version = $2 and ended_at is null";
    let placement = &it.placement;
    let values = vec![placement.id.into(), it.version.into(), by.at.into(), by.name.as_str().into()];
    if tx.run(sql, values).await? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    let sql = "delete from session where person = $1 and acting = $2";
    tx.run(sql, vec![placement.person.into(), placement.school.into()]).await?;
    access::settle(tx, by, Some(&it.stands()), None, why).await?;
    note(tx, by, (placement, &it.home.person), "end placement", Some(&told(placement)), Some(why)).await
}

/// Ends those at this school whose time is over, or whose people have left their own school. Says how many.
pub async fn end_due(tx: &mut Tx, by: &By, school: Id<School>) -> Result<u64, StoreError> {
    let mut count = 0;
    for it in at_school(tx, school).await?.iter().filter(|it| it.ended_at.is_none() && it.is_over(by.at)) {
        let why = if it.has_left { "they have left their own school" } else { "its time is over" };
        end(tx, by, it, why).await?;
        count += 1;
    }
    Ok(count)
}

/// At both schools, each in its own trail.
async fn note(
    tx: &mut Tx,
    by: &By,
    (it, home): (&Placement, &Person),
    act: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<(), StoreError> {
    for (school, other, word) in [(it.school, home.school, "of"), (home.school, it.school, "at")] {
        let other = crate::schools::get(tx, other).await?;
        let subject = match other {
            Some(other) => format!("{} {word} {}", home.username, other.name),
            None => home.username.to_string(),
        };
        audit::note(tx, by, school, act, &subject, before, after).await?;
    }
    Ok(())
}

fn told(it: &Placement) -> String {
    let roles: Vec<&str> = it.roles.iter().map(Choice::label).collect();
    let until = it.stay.until.map_or("no end".to_owned(), |it| format!("until {it}"));
    let name = it.username.as_ref().map(|it| format!(", signs in as {it}")).unwrap_or_default();
    format!("{}, {until}{name} ({})", roles.join(", "), it.basis)
}
