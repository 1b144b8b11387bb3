//! What the store keeps, told as stories, each on both engines.
#![expect(clippy::unwrap_used, reason = "what stories share is test code too")]
mod accounts;
mod agreements;
mod at_once;
mod audit;
mod backup;
mod carry;
mod concerns;
mod engines;
mod exceptional;
mod guests;
mod house;
mod kill;
mod leavers;
mod people;
mod placements;
mod raw;
mod roster;
mod rules;
mod signing_in;
mod tree;
mod work;

use jiff::Timestamp;
use school::{Group, Id, Person, Role, Roles, School};
use store::{By, Db, Tx, fresh_id, groups, people as folk, schools};

/// A school with one class, a pupil and a lead; all made up.
struct Small {
    school: School,
    group: Group,
    pupil: Person,
    lead: Person,
}

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn by(text: &str) -> By {
    By { person: None, name: "set-up".to_owned(), at: at(text) }
}

async fn write(db: &Db) -> Tx {
    db.write().await.expect("a transaction")
}

fn person(school: Id<School>, username: &str, name: &str, role: Role) -> Person {
    Person {
        id: fresh_id(at("2026-11-22T09:00:00Z")),
        school,
        username: username.parse().expect(username),
        name: name.parse().expect(name),
        roles: Roles::NONE.with(role),
        year: None,
        groups: vec![],
        email: None,
        stay: school::Stay::ALWAYS,
    }
}

async fn small(db: &Db, name: &str) -> Small {
    let by = by("2026-11-22T09:00:00Z");
    let school = School { id: fresh_id(by.at), trust: None, name: name.parse().expect(name) };
    let group = Group { id: fresh_id(by.at), school: school.id, name: "7B".parse().expect("a line") };
    let mut pupil = person(school.id, "ada.pupil", "Ada Pupil", Role::Pupil);
    pupil.year = school::Year::new(7);
    pupil.groups = vec![group.id];
    let lead = person(school.id, "lee.lead", "Lee Lead", Role::Dsl);
    let mut tx = write(db).await;
    schools::add(&mut tx, &by, &school).await.expect("a school");
    groups::add(&mut tx, &by, &group).await.expect("a group");
    folk::add(&mut tx, &by, &pupil).await.expect("a pupil");
    folk::add(&mut tx, &by, &lead).await.expect("a lead");
    tx.commit().await.expect("kept");
    Small { school, group, pupil, lead }
}
