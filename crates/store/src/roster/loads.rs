//! A load and its life.
use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};
use school::{
    Choice, Id, Person, School, Username,
    roster::{Counts, Mode},
};

use crate::{
    By, StoreError, Tx, audit,
    by::fresh_id,
    error::corrupt,
    jobs,
    sql::{Row, Value},
    stamp,
};

/// A roster that somebody, or a folder, handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    pub id: Id<Load>,
    pub school: Id<School>,
    /// Whose people it speaks of.
    pub source: String,
    pub file_name: String,
    /// Empty: `OneRoster`.
    pub mapping: String,
    pub stage: Stage,
    pub stage_at: Timestamp,
    pub loaded_at: Timestamp,
    pub loaded_by_name: String,
    /// Who approved or refused it, and when.
    pub decided_by: Option<Id<Person>>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<Timestamp>,
    pub reason: Option<String>,
    pub mode: Option<Mode>,
    pub counts: Counts,
    /// Why it is not simply approved, in words, and the number of leavers to be typed.
    pub jump: Option<(String, u64)>,
    pub digest: Option<String>,
    pub done: u64,
    pub total: u64,
    /// What went wrong, or what to know before approving.
    pub remark: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// To be read.
    Waiting,
    Reading,
    /// Waits for somebody to approve or refuse it.
    Ready,
    Approved,
    Applying,
    Applied,
    Refused,
    /// A newer one of everybody came before it was approved.
    Replaced,
    Failed,
}

pub struct NewLoad<'a> {
    pub school: Id<School>,
    pub source: &'a str,
    pub file_name: &'a str,
    pub mapping: &'a str,
    pub bytes: &'a [u8],
}

/// What came of an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    Given,
    /// Too many would leave; the number that was typed is not theirs.
    Asks,
}

/// Jobs of `workers`; their payload is the id of a load.
pub const READ_JOB: &str = "read roster";
pub const APPLY_JOB: &str = "apply roster";

const PIECE: usize = 384 * 1024;
/// What a finished load would have changed names people: it is not kept for longer.
const KEEP_ROWS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Kept whole, and put in line to be read.
pub async fn receive(tx: &mut Tx, by: &By, new: &NewLoad<'_>) -> Result<Id<Load>, StoreError> {
    let id: Id<Load> = fresh_id(by.at);
    let sql = "insert into roster_load (id, school, source, file_name, mapping, stage, stage_at, loaded_at, loaded_by, \
               loaded_by_name, joiners, movers, leavers, returners, problems, unchanged, done, total) \
               values ($1, $2, $3, $4, $5, 'waiting', $6, $6, $7, $8, 0, 0, 0, 0, 0, 0, 0, 0)";
    let values = vec![
        id.into(),
        new.school.into(),
        new.source.into(),
        new.file_name.into(),
        new.mapping.into(),
        by.at.into(),
        Value::text_or_null(by.person),
        by.name.as_str().into(),
    ];
    tx.run(sql, values).await?;
    let sql = "insert into roster_piece (roster_load, seq, bytes) values ($1, $2, $3)";
    for (seq, piece) in (0_i64..).zip(new.bytes.chunks(PIECE)) {
        let text = Value::Text(Some(BASE64_STANDARD.encode(piece)));
        tx.run(sql, vec![id.into(), seq.into(), text]).await?;
    }
    jobs::enqueue_once(tx, READ_JOB, &id.to_string(), &id.to_string(), by.at).await?;
    audit::note(tx, by, new.school, "load roster", new.file_name, None, None).await?;
    Ok(id)
}

/// As it was handed over; empty once it is applied or refused.
pub async fn bytes(tx: &mut Tx, id: Id<Load>) -> Result<Vec<u8>, StoreError> {
    let sql = "select bytes from roster_piece where roster_load = $1 order by seq";
    let mut all = Vec::new();
    for row in tx.rows(sql, vec![id.into()]).await? {
        let piece: String = row.get("bytes")?;
        BASE64_STANDARD.decode_vec(piece, &mut all).map_err(|err| corrupt("bytes", err))?;
    }
    Ok(all)
}

pub async fn get(tx: &mut Tx, id: Id<Load>) -> Result<Option<Load>, StoreError> {
    let row = tx.first("select * from roster_load where id = $1", vec![id.into()]).await?;
    row.as_ref().map(read).transpose()
}

/// Newest first.
pub async fn recent(tx: &mut Tx, school: Id<School>, limit: u32) -> Result<Vec<Load>, StoreError> {
    let sql = "select * from roster_load where school = $1 order by loaded_at desc, id desc limit $2";
    tx.all(sql, vec![school.into(), i64::from(limit).into()], read).await
}

/// `false`: it is past being read.
pub async fn start_reading(tx: &mut Tx, id: Id<Load>, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "update roster_load set stage = 'reading', stage_at = $2, done = 0, total = 0, remark = null \
               where id = $1 and stage in ('waiting', 'reading')";
    Ok(tx.run(sql, vec![id.into(), now.into()]).await? == 1)
}

/// `false`: it is not approved, or was applied already.
pub async fn start_applying(tx: &mut Tx, id: Id<Load>, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "update roster_load set stage = 'applying', stage_at = $2, done = 0, total = 0 \
               where id = $1 and stage in ('approved', 'applying')";
    Ok(tx.run(sql, vec![id.into(), now.into()]).await? == 1)
}

pub async fn set_progress(tx: &mut Tx, id: Id<Load>, done: u64, total: u64) -> Result<(), StoreError> {
    let sql = "update roster_load set done = $2, total = $3 where id = $1";
    tx.run(sql, vec![id.into(), Value::count(done), Value::count(total)]).await.map(drop)
}

/// Nothing of it was written; `words` say why.
pub async fn fail(tx: &mut Tx, id: Id<Load>, words: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update roster_load set stage = 'failed', stage_at = $2, remark = $3 \
               where id = $1 and stage in ('waiting', 'reading', 'approved', 'applying')";
    tx.run(sql, vec![id.into(), now.into(), words.into()]).await.map(drop)
}

/// Fails with [`StoreError::Stale`] unless it waits for that. `typed`: the number that a jump asks for.
pub async fn approve(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    load: &Load,
    typed: Option<u64>,
) -> Result<Approval, StoreError> {
    if let Some((_, leavers)) = load.jump
        && typed != Some(leavers)
    {
        return Ok(Approval::Asks);
    }
    decide(tx, by, school, load, Stage::Approved, None).await?;
    let id = load.id.to_string();
    jobs::enqueue_once(tx, APPLY_JOB, &id, &id, by.at).await?;
    let after = load.words();
    audit::note(tx, by, school, "approve roster", &load.file_name, None, Some(&after)).await?;
    Ok(Approval::Given)
}

/// Fails with [`StoreError::Stale`] unless it waits for that.
pub async fn refuse(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    load: &Load,
    reason: &str,
) -> Result<(), StoreError> {
    decide(tx, by, school, load, Stage::Refused, Some(reason)).await?;
    forget_bytes(tx, load.id).await?;
    audit::note(tx, by, school, "refuse roster", &load.file_name, None, Some(reason)).await
}

async fn decide(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    load: &Load,
    stage: Stage,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    // What was looked at is what is decided on: a dry run made anew meanwhile has another digest.
    let sql = "update roster_load set stage = $3, stage_at = $4, decided_at = $4, decided_by = $5, \
               decided_by_name = $6, reason = $7, remark = null \
               where id = $1 and school = $2 and stage = 'ready' and digest = $8";
    let values = vec![
        load.id.into(),
        school.into(),
        stage.code().into(),
        by.at.into(),
        Value::text_or_null(by.person),
        by.name.as_str().into(),
        reason.into(),
        load.digest.as_deref().into(),
    ];
    if tx.run(sql, values).await? == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

pub(super) async fn forget_bytes(tx: &mut Tx, id: Id<Load>) -> Result<(), StoreError> {
    tx.run("delete from roster_piece where roster_load = $1", vec![id.into()]).await.map(drop)
}

/// Says that somebody who was made by hand is the one that a source calls so: from now on its rosters speak of them.
/// Fails with [`StoreError::Stale`] where there is nobody of this username who was made by hand.
pub async fn join_by_hand(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    username: &Username,
    (source, source_id): (&str, &str),
) -> Result<(), StoreError> {
    let sql = "update person set source = $3, source_id = $4, version = version + 1 \
               where school = $1 and username = $2 and source_id is null and left_at is null";
    let values = vec![school.into(), Value::text(username), source.into(), source_id.into()];
    let done = tx.run(sql, values).await;
    if done.map_err(|err| err.taken(|| format!("the id {source_id}")))? == 0 {
        return Err(StoreError::Stale);
    }
    stamp::bump(tx).await?;
    let after = format!("{source} {source_id}");
    audit::note(tx, by, school, "join with roster", username.as_str(), None, Some(&after)).await
}

/// Whether a row of this load speaks of that id.
pub async fn names(tx: &mut Tx, load: &Load, source_id: &str) -> Result<bool, StoreError> {
    let sql =
        "select seq from roster_row where roster_load = $1 and source_id = $2 and source_id <> '' limit 1";
    Ok(tx.first(sql, vec![load.id.into(), source_id.into()]).await?.is_some())
}

/// What it would change is worked out again. Fails with [`StoreError::Stale`] unless it waits for approval.
pub async fn read_again(tx: &mut Tx, load: &Load, now: Timestamp) -> Result<(), StoreError> {
    let sql = "update roster_load set stage = 'waiting', stage_at = $2, done = 0, total = 0 \
               where id = $1 and stage = 'ready'";
    if tx.run(sql, vec![load.id.into(), now.into()]).await? == 0 {
        return Err(StoreError::Stale);
    }
    let id = load.id.to_string();
    jobs::enqueue_once(tx, READ_JOB, &id, &id, now).await.map(drop)
}

/// Forgets what old loads would have changed, person by person, and the bytes of those that are over. What was counted
/// and decided stays.
pub async fn prune(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    let before = now.saturating_sub(KEEP_ROWS).unwrap_or(Timestamp::MIN);
    let rows = "delete from roster_row where roster_load in (select id from roster_load where stage_at < $1 \
                and stage in ('applied', 'refused', 'replaced', 'failed'))";
    let pieces = "delete from roster_piece where roster_load in (select id from roster_load where stage_at < $1 \
                  and stage in ('applied', 'refused', 'replaced', 'failed'))";
    tx.run(pieces, vec![before.into()]).await?;
    tx.run(rows, vec![before.into()]).await
}

impl Load {
    /// `312 join, 40 move, 12 leave, 1 returns; 3 problems`.
    pub fn words(&self) -> String {
        let it = self.counts;
        let verb = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
        let mut parts = vec![
            verb(it.joiners, "joins", "join"),
            verb(it.movers, "moves", "move"),
            verb(it.leavers, "leaves", "leave"),
        ];
        if 0 < it.returners {
            parts.push(verb(it.returners, "returns", "return"));
        }
        let problems = match it.problems {
            0 => "no problems".to_owned(),
            n => verb(n, "problem", "problems"),
        };
        format!("{}; {problems}", parts.join(", "))
    }
}

impl Stage {
    /// It goes on by itself: a page may look again.
    pub fn is_under_way(self) -> bool {
        matches!(self, Stage::Waiting | Stage::Reading | Stage::Approved | Stage::Applying)
    }
}

impl Choice for Stage {
    const ALL: &'static [Stage] = &[
        Stage::Waiting,
        Stage::Reading,
        Stage::Ready,
        Stage::Approved,
        Stage::Applying,
        Stage::Applied,
        Stage::Refused,
        Stage::Replaced,
        Stage::Failed,
    ];
    fn code(self) -> &'static str {
        match self {
            Stage::Waiting => "waiting",
            Stage::Reading => "reading",
            Stage::Ready => "ready",
            Stage::Approved => "approved",
            Stage::Applying => "applying",
            Stage::Applied => "applied",
            Stage::Refused => "refused",
            Stage::Replaced => "replaced",
            Stage::Failed => "failed",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Stage::Waiting => "Waits to be read",
            Stage::Reading => "Being read",
            Stage::Ready => "Waits for approval",
            Stage::Approved => "Approved",
            Stage::Applying => "Being applied",
            Stage::Applied => "Applied",
            Stage::Refused => "Refused",
            Stage::Replaced => "Replaced by a newer one",
            Stage::Failed => "Failed",
        }
    }
}

fn read(row: &Row) -> Result<Load, StoreError> {
    let mode: Option<String> = row.get("mode")?;
    let mode = mode.map(|it| Mode::from_code(&it).ok_or_else(|| corrupt("mode", it))).transpose()?;
    let jump: Option<String> = row.get("jump")?;
    let jump = jump.map(|words| Ok::<_, StoreError>((words, row.count("jump_leavers")?))).transpose()?;
    Ok(Load {
        id: row.parse("id")?,
        school: row.parse("school")?,
        source: row.get("source")?,
        file_name: row.get("file_name")?,
        mapping: row.get("mapping")?,
        stage: row.choice("stage")?,
        stage_at: row.at("stage_at")?,
        loaded_at: row.at("loaded_at")?,
        loaded_by_name: row.get("loaded_by_name")?,
        decided_by: row.parse_opt("decided_by")?,
        decided_by_name: row.get("decided_by_name")?,
        decided_at: row.at_opt("decided_at")?,
        reason: row.get("reason")?,
        mode,
        counts: Counts {
            joiners: row.count("joiners")?,
            movers: row.count("movers")?,
            leavers: row.count("leavers")?,
            returners: row.count("returners")?,
            problems: row.count("problems")?,
            unchanged: row.count("unchanged")?,
        },
        jump,
        digest: row.get("digest")?,
        done: row.count("done")?,
        total: row.count("total")?,
        remark: row.get("remark")?,
    })
}
