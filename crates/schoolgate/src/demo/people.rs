use std::collections::HashMap;

use anyhow::Context as _;
use jiff::Timestamp;
use school::{Group, Id, Layer, Person, Post, Role, Roles, School, Year, settings::SECOND_DEMANDED};
use store::{By, Db, fresh_id, oversight::Oversight, posts::Holder};

use super::{families, visitor};
use crate::passwords;

/// Of everybody, by user name.
pub(super) type Ids = HashMap<&'static str, Id<Person>>;

/// Somebody made up.
pub(crate) struct Pretend {
    pub(crate) username: &'static str,
    pub(crate) name: &'static str,
    role: Role,
    year: Option<i8>,
    class: Option<&'static str>,
    /// What they show.
    pub(crate) shows: &'static str,
}

/// Everybody's, in the demonstration only.
pub(crate) const PASSWORD: &str = "demo-school-2026";

pub(crate) const PEOPLE: &[Pretend] = &[
    pupil("rowan", "Rowan Ashdown", 4, "4 Oak", "Year 4: a list of approved sites and nothing else"),
    pupil("maya", "Maya Fielding", 7, "7B", "Year 7: categories, school time, safe search"),
    pupil("theo", "Theo Marsh", 10, "10C", "Year 10: a little more is open"),
    pupil("leila", "Leila Marsh", 9, "9A", "Year 9, his sister: her agreement waits for their mother"),
    staff(
        "marsh",
        "Dana Marsh",
        Role::Parent,
        "their mother: signs beside Leila in the console, under My children",
    ),
    staff("okafor", "Sam Okafor", Role::Teacher, "a teacher: other rules for the same address"),
    staff("byrne", "Helen Byrne", Role::Dsl, "the safeguarding lead: concerns, activity, explain"),
    staff("novak", "Lee Novak", Role::NetworkManager, "the network manager: lists and profiles"),
    staff("penrose", "Ada Penrose", Role::Office, "the school office: rosters, guests, agreements"),
    staff(
        "adeyemi",
        "Tola Adeyemi",
        Role::AccountAdministrator,
        "the account administrator: people and their sign-ins",
    ),
    staff(
        "fairbairn",
        "Alex Fairbairn",
        Role::SeniorLeader,
        "a senior leader, who supervises the network manager",
    ),
    staff("whitlock", "Grace Whitlock", Role::Head, "the head: today, and the audit trail"),
];

const fn pupil(
    username: &'static str,
    name: &'static str,
    year: i8,
    class: &'static str,
    shows: &'static str,
) -> Pretend {
    Pretend { username, name, role: Role::Pupil, year: Some(year), class: Some(class), shows }
}

const fn staff(username: &'static str, name: &'static str, role: Role, shows: &'static str) -> Pretend {
    Pretend { username, name, role, year: None, class: None, shows }
}

/// Adds everybody, unless somebody is there already.
pub(crate) async fn add(db: &Db, school: &School, now: Timestamp) -> anyhow::Result<()> {
    let mut tx = db.write().await?;
    if !store::people::all(&mut tx, school.id).await?.is_empty() {
        return Ok(());
    }
    let by = By { person: None, name: "Demonstration".to_owned(), at: now };
    let hash = passwords::hashed(PASSWORD)?;
    let mut ids = Ids::new();
    for it in PEOPLE {
        let mut groups = Vec::new();
        if let Some(name) = it.class {
            let group = Group { id: fresh_id(now), school: school.id, name: name.parse()? };
            store::groups::add(&mut tx, &by, &group).await?;
            groups.push(group.id);
        }
        let person = Person {
            id: fresh_id(now),
            school: school.id,
            username: it.username.parse()?,
            name: it.name.parse()?,
            roles: Roles::NONE.with(it.role),
            year: it.year.map(|it| Year::new(it).context("a year group")).transpose()?,
            groups,
            email: None,
            stay: school::Stay::ALWAYS,
        };
        store::people::add(&mut tx, &by, &person).await?;
        store::people::set_password(&mut tx, &by, school.id, person.id, &hash).await?;
        ids.insert(it.username, person.id);
    }
    oversee(&mut tx, &by, school, &ids).await?;
    // So that everybody can look round without a phone in hand. A school leaves it on, which is the default.
    let owner = school.id.to_string();
    let off = (Layer::School, owner.as_str());
    store::settings::set(&mut tx, &by, school.id, off, &SECOND_DEMANDED, "off", false).await?;
    families::agree(&mut tx, &by, school, &ids).await?;
    visitor::admit(&mut tx, &by, school, &ids, &hash).await?;
    Ok(tx.commit().await?)
}

/// References, a supervisor for the network manager, and the posts that a school fills (ACC-08, ACC-11, ACC-13).
async fn oversee(tx: &mut store::Tx, by: &By, school: &School, ids: &Ids) -> anyhow::Result<()> {
    let id = |username: &str| ids.get(username).copied().context("somebody of the demonstration");
    let manager = Oversight {
        vetting: Some("Central record 12, made up".parse()?),
        supervisor: Some(id("fairbairn")?),
    };
    store::oversight::set(tx, by, school.id, id("novak")?, &manager).await?;
    for (post, username, contact) in [
        (Post::Head, "whitlock", "The front office"),
        (Post::Dsl, "byrne", "Room 12, beside the library"),
        (Post::Coordinator, "fairbairn", "Room 3"),
        (Post::NetworkManager, "novak", "The server room; help desk on 201"),
    ] {
        let holder = Holder {
            id: fresh_id(by.at),
            school: school.id,
            post,
            person: id(username)?,
            since: by.at,
            until: None,
            contact: contact.to_owned(),
            about: post.about().parse()?,
            version: 1,
        };
        store::posts::appoint(tx, by, &holder).await?;
    }
    Ok(())
}
