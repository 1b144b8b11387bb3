//! What is known of a school's people, as a roster is compared with it.
use std::collections::HashMap;

use jiff::Timestamp;
use school::{
    Group, Id, Person, Role, Roles, School, Stay,
    roster::{Known, KnownGroup, KnownPerson, Origin},
};

use crate::{StoreError, Tx, oversight, parents, sql::Row};

/// Everybody, with the version of each: whoever changes in the meantime is not written over.
pub struct Found {
    pub known: Known,
    pub versions: HashMap<Id<Person>, i64>,
}

pub async fn known(tx: &mut Tx, school: Id<School>, now: Timestamp) -> Result<Found, StoreError> {
    let sql = "select membership.person, membership.school_group from membership \
               join person on person.id = membership.person where person.school = $1 \
               order by membership.person, membership.school_group";
    let mut of: HashMap<Id<Person>, Vec<Id<Group>>> = HashMap::new();
    for row in tx.rows(sql, vec![school.into()]).await? {
        of.entry(row.parse("person")?).or_default().push(row.parse("school_group")?);
    }
    let sql = "select id, version, school, username, name, roles, school_year, email, starts_at, ends_at, left_at, \
               source, source_id from person where school = $1 and erased_at is null order by id";
    let mut found = Found { known: Known::default(), versions: HashMap::new() };
    for row in tx.rows(sql, vec![school.into()]).await? {
        let id = row.parse("id")?;
        found.versions.insert(id, row.get("version")?);
        found.known.people.push(person(&row, of.remove(&id).unwrap_or_default())?);
    }
    for it in found.known.people.iter().filter(|it| it.has_left || it.person.stay.is_over(now)) {
        let (id, roles) = (it.person.id, it.person.roles);
        if roles.iter().any(Role::needs_vetting) {
            let fit = oversight::fit(tx, school, id, roles, now).await?;
            found.known.refused.insert(id, fit.iter().fold(roles, Roles::without));
        }
    }
    let sql = "select id, school, name, source, source_id from school_group where school = $1 order by id";
    found.known.groups = tx.all(sql, vec![school.into()], group).await?;
    found.known.links = parents::all(tx, school).await?;
    Ok(found)
}

fn person(row: &Row, groups: Vec<Id<Group>>) -> Result<KnownPerson, StoreError> {
    Ok(KnownPerson {
        person: Person {
            id: row.parse("id")?,
            school: row.parse("school")?,
            username: row.parse("username")?,
            name: row.parse("name")?,
            roles: row.roles("roles")?,
            year: row.parse_opt("school_year")?,
            groups,
            email: row.parse_opt("email")?,
            stay: Stay { from: row.at_opt("starts_at")?, until: row.at_opt("ends_at")? },
        },
        origin: origin(row)?,
        has_left: row.at_opt("left_at")?.is_some(),
    })
}

fn group(row: &Row) -> Result<KnownGroup, StoreError> {
    let group = Group { id: row.parse("id")?, school: row.parse("school")?, name: row.parse("name")? };
    Ok(KnownGroup { group, origin: origin(row)? })
}

fn origin(row: &Row) -> Result<Option<Origin>, StoreError> {
    let (source, id): (Option<String>, Option<String>) = (row.get("source")?, row.get("source_id")?);
    Ok(source.zip(id).map(|(source, id)| Origin { source, id }))
}
