use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use school::{Choice, Id, Line, Person, Placement, Role, Roles, School, Stay, Username};
use store::{Tx, oversight, people, placements, schools};

use super::{OWN, Scope};
use crate::{
    Console,
    components::{
        choice::checkboxes,
        field::{Input, input, select},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    overseen::{self, Complaint},
    search::moment,
    staff::{Reader, Staff},
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    page(&mut tx, &staff, &Scope::here(&staff), &Fields::default(), &[]).await
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    give(&console, &staff, &fields, Scope::here(&staff)).await
}

pub(crate) async fn get_trust(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let scope = Scope::trust(&mut tx, &staff).await?;
    page(&mut tx, &staff, &scope, &Fields::default(), &[]).await
}

pub(crate) async fn post_trust(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let scope = Scope::trust(&mut console.db.read().await?, &staff).await?;
    give(&console, &staff, &fields, scope).await
}

async fn give(console: &Console, staff: &Staff, fields: &Fields, scope: Scope) -> Result<Response, Failure> {
    let by = staff.by(console);
    let mut tx = console.db.write().await?;
    let mut all = Vec::new();
    let school = match &scope.schools[..] {
        [only] => Some(only.id),
        several => several.iter().map(|it| it.id).find(|it| it.to_string() == fields.get("school")),
    };
    if school.is_none() {
        all.push(("school", "Choose the school where the roles are to be held"));
    }
    let home = home(&mut tx, fields).await?;
    match &home {
        None => {
            all.push((
                "username",
                "Nobody at that school has this username: ask them how they sign in there",
            ));
        }
        Some(it) if Some(it.school) == school => {
            all.push((
                "username",
                "They are of this school: give them roles on their own page, under People",
            ));
        }
        Some(it) if it.id == staff.id() => all.push(("username", OWN)),
        Some(_) => {}
    }
    let zone = school.map_or(TimeZone::UTC, |it| console.zone(it));
    let asked = asked(fields, &zone, &mut all);
    let from = moment(fields.get("from"), &zone);
    if from.is_err() {
        all.push(("from", "Enter a date and time, such as 2026-11-23T09:00"));
    }
    let (Some(school), Some(home), Some(asked), Ok(from), true) = (school, home, asked, from, all.is_empty())
    else {
        return again(&mut tx, staff, &scope, fields, &all).await;
    };
    let stay = Stay { from: Some(from.unwrap_or(by.at)), ..asked.stay };
    let placement = Placement { id: store::fresh_id(by.at), school, person: home.id, stay, ..asked };
    let watched = match overseen::read(&mut tx, school, fields, by.at).await? {
        Ok(watched) => watched,
        Err(complaint) => return again(&mut tx, staff, &scope, fields, &[complaint]).await,
    };
    let refused = refusal(&mut tx, &placement, &home, by.at).await?;
    let limits = oversight::refusal(&mut tx, school, home.id, placement.roles, &watched, by.at).await?;
    let trust = overseen::of_trust(staff, Roles::NONE, placement.roles);
    if let Some(why) = refused.or(trust).or(limits) {
        return again(&mut tx, staff, &scope, fields, &[why]).await;
    }
    placements::give(&mut tx, &by, &placement, &home).await?;
    oversight::set(&mut tx, &by, school, home.id, &watched).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{}/{}", scope.base, placement.id)).into_response())
}

/// Why it cannot be so, beside the limits on roles.
pub(super) async fn refusal(
    tx: &mut Tx,
    it: &Placement,
    home: &Person,
    now: Timestamp,
) -> Result<Option<Complaint>, Failure> {
    let backwards = it.stay.from.is_some_and(|from| it.stay.until.is_some_and(|until| until <= from));
    if it.stay.is_over(now) || backwards {
        return Ok(Some(("until", "The end must be after the beginning, and still to come")));
    }
    // Sent twice, or forgotten: one placement holds all roles of a time.
    let others = placements::of(tx, it.person).await?;
    let mut others = others.iter().filter(|other| {
        other.placement.school == it.school && other.placement.id != it.id && !other.is_over(now)
    });
    if others.any(|other| other.placement.stay.meets(it.stay)) {
        return Ok(Some(("username", "They hold roles there in this time already: change those instead")));
    }
    let name = it.stands(home).username;
    if placements::is_taken(tx, it.school, &name, it.person, now).await? {
        return Ok(Some((
            "here",
            "Somebody there signs in at the gate under this name: enter another one for them",
        )));
    }
    Ok(None)
}

/// Whoever signs in under this name at that school.
async fn home(tx: &mut Tx, fields: &Fields) -> Result<Option<Person>, Failure> {
    let username = fields.get("username").parse::<Username>();
    let (Ok(school), Ok(username)) = (fields.get("home").parse(), username) else { return Ok(None) };
    Ok(people::by_username(tx, school, &username).await?.map(|it| it.person))
}

/// What giving and changing have in common; the rest is filled up with nothing.
pub(super) fn asked(fields: &Fields, zone: &TimeZone, all: &mut Vec<Complaint>) -> Option<Placement> {
    let roles: Option<Roles> = fields.all("roles").map(Role::from_code).collect();
    let roles = roles.unwrap_or(Roles::NONE);
    if roles.is_empty() {
        all.push(("roles", "Tick at least one role"));
    }
    let until = moment(fields.get("until"), zone);
    if until.is_err() {
        all.push(("until", "Enter a date and time, such as 2027-07-20T16:00"));
    }
    let basis = fields.get("basis").parse::<Line>();
    if basis.is_err() {
        all.push(("basis", "Write on what grounds, in one line: a contract, a decision of the trust"));
    }
    let username = match fields.get("here") {
        "" => Ok(None),
        typed => typed.parse().map(Some),
    };
    if username.is_err() {
        all.push(("here", "Enter a username of letters, digits and . _ - @ '"));
    }
    Some(Placement {
        id: Id::from_u128(0),
        school: Id::from_u128(0),
        person: Id::from_u128(0),
        username: username.ok()?,
        roles,
        stay: Stay { from: None, until: until.ok()? },
        basis: basis.ok()?,
    })
}

/// The questions of both forms.
pub(super) fn questions(fields: &Fields, all: &[Complaint]) -> Markup {
    let complaint = |name: &str| all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let ask = |name, label, hint, kind| {
        input(&Input { hint, kind, complaint: complaint(name), ..Input::text(name, label, fields.get(name)) })
    };
    let ticked: Vec<&str> = fields.all("roles").collect();
    let roles: Vec<_> = Role::ALL
        .iter()
        .map(|it| (it.code().to_owned(), it.label().to_owned(), ticked.contains(&it.code())))
        .collect();
    html! {
        (checkboxes("roles", "Roles there", "What they may do there comes from these alone", complaint("roles"), &roles))
        (ask("until", "Until", "Empty: no end. They are out at that minute", "datetime-local"))
        (ask("basis", "On what grounds", "Such as: service agreement 7, or decided by the trust board", "text"))
        (ask("here", "Username at that school’s gate", "Only where somebody there has theirs. Empty: the one they have", "text"))
        (overseen::questions(fields, all))
    }
}

async fn again(
    tx: &mut Tx,
    staff: &Staff,
    scope: &Scope,
    fields: &Fields,
    all: &[Complaint],
) -> Result<Response, Failure> {
    Ok((StatusCode::BAD_REQUEST, page(tx, staff, scope, fields, all).await?).into_response())
}

async fn page(
    tx: &mut Tx,
    staff: &Staff,
    scope: &Scope,
    fields: &Fields,
    all: &[Complaint],
) -> Result<Markup, Failure> {
    let complaint = |name: &str| all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let ask = |name, label, hint, kind| {
        input(&Input { hint, kind, complaint: complaint(name), ..Input::text(name, label, fields.get(name)) })
    };
    let choices = |all: &[School]| -> Vec<(String, String)> {
        all.iter().map(|it| (it.id.to_string(), it.name.to_string())).collect()
    };
    let mut homes = schools::all(tx).await?;
    if let [only] = &scope.schools[..] {
        homes.retain(|it| it.id != only.id);
    }
    let title = "Give roles to somebody from another school";
    let content = html! {
        (complaints(all))
        a.govuk-back-link href=(scope.base) { "Back" }
        h1.govuk-heading-l { (title) }
        @if homes.is_empty() {
            p.govuk-body { "There is no other school in this installation. Add people of a provider under People." }
        } @else {
            form.sg-panel.sg-form method="post" action={ (scope.base) "/add" } novalidate {
                (layout::token(staff))
                @if 1 < scope.schools.len() {
                    (select("school", "School where the roles are held", fields.get("school"), &choices(&scope.schools)))
                }
                (select("home", "Their own school", fields.get("home"), &choices(&homes)))
                (ask("username", "Their username there", "As they sign in at their own school", "text"))
                (ask("from", "From", "Empty: now", "datetime-local"))
                (questions(fields, all))
                button.govuk-button type="submit" { "Give these roles" }
            }
        }
    };
    Ok(layout::page(staff, scope.base, title, &content))
}
