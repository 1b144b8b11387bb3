//! What was done about agreements: classes talked, parents were sent them, people were reminded.
use std::collections::HashMap;

use agreements::Agreement;
use jiff::{SignedDuration, Timestamp, civil::Date};
use school::{Choice, Group, Id, Person, School};

use crate::{
    By, StoreError, Tx, audit,
    by::fresh_id,
    sql::{Row, Value},
};

/// That a class talked about its agreement (AUP-13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discussion {
    pub group: Id<Group>,
    pub agreement: Id<Agreement>,
    pub held_on: Date,
    pub note: String,
    pub recorded_by_name: String,
}

/// That the pupils' agreement was given to parents (AUP-14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub agreement: Id<Agreement>,
    /// `None`: to all parents at once.
    pub child: Option<Id<Person>>,
    pub parent: Option<Id<Person>>,
    pub way: Way,
    pub note: String,
    pub at: Timestamp,
    pub by_name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Email,
    Newsletter,
    Paper,
    Meeting,
}

/// Why somebody was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reminder {
    /// Something is to be signed.
    Missing,
    /// Of what they agreed (AUP-13).
    Yearly,
}

/// The same class, day and version twice is one.
pub async fn discuss(tx: &mut Tx, by: &By, school: Id<School>, it: &Discussion) -> Result<(), StoreError> {
    let sql = "select id from class_discussion where school = $1 and school_group = $2 and agreement = $3 and held_on = $4";
    let same = vec![school.into(), it.group.into(), it.agreement.into(), Value::text(it.held_on)];
    if tx.first(sql, same).await?.is_some() {
        return Ok(());
    }
    let sql = "insert into class_discussion (id, school, school_group, agreement, held_on, note, recorded_at, recorded_by_name) \
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        fresh_id::<Discussion>(by.at).into(),
        school.into(),
        it.group.into(),
        it.agreement.into(),
        Value::text(it.held_on),
        it.note.as_str().into(),
        by.at.into(),
        by.name.as_str().into(),
    ];
    tx.run(sql, values).await?;
    let on = it.held_on.to_string();
    audit::note(tx, by, school, "record class discussion", &it.group.to_string(), None, Some(&on)).await
}

/// Newest first.
pub async fn discussions(tx: &mut Tx, school: Id<School>) -> Result<Vec<Discussion>, StoreError> {
    let sql = "select school_group, agreement, held_on, note, recorded_by_name from class_discussion \
               where school = $1 order by held_on desc, id desc";
    tx.all(sql, vec![school.into()], |row| {
        Ok(Discussion {
            group: row.parse("school_group")?,
            agreement: row.parse("agreement")?,
            held_on: row.parse("held_on")?,
            note: row.get("note")?,
            recorded_by_name: row.get("recorded_by_name")?,
        })
    })
    .await
}

/// The same to all parents by the same person within the hour is a form that was sent twice.
pub async fn issue(tx: &mut Tx, by: &By, school: Id<School>, it: &Issue) -> Result<(), StoreError> {
    if it.child.is_none() {
        let sql = "select id from agreement_issue where school = $1 and agreement = $2 and child is null and way = $3 \
                   and note = $4 and issued_by_name = $5 and issued_at > $6";
        let hour_ago = it.at.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(it.at);
        let values = vec![
            school.into(),
            it.agreement.into(),
            it.way.code().into(),
            it.note.as_str().into(),
            it.by_name.as_str().into(),
            hour_ago.into(),
        ];
        if tx.first(sql, values).await?.is_some() {
            return Ok(());
        }
    }
    let sql = "insert into agreement_issue (id, school, agreement, child, parent, way, note, issued_at, issued_by_name) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        fresh_id::<Issue>(by.at).into(),
        school.into(),
        it.agreement.into(),
        Value::text_or_null(it.child),
        Value::text_or_null(it.parent),
        it.way.code().into(),
        it.note.as_str().into(),
        it.at.into(),
        it.by_name.as_str().into(),
    ];
    tx.run(sql, values).await?;
    if it.child.is_none() {
        let way = it.way.label();
        audit::note(tx, by, school, "issue agreement to parents", way, None, Some(&it.note)).await?;
    }
    Ok(())
}

/// Newest first, at most `most`.
pub async fn issues(tx: &mut Tx, school: Id<School>, most: u32) -> Result<Vec<Issue>, StoreError> {
    let sql = "select agreement, child, parent, way, note, issued_at, issued_by_name from agreement_issue \
               where school = $1 order by issued_at desc, id desc limit $2";
    tx.all(sql, vec![school.into(), i64::from(most).into()], read_issue).await
}

/// When the parents of each child were last sent it.
pub async fn last_issues(
    tx: &mut Tx,
    school: Id<School>,
) -> Result<HashMap<Id<Person>, Timestamp>, StoreError> {
    let sql = "select child as person, max(issued_at) as at from agreement_issue \
               where school = $1 and child is not null group by child";
    times(tx, sql, vec![school.into()]).await
}

/// Written down in the transaction that enqueues the letter.
pub async fn note_reminder(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
    kind: Reminder,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "insert into agreement_reminder (id, school, person, kind, sent_at) values ($1, $2, $3, $4, $5)";
    let id = fresh_id::<Reminder>(at);
    tx.run(sql, vec![id.into(), school.into(), person.into(), kind.code().into(), at.into()]).await.map(drop)
}

/// When each was last written to for this reason.
pub async fn last_reminders(
    tx: &mut Tx,
    school: Id<School>,
    kind: Reminder,
) -> Result<HashMap<Id<Person>, Timestamp>, StoreError> {
    let sql = "select person, max(sent_at) as at from agreement_reminder where school = $1 and kind = $2 group by person";
    times(tx, sql, vec![school.into(), kind.code().into()]).await
}

async fn times(
    tx: &mut Tx,
    sql: &'static str,
    values: Vec<Value>,
) -> Result<HashMap<Id<Person>, Timestamp>, StoreError> {
    let rows = tx.rows(sql, values).await?;
    rows.iter().map(|row| Ok((row.parse("person")?, row.at("at")?))).collect()
}

fn read_issue(row: &Row) -> Result<Issue, StoreError> {
    Ok(Issue {
        agreement: row.parse("agreement")?,
        child: row.parse_opt("child")?,
        parent: row.parse_opt("parent")?,
        way: row.choice("way")?,
        note: row.get("note")?,
        at: row.at("issued_at")?,
        by_name: row.get("issued_by_name")?,
    })
}

impl Choice for Way {
    const ALL: &'static [Way] = &[Way::Email, Way::Newsletter, Way::Paper, Way::Meeting];
    fn code(self) -> &'static str {
        match self {
            Way::Email => "email",
            Way::Newsletter => "newsletter",
            Way::Paper => "paper",
            Way::Meeting => "meeting",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Way::Email => "By e-mail",
            Way::Newsletter => "In the newsletter",
            Way::Paper => "On paper",
            Way::Meeting => "At a meeting",
        }
    }
}

impl Choice for Reminder {
    const ALL: &'static [Reminder] = &[Reminder::Missing, Reminder::Yearly];
    fn code(self) -> &'static str {
        match self {
            Reminder::Missing => "missing",
            Reminder::Yearly => "yearly",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Reminder::Missing => "Something to sign",
            Reminder::Yearly => "Of what they agreed",
        }
    }
}
