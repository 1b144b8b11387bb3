//! Visitors and others who are at the school for a time (ACC-18 to ACC-21). Their account is a person like any other, whose
//! stay is their hours.
use jiff::{SignedDuration, Timestamp};
use school::{
    Choice, Id, Person, Roles, School, Username,
    guest::{Approval, Guest, Hours, Stage},
};

use crate::{
    By, StoreError, Tx, audit,
    error::corrupt,
    people,
    sql::{Row, Value},
};

/// A guest as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub guest: Guest,
    pub version: i64,
}

/// Accounts of those who are gone stay this long, so that a browser that is still open can say why it is shut out.
const ACCOUNT_STAYS: SignedDuration = SignedDuration::from_hours(24);

/// [`StoreError::Taken`] where the id is in use, in whichever school; the transaction goes on.
pub async fn add(tx: &mut Tx, by: &By, guest: &Guest) -> Result<(), StoreError> {
    let sql = "insert into guest (id, version, school, name, kind, organisation, email, focus, sponsor, starts_at, \
               ends_at, signed_on_paper, asked_by, asked_at, stage, approved_by, approved_at, stage_by, stage_at, why, \
               account) values ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
               $19, $20) on conflict (id) do nothing";
    let mut values = vec![
        guest.id.into(),
        guest.school.into(),
        Value::text(&guest.name),
        guest.kind.code().into(),
        Value::text_or_null(guest.organisation.as_ref()),
        Value::text_or_null(guest.email.as_ref()),
        Value::text(&guest.focus),
        guest.sponsor.into(),
        guest.hours.from.into(),
        guest.hours.until.into(),
        guest.signed_on_paper.into(),
        Value::text_or_null(guest.asked_by),
        guest.asked_at.into(),
    ];
    values.extend(stage_values(&guest.stage));
    if tx.run(sql, values).await? == 0 {
        return Err(StoreError::Taken("the number of this guest".to_owned()));
    }
    audit::note(tx, by, guest.school, "ask for a guest", &subject(guest), None, Some(&told(guest))).await
}

/// Keeps what has become of them, and their account in step. [`StoreError::Stale`] when somebody else was first.
pub async fn save(tx: &mut Tx, by: &By, act: &str, before: &Kept, guest: &Guest) -> Result<(), StoreError> {
    let sql = "update guest set version = version + 1, ends_at = $4, stage = $5, approved_by = coalesce($6, approved_by), \
               approved_at = coalesce($7, approved_at), \
               stage_by = $8, stage_at = $9, why = $10, account = $11 \
               where id = $1 and school = $2 and version = $3";
    let mut values = vec![
        before.guest.id.into(),
        before.guest.school.into(),
        before.version.into(),
        guest.hours.until.into(),
    ];
    values.extend(stage_values(&guest.stage));
    if tx.run(sql, values).await? == 0 {
        return Err(StoreError::Stale);
    }
    if let Some(account) = guest.account()
        && let Some(kept) = people::get(tx, guest.school, account).await?
        && kept.person.stay != guest.stay()
    {
        let person = Person { stay: guest.stay(), ..kept.person.clone() };
        people::save(tx, by, &kept, &person).await?;
    }
    let (old, new) = (told(&before.guest), told(guest));
    audit::note(tx, by, guest.school, act, &subject(guest), Some(&old), Some(&new)).await
}

/// The account that somebody who is let in gets, before [`save`] keeps that they are in. `password`: in PHC form.
pub async fn open_account(
    tx: &mut Tx,
    by: &By,
    guest: &Guest,
    account: Id<Person>,
    password: &str,
) -> Result<Username, StoreError> {
    let number = tx.next(&format!("guest {}", guest.school)).await?;
    let username: Username = format!("guest-{number}").parse().map_err(|err| corrupt("username", err))?;
    let person = Person {
        id: account,
        school: guest.school,
        username: username.clone(),
        name: guest.name.clone(),
        roles: Roles::NONE.with(guest.kind.role()),
        year: None,
        groups: Vec::new(),
        email: guest.email.clone(),
        stay: guest.stay(),
    };
    people::add(tx, by, &person).await?;
    people::set_password(tx, by, guest.school, account, password).await?;
    Ok(username)
}

pub async fn get(tx: &mut Tx, school: Id<School>, id: Id<Guest>) -> Result<Option<Kept>, StoreError> {
    let sql = "select id, version, school, name, kind, organisation, email, focus, sponsor, starts_at, ends_at, \
               signed_on_paper, asked_by, asked_at, stage, approved_by, approved_at, stage_by, stage_at, why, account \
               from guest where school = $1 and id = $2";
    tx.first(sql, vec![school.into(), id.into()]).await?.as_ref().map(read).transpose()
}

/// In now, expected, or waiting for approval; the first to come first.
pub async fn current(tx: &mut Tx, school: Id<School>) -> Result<Vec<Kept>, StoreError> {
    let sql = "select id, version, school, name, kind, organisation, email, focus, sponsor, starts_at, ends_at, \
               signed_on_paper, asked_by, asked_at, stage, approved_by, approved_at, stage_by, stage_at, why, account \
               from guest where school = $1 and stage in ('requested', 'cleared', 'admitted') \
               order by starts_at, id";
    tx.all(sql, vec![school.into()], read).await
}

/// Ended or refused, the latest first.
pub async fn past(tx: &mut Tx, school: Id<School>, limit: u32) -> Result<Vec<Kept>, StoreError> {
    let sql = "select id, version, school, name, kind, organisation, email, focus, sponsor, starts_at, ends_at, \
               signed_on_paper, asked_by, asked_at, stage, approved_by, approved_at, stage_by, stage_at, why, account \
               from guest where school = $1 and stage in ('ended', 'refused') \
               order by stage_at desc, id desc limit $2";
    tx.all(sql, vec![school.into(), i64::from(limit).into()], read).await
}

/// Closes the records of those whose time is over, and takes away accounts that have been over for a day. Says how many
/// of each.
pub async fn lapse(tx: &mut Tx, by: &By, school: Id<School>) -> Result<(usize, usize), StoreError> {
    let (mut closed, mut gone) = (0, 0);
    for kept in current(tx, school).await? {
        if let Some(over) = kept.guest.clone().lapse(by.at) {
            save(tx, by, "guest’s time is over", &kept, &over).await?;
            closed += 1;
        }
    }
    let before = by.at.saturating_sub(ACCOUNT_STAYS).map_err(|err| corrupt("at", err))?;
    let sql = "select guest.account from guest join person on person.id = guest.account \
               where guest.school = $1 and guest.stage = 'ended' and guest.stage_at <= $2 and person.left_at is null";
    let accounts = tx.all(sql, vec![school.into(), before.into()], |row| row.parse("account")).await?;
    for account in accounts {
        people::leave(tx, by, school, account).await?;
        gone += 1;
    }
    Ok((closed, gone))
}

/// Accounts of guests who have been let in and not gone: anyone else who is only a guest is held at the door.
pub async fn admitted(tx: &mut Tx, school: Id<School>) -> Result<Vec<Id<Person>>, StoreError> {
    let sql = "select account from guest where school = $1 and account is not null order by account";
    tx.all(sql, vec![school.into()], |row| row.parse("account")).await
}

fn subject(guest: &Guest) -> String {
    format!("{} ({})", guest.name, guest.kind.label())
}

fn told(guest: &Guest) -> String {
    let why = match &guest.stage {
        Stage::Refused { why, .. } | Stage::Ended { why, .. } if !why.is_empty() => format!(" ({why})"),
        _ => String::new(),
    };
    format!(
        "{}{why}; {} until {}; for {}",
        guest.stage.label(),
        guest.hours.from,
        guest.hours.until,
        guest.focus
    )
}

/// Stage, approved by, approved at, stage by, stage at, why, account.
fn stage_values(stage: &Stage) -> [Value; 7] {
    let (approval, by, at, why, account) = match stage {
        Stage::Requested => (None, None, None, None, None),
        Stage::Refused { by, at, why } => (None, Some(*by), Some(*at), Some(why.as_str()), None),
        Stage::Cleared { approval } => (*approval, None, None, None, None),
        Stage::Admitted { account, by, at, approval } => (*approval, *by, Some(*at), None, Some(*account)),
        Stage::Ended { account, by, at, why } => (None, *by, Some(*at), Some(why.as_str()), *account),
    };
    [
        stage.code().into(),
        Value::text_or_null(approval.map(|it| it.by)),
        Value::at_or_null(approval.map(|it| it.at)),
        Value::text_or_null(by),
        Value::at_or_null(at),
        why.into(),
        Value::text_or_null(account),
    ]
}

fn read(row: &Row) -> Result<Kept, StoreError> {
    let guest = Guest {
        id: row.parse("id")?,
        school: row.parse("school")?,
        name: row.parse("name")?,
        kind: row.choice("kind")?,
        organisation: row.parse_opt("organisation")?,
        email: row.parse_opt("email")?,
        focus: row.parse("focus")?,
        sponsor: row.parse("sponsor")?,
        hours: Hours { from: row.at("starts_at")?, until: row.at("ends_at")? },
        signed_on_paper: row.get("signed_on_paper")?,
        asked_by: row.parse_opt("asked_by")?,
        asked_at: row.at("asked_at")?,
        stage: stage(row)?,
    };
    Ok(Kept { guest, version: row.get("version")? })
}

fn stage(row: &Row) -> Result<Stage, StoreError> {
    let code: String = row.get("stage")?;
    let why = || Ok::<_, StoreError>(row.get::<Option<String>>("why")?.unwrap_or_default());
    let approval = match (row.parse_opt("approved_by")?, row.at_opt("approved_at")?) {
        (Some(by), Some(at)) => Some(Approval { by, at }),
        _ => None,
    };
    let at = || row.at("stage_at");
    Ok(match code.as_str() {
        "requested" => Stage::Requested,
        "refused" => Stage::Refused { by: row.parse("stage_by")?, at: at()?, why: why()? },
        "cleared" => Stage::Cleared { approval },
        "admitted" => Stage::Admitted {
            account: row.parse("account")?,
            by: row.parse_opt("stage_by")?,
            at: at()?,
            approval,
        },
        "ended" => Stage::Ended {
            account: row.parse_opt("account")?,
            by: row.parse_opt("stage_by")?,
            at: at()?,
            why: why()?,
        },
        _ => return Err(corrupt("stage", format!("unknown code {code}"))),
    })
}

/// How many are in, are expected, and wait for approval.
pub fn counted(all: &[Kept], now: Timestamp) -> (usize, usize, usize) {
    let count = |what: fn(&Stage) -> bool| {
        all.iter().filter(|it| now < it.guest.hours.until && what(&it.guest.stage)).count()
    };
    (
        count(|it| matches!(it, Stage::Admitted { .. })),
        count(|it| matches!(it, Stage::Cleared { .. })),
        count(|it| matches!(it, Stage::Requested)),
    )
}
