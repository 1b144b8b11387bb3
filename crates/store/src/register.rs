//! The register of people, looked up and paged in the database, so that it stays quick with 20,000 of them.
use std::collections::HashMap;

use school::{Choice, Group, Id, Person, Role, School, Year};

use crate::{
    StoreError, Tx,
    people::{self, Kept},
    sql::Value,
};

/// Who is looked for. What is empty does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Part of the name or the username, in any case of letters.
    pub words: String,
    pub role: Option<Role>,
    pub year: Option<Year>,
    pub group: Option<Id<Group>>,
    /// Those whose account has ended instead of those who are here.
    pub ended: bool,
}

/// By name: `limit` of them after the first `skip`. Their groups are not read: ask [`classes`].
pub async fn find(
    tx: &mut Tx,
    school: Id<School>,
    wanted: &Wanted,
    skip: u32,
    limit: u32,
) -> Result<Vec<Kept>, StoreError> {
    let sql = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password from person \
               where school = $1 and ($2 = '' or lower(name) like $2 escape '\\' or username like $2 escape '\\') \
               and ($3 = '' or ' ' || roles || ' ' like $3) and ($4 = '' or school_year = $4) \
               and ($5 = '' or exists (select 1 from membership where membership.person = person.id and school_group = $5)) \
               and (left_at is not null) = $6 order by name, id limit $7 offset $8";
    let mut values = narrowed(school, wanted);
    values.extend([i64::from(limit).into(), i64::from(skip).into()]);
    tx.rows(sql, values).await?.iter().map(|row| people::read(row, Vec::new())).collect()
}

pub async fn count(tx: &mut Tx, school: Id<School>, wanted: &Wanted) -> Result<u64, StoreError> {
    let sql = "select count(*) as n from person \
               where school = $1 and ($2 = '' or lower(name) like $2 escape '\\' or username like $2 escape '\\') \
               and ($3 = '' or ' ' || roles || ' ' like $3) and ($4 = '' or school_year = $4) \
               and ($5 = '' or exists (select 1 from membership where membership.person = person.id and school_group = $5)) \
               and (left_at is not null) = $6";
    let row = tx.first(sql, narrowed(school, wanted)).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// These people, where they are of this school and have not left. Their groups are not read.
pub async fn some(
    tx: &mut Tx,
    school: Id<School>,
    ids: &[Id<Person>],
) -> Result<HashMap<Id<Person>, Person>, StoreError> {
    let mut all = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(AT_ONCE) {
        for row in &tx.rows(SOME, with_ids(school, chunk)).await? {
            let person = people::read(row, Vec::new())?.person;
            all.insert(person.id, person);
        }
    }
    Ok(all)
}

/// The names of the groups of each of these people.
pub async fn classes(
    tx: &mut Tx,
    school: Id<School>,
    ids: &[Id<Person>],
) -> Result<HashMap<Id<Person>, Vec<String>>, StoreError> {
    let mut all: HashMap<Id<Person>, Vec<String>> = HashMap::new();
    for chunk in ids.chunks(AT_ONCE) {
        for row in &tx.rows(CLASSES, with_ids(school, chunk)).await? {
            all.entry(row.parse("person")?).or_default().push(row.get("name")?);
        }
    }
    Ok(all)
}

const AT_ONCE: usize = 50;
const SOME: &str = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password \
     from person where school = $1 and left_at is null and id in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51)";
const CLASSES: &str = "select membership.person, school_group.name from membership \
     join school_group on school_group.id = membership.school_group \
     where school_group.school = $1 and membership.person in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51) order by school_group.name";

/// Fewer than [`AT_ONCE`] are filled up with the last, which changes nothing.
fn with_ids(school: Id<School>, ids: &[Id<Person>]) -> Vec<Value> {
    let last = ids.last().copied();
    let filled = ids.iter().copied().chain(std::iter::repeat_n(last, AT_ONCE - ids.len()).flatten());
    std::iter::once(school.into()).chain(filled.map(Value::from)).collect()
}

fn narrowed(school: Id<School>, wanted: &Wanted) -> Vec<Value> {
    let words = wanted.words.trim().to_lowercase();
    let words = if words.is_empty() { words } else { format!("%{}%", literal(&words)) };
    let role = wanted.role.map(|it| format!("% {} %", it.code())).unwrap_or_default();
    let year = wanted.year.map(|it| it.to_string()).unwrap_or_default();
    let group = wanted.group.map(|it| it.to_string()).unwrap_or_default();
    vec![
        school.into(),
        words.as_str().into(),
        role.as_str().into(),
        year.as_str().into(),
        group.as_str().into(),
        wanted.ended.into(),
    ]
}

/// `%` and `_` stand for themselves.
fn literal(words: &str) -> String {
    words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
