//! A plan, written down for people to look at.
use jiff::Timestamp;
use school::{
    Choice,
    roster::{Mode, Plan},
};
use sha2::{Digest, Sha256};

use super::{Load, rows::changes_text};
use crate::{StoreError, Tx, hex, sql::Value};

/// The same for two plans that would do the same.
pub fn digest(plan: &Plan) -> String {
    hex::digits(&Sha256::digest(format!("{plan:?}")).into())
}

/// In place of any before it: now it waits for approval. One of everybody takes the place of older ones of its source
/// that nobody has decided on.
pub async fn write_dry_run(
    tx: &mut Tx,
    load: &Load,
    mode: Mode,
    plan: &Plan,
    percent: u32,
    remark: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.run("delete from roster_row where roster_load = $1", vec![load.id.into()]).await?;
    let mut values = Vec::with_capacity(plan.rows.len() * 11);
    for (seq, row) in (1_i64..).zip(&plan.rows) {
        values.extend([
            load.id.into(),
            seq.into(),
            row.kind.code().into(),
            Value::text_or_null(row.id),
            row.source_id.as_str().into(),
            row.name.as_str().into(),
            row.username.as_str().into(),
            changes_text(&row.changes).as_str().into(),
            row.words.as_str().into(),
            row.place.as_ref().map(|it| it.file.as_str()).into(),
            Value::Int(row.place.as_ref().map(|it| i64::try_from(it.line).unwrap_or(i64::MAX))),
        ]);
    }
    let head = "insert into roster_row \
                (roster_load, seq, kind, person, source_id, name, username, changes, words, file, line)";
    tx.run_many(head, 11, values, "").await?;
    let (counts, jump) = (plan.counts(), plan.jump(percent));
    let sql = "update roster_load set stage = 'ready', stage_at = $2, mode = $3, joiners = $4, movers = $5, \
               leavers = $6, returners = $7, problems = $8, unchanged = $9, jump = $10, jump_leavers = $11, \
               digest = $12, remark = $13, decided_at = null, decided_by = null, decided_by_name = null \
               where id = $1";
    let values = vec![
        load.id.into(),
        now.into(),
        mode.code().into(),
        Value::count(counts.joiners),
        Value::count(counts.movers),
        Value::count(counts.leavers),
        Value::count(counts.returners),
        Value::count(counts.problems),
        Value::count(counts.unchanged),
        jump.as_ref().map(|it| it.words.as_str()).into(),
        Value::Int(jump.as_ref().map(|it| i64::try_from(it.leavers).unwrap_or(i64::MAX))),
        digest(plan).as_str().into(),
        remark.into(),
    ];
    tx.run(sql, values).await?;
    if mode == Mode::Bulk {
        let sql = "update roster_load set stage = 'replaced', stage_at = $4 where school = $1 and source = $2 \
                   and id <> $3 and stage = 'ready' and loaded_at <= $5";
        let values = vec![
            load.school.into(),
            load.source.as_str().into(),
            load.id.into(),
            now.into(),
            load.loaded_at.into(),
        ];
        tx.run(sql, values).await?;
    }
    Ok(())
}
