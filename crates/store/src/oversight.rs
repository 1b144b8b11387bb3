//! Supervisors of operators and the vetting of those who run things (ACC-11, ACC-13).
use jiff::Timestamp;
use school::{
    Id, Line, Person, Post, Rights, Role, Roles, School,
    settings::{OPERATORS_SUPERVISED, OPERATORS_VETTED},
};

use crate::{By, StoreError, Tx, audit, placements, posts, settings, sql::Value};

/// What is on record of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Oversight {
    /// DBS or single-central-record reference.
    pub vetting: Option<Line>,
    pub supervisor: Option<Id<Person>>,
}

pub async fn get(tx: &mut Tx, school: Id<School>, person: Id<Person>) -> Result<Oversight, StoreError> {
    let sql = "select vetting, supervisor from oversight where school = $1 and person = $2";
    let Some(row) = tx.first(sql, vec![school.into(), person.into()]).await? else {
        return Ok(Oversight::default());
    };
    Ok(Oversight { vetting: row.parse_opt("vetting")?, supervisor: row.parse_opt("supervisor")? })
}

/// Nothing is written where nothing changes.
pub async fn set(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    person: Id<Person>,
    now: &Oversight,
) -> Result<(), StoreError> {
    let before = get(tx, school, person).await?;
    if before == *now {
        return Ok(());
    }
    let sql = "insert into oversight (school, person, version, vetting, supervisor) values ($1, $2, 1, $3, $4) \
               on conflict (school, person) do update set vetting = excluded.vetting, \
               supervisor = excluded.supervisor, version = oversight.version + 1";
    let values = vec![
        school.into(),
        person.into(),
        Value::text_or_null(now.vetting.as_ref()),
        Value::text_or_null(now.supervisor),
    ];
    tx.run(sql, values).await?;
    // The reference itself is for those who may see it, not for every reader of the trail.
    let told = |it: &Oversight| {
        let vetting = if it.vetting.is_some() { "vetting recorded" } else { "no vetting" };
        let supervisor =
            it.supervisor.map_or_else(|| "no supervisor".to_owned(), |it| format!("supervisor {it}"));
        format!("{vetting}, {supervisor}")
    };
    let subject = person.to_string();
    audit::note(tx, by, school, "change oversight", &subject, Some(&told(&before)), Some(&told(now))).await
}

/// Whether the limits hold yet: for good from the day the first head is appointed, so that whoever sets the school up
/// is not locked out, and a head who leaves takes no limit along.
pub async fn is_in_force(tx: &mut Tx, school: Id<School>, now: Timestamp) -> Result<bool, StoreError> {
    posts::was_ever_held(tx, school, Post::Head, now).await
}

/// Whether someone of this school's leadership team, who is still here, answers for this person.
async fn is_supervised(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
    it: &Oversight,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(supervisor) = it.supervisor.filter(|it| *it != person) else { return Ok(false) };
    let stands = placements::standing(tx, school, supervisor, now).await?;
    Ok(stands.is_some_and(|it| it.roles.is_on_leadership()))
}

/// What someone holding these roles at this school may do now: without a supervisor an operator neither manages the
/// filter nor monitors, from the moment the supervisor leaves.
pub async fn rights(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
    roles: Roles,
    now: Timestamp,
) -> Result<Rights, StoreError> {
    let all = Rights::of(roles);
    if !roles.iter().any(Role::is_operator) {
        return Ok(all);
    }
    let on = settings::of(tx, school, None).await?.is_on(&OPERATORS_SUPERVISED);
    if !on || !is_in_force(tx, school, now).await? {
        return Ok(all);
    }
    let it = get(tx, school, person).await?;
    Ok(if is_supervised(tx, school, person, &it, now).await? { all } else { Rights::unsupervised(roles) })
}

/// Of these roles, those that this person may come back with: what [`refusal`] refuses has to be given anew.
pub async fn fit(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
    roles: Roles,
    now: Timestamp,
) -> Result<Roles, StoreError> {
    let it = get(tx, school, person).await?;
    let mut left = roles;
    while let Some((field, _)) = refusal(tx, school, person, left, &it, now).await? {
        let goes = if field == "vetting" { Role::needs_vetting } else { Role::is_operator };
        left = left.iter().filter(|it| !goes(*it)).collect();
    }
    Ok(left)
}

/// Why these roles are refused, as the form's field and the words; `None`: they are not. Asked by everything that gives
/// roles: the pages of people and placements, the command line, rosters, and whoever brings an account back.
pub async fn refusal(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
    roles: Roles,
    it: &Oversight,
    now: Timestamp,
) -> Result<Option<(&'static str, &'static str)>, StoreError> {
    if !roles.iter().any(Role::needs_vetting) || !is_in_force(tx, school, now).await? {
        return Ok(None);
    }
    let set = settings::of(tx, school, None).await?;
    if set.is_on(&OPERATORS_VETTED) && it.vetting.is_none() {
        return Ok(Some((
            "vetting",
            "This role needs a DBS or single-central-record reference: enter it first",
        )));
    }
    let operates = roles.iter().any(Role::is_operator);
    if operates && set.is_on(&OPERATORS_SUPERVISED) && !is_supervised(tx, school, person, it, now).await? {
        return Ok(Some((
            "supervisor",
            "This role needs a supervisor from the senior leadership team: enter their username",
        )));
    }
    Ok(None)
}
