//! What a load would change, row by row, as it is looked at.
use school::{
    Choice, Id, Person, School,
    roster::{Change, Field, Kind, Place},
};

use super::Load;
use crate::{StoreError, Tx, error::corrupt, sql::Row};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRow {
    pub seq: i64,
    pub kind: Kind,
    /// Who is known.
    pub person: Option<Id<Person>>,
    pub source_id: String,
    pub name: String,
    pub username: String,
    pub changes: Vec<Change>,
    pub words: String,
    pub place: Option<Place>,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// `None`: every kind.
    pub kind: Option<Kind>,
    /// Part of a name, a username, a change or what is wrong; empty: everything.
    pub words: &'a str,
}

/// In order, those after `after`; nothing of a load of another school.
pub async fn rows(
    tx: &mut Tx,
    school: Id<School>,
    load: Id<Load>,
    filter: Filter<'_>,
    after: i64,
    limit: u32,
) -> Result<Vec<KeptRow>, StoreError> {
    let sql = "select seq, kind, person, source_id, name, username, changes, words, file, line from roster_row \
               where roster_load = $1 and seq > $2 and (kind = $3 or $3 = '') \
               and ($4 = '' or lower(name) like $4 escape '!' or lower(username) like $4 escape '!' \
               or lower(changes) like $4 escape '!' or lower(words) like $4 escape '!' or source_id = $7) \
               and exists (select 1 from roster_load where id = $1 and school = $5) order by seq limit $6";
    let typed = filter.words.trim();
    let like = match typed {
        "" => String::new(),
        some => {
            let some = some.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
            format!("%{some}%")
        }
    };
    let values = vec![
        load.into(),
        after.into(),
        filter.kind.map_or("", Choice::code).into(),
        like.as_str().into(),
        school.into(),
        i64::from(limit).into(),
        typed.into(),
    ];
    tx.all(sql, values, read).await
}

pub(super) fn changes_text(changes: &[Change]) -> String {
    let flat = |it: &str| it.replace(['\t', '\n', '\r'], " ");
    let line = |it: &Change| format!("{}\t{}\t{}", it.field.code(), flat(&it.before), flat(&it.after));
    changes.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn read(row: &Row) -> Result<KeptRow, StoreError> {
    let text: String = row.get("changes")?;
    let change = |line: &str| {
        let mut parts = line.splitn(3, '\t');
        let field = parts.next().and_then(Field::from_code)?;
        Some(Change { field, before: parts.next()?.to_owned(), after: parts.next()?.to_owned() })
    };
    let changes: Option<Vec<Change>> = text.lines().map(change).collect();
    let file: Option<String> = row.get("file")?;
    let place = file.map(|file| Ok::<_, StoreError>(Place { file, line: row.count("line")? })).transpose()?;
    Ok(KeptRow {
        seq: row.get("seq")?,
        kind: row.choice("kind")?,
        person: row.parse_opt("person")?,
        source_id: row.get("source_id")?,
        name: row.get("name")?,
        username: row.get("username")?,
        changes: changes.ok_or_else(|| corrupt("changes", "not field, before and after"))?,
        words: row.get("words")?,
        place,
    })
}
