//! Where category lists come from, and how the last loading of each went. The lists themselves are files.
use jiff::Timestamp;
use school::{Id, School};

use crate::{
    By, StoreError, Tx, audit,
    sql::{Row, Value},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSource {
    pub id: Id<ListSource>,
    pub name: String,
    /// The form of the file, as a code of the list importer.
    pub kind: String,
    /// A path or an address.
    pub location: String,
    pub licence: String,
    /// Never shown, never overridden (FIL-06).
    pub sealed: bool,
    pub enabled: bool,
    /// How its categories become ours, in the text form of the list importer; empty: as the importer sees fit.
    pub map: String,
}

/// How the last loading went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListState {
    pub tried_at: Timestamp,
    /// When the compiled file now in use was made. `None`: there is none yet.
    pub loaded_at: Option<Timestamp>,
    pub entries: u64,
    pub size_bytes: u64,
    pub compiled_path: Option<String>,
    /// Entries that came and went with the last load.
    pub added: u64,
    pub removed: u64,
    pub bad_lines: u64,
    /// Why the last try failed, in words; the one before stays in use.
    pub fault: Option<String>,
    pub warnings: Vec<String>,
}

pub async fn sources(tx: &mut Tx) -> Result<Vec<ListSource>, StoreError> {
    let sql = "select id, name, kind, location, licence, sealed, enabled, map from list_source order by name";
    tx.all(sql, vec![], read).await
}

/// Every source, with its state once it has one.
pub async fn all(tx: &mut Tx) -> Result<Vec<(ListSource, Option<ListState>)>, StoreError> {
    let mut all = Vec::new();
    for source in sources(tx).await? {
        let state = state(tx, source.id).await?;
        all.push((source, state));
    }
    Ok(all)
}

/// `school`: whose audit trail tells of it.
pub async fn add_source(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    source: &ListSource,
) -> Result<(), StoreError> {
    let sql = "insert into list_source (id, name, kind, location, licence, sealed, enabled, map) \
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let inserted = tx.run(sql, row(source)).await;
    inserted.map_err(|err| err.taken(|| format!("the list {}", source.name)))?;
    audit::note(tx, by, school, "add list", &source.name, None, Some(&source.location)).await
}

/// Everything but its id and whether it is sealed, which never changes: a sealed list has no off switch.
pub async fn save_source(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    source: &ListSource,
) -> Result<(), StoreError> {
    let sql = "update list_source set name = $2, kind = $3, location = $4, licence = $5, map = $8, \
               enabled = ($7 or sealed) where id = $1 and sealed = $6";
    let changed = tx.run(sql, row(source)).await;
    if changed.map_err(|err| err.taken(|| format!("the list {}", source.name)))? == 0 {
        return Err(StoreError::Stale);
    }
    let after = if source.enabled || source.sealed { "on" } else { "off" };
    audit::note(tx, by, school, "change list", &source.name, None, Some(after)).await
}

pub async fn state(tx: &mut Tx, source: Id<ListSource>) -> Result<Option<ListState>, StoreError> {
    let sql = "select tried_at, loaded_at, entries, size_bytes, compiled_path, added, removed, bad_lines, \
               fault, warnings from list_state where source = $1";
    let row = tx.first(sql, vec![source.into()]).await?;
    row.as_ref().map(read_state).transpose()
}

pub async fn set_state(tx: &mut Tx, source: Id<ListSource>, state: &ListState) -> Result<(), StoreError> {
    let sql = "insert into list_state (source, tried_at, loaded_at, entries, size_bytes, compiled_path, \
               added, removed, bad_lines, fault, warnings) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
               on conflict (source) do update set tried_at = excluded.tried_at, \
               loaded_at = excluded.loaded_at, entries = excluded.entries, \
               size_bytes = excluded.size_bytes, compiled_path = excluded.compiled_path, \
               added = excluded.added, removed = excluded.removed, bad_lines = excluded.bad_lines, \
               fault = excluded.fault, warnings = excluded.warnings";
    let values = vec![
        source.into(),
        state.tried_at.into(),
        Value::at_or_null(state.loaded_at),
        Value::count(state.entries),
        Value::count(state.size_bytes),
        state.compiled_path.as_deref().into(),
        Value::count(state.added),
        Value::count(state.removed),
        Value::count(state.bad_lines),
        state.fault.as_deref().into(),
        Value::lines(&state.warnings),
    ];
    tx.run(sql, values).await.map(drop)
}

fn row(source: &ListSource) -> Vec<Value> {
    vec![
        source.id.into(),
        source.name.as_str().into(),
        source.kind.as_str().into(),
        source.location.as_str().into(),
        source.licence.as_str().into(),
        source.sealed.into(),
        source.enabled.into(),
        source.map.as_str().into(),
    ]
}

fn read(row: &Row) -> Result<ListSource, StoreError> {
    Ok(ListSource {
        id: row.parse("id")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        location: row.get("location")?,
        licence: row.get("licence")?,
        sealed: row.get("sealed")?,
        enabled: row.get("enabled")?,
        map: row.get("map")?,
    })
}

fn read_state(row: &Row) -> Result<ListState, StoreError> {
    Ok(ListState {
        tried_at: row.at("tried_at")?,
        loaded_at: row.at_opt("loaded_at")?,
        entries: row.count("entries")?,
        size_bytes: row.count("size_bytes")?,
        compiled_path: row.get("compiled_path")?,
        added: row.count("added")?,
        removed: row.count("removed")?,
        bad_lines: row.count("bad_lines")?,
        fault: row.get("fault")?,
        warnings: row.lines("warnings")?,
    })
}
