//! Those who have left: disabled on their day, kept, then deleted or handed on (ACC-14).
use jiff::{SignedDuration, Timestamp};
use school::{Choice, Id, Line, Person, Role, Roles, School, Username, Year};

use crate::{
    By, StoreError, Tx, access, audit,
    by::fresh_id,
    error::corrupt,
    people, settings,
    sql::{Row, Value},
    stamp,
};

/// Somebody who has left and is still kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaver {
    pub id: Id<Person>,
    pub school: Id<School>,
    pub version: i64,
    pub username: Username,
    pub name: Line,
    pub roles: Roles,
    pub year: Option<Year>,
    pub left_at: Timestamp,
    /// Set by hand; else the setting says how long.
    pub kept_until: Option<Timestamp>,
    /// Handed on to this school at the end, instead of deleted.
    pub moves_to: Option<Id<School>>,
}

/// What their record says once nothing personal is left in it.
const ERASED: &str = "Someone who has left";
/// What goes with a person, `$1`. What is kept loses names and free text, and keeps the id; but for the audit trail,
/// whose entries are chained as they were written, and concerns, which are files on children: see docs/help/leavers.md.
const PERSONAL: &[&str] = &[
    "delete from membership where person = $1",
    "delete from parent_link where child = $1 or parent = $1",
    "delete from session where person = $1",
    "update roster_row set name = '', username = '', changes = '', words = '', source_id = '' where person = $1",
    "delete from second_credential where person = $1",
    "delete from recovery_code where person = $1",
    "delete from password_state where person = $1",
    "delete from young_sign_in where person = $1",
    "delete from sign_in_link where person = $1",
    "delete from account_kept where person = $1",
    "delete from provider_link where person = $1",
    // That they agreed stays, and when; a scan shows a name and a hand.
    "update agreement_signature set signer_name = 'Someone who has left', job_title = null, appointed_on = null, \
     form = null where person = $1",
    "update agreement_signature set signer_name = 'Someone who has left' where signer = $1",
    "delete from signed_form where person = $1",
    "update agreement_issue set note = '' where child = $1 or parent = $1",
    "delete from agreement_reminder where person = $1",
    "delete from oversight where person = $1",
    "update oversight set supervisor = null, version = version + 1 where supervisor = $1",
    "delete from placement where person = $1",
    "delete from class_identity where person = $1",
    "update post_holder set contact = '', version = version + 1 where person = $1",
    "update grant_record set person_name = 'Someone who has left' where person = $1",
    "delete from access_plan where person = $1",
    "update guest set name = 'Someone who has left', email = null, organisation = null, version = version + 1 \
     where account = $1",
    "update exceptional_case set why = 'Deleted with the account' where person = $1",
    "update remote_access set need = 'Deleted with the account', version = version + 1 where person = $1",
];
/// Whose last day is over, of every school. Nothing else of them is read, so that one record that does not read keeps
/// nobody else waiting.
pub async fn to_disable(tx: &mut Tx, now: Timestamp) -> Result<Vec<(Id<School>, Id<Person>)>, StoreError> {
    let sql = "select school, id from person where left_at is null and ends_at <= $1 order by ends_at, id";
    tx.all(sql, vec![now.into()], |row| Ok((row.parse("school")?, row.parse("id")?))).await
}

/// If their last day is over: their sessions end, and no gate and no page knows them. Guests and their hours are not
/// meant. False: nothing was to be done.
pub async fn disable(tx: &mut Tx, by: &By, school: Id<School>, id: Id<Person>) -> Result<bool, StoreError> {
    let Some(before) = people::get(tx, school, id).await? else { return Ok(false) };
    let is_over = before.person.stay.until.is_some_and(|it| it <= by.at);
    if !is_over || is_guest(before.person.roles) {
        return Ok(false);
    }
    let sql = "update person set left_at = $2, version = version + 1 where id = $1 and left_at is null";
    if tx.run(sql, vec![id.into(), by.at.into()]).await? == 0 {
        return Ok(false);
    }
    tx.run("delete from session where person = $1", vec![id.into()]).await?;
    access::settle(tx, by, Some(&before.person), None, "their last day is over").await?;
    let username = before.person.username.as_str();
    audit::note(tx, by, school, "person left", username, None, Some("their last day is over")).await?;
    Ok(true)
}

/// Those of a school whose time is over, longest first. As little is read as in [`to_disable`].
pub async fn to_end(tx: &mut Tx, now: Timestamp, school: Id<School>) -> Result<Vec<Id<Person>>, StoreError> {
    let days = settings::of(tx, school, None).await?.number(&school::settings::LEAVER_HOLD);
    let before = held_since(now, days);
    let sql = "select id from person where school = $1 and erased_at is null and left_at <= $2 \
               and (kept_until is null or kept_until <= $3) order by left_at, id";
    tx.all(sql, vec![school.into(), before.into(), now.into()], |row| row.parse("id")).await
}

/// Deleted, or handed on where somebody chose so, if their time is over. False: nothing was to be done.
pub async fn end(tx: &mut Tx, by: &By, school: Id<School>, id: Id<Person>) -> Result<bool, StoreError> {
    let days = settings::of(tx, school, None).await?.number(&school::settings::LEAVER_HOLD);
    let Some(leaver) = get(tx, school, id).await?.filter(|it| ends_at(it, days) <= by.at) else {
        return Ok(false);
    };
    match leaver.moves_to {
        Some(to) => transfer(tx, by, &leaver, to).await.map(|_| true),
        None => erase(tx, by, &leaver).await.map(|()| true),
    }
}

/// When somebody who left then is deleted or handed on.
pub fn ends_at(leaver: &Leaver, days: u32) -> Timestamp {
    let hold = SignedDuration::from_hours(24 * i64::from(days));
    let set = leaver.left_at.saturating_add(hold).unwrap_or(Timestamp::MAX);
    leaver.kept_until.map_or(set, |it| it.max(set))
}

fn held_since(now: Timestamp, days: u32) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN)
}

/// Who left last comes first; those after the `skip` first. `words`: part of a name or username; empty: all.
pub async fn held(
    tx: &mut Tx,
    school: Id<School>,
    words: &str,
    skip: u32,
    limit: u32,
) -> Result<Vec<Leaver>, StoreError> {
    let sql = "select id, version, school, username, name, roles, school_year, left_at, kept_until, moves_to from person \
               where school = $1 and left_at is not null and erased_at is null \
               and ($2 = '' or lower(name) like $2 escape '!' or username like $2 escape '!') \
               order by left_at desc, name, id limit $3 offset $4";
    let like = match words.trim() {
        "" => String::new(),
        some => {
            let some = some.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
            format!("%{some}%")
        }
    };
    let values = vec![school.into(), like.as_str().into(), i64::from(limit).into(), i64::from(skip).into()];
    tx.all(sql, values, read).await
}

pub async fn get(tx: &mut Tx, school: Id<School>, id: Id<Person>) -> Result<Option<Leaver>, StoreError> {
    let sql = "select id, version, school, username, name, roles, school_year, left_at, kept_until, moves_to from person \
               where school = $1 and id = $2 and left_at is not null and erased_at is null";
    let row = tx.first(sql, vec![school.into(), id.into()]).await?;
    row.as_ref().map(read).transpose()
}

/// They are back, with the password they had and the roles that the limits let them have; no last day is set. One whose
/// account was ended by hand has no password; a guest stays out after the hours that were agreed.
pub async fn bring_back(tx: &mut Tx, by: &By, leaver: &Leaver) -> Result<(), StoreError> {
    let sql = "update person set left_at = null, ends_at = case when $3 then ends_at end, kept_until = null, \
               moves_to = null, version = version + 1 \
               where id = $1 and version = $2 and left_at is not null and erased_at is null";
    let values = vec![leaver.id.into(), leaver.version.into(), is_guest(leaver.roles).into()];
    touched(tx.run(sql, values).await?)?;
    stamp::bump(tx).await?;
    audit::note(tx, by, leaver.school, "bring person back", leaver.username.as_str(), None, None).await?;
    people::back(tx, by, leaver.school, leaver.id).await
}

/// Kept until then at least; `None`: as long as the setting says. `to`: handed on there, instead of deleted.
pub async fn plan(
    tx: &mut Tx,
    by: &By,
    leaver: &Leaver,
    until: Option<Timestamp>,
    to: Option<Id<School>>,
) -> Result<(), StoreError> {
    let sql = "update person set kept_until = $3, moves_to = $4, version = version + 1 \
               where id = $1 and version = $2 and left_at is not null and erased_at is null";
    let values =
        vec![leaver.id.into(), leaver.version.into(), Value::at_or_null(until), Value::text_or_null(to)];
    touched(tx.run(sql, values).await?)?;
    let words = |until: Option<Timestamp>, to: Option<Id<School>>| {
        let until = until.map_or("as long as is set".to_owned(), |it| format!("until {it} at least"));
        let end = to.map_or("deleted".to_owned(), |it| format!("handed on to {it}"));
        format!("kept {until}, then {end}")
    };
    let before = words(leaver.kept_until, leaver.moves_to);
    let after = words(until, to);
    let subject = leaver.username.as_str();
    audit::note(tx, by, leaver.school, "plan for leaver", subject, Some(&before), Some(&after)).await
}

/// Takes out all that is personal of their record. The bare id stays, for what law and audit keep: concerns, signatures,
/// the trail. The trail keeps the names in its older entries, and concerns what was written in them.
pub async fn erase(tx: &mut Tx, by: &By, leaver: &Leaver) -> Result<(), StoreError> {
    let id = leaver.id;
    let sql = "update person set username = $3, name = $4, roles = '', school_year = null, email = null, \
               password = null, source = null, source_id = null, starts_at = null, kept_until = null, \
               moves_to = null, erased_at = $5, version = version + 1 \
               where id = $1 and version = $2 and left_at is not null and erased_at is null";
    let values = vec![
        id.into(),
        leaver.version.into(),
        format!("left-{id}").as_str().into(),
        ERASED.into(),
        by.at.into(),
    ];
    touched(tx.run(sql, values).await?)?;
    for sql in PERSONAL {
        tx.run(sql, vec![id.into()]).await?;
    }
    let sql = "update grant_record set until = $2, ended_by = $3, end_basis = 'account deleted' \
               where person = $1 and until is null";
    tx.run(sql, vec![id.into(), by.at.into(), by.name.as_str().into()]).await?;
    let sql = "update security_alert set subject = $3, words = 'Deleted with the account' \
               where school = $1 and subject = $2";
    let values =
        vec![leaver.school.into(), Value::text(&leaver.username), format!("left-{id}").as_str().into()];
    tx.run(sql, values).await?;
    audit::note(tx, by, leaver.school, "delete leaver", &id.to_string(), None, None).await
}

/// To another school of this database: a new account there, with the same way in and only the role of somebody who is
/// taught or works there; what is here is deleted. Says who they are there.
pub async fn transfer(
    tx: &mut Tx,
    by: &By,
    leaver: &Leaver,
    to: Id<School>,
) -> Result<Id<Person>, StoreError> {
    let sql = "select email, password from person where id = $1 and school = $2 and version = $3 and left_at is not null \
               and erased_at is null";
    let values = vec![leaver.id.into(), leaver.school.into(), leaver.version.into()];
    let row = tx.first(sql, values).await?.ok_or(StoreError::Stale)?;
    let (email, password): (Option<String>, Option<String>) = (row.get("email")?, row.get("password")?);
    let id: Id<Person> = fresh_id(by.at);
    let username = free_username(tx, to, &leaver.username).await?;
    let sql = "insert into person (id, version, school, username, name, roles, school_year, email, password) \
               values ($1, 1, $2, $3, $4, $5, $6, $7, $8)";
    let kept: Roles = leaver.roles.iter().filter(|it| school::roster::managed().has(*it)).collect();
    let codes: Vec<&str> = kept.iter().map(Choice::code).collect();
    let values = vec![
        id.into(),
        to.into(),
        Value::text(&username),
        Value::text(&leaver.name),
        codes.join(" ").as_str().into(),
        Value::text_or_null(leaver.year),
        email.as_deref().into(),
        password.as_deref().into(),
    ];
    tx.run(sql, values).await?;
    let there = people::get(tx, to, id).await?;
    access::settle(tx, by, None, there.as_ref().map(|it| &it.person), "handed on by another school").await?;
    audit::note(tx, by, to, "take over person", username.as_str(), None, None).await?;
    let after = format!("to {to}");
    audit::note(tx, by, leaver.school, "hand on leaver", leaver.username.as_str(), None, Some(&after))
        .await?;
    erase(tx, by, leaver).await?;
    stamp::bump(tx).await?;
    Ok(id)
}

async fn free_username(tx: &mut Tx, school: Id<School>, wanted: &Username) -> Result<Username, StoreError> {
    let stem: String = wanted.as_str().chars().take(56).collect();
    for n in 1_u32.. {
        let name = if n == 1 { wanted.to_string() } else { format!("{stem}{n}") };
        let sql = "select id from person where school = $1 and username = $2";
        if tx.first(sql, vec![school.into(), name.as_str().into()]).await?.is_none() {
            return name.parse().map_err(|err| corrupt("username", err));
        }
    }
    Err(StoreError::Stale)
}

/// Guests come and go by the hour, and their records are kept elsewhere.
fn is_guest(roles: Roles) -> bool {
    !roles.is_empty() && roles.iter().all(|it| it.is_outsider() && it != Role::Parent)
}

fn read(row: &Row) -> Result<Leaver, StoreError> {
    Ok(Leaver {
        id: row.parse("id")?,
        school: row.parse("school")?,
        version: row.get("version")?,
        username: row.parse("username")?,
        name: row.parse("name")?,
        roles: row.roles("roles")?,
        year: row.parse_opt("school_year")?,
        left_at: row.at("left_at")?,
        kept_until: row.at_opt("kept_until")?,
        moves_to: row.parse_opt("moves_to")?,
    })
}

fn touched(rows: u64) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::PERSONAL;
    use crate::open::MIGRATIONS;

    /// Tables that name people and are left as they are: the id is all they say of them.
    const BARE: &[&str] = &["rules_version", "roster_load", "digest", "signature"];
    /// Left as they are although they hold names or words about people: the trail is a chain that nobody may change,
    /// and concerns are kept as child protection files are. docs/help/leavers.md says so to the school.
    const KEPT: &[&str] = &["concern", "concern_event", "audit"];

    #[test]
    fn whatever_names_a_person_is_erased_or_kept_on_purpose() {
        for (_, _, sql) in MIGRATIONS {
            for table in sql.split("create table ").skip(1) {
                let (name, rest) = table.split_once(' ').expect("a name");
                let body = rest.split_once("\n);").map_or(rest, |it| it.0);
                let names = body.contains("references person")
                    || body.lines().any(|it| it.trim().starts_with("person "));
                let told = PERSONAL.iter().any(|it| it.split(' ').any(|word| word == name));
                assert!(
                    !names || told || BARE.contains(&name) || KEPT.contains(&name),
                    "{name}: say in PERSONAL what goes, or name it in BARE or KEPT"
                );
            }
        }
    }
}
