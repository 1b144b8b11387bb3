use std::collections::HashMap;

use jiff::Timestamp;
use school::{Choice, Email, Group, Id, Person, School, Stay, Username};

use crate::{
    By, StoreError, Tx, access, audit, oversight, schools,
    sql::{Row, Value},
    young,
};

/// A person as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub person: Person,
    /// Argon2id in PHC form. `None`: cannot sign in with a password.
    pub password: Option<String>,
    /// Goes up by one with every change; stops two people overwriting each other.
    pub version: i64,
}

/// They have no password yet.
pub async fn add(tx: &mut Tx, by: &By, person: &Person) -> Result<(), StoreError> {
    let sql = "insert into person (id, version, school, username, name, roles, school_year, email, starts_at, ends_at) \
               values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        person.id.into(),
        person.school.into(),
        Value::text(&person.username),
        Value::text(&person.name),
        Value::roles(person.roles),
        Value::text_or_null(person.year),
        Value::text_or_null(person.email.as_ref()),
        Value::at_or_null(person.stay.from),
        Value::at_or_null(person.stay.until),
    ];
    tx.run(sql, values).await.map_err(|err| err.taken(|| format!("the username {}", person.username)))?;
    join(tx, person).await?;
    access::settle(tx, by, None, Some(person), "account added").await?;
    audit::note(tx, by, person.school, "add person", person.username.as_str(), None, Some(&told(person)))
        .await
}

/// Fails with [`StoreError::Stale`] unless the stored version is still `before.version`. Keeps the password.
pub async fn save(tx: &mut Tx, by: &By, before: &Kept, person: &Person) -> Result<(), StoreError> {
    let sql = "update person set version = version + 1, username = $4, name = $5, roles = $6, school_year = $7, \
               email = $8, starts_at = $9, ends_at = $10 where id = $1 and school = $2 and version = $3 and left_at is null";
    let values = vec![
        before.person.id.into(),
        before.person.school.into(),
        before.version.into(),
        Value::text(&person.username),
        Value::text(&person.name),
        Value::roles(person.roles),
        Value::text_or_null(person.year),
        Value::text_or_null(person.email.as_ref()),
        Value::at_or_null(person.stay.from),
        Value::at_or_null(person.stay.until),
    ];
    let changed = tx.run(sql, values).await;
    if changed.map_err(|err| err.taken(|| format!("the username {}", person.username)))? == 0 {
        return Err(StoreError::Stale);
    }
    tx.run("delete from membership where person = $1", vec![before.person.id.into()]).await?;
    join(tx, &Person { id: before.person.id, school: before.person.school, ..person.clone() }).await?;
    let same = Person { id: before.person.id, school: before.person.school, ..person.clone() };
    access::settle(tx, by, Some(&before.person), Some(&same), "roles changed").await?;
    let (old, new) = (told(&before.person), told(person));
    let subject = person.username.as_str();
    audit::note(tx, by, before.person.school, "change person", subject, Some(&old), Some(&new)).await
}

/// They have left: no gate and no page knows them any more; what was recorded of them stays.
pub async fn leave(tx: &mut Tx, by: &By, school: Id<School>, id: Id<Person>) -> Result<(), StoreError> {
    let before = get(tx, school, id).await?;
    access::settle(tx, by, before.as_ref().map(|it| &it.person), None, "account ended").await?;
    let sql = "update person set left_at = $3, password = null, version = version + 1 \
               where id = $1 and school = $2 and left_at is null";
    touched(tx.run(sql, vec![id.into(), school.into(), by.at.into()]).await?)?;
    tx.run("delete from session where person = $1", vec![id.into()]).await?;
    young::forget(tx, id).await?;
    audit::note(tx, by, school, "person left", &id.to_string(), None, None).await
}

/// Their account ended; it may be brought back, by [`crate::leavers::bring_back`]. Of one that was deleted nothing is left.
pub async fn get_ended(tx: &mut Tx, school: Id<School>, id: Id<Person>) -> Result<Option<Kept>, StoreError> {
    let sql = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password from person \
               where school = $1 and id = $2 and left_at is not null and erased_at is null";
    let row = tx.first(sql, vec![school.into(), id.into()]).await?;
    one(tx, row).await
}

/// What comes with being back: the access register, and the limits on roles (ACC-11, ACC-13).
pub(crate) async fn back(tx: &mut Tx, by: &By, school: Id<School>, id: Id<Person>) -> Result<(), StoreError> {
    let Some(kept) = get(tx, school, id).await? else { return Ok(()) };
    access::settle(tx, by, None, Some(&kept.person), "account brought back").await?;
    let fit = oversight::fit(tx, school, id, kept.person.roles, by.at).await?;
    if fit != kept.person.roles {
        save(tx, by, &kept, &Person { roles: fit, ..kept.person.clone() }).await?;
    }
    Ok(())
}

/// Those who have not left, by name.
pub async fn all(tx: &mut Tx, school: Id<School>) -> Result<Vec<Kept>, StoreError> {
    let groups = tx.rows(MEMBERSHIPS_OF_SCHOOL, vec![school.into()]).await?;
    let mut of: HashMap<Id<Person>, Vec<Id<Group>>> = HashMap::new();
    for row in &groups {
        of.entry(row.parse("person")?).or_default().push(row.parse("school_group")?);
    }
    let rows = tx.rows(PEOPLE_OF_SCHOOL, vec![school.into()]).await?;
    rows.iter()
        .map(|row| {
            let id = row.parse("id")?;
            read(row, of.remove(&id).unwrap_or_default())
        })
        .collect()
}

pub async fn get(tx: &mut Tx, school: Id<School>, id: Id<Person>) -> Result<Option<Kept>, StoreError> {
    let sql = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password from person \
               where school = $1 and id = $2 and left_at is null";
    let row = tx.first(sql, vec![school.into(), id.into()]).await?;
    one(tx, row).await
}

pub async fn by_username(
    tx: &mut Tx,
    school: Id<School>,
    username: &Username,
) -> Result<Option<Kept>, StoreError> {
    let sql = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password from person \
               where school = $1 and username = $2 and left_at is null";
    let row = tx.first(sql, vec![school.into(), Value::text(username)]).await?;
    one(tx, row).await
}

/// Those who have this address, at every school.
pub async fn by_email(tx: &mut Tx, email: &Email) -> Result<Vec<Kept>, StoreError> {
    let sql = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password from person \
               where email = $1 and left_at is null order by id";
    let mut all = Vec::new();
    for row in tx.rows(sql, vec![Value::text(email)]).await? {
        all.extend(one(tx, Some(row)).await?);
    }
    Ok(all)
}

/// The other school of the same trust where this is the username of somebody who has no place at `school` (ACC-17).
pub async fn stranger(
    tx: &mut Tx,
    school: Id<School>,
    username: &Username,
    now: Timestamp,
) -> Result<Option<School>, StoreError> {
    let sql = "select there.id, there.trust, there.name from person \
               join school there on there.id = person.school join school here on here.id = $1 \
               where person.username = $2 and person.left_at is null and person.school <> $1 \
               and there.trust = here.trust and not exists (select 1 from placement \
               where placement.person = person.id and placement.school = $1 and since <= $3 \
               and (until is null or until > $3)) order by there.name limit 1";
    let row = tx.first(sql, vec![school.into(), Value::text(username), now.into()]).await?;
    row.as_ref().map(schools::read).transpose()
}

/// `phc`: Argon2id in PHC form. Neither the old nor the new one is audited, only that it changed.
pub async fn set_password(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    id: Id<Person>,
    phc: &str,
) -> Result<(), StoreError> {
    let sql = "update person set password = $3, version = version + 1 \
               where id = $1 and school = $2 and left_at is null";
    touched(tx.run(sql, vec![id.into(), school.into(), phc.into()]).await?)?;
    audit::note(tx, by, school, "set password", &id.to_string(), None, None).await
}

/// They sign in nowhere with a password or pictures until a new one is set (ACC-12).
pub async fn clear_password(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    id: Id<Person>,
) -> Result<(), StoreError> {
    let sql = "update person set password = null, version = version + 1 \
               where id = $1 and school = $2 and left_at is null";
    touched(tx.run(sql, vec![id.into(), school.into()]).await?)?;
    young::forget(tx, id).await?;
    audit::note(tx, by, school, "reset sign-in", &id.to_string(), None, None).await
}

pub async fn password(tx: &mut Tx, school: Id<School>, id: Id<Person>) -> Result<Option<String>, StoreError> {
    Ok(get(tx, school, id).await?.and_then(|it| it.password))
}

const PEOPLE_OF_SCHOOL: &str = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password \
                                from person where school = $1 and left_at is null order by name, id";
const MEMBERSHIPS_OF_SCHOOL: &str = "select membership.person, membership.school_group from membership \
     join person on person.id = membership.person where person.school = $1 \
     order by membership.person, membership.school_group";

/// Groups of another school cannot be joined.
async fn join(tx: &mut Tx, person: &Person) -> Result<(), StoreError> {
    let sql = "insert into membership (person, school_group) \
               select $1, id from school_group where id = $2 and school = $3 on conflict do nothing";
    for group in &person.groups {
        tx.run(sql, vec![person.id.into(), (*group).into(), person.school.into()]).await?;
    }
    Ok(())
}

async fn one(tx: &mut Tx, row: Option<Row>) -> Result<Option<Kept>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let sql = "select school_group from membership where person = $1 order by school_group";
    let id: Id<Person> = row.parse("id")?;
    let groups = tx.all(sql, vec![id.into()], |row| row.parse("school_group")).await?;
    read(&row, groups).map(Some)
}

pub(crate) fn read(row: &Row, groups: Vec<Id<Group>>) -> Result<Kept, StoreError> {
    let person = Person {
        id: row.parse("id")?,
        school: row.parse("school")?,
        username: row.parse("username")?,
        name: row.parse("name")?,
        roles: row.roles("roles")?,
        year: row.parse_opt("school_year")?,
        groups,
        email: row.parse_opt("email")?,
        stay: Stay { from: row.at_opt("starts_at")?, until: row.at_opt("ends_at")? },
    };
    Ok(Kept { person, password: row.get("password")?, version: row.get("version")? })
}

fn told(person: &Person) -> String {
    let roles: Vec<&str> = person.roles.iter().map(Choice::label).collect();
    let year = person.year.map(|it| format!(", year {it}")).unwrap_or_default();
    format!("{} ({}{year})", person.name, roles.join(", "))
}

fn touched(rows: u64) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
