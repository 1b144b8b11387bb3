//! An approved load takes effect: in one transaction, wholly or not at all.
use std::collections::HashMap;

use school::{
    Choice as _, Group, Id, Person, School,
    roster::{After, Change, Field, GroupRef, Kind, KnownPerson, Plan, Row},
};

use super::{Found, Load, loads::forget_bytes};
use crate::{
    By, StoreError, Tx, access,
    audit::{self, Note},
    by::fresh_id,
    sql::Value,
    stamp,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    Done,
    /// The plan is not the one that was approved: people have changed since. Nothing was written.
    Changed,
}

/// `plan` was worked out from `found`, in this transaction. `told` is called with how many rows are written so far.
/// Fails with [`StoreError::Stale`] when somebody changes a person at the same moment.
pub async fn apply(
    tx: &mut Tx,
    by: &By,
    load: &Load,
    found: &Found,
    plan: &Plan,
    told: &mut (dyn FnMut(u64) + Send),
) -> Result<Applied, StoreError> {
    if load.digest.as_deref() != Some(super::digest(plan).as_str()) {
        return Ok(Applied::Changed);
    }
    let mut done = 0;
    let mut step = |rows: u64| {
        done += rows;
        told(done);
    };
    let school = load.school;
    let groups = groups(tx, by, load, plan).await?;
    let mut ids: HashMap<&str, Id<Person>> = HashMap::new();
    for it in &found.known.people {
        if let Some(origin) = it.origin.as_ref().filter(|it| it.source == load.source) {
            ids.insert(&origin.id, it.person.id);
        }
    }
    let (mut new, mut changed, mut joined, mut regrouped) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for row in &plan.rows {
        let Some(after) = &row.after else { continue };
        let id = row.id.unwrap_or_else(|| fresh_id(by.at));
        ids.insert(&row.source_id, id);
        let (version, into) = match row.id {
            None => (1, &mut new),
            Some(_) => (found.versions.get(&id).copied().ok_or(StoreError::Stale)?, &mut changed),
        };
        into.extend(person(id, version, load, row, after));
        if row.id.is_none() || row.changes.iter().any(|it| it.field == Field::Classes) {
            regrouped.extend(row.id.map(Value::from));
            for group in &after.groups {
                joined.extend([id.into(), group_id(*group, &groups)?.into()]);
            }
        }
    }
    people(tx, new, changed, &mut step).await?;
    tx.run_in("delete from membership where person in", &[], regrouped, "").await?;
    let head = "insert into membership (person, school_group)";
    step(0);
    tx.run_many(head, 2, joined, "on conflict do nothing").await?;
    leave(tx, by, plan, &mut step).await?;
    links(tx, school, plan, &ids).await?;
    settle(tx, by, load, found, plan, &ids).await?;
    finish(tx, by, load, plan).await?;
    Ok(Applied::Done)
}

/// Makes, renames and takes over; says which is which of the plan's.
async fn groups(tx: &mut Tx, by: &By, load: &Load, plan: &Plan) -> Result<Vec<Id<Group>>, StoreError> {
    let mut ids = Vec::with_capacity(plan.groups.len());
    let mut new = Vec::new();
    for it in &plan.groups {
        let id = it.kept.unwrap_or_else(|| fresh_id(by.at));
        ids.push(id);
        if it.kept.is_some() {
            let sql = "update school_group set name = $3, source = $4, source_id = $5 where id = $1 and school = $2";
            let values = vec![
                id.into(),
                load.school.into(),
                Value::text(&it.name),
                load.source.as_str().into(),
                it.source_id.as_str().into(),
            ];
            tx.run(sql, values).await.map_err(|err| err.taken(|| format!("the group {}", it.name)))?;
        } else {
            new.extend([
                id.into(),
                load.school.into(),
                Value::text(&it.name),
                load.source.as_str().into(),
                it.source_id.as_str().into(),
            ]);
        }
    }
    let head = "insert into school_group (id, school, name, source, source_id)";
    tx.run_many(head, 5, new, "").await.map_err(|err| err.taken(|| "the name of a class".to_owned()))?;
    Ok(ids)
}

const PERSON: usize = 12;

fn person(id: Id<Person>, version: i64, load: &Load, row: &Row, after: &After) -> [Value; PERSON] {
    [
        id.into(),
        version.into(),
        load.school.into(),
        Value::text(&after.username),
        Value::text(&after.name),
        Value::roles(after.roles),
        Value::text_or_null(after.year),
        Value::text_or_null(after.email.as_ref()),
        Value::at_or_null(after.stay.from),
        Value::at_or_null(after.stay.until),
        load.source.as_str().into(),
        row.source_id.as_str().into(),
    ]
}

async fn people(
    tx: &mut Tx,
    new: Vec<Value>,
    changed: Vec<Value>,
    step: &mut (dyn FnMut(u64) + Send),
) -> Result<(), StoreError> {
    let head = "insert into person (id, version, school, username, name, roles, school_year, email, starts_at, ends_at, \
                source, source_id)";
    let taken = |err: StoreError| err.taken(|| "one of the usernames".to_owned());
    for (values, tail) in [
        (new, ""),
        (
            changed,
            "on conflict (id) do update set version = person.version + 1, username = excluded.username, \
             name = excluded.name, roles = excluded.roles, school_year = excluded.school_year, \
             email = excluded.email, starts_at = excluded.starts_at, ends_at = excluded.ends_at, left_at = null, \
             kept_until = null, moves_to = null where person.version = excluded.version",
        ),
    ] {
        let mut values = values.into_iter().peekable();
        while values.peek().is_some() {
            let some: Vec<Value> = values.by_ref().take(1_000 * PERSON).collect();
            let expected = some.len() / PERSON;
            let touched = tx.run_many(head, PERSON, some, tail).await.map_err(taken)?;
            // Somebody was changed after they were read.
            if usize::try_from(touched) != Ok(expected) {
                return Err(StoreError::Stale);
            }
            step(touched);
        }
    }
    Ok(())
}

/// At once, everywhere: no gate and no page knows them from now on. They are kept, disabled.
async fn leave(
    tx: &mut Tx,
    by: &By,
    plan: &Plan,
    step: &mut (dyn FnMut(u64) + Send),
) -> Result<(), StoreError> {
    let gone = plan.rows.iter().filter(|it| it.kind == Kind::Leaver).filter_map(|it| it.id);
    let ids: Vec<Value> = gone.map(Value::from).collect();
    let head = "update person set left_at = $1, version = version + 1, \
                ends_at = case when ends_at <= $1 then ends_at else $1 end where left_at is null and id in";
    let touched = tx.run_in(head, &[by.at.into()], ids.clone(), "").await?;
    if usize::try_from(touched) != Ok(ids.len()) {
        return Err(StoreError::Stale);
    }
    step(touched);
    tx.run_in("delete from session where person in", &[], ids, "").await.map(drop)
}

/// The access register, of all who came, changed and left.
async fn settle(
    tx: &mut Tx,
    by: &By,
    load: &Load,
    found: &Found,
    plan: &Plan,
    ids: &HashMap<&str, Id<Person>>,
) -> Result<(), StoreError> {
    let known: HashMap<Id<Person>, &KnownPerson> =
        found.known.people.iter().map(|it| (it.person.id, it)).collect();
    let before = |row: &Row| {
        let known = known.get(&row.id?)?;
        (!known.has_left).then_some(&known.person)
    };
    let after = |row: &Row| {
        let (after, id) = (row.after.as_ref()?, *ids.get(row.source_id.as_str())?);
        Some(Person {
            id,
            school: load.school,
            username: after.username.clone(),
            name: after.name.clone(),
            roles: after.roles,
            year: after.year,
            groups: Vec::new(),
            email: after.email.clone(),
            stay: after.stay,
        })
    };
    let rows = plan.rows.iter().filter(|it| it.kind != Kind::Problem);
    let both: Vec<(Option<&Person>, Option<Person>)> = rows.map(|it| (before(it), after(it))).collect();
    let both: Vec<_> = both.iter().map(|(before, after)| (*before, after.as_ref())).collect();
    access::settle_all(tx, by, load.school, &both, &format!("roster {}", load.source)).await
}

async fn links(
    tx: &mut Tx,
    school: Id<School>,
    plan: &Plan,
    ids: &HashMap<&str, Id<Person>>,
) -> Result<(), StoreError> {
    let (mut new, mut over) = (Vec::new(), Vec::new());
    for it in &plan.links {
        let (Some(child), Some(parent)) = (ids.get(it.child.as_str()), ids.get(it.parent.as_str())) else {
            continue;
        };
        match &it.after {
            Some((relation, priority)) => new.extend([
                school.into(),
                (*child).into(),
                (*parent).into(),
                relation.as_str().into(),
                Value::Int(priority.map(i64::from)),
            ]),
            None => over.extend([(*child).into(), (*parent).into()]),
        }
    }
    let head = "insert into parent_link (school, child, parent, relation, priority)";
    let tail = "on conflict (child, parent) do update set relation = excluded.relation, priority = excluded.priority";
    tx.run_many(head, 5, new, tail).await?;
    tx.run_many("delete from parent_link where (child, parent) in (", 2, over, ")").await.map(drop)
}

/// The trail: the load with its counts, then each person.
async fn finish(tx: &mut Tx, by: &By, load: &Load, plan: &Plan) -> Result<(), StoreError> {
    let sql = "update roster_load set stage = 'applied', stage_at = $2, done = total where id = $1 and stage = 'applying'";
    if tx.run(sql, vec![load.id.into(), by.at.into()]).await? == 0 {
        return Err(StoreError::Stale);
    }
    forget_bytes(tx, load.id).await?;
    stamp::bump(tx).await?;
    let words = load.words();
    let note = Note { act: "apply roster", subject: &load.file_name, after: Some(&words), ..Note::default() };
    audit::add(tx, by, load.school, note)?;
    for row in plan.rows.iter().filter(|it| it.kind != Kind::Problem) {
        let act = match row.kind {
            Kind::Joiner => "add person",
            Kind::Mover | Kind::Problem => "change person",
            Kind::Leaver => "person left",
            Kind::Returner => "bring person back",
        };
        let side = |of: fn(&Change) -> &String| {
            let parts: Vec<String> = row
                .changes
                .iter()
                .filter(|it| !of(it).is_empty())
                .map(|it| format!("{}: {}", it.field.label(), of(it)))
                .collect();
            (!parts.is_empty()).then(|| parts.join("; "))
        };
        let (before, after) = (side(|it| &it.before), side(|it| &it.after));
        let (before, after) = (before.as_deref(), after.as_deref());
        audit::add(tx, by, load.school, Note { act, subject: &row.username, before, after, reason: None })?;
    }
    Ok(())
}

fn group_id(group: GroupRef, made: &[Id<Group>]) -> Result<Id<Group>, StoreError> {
    match group {
        GroupRef::Kept(id) => Ok(id),
        GroupRef::New(n) => made.get(n).copied().ok_or(StoreError::Stale),
    }
}
