//! The access register: who was granted what, by whom and on what basis (ACC-15). Every function of the store that adds,
//! changes or ends a person calls [`settle`] in its own transaction.
use std::collections::BTreeMap;

use jiff::Timestamp;
use school::{Choice, Id, Person, Rights, Role, Roles, School};

use crate::{
    By, StoreError, Tx, audit, people, powers,
    sql::{Row, Value},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub person: Id<Person>,
    /// As it was then.
    pub person_name: String,
    pub what: String,
    pub since: Timestamp,
    pub until: Option<Timestamp>,
    pub given_by: String,
    pub basis: String,
}

/// What someone has by what they are: in words, as the register shows it.
fn had(person: &Person) -> Vec<String> {
    let mut all = Vec::new();
    if !person.roles.iter().all(|it| it == Role::Parent) {
        all.extend(["Internet".to_owned(), "Network".to_owned()]);
    }
    if person.email.is_some() && !person.roles.has(Role::Parent) {
        all.push("E-mail".to_owned());
    }
    let opens = |role: &Role| !Rights::of(Roles::NONE.with(*role)).is_empty();
    all.extend(person.roles.iter().filter(opens).map(|it| format!("Console: {}", it.label())));
    all
}

/// Writes down what came and what went. `None`: they were not there before, or are not after.
pub async fn settle(
    tx: &mut Tx,
    by: &By,
    before: Option<&Person>,
    after: Option<&Person>,
    basis: &str,
) -> Result<(), StoreError> {
    let Some(school) = after.or(before).map(|it| it.school) else { return Ok(()) };
    settle_all(tx, by, school, &[(before, after)], basis).await
}

/// As [`settle`], of many at once, each before and after.
pub async fn settle_all(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    people: &[(Option<&Person>, Option<&Person>)],
    basis: &str,
) -> Result<(), StoreError> {
    let mut over: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let (mut given, mut gone) = (Vec::new(), Vec::new());
    for (before, after) in people {
        let Some(person) = after.or(*before) else { continue };
        if after.is_none() {
            // With the account ends everything, what was written in by hand too.
            gone.push(Value::from(person.id));
            continue;
        }
        let (old, new) = (before.map(had).unwrap_or_default(), after.map(had).unwrap_or_default());
        for what in old.iter().filter(|it| !new.contains(it)) {
            over.entry(what.clone()).or_default().push(person.id.into());
        }
        for what in new.iter().filter(|it| !old.contains(it)) {
            given.extend(row(by, person, what, basis));
        }
        // Set-up and made-up schools are nobody's doing.
        if let (Some(after), Some(_)) = (after, by.person) {
            powers::gained(tx, by, before.map_or(Roles::NONE, |it| it.roles), after).await?;
        }
    }
    for (what, ids) in over {
        let sql = "update grant_record set until = $1, ended_by = $2, end_basis = $3 \
                   where school = $4 and what = $5 and until is null and person in";
        let fixed =
            [by.at.into(), by.name.as_str().into(), basis.into(), school.into(), what.as_str().into()];
        tx.run_in(sql, &fixed, ids, "").await?;
    }
    let sql = "update grant_record set until = $1, ended_by = $2, end_basis = $3 \
               where school = $4 and until is null and person in";
    let fixed = [by.at.into(), by.name.as_str().into(), basis.into(), school.into()];
    tx.run_in(sql, &fixed, gone, "").await?;
    let head = "insert into grant_record (id, school, person, person_name, what, since, given_by, basis)";
    tx.run_many(head, ROW, given, "").await.map(drop)
}

/// Writes in what people have of whom the register knows nothing: they were there before it began. Says how many.
pub async fn catch_up(tx: &mut Tx, by: &By, school: Id<School>) -> Result<u64, StoreError> {
    let sql = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password from person \
               where school = $1 and left_at is null and roles <> '' and roles <> 'parent' and not exists \
               (select 1 from grant_record where grant_record.person = person.id and grant_record.school = $1)";
    let found: Vec<Person> = tx
        .rows(sql, vec![school.into()])
        .await?
        .iter()
        .map(|row| people::read(row, Vec::new()).map(|it| it.person))
        .collect::<Result<_, _>>()?;
    let all: Vec<_> = found.iter().map(|it| (None, Some(it))).collect();
    settle_all(tx, by, school, &all, "had it when the register began").await?;
    Ok(all.len() as u64)
}

/// What is written in by hand: it is given elsewhere, and nothing here says so.
pub const BY_HAND: &[&str] = &["Learning platform", "Management information system", "Shared drive"];

/// One of [`BY_HAND`], unless it is held already.
pub async fn write_in(
    tx: &mut Tx,
    by: &By,
    person: &Person,
    what: &str,
    basis: &str,
) -> Result<(), StoreError> {
    if held_by_hand(tx, person.school, person.id).await?.iter().any(|it| it.what == what) {
        return Ok(());
    }
    give(tx, by, person, what, basis).await?;
    audit::note(tx, by, person.school, "grant access", person.username.as_str(), None, Some(what)).await
}

/// The end of one that was written in by hand; nothing where it is not held.
pub async fn write_out(tx: &mut Tx, by: &By, person: &Person, what: &str) -> Result<(), StoreError> {
    if !held_by_hand(tx, person.school, person.id).await?.iter().any(|it| it.what == what) {
        return Ok(());
    }
    close(tx, by, person, what, "ended by hand").await?;
    audit::note(tx, by, person.school, "end access", person.username.as_str(), Some(what), None).await
}

/// What somebody holds now of [`BY_HAND`].
pub async fn held_by_hand(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
) -> Result<Vec<Grant>, StoreError> {
    let mut all = of(tx, school, person).await?;
    all.retain(|it| it.until.is_none() && BY_HAND.contains(&it.what.as_str()));
    Ok(all)
}

const ROW: usize = 8;

fn row(by: &By, person: &Person, what: &str, basis: &str) -> [Value; ROW] {
    [
        crate::fresh_id::<Grant>(by.at).into(),
        person.school.into(),
        person.id.into(),
        Value::text(&person.name),
        what.into(),
        by.at.into(),
        by.name.as_str().into(),
        basis.into(),
    ]
}

/// One grant, such as of an access plan.
pub async fn give(tx: &mut Tx, by: &By, person: &Person, what: &str, basis: &str) -> Result<(), StoreError> {
    let sql = "insert into grant_record (id, school, person, person_name, what, since, given_by, basis) \
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = row(by, person, what, basis).to_vec();
    tx.run(sql, values).await.map(drop)
}

pub async fn close(tx: &mut Tx, by: &By, person: &Person, what: &str, basis: &str) -> Result<(), StoreError> {
    let sql = "update grant_record set until = $4, ended_by = $5, end_basis = $6 \
               where school = $1 and person = $2 and what = $3 and until is null";
    let values = vec![
        person.school.into(),
        person.id.into(),
        what.into(),
        by.at.into(),
        by.name.as_str().into(),
        basis.into(),
    ];
    tx.run(sql, values).await.map(drop)
}

/// What held at a moment, by name. `words`: part of the name of the person or of the grant.
pub async fn as_at(
    tx: &mut Tx,
    school: Id<School>,
    at: Timestamp,
    words: &str,
    skip: u32,
    limit: u32,
) -> Result<Vec<Grant>, StoreError> {
    let sql = "select person, person_name, what, since, until, given_by, basis from grant_record \
               where school = $1 and since <= $2 and (until is null or until > $2) \
               and ($3 = '' or lower(person_name) like $3 or lower(what) like $3) \
               order by person_name, what, id limit $4 offset $5";
    let values =
        vec![school.into(), at.into(), like(words).into(), i64::from(limit).into(), i64::from(skip).into()];
    tx.all(sql, values, read).await
}

pub async fn count_at(
    tx: &mut Tx,
    school: Id<School>,
    at: Timestamp,
    words: &str,
) -> Result<u64, StoreError> {
    let sql = "select count(*) as n from grant_record \
               where school = $1 and since <= $2 and (until is null or until > $2) \
               and ($3 = '' or lower(person_name) like $3 or lower(what) like $3)";
    let row = tx.first(sql, vec![school.into(), at.into(), like(words).into()]).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// Everything one person was ever granted, the newest first.
pub async fn of(tx: &mut Tx, school: Id<School>, person: Id<Person>) -> Result<Vec<Grant>, StoreError> {
    let sql = "select person, person_name, what, since, until, given_by, basis from grant_record \
               where school = $1 and person = $2 order by since desc, what limit 200";
    tx.all(sql, vec![school.into(), person.into()], read).await
}

fn like(words: &str) -> String {
    let words: String =
        words.trim().to_lowercase().chars().filter(|it| !matches!(it, '%' | '_' | '\\')).collect();
    if words.is_empty() { words } else { format!("%{words}%") }
}

impl From<String> for Value {
    fn from(it: String) -> Value {
        Value::Text(Some(it))
    }
}

fn read(row: &Row) -> Result<Grant, StoreError> {
    Ok(Grant {
        person: row.parse("person")?,
        person_name: row.get("person_name")?,
        what: row.get("what")?,
        since: row.at("since")?,
        until: row.at_opt("until")?,
        given_by: row.get("given_by")?,
        basis: row.get("basis")?,
    })
}
