use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use school::{Id, School};

use super::{
    Checkpoint,
    chain::{self, START},
};
use crate::{
    StoreError, Tx, hex,
    sql::{Row, Value},
};

/// What a look over a whole trail found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many entries were read.
    pub entries: i64,
    /// The newest: its number and hash. What a checkpoint made now says.
    pub last: i64,
    pub hash: [u8; 32],
    /// Empty: every entry is as it was written, and all are there as far as checkpoints and numbers tell.
    pub breaks: Vec<Break>,
}

/// One thing that is not as it was written. Its `Display` is a sentence for staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// These numbers are not there, and later ones are.
    Missing { first: i64, last: i64 },
    /// Its hash does not follow from what it says and the hash before it.
    Changed { seq: i64 },
    /// The last numbers that were given out are not there.
    Cut { last: i64, given: i64 },
    /// There are numbers that were never given out.
    Added { last: i64, given: i64 },
    /// Someone has signed that there were more entries: cut off, or the whole database put back to an older state.
    Behind { last: i64, signed: i64, made: Timestamp },
    /// The entry is another than the one that was signed: the trail was written anew.
    Differs { seq: i64, made: Timestamp },
    /// Signed with another key than this installation's.
    Stranger { made: Timestamp },
    /// That its entries are chained is known by their hashes alone: the mark of it was taken away, which would have had
    /// them chained anew.
    Unmarked,
    /// More of the same kind, which are not listed.
    More,
}

/// So many are told of; who has changed a thousand entries needs no list.
const MOST: usize = 50;

/// Reads the whole trail of a school, and holds it against checkpoints (those of other schools are passed over).
/// `key`: whose signatures count; `None`: anybody's.
pub async fn verify(
    tx: &mut Tx,
    school: Id<School>,
    checkpoints: &[Checkpoint],
    key: Option<[u8; 32]>,
) -> Result<Report, StoreError> {
    let mut ours: BTreeMap<i64, Vec<&Checkpoint>> = BTreeMap::new();
    for it in checkpoints.iter().filter(|it| it.school == school) {
        ours.entry(it.entries).or_default().push(it);
    }
    let mut report = Report { entries: 0, last: 0, hash: START, breaks: Vec::new() };
    loop {
        let entries = chain::page(tx, school, report.last).await?;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            if entry.seq != report.last + 1 {
                report.found(Break::Missing { first: report.last + 1, last: entry.seq - 1 });
            }
            let hash = chain::link(&report.hash, school, entry);
            let kept = hex::bytes(&entry.hash);
            if kept != Some(hash) {
                report.found(Break::Changed { seq: entry.seq });
            }
            let signed = ours.get(&entry.seq).into_iter().flatten();
            for it in signed.filter(|it| Some(it.hash) != kept) {
                report.found(Break::Differs { seq: entry.seq, made: it.made });
            }
            report.entries += 1;
            report.last = entry.seq;
            // What the next one was chained to, so that one change is told once.
            report.hash = kept.unwrap_or(hash);
        }
    }
    if report.entries != 0 && !chain::is_marked(tx).await? {
        report.found(Break::Unmarked);
    }
    let given = given(tx, school).await?;
    let last = report.last;
    if last < given {
        report.found(Break::Cut { last, given });
    } else if given < last {
        report.found(Break::Added { last, given });
    }
    for it in ours.into_values().flatten() {
        if last < it.entries {
            report.found(Break::Behind { last, signed: it.entries, made: it.made });
        }
        if key.is_some_and(|key| key != it.key) {
            report.found(Break::Stranger { made: it.made });
        }
    }
    Ok(report)
}

async fn given(tx: &mut Tx, school: Id<School>) -> Result<i64, StoreError> {
    let sql = "select value from counter where name = $1";
    let row = tx.first(sql, vec![Value::Text(Some(chain::series(school)))]).await?;
    row.map_or(Ok(0), |row| row.get("value"))
}

impl Report {
    pub fn is_good(&self) -> bool {
        self.breaks.is_empty()
    }

    fn found(&mut self, it: Break) {
        match self.breaks.len() {
            0..MOST => self.breaks.push(it),
            MOST => self.breaks.push(Break::More),
            _ => {}
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Break::Missing { first, last } if first == last => write!(f, "entry {first} has been taken out"),
            Break::Missing { first, last } => write!(f, "entries {first} to {last} have been taken out"),
            Break::Changed { seq } => write!(f, "entry {seq} is not what was written down as entry {seq}"),
            Break::Cut { last, given } => {
                write!(
                    f,
                    "the trail ends at entry {last}, but {given} were written: the end has been cut off"
                )
            }
            Break::Added { last, given } => {
                write!(
                    f,
                    "the trail ends at entry {last}, but only {given} were written: some have been put in"
                )
            }
            Break::Behind { last, signed, made } => write!(
                f,
                "the trail ends at entry {last}, but a checkpoint of {made} has signed for {signed}: the end has \
                 been cut off, or the database was put back to an older state"
            ),
            Break::Differs { seq, made } => write!(
                f,
                "entry {seq} is another than the checkpoint of {made} has signed for: the trail was written anew"
            ),
            Break::Stranger { made } => {
                write!(f, "the checkpoint of {made} was signed with a key that is not this installation's")
            }
            Break::Unmarked => f.write_str(
                "the mark that the trail is chained was taken out of the database, as somebody would do who wants \
                 changed entries to be chained anew",
            ),
            Break::More => f.write_str("there is more of this kind"),
        }
    }
}

/// What the last look over a trail found, kept for people to see.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Check {
    pub at: Option<Timestamp>,
    pub entries: i64,
    /// In words; empty when all is well.
    pub faults: Vec<String>,
    /// When the last checkpoint was signed, and how far it reaches.
    pub checkpoint: Option<(Timestamp, i64)>,
}

/// `more`: what else is wrong, such as checkpoints that cannot be read.
pub async fn keep_check(
    tx: &mut Tx,
    school: Id<School>,
    report: &Report,
    more: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into audit_check (school, checked_at, entries, faults) values ($1, $2, $3, $4) \
               on conflict (school) do update set checked_at = excluded.checked_at, entries = excluded.entries, \
               faults = excluded.faults";
    let faults = report.breaks.iter().map(ToString::to_string).chain(more.iter().cloned());
    let faults: Vec<String> = faults.collect();
    let values = vec![school.into(), now.into(), report.entries.into(), Value::lines(&faults)];
    tx.run(sql, values).await.map(drop)
}

pub async fn keep_checkpoint(tx: &mut Tx, made: &Checkpoint) -> Result<(), StoreError> {
    let sql = "insert into audit_check (school, entries, faults, checkpoint_at, checkpoint_seq) \
               values ($1, 0, '', $2, $3) on conflict (school) do update set \
               checkpoint_at = excluded.checkpoint_at, checkpoint_seq = excluded.checkpoint_seq";
    tx.run(sql, vec![made.school.into(), made.made.into(), made.entries.into()]).await.map(drop)
}

/// `None`: nobody has looked yet.
pub async fn last_check(tx: &mut Tx, school: Id<School>) -> Result<Option<Check>, StoreError> {
    let sql = "select checked_at, entries, faults, checkpoint_at, checkpoint_seq from audit_check where school = $1";
    tx.first(sql, vec![school.into()]).await?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Check, StoreError> {
    let seq: Option<i64> = row.get("checkpoint_seq")?;
    Ok(Check {
        at: row.at_opt("checked_at")?,
        entries: row.get("entries")?,
        faults: row.lines("faults")?,
        checkpoint: row.at_opt("checkpoint_at")?.zip(seq),
    })
}
