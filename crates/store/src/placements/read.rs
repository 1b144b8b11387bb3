use std::collections::HashMap;

use jiff::Timestamp;
use school::{Id, Person, Placement, School, Stay, Username};

use super::Kept;
use crate::{StoreError, Tx, people, sql::Row};

/// There are few of them: one question for all, narrowed by what is not empty.
const PLACEMENTS: &str = "select person.id as id, person.version as version, person.school as school, \
     person.username as username, person.name as name, person.roles as roles, person.school_year as school_year, \
     person.email as email, person.starts_at as starts_at, person.ends_at as ends_at, person.password as password, \
     person.left_at as left_at, placement.id as placement, placement.version as placement_version, \
     placement.school as placed_at, placement.roles as placed_as, placement.username as placed_name, since, until, basis, \
     added_by, ended_at, ended_by from placement join person on person.id = placement.person \
     where ($1 = '' or placement.school = $1) and ($2 = '' or placement.person = $2) and ($3 = '' or placement.id = $3) \
     order by since desc, placement.id limit 1000";

/// Placed at a school, the newest first; those that have ended too.
pub async fn at_school(tx: &mut Tx, school: Id<School>) -> Result<Vec<Kept>, StoreError> {
    tx.all(PLACEMENTS, vec![school.into(), "".into(), "".into()], read).await
}

/// All that one person ever had, at whichever school, the newest first.
pub async fn of(tx: &mut Tx, person: Id<Person>) -> Result<Vec<Kept>, StoreError> {
    tx.all(PLACEMENTS, vec!["".into(), person.into(), "".into()], read).await
}

pub async fn get(tx: &mut Tx, id: Id<Placement>) -> Result<Option<Kept>, StoreError> {
    let row = tx.first(PLACEMENTS, vec!["".into(), "".into(), id.into()]).await?;
    row.as_ref().map(read).transpose()
}

/// Somebody as they stand at a school now, with the roles they hold there: one of its own people, or one who is placed
/// there. `None`: they are nobody there.
pub async fn standing(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
    now: Timestamp,
) -> Result<Option<Person>, StoreError> {
    if let Some(kept) = people::get(tx, school, person).await? {
        return Ok(Some(kept.person));
    }
    let placed = tx.all(PLACEMENTS, vec![school.into(), person.into(), "".into()], read).await?;
    Ok(placed.into_iter().find(|it| it.is_in_force(now)).map(|it| it.stands()))
}

/// As [`standing`], of whoever signs in under this name.
pub async fn by_username(
    tx: &mut Tx,
    school: Id<School>,
    username: &Username,
    now: Timestamp,
) -> Result<Option<Person>, StoreError> {
    if let Some(kept) = people::by_username(tx, school, username).await? {
        return Ok(Some(kept.person));
    }
    let placed = at_school(tx, school).await?;
    Ok(placed
        .into_iter()
        .filter(|it| it.is_in_force(now))
        .map(|it| it.stands())
        .find(|it| it.username == *username))
}

/// Those from other schools who are placed here and whose time is not over, as they stand here, with the password that
/// their own school keeps. Of one who has several, the one that begins first.
pub async fn people(
    tx: &mut Tx,
    school: Id<School>,
    now: Timestamp,
) -> Result<Vec<people::Kept>, StoreError> {
    let mut placed = at_school(tx, school).await?;
    placed.retain(|it| !it.is_over(now));
    placed.sort_by_key(|it| it.placement.stay.from);
    let mut found: Vec<people::Kept> = Vec::new();
    for it in placed {
        if !found.iter().any(|other| other.person.id == it.placement.person) {
            let version = it.home.version;
            found.push(people::Kept { person: it.stands(), password: it.home.password, version });
        }
    }
    Ok(found)
}

/// These people, where they are or were placed here, as they stood here last: for pages that name them.
pub async fn known(
    tx: &mut Tx,
    school: Id<School>,
    ids: &[Id<Person>],
) -> Result<HashMap<Id<Person>, Person>, StoreError> {
    let placed = at_school(tx, school).await?;
    let theirs = placed.into_iter().rev().filter(|it| ids.contains(&it.placement.person));
    Ok(theirs.map(|it| (it.placement.person, it.stands())).collect())
}

/// Whether somebody else of this school, its own or placed there, signs in under this name.
pub async fn is_taken(
    tx: &mut Tx,
    school: Id<School>,
    username: &Username,
    but: Id<Person>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if people::by_username(tx, school, username).await?.is_some_and(|it| it.person.id != but) {
        return Ok(true);
    }
    let placed = at_school(tx, school).await?;
    let others = placed.iter().filter(|it| it.placement.person != but && !it.is_over(now));
    Ok(others.map(Kept::stands).any(|it| it.username == *username))
}

fn read(row: &Row) -> Result<Kept, StoreError> {
    let home = people::read(row, Vec::new())?;
    let placement = Placement {
        id: row.parse("placement")?,
        school: row.parse("placed_at")?,
        person: home.person.id,
        username: row.parse_opt("placed_name")?,
        roles: row.roles("placed_as")?,
        stay: Stay { from: Some(row.at("since")?), until: row.at_opt("until")? },
        basis: row.parse("basis")?,
    };
    Ok(Kept {
        placement,
        home,
        has_left: row.at_opt("left_at")?.is_some(),
        version: row.get("placement_version")?,
        added_by: row.get("added_by")?,
        ended_at: row.at_opt("ended_at")?,
        ended_by: row.get("ended_by")?,
    })
}

impl Kept {
    /// Whether they hold these roles at this moment.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        !self.is_over(now) && self.stands().stay.covers(now)
    }

    /// Whether it was ended, its time is over, or their own school has let go of them.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ended_at.is_some() || self.has_left || self.stands().stay.is_over(now)
    }

    /// As they stand at the school where they are placed.
    pub fn stands(&self) -> Person {
        self.placement.stands(&self.home.person)
    }
}
