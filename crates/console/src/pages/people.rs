//! The register of people: look up, look at, add, change, reset, end and bring back (ACC-02, ACC-12).
pub(crate) mod act;
pub(crate) mod cards;
pub(crate) mod change;
pub(crate) mod export;
pub(crate) mod given;
pub(crate) mod granted;
pub(crate) mod link;
pub(crate) mod list;
pub(crate) mod person;
pub(crate) mod pictures;
pub(crate) mod shared;
mod young;

use school::{Choice, Group, Id, Line, Person, Role, School};
use store::{StoreError, Tx, groups, people, people::Kept};

use crate::{failure::Failure, fields::Fields};

/// Someone of this school, here or with an ended account.
struct Found {
    kept: Kept,
    ended: bool,
}

async fn found(tx: &mut Tx, school: Id<School>, id: &str) -> Result<Found, Failure> {
    let id: Id<Person> = id.parse().map_err(|_| Failure::NotFound)?;
    if let Some(kept) = people::get(tx, school, id).await? {
        return Ok(Found { kept, ended: false });
    }
    let kept = people::get_ended(tx, school, id).await?.ok_or(Failure::NotFound)?;
    Ok(Found { kept, ended: true })
}

pub(crate) fn role_names(person: &Person) -> String {
    person.roles.iter().map(Role::label).collect::<Vec<_>>().join(", ")
}

fn group_names(person: &Person, groups: &[Group]) -> String {
    let theirs = person.groups.iter().filter_map(|id| groups.iter().find(|it| it.id == *id));
    let mut names: Vec<&str> = theirs.map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    names.join(", ")
}

/// What is looked for, from a query: shared by the page and the download.
fn wanted(fields: &Fields, groups: &[Group]) -> store::register::Wanted {
    let class = fields.get("class").to_lowercase();
    let group = groups.iter().find(|it| !class.is_empty() && it.name.as_str().to_lowercase() == class);
    store::register::Wanted {
        words: fields.get("words").to_owned(),
        role: Role::from_code(fields.get("role")),
        year: fields.get("year").parse().ok(),
        // A class that is not there finds nobody.
        group: group.map(|it| it.id).or_else(|| (!class.is_empty()).then(|| Id::from_u128(0))),
        ended: fields.get("show") == "ended",
    }
}

/// The groups of these names, made where there are none yet.
async fn groups_named(
    tx: &mut Tx,
    by: &store::By,
    school: Id<School>,
    names: &[Line],
) -> Result<Vec<Id<Group>>, StoreError> {
    let mut known = groups::all(tx, school).await?;
    let mut ids = Vec::new();
    for name in names {
        let same = |it: &&Group| it.name.as_str().eq_ignore_ascii_case(name.as_str());
        let id = if let Some(group) = known.iter().find(same) {
            group.id
        } else {
            let group = Group { id: store::fresh_id(by.at), school, name: name.clone() };
            groups::add(tx, by, &group).await?;
            known.push(group.clone());
            group.id
        };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
