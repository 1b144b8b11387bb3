//! The two questions that are asked of everyone who may come to run something: their vetting, and who answers for them
//! (ACC-11, ACC-13).
use jiff::Timestamp;
use maud::{Markup, html};
use school::{Id, Line, Person, Right, Role, Roles, School};
use store::{
    Tx,
    oversight::{self, Oversight},
    placements,
};

use crate::{
    components::field::{Input, input},
    failure::Failure,
    fields::Fields,
    staff::Staff,
};

pub(crate) type Complaint = (&'static str, &'static str);

/// What the form says; the inner error is for its reader.
pub(crate) async fn read(
    tx: &mut Tx,
    school: Id<School>,
    fields: &Fields,
    now: Timestamp,
) -> Result<Result<Oversight, Complaint>, Failure> {
    let vetting = match fields.get("vetting") {
        "" => None,
        typed => match typed.parse::<Line>() {
            Ok(line) => Some(line),
            Err(_) => {
                return Ok(Err(("vetting", "Enter the reference in one line of at most 200 characters")));
            }
        },
    };
    let supervisor = match fields.get("supervisor") {
        "" => None,
        typed => {
            let found = match typed.parse() {
                Ok(username) => placements::by_username(tx, school, &username, now).await?,
                Err(_) => None,
            };
            match found {
                Some(person) => Some(person.id),
                None => return Ok(Err(("supervisor", "Nobody here has this username"))),
            }
        }
    };
    Ok(Ok(Oversight { vetting, supervisor }))
}

/// What is on record of somebody at this school, as the form would have been filled in.
pub(crate) async fn fill(
    tx: &mut Tx,
    school: Id<School>,
    person: Id<Person>,
    now: Timestamp,
    fields: &mut Fields,
) -> Result<(), Failure> {
    let kept = oversight::get(tx, school, person).await?;
    let supervisor = match kept.supervisor {
        Some(id) => placements::standing(tx, school, id, now).await?.map(|it| it.username.to_string()),
        None => None,
    };
    fields.push("vetting".to_owned(), kept.vetting.map(|it| it.to_string()).unwrap_or_default());
    fields.push("supervisor".to_owned(), supervisor.unwrap_or_default());
    Ok(())
}

/// Why somebody may not give these roles to one who had the others: what bears on every school of a trust, its own
/// people alone give.
pub(crate) fn of_trust(staff: &Staff, before: Roles, after: Roles) -> Option<Complaint> {
    let bears = |it: &Role| matches!(it, Role::Trustee | Role::TrustSafeguardingLead) && !before.has(*it);
    let refused = staff.school.trust.is_some()
        && !staff.rights.has(Right::ManageTrust)
        && after.iter().any(|it| bears(&it));
    refused.then_some(("roles", "Only the trust gives this role, under Trust, or whoever runs the server"))
}

pub(crate) fn questions(fields: &Fields, all: &[Complaint]) -> Markup {
    let ask = |name, label, hint| {
        let complaint = all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
        input(&Input { hint, complaint, ..Input::text(name, label, fields.get(name)) })
    };
    html! {
        (ask("vetting", "DBS or single-central-record reference", "For those who run servers or accounts: the reference, not the certificate"))
        (ask("supervisor", "Supervisor", "For those who run filtering or monitoring: the username of a senior leader"))
    }
}
