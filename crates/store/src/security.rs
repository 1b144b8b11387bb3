//! What the network manager is told: guessing, an account in two places, ways round the filter (PWD-09, ACC-17).
//!
//! A row that waits is mailed by `workers`; whoever raises one knows no mail.
use jiff::{SignedDuration, Timestamp};
use school::{Choice, Id, School};

use crate::{
    By, StoreError, Tx, audit, fresh_id,
    sql::{Row, Value},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub id: Id<Alert>,
    pub kind: Kind,
    /// What it is about: a username, an address of a device, a list.
    pub subject: String,
    /// What happened, in a sentence.
    pub words: String,
    pub raised_at: Timestamp,
    pub last_at: Timestamp,
    pub times: u64,
    pub mailed_at: Option<Timestamp>,
    /// When, and by whom.
    pub seen: Option<(Timestamp, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Wrong passwords, codes or pictures, again and again.
    Guessing,
    /// One account on two devices within a short while.
    TwoPlaces,
    /// Somebody of the staff signed in on a pupil's device, or over a pupil's sign-in.
    StaffOnPupils,
    /// Signed in, or tried to, at a school that is not theirs.
    OtherSchool,
    /// A session that was left open was ended by somebody else.
    LeftOpen,
    /// Something that goes round the filter.
    Bypass,
    /// A programme that was not let through (NET-02).
    Programme,
    /// A list is older than it should be.
    StaleList,
    /// A list that became another at once: a mistake of its maker, or not its maker.
    ListJump,
    /// Somebody said that a site does not fit (CHG-07).
    SiteReport,
    /// Somebody was given rights that show the gravest records (ACC-12).
    Powers,
    /// Somebody who holds such rights has to sign in anew (ACC-12).
    SignInReset,
    /// Anything else that needs technical hands.
    Technical,
}

impl Kind {
    /// The head and the person it is about are told too.
    pub fn is_of_powers(self) -> bool {
        matches!(self, Kind::Powers | Kind::SignInReset)
    }
}

impl Choice for Kind {
    const ALL: &'static [Kind] = &[
        Kind::Guessing,
        Kind::TwoPlaces,
        Kind::StaffOnPupils,
        Kind::OtherSchool,
        Kind::LeftOpen,
        Kind::Bypass,
        Kind::Programme,
        Kind::StaleList,
        Kind::ListJump,
        Kind::SiteReport,
        Kind::Powers,
        Kind::SignInReset,
        Kind::Technical,
    ];
    fn code(self) -> &'static str {
        match self {
            Kind::Guessing => "guessing",
            Kind::TwoPlaces => "two-places",
            Kind::StaffOnPupils => "staff-on-pupils",
            Kind::OtherSchool => "other-school",
            Kind::LeftOpen => "left-open",
            Kind::Bypass => "bypass",
            Kind::Programme => "programme",
            Kind::StaleList => "stale-list",
            Kind::ListJump => "list-jump",
            Kind::SiteReport => "site-report",
            Kind::Powers => "powers",
            Kind::SignInReset => "sign-in-reset",
            Kind::Technical => "technical",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Kind::Guessing => "Password guessing",
            Kind::TwoPlaces => "One account in two places",
            Kind::StaffOnPupils => "Staff account on a pupil's device",
            Kind::OtherSchool => "Sign-in at another school",
            Kind::LeftOpen => "Session left open",
            Kind::Bypass => "Way round the filter",
            Kind::Programme => "Programme blocked",
            Kind::StaleList => "List out of date",
            Kind::ListJump => "List changed by much",
            Kind::SiteReport => "Site reported",
            Kind::Powers => "Rights over grave records given",
            Kind::SignInReset => "Sign-in reset",
            Kind::Technical => "Technical fault",
        }
    }
}

/// Within this of the last of the same kind and subject it is the same alert, once more.
const SAME: SignedDuration = SignedDuration::from_hours(1);

/// What to raise.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    pub kind: Kind,
    pub subject: &'a str,
    pub words: &'a str,
    /// Shown on the page only: no letter.
    pub quiet: bool,
}

/// One row an hour for each kind and subject, however often it happens.
pub async fn raise(tx: &mut Tx, by: &By, school: Id<School>, new: New<'_>) -> Result<Id<Alert>, StoreError> {
    let since = by.at.saturating_sub(SAME).unwrap_or(Timestamp::MIN);
    let sql = "select id from security_alert where school = $1 and kind = $2 and subject = $3 and raised_at > $4 \
               order by raised_at desc limit 1";
    let values = vec![school.into(), new.kind.code().into(), new.subject.into(), since.into()];
    if let Some(row) = tx.first(sql, values).await? {
        let id: Id<Alert> = row.parse("id")?;
        let sql = "update security_alert set last_at = $2, times = times + 1, words = $3 where id = $1";
        tx.run(sql, vec![id.into(), by.at.into(), new.words.into()]).await?;
        return Ok(id);
    }
    let id = fresh_id(by.at);
    let sql = "insert into security_alert (id, school, kind, subject, words, raised_at, last_at, times, mailed_at) \
               values ($1, $2, $3, $4, $5, $6, $6, 1, $7)";
    let values = vec![
        Value::text(id),
        school.into(),
        new.kind.code().into(),
        new.subject.into(),
        new.words.into(),
        by.at.into(),
        Value::at_or_null(new.quiet.then_some(by.at)),
    ];
    tx.run(sql, values).await?;
    audit::note(tx, by, school, "security alert", new.subject, None, Some(new.kind.label())).await?;
    Ok(id)
}

/// Something that lasts: one row for as long as it is raised again within the hour, and a letter at its beginning.
pub async fn lasts(tx: &mut Tx, by: &By, school: Id<School>, new: New<'_>) -> Result<(), StoreError> {
    let since = by.at.saturating_sub(SAME).unwrap_or(Timestamp::MIN);
    let sql = "update security_alert set last_at = $5, times = times + 1, words = $6 where id = \
               (select id from security_alert where school = $1 and kind = $2 and subject = $3 and last_at > $4 \
               order by last_at desc limit 1)";
    let values = vec![
        school.into(),
        new.kind.code().into(),
        new.subject.into(),
        since.into(),
        by.at.into(),
        new.words.into(),
    ];
    if tx.run(sql, values).await? == 0 {
        raise(tx, by, school, new).await?;
    }
    Ok(())
}

/// Those that no letter has told of yet.
pub async fn unmailed(tx: &mut Tx, school: Id<School>) -> Result<Vec<Alert>, StoreError> {
    let sql = "select id, kind, subject, words, raised_at, last_at, times, mailed_at, seen_at, seen_by_name \
               from security_alert where school = $1 and mailed_at is null order by raised_at, id";
    tx.all(sql, vec![school.into()], read).await
}

pub async fn mailed(tx: &mut Tx, id: Id<Alert>, at: Timestamp) -> Result<(), StoreError> {
    let sql = "update security_alert set mailed_at = $2 where id = $1";
    tx.run(sql, vec![id.into(), at.into()]).await.map(drop)
}

/// What to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub kind: Option<Kind>,
    /// Only those nobody has looked at.
    pub unseen: bool,
    pub before: Option<Timestamp>,
}

/// Newest first.
pub async fn list(
    tx: &mut Tx,
    school: Id<School>,
    wanted: Wanted,
    limit: u32,
) -> Result<Vec<Alert>, StoreError> {
    let sql = "select id, kind, subject, words, raised_at, last_at, times, mailed_at, seen_at, seen_by_name \
               from security_alert where school = $1 and ($2 = '' or kind = $2) and (not $3 or seen_at is null) \
               and last_at < $4 order by last_at desc, id limit $5";
    let values = vec![
        school.into(),
        wanted.kind.map_or("", Choice::code).into(),
        wanted.unseen.into(),
        wanted.before.unwrap_or(Timestamp::MAX).into(),
        i64::from(limit).into(),
    ];
    tx.all(sql, values, read).await
}

/// How many nobody has looked at.
pub async fn unseen(tx: &mut Tx, school: Id<School>) -> Result<u64, StoreError> {
    let sql = "select count(*) as n from security_alert where school = $1 and seen_at is null";
    match tx.first(sql, vec![school.into()]).await? {
        Some(row) => row.count("n"),
        None => Ok(0),
    }
}

/// Somebody has looked at it. `false`: there is none of this id in this school. A second time changes nothing.
pub async fn see(tx: &mut Tx, by: &By, school: Id<School>, id: Id<Alert>) -> Result<bool, StoreError> {
    let sql = "select subject, seen_at from security_alert where id = $1 and school = $2";
    let Some(row) = tx.first(sql, vec![id.into(), school.into()]).await? else { return Ok(false) };
    if row.at_opt("seen_at")?.is_some() {
        return Ok(true);
    }
    let subject: String = row.get("subject")?;
    let sql = "update security_alert set seen_at = $2, seen_by = $3, seen_by_name = $4 where id = $1";
    let values = vec![id.into(), by.at.into(), Value::text_or_null(by.person), by.name.as_str().into()];
    tx.run(sql, values).await?;
    audit::note(tx, by, school, "see security alert", &subject, None, None).await?;
    Ok(true)
}

fn read(row: &Row) -> Result<Alert, StoreError> {
    let seen_by: Option<String> = row.get("seen_by_name")?;
    Ok(Alert {
        id: row.parse("id")?,
        kind: row.choice("kind")?,
        subject: row.get("subject")?,
        words: row.get("words")?,
        raised_at: row.at("raised_at")?,
        last_at: row.at("last_at")?,
        times: row.count("times")?,
        mailed_at: row.at_opt("mailed_at")?,
        seen: row.at_opt("seen_at")?.map(|at| (at, seen_by.unwrap_or_default())),
    })
}
