//! The register of people, looked up and paged in the database, so that it stays quick with 20,000 of them.
use std::collections::HashMap;

use school::{Choice, Group, Id, Person, Role, Roles, School, Username, Year};

use crate::{
    StoreError, Tx,
    people::{self, Kept},
    placements,
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
    /// Those whose account has ended, and is still kept, instead of those who are here.
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
    let sql = if wanted.ended { FIND_ENDED } else { FIND_HERE };
    let mut values = narrowed(school, wanted);
    values.extend([i64::from(limit).into(), i64::from(skip).into()]);
    tx.rows(sql, values).await?.iter().map(|row| people::read(row, Vec::new())).collect()
}

pub async fn count(tx: &mut Tx, school: Id<School>, wanted: &Wanted) -> Result<u64, StoreError> {
    if wanted.is_everyone() {
        let row = tx.first(COUNT_EVERYONE, vec![school.into()]).await?;
        return row.map_or(Ok(0), |row| row.count("n"));
    }
    let sql = if wanted.ended { COUNT_ENDED } else { COUNT_HERE };
    let row = tx.first(sql, narrowed(school, wanted)).await?;
    row.map_or(Ok(0), |row| row.count("n"))
}

/// These people, where they are of this school and have not left, or have held roles here while their own school was
/// another: those as they stand here. Groups are not read.
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
    let others: Vec<_> = ids.iter().copied().filter(|it| !all.contains_key(it)).collect();
    if !others.is_empty() {
        all.extend(placements::known(tx, school, &others).await?);
    }
    Ok(all)
}

/// Those of these usernames who are here. Their groups are not read.
pub async fn by_usernames(
    tx: &mut Tx,
    school: Id<School>,
    usernames: &[Username],
) -> Result<Vec<Person>, StoreError> {
    let names: Vec<Value> = usernames.iter().map(Value::text).collect();
    filled(tx, BY_USERNAMES, school, &names).await
}

/// Those whose roles fit, such as all who have a right. The ways in which roles are combined are few: they are asked
/// for first, and only those who fit are read. Their groups are not.
pub async fn with_roles(
    tx: &mut Tx,
    school: Id<School>,
    fits: impl Fn(Roles) -> bool,
) -> Result<Vec<Person>, StoreError> {
    let sql = "select distinct roles from person where school = $1 and left_at is null";
    let mut some = Vec::new();
    for row in &tx.rows(sql, vec![school.into()]).await? {
        let codes: String = row.get("roles")?;
        if codes.split_whitespace().map(Role::from_code).collect::<Option<Roles>>().is_some_and(&fits) {
            some.push(Value::from(codes.as_str()));
        }
    }
    filled(tx, WITH_ROLES, school, &some).await
}

/// How many there are of each combination of roles.
pub async fn count_by_roles(tx: &mut Tx, school: Id<School>) -> Result<Vec<(Roles, u64)>, StoreError> {
    let sql = "select roles, count(*) as n from person where school = $1 and left_at is null group by roles";
    let mut all = Vec::new();
    for row in &tx.rows(sql, vec![school.into()]).await? {
        let codes: String = row.get("roles")?;
        if let Some(roles) = codes.split_whitespace().map(Role::from_code).collect::<Option<Roles>>() {
            all.push((roles, row.count("n")?));
        }
    }
    Ok(all)
}

async fn filled(
    tx: &mut Tx,
    sql: &'static str,
    school: Id<School>,
    values: &[Value],
) -> Result<Vec<Person>, StoreError> {
    let mut all = Vec::new();
    for chunk in values.chunks(AT_ONCE) {
        for row in &tx.rows(sql, with_values(school, chunk)).await? {
            all.push(people::read(row, Vec::new())?.person);
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

impl Wanted {
    fn is_everyone(&self) -> bool {
        let Wanted { words, role, year, group, ended } = self;
        words.trim().is_empty() && role.is_none() && year.is_none() && group.is_none() && !ended
    }
}

// Who is here is asked for in so many words, because there is an index of them by name.
const FIND_HERE: &str = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password from person \
     where school = $1 and left_at is null and ($2 = '' or lower(name) like $2 escape '\\' or username like $2 escape '\\') \
     and ($3 = '' or ' ' || roles || ' ' like $3) and ($4 = '' or school_year = $4) \
     and ($5 = '' or exists (select 1 from membership where membership.person = person.id and school_group = $5)) \
     order by name, id limit $6 offset $7";
const FIND_ENDED: &str = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password from person \
     where school = $1 and left_at is not null and erased_at is null and ($2 = '' or lower(name) like $2 escape '\\' or username like $2 escape '\\') \
     and ($3 = '' or ' ' || roles || ' ' like $3) and ($4 = '' or school_year = $4) \
     and ($5 = '' or exists (select 1 from membership where membership.person = person.id and school_group = $5)) \
     order by name, id limit $6 offset $7";
const COUNT_HERE: &str = "select count(*) as n from person \
     where school = $1 and left_at is null and ($2 = '' or lower(name) like $2 escape '\\' or username like $2 escape '\\') \
     and ($3 = '' or ' ' || roles || ' ' like $3) and ($4 = '' or school_year = $4) \
     and ($5 = '' or exists (select 1 from membership where membership.person = person.id and school_group = $5))";
const COUNT_ENDED: &str = "select count(*) as n from person \
     where school = $1 and left_at is not null and erased_at is null and ($2 = '' or lower(name) like $2 escape '\\' or username like $2 escape '\\') \
     and ($3 = '' or ' ' || roles || ' ' like $3) and ($4 = '' or school_year = $4) \
     and ($5 = '' or exists (select 1 from membership where membership.person = person.id and school_group = $5))";
const COUNT_EVERYONE: &str = "select count(*) as n from person where school = $1 and left_at is null";

const AT_ONCE: usize = 50;
const SOME: &str = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password \
     from person where school = $1 and left_at is null and id in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51)";
const BY_USERNAMES: &str = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password \
     from person where school = $1 and left_at is null and username in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51)";
const WITH_ROLES: &str = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, password \
     from person where school = $1 and left_at is null and roles in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51)";
const CLASSES: &str = "select membership.person, school_group.name from membership \
     join school_group on school_group.id = membership.school_group \
     where school_group.school = $1 and membership.person in ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51) order by school_group.name";

fn with_ids(school: Id<School>, ids: &[Id<Person>]) -> Vec<Value> {
    let ids: Vec<Value> = ids.iter().copied().map(Value::from).collect();
    with_values(school, &ids)
}

/// Fewer than [`AT_ONCE`] are filled up with the last, which changes nothing.
fn with_values(school: Id<School>, values: &[Value]) -> Vec<Value> {
    let last = values.last().cloned();
    let filled = values.iter().cloned().chain(std::iter::repeat_n(last, AT_ONCE - values.len()).flatten());
    std::iter::once(school.into()).chain(filled).collect()
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
    ]
}

/// `%` and `_` stand for themselves.
fn literal(words: &str) -> String {
    words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
