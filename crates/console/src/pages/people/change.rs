use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use school::{Choice, Group, Id, Line, Person, Role, Roles, School, Stay, Year};
use store::{StoreError, groups, oversight, people, people::Kept, powers};

use super::{found, group_names, groups_named, role_names};
use crate::{
    Console,
    components::{
        choice::checkboxes,
        field::{Input, input, select},
        layout,
        notice::{Tone, complaints, notice},
        summary::summary,
    },
    failure::Failure,
    fields::Fields,
    overseen::{self, Complaint},
    search::moment,
    staff::{Reader, Staff},
};

pub(crate) async fn add(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let groups = groups::all(&mut console.db.read().await?, staff.school.id).await?;
    Ok(page(&staff, None, &Fields::default(), &groups, &[], None))
}

pub(crate) async fn post_add(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let zone = console.zone(school);
    let mut tx = console.db.write().await?;
    let groups = groups::all(&mut tx, school).await?;
    let again = |all: &[Complaint]| {
        (StatusCode::BAD_REQUEST, page(&staff, None, &fields, &groups, all, None)).into_response()
    };
    let (mut person, classes) = match asked(&fields, &zone) {
        Ok(Asked { person, classes }) => (person(store::fresh_id(by.at), school), classes),
        Err(all) => return Ok(again(&all)),
    };
    let watched = match overseen::read(&mut tx, school, &fields, by.at).await? {
        Ok(watched) => watched,
        Err(complaint) => return Ok(again(&[complaint])),
    };
    let limits = oversight::refusal(&mut tx, school, person.id, person.roles, &watched, by.at).await?;
    if let Some(why) = overseen::of_trust(&staff, Roles::NONE, person.roles).or(limits) {
        return Ok(again(&[why]));
    }
    if let Some(why) = powers::refusal(&mut tx, &by, (school, person.id), person.roles).await? {
        return Ok(again(&[why]));
    }
    person.groups = groups_named(&mut tx, &by, school, &classes).await?;
    match people::add(&mut tx, &by, &person).await {
        Err(StoreError::Taken(_)) => return Ok(again(&[("username", TAKEN)])),
        other => other?,
    }
    oversight::set(&mut tx, &by, school, person.id, &watched).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{}", person.id)).into_response())
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let found = found(&mut tx, staff.school.id, &id).await?;
    if found.ended {
        return Err(Failure::BadRequest("This account has ended. Bring it back first."));
    }
    let groups = groups::all(&mut tx, staff.school.id).await?;
    let mut fields = filled(&found.kept, &groups, &console.zone(staff.school.id));
    let now = (console.clock)();
    overseen::fill(&mut tx, staff.school.id, found.kept.person.id, now, &mut fields).await?;
    drop(tx);
    console.viewed(&staff, "view person to change", found.kept.person.username.as_str()).await?;
    Ok(page(&staff, Some(&found.kept), &fields, &groups, &[], None))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let zone = console.zone(school);
    let mut tx = console.db.write().await?;
    let found = found(&mut tx, school, &id).await?;
    if found.ended {
        return Err(Failure::BadRequest("This account has ended. Bring it back first."));
    }
    let kept = &found.kept;
    let groups = groups::all(&mut tx, school).await?;
    let again = |status, all: &[Complaint], other: Option<&Kept>| {
        (status, page(&staff, Some(kept), &fields, &groups, all, other)).into_response()
    };
    let (mut person, classes) = match asked(&fields, &zone) {
        Ok(Asked { person, classes }) => (person(kept.person.id, school), classes),
        Err(all) => return Ok(again(StatusCode::BAD_REQUEST, &all, None)),
    };
    if kept.person.id == staff.id() && person.roles != kept.person.roles {
        return Ok(again(StatusCode::BAD_REQUEST, &[("roles", OWN_ROLES)], None));
    }
    let watched = match overseen::read(&mut tx, school, &fields, by.at).await? {
        Ok(watched) => watched,
        Err(complaint) => return Ok(again(StatusCode::BAD_REQUEST, &[complaint], None)),
    };
    let limits = oversight::refusal(&mut tx, school, person.id, person.roles, &watched, by.at).await?;
    if let Some(why) = overseen::of_trust(&staff, kept.person.roles, person.roles).or(limits) {
        return Ok(again(StatusCode::BAD_REQUEST, &[why], None));
    }
    if let Some(why) = powers::refusal(&mut tx, &by, (school, person.id), person.roles).await? {
        return Ok(again(StatusCode::BAD_REQUEST, &[why], None));
    }
    if fields.get("version") != kept.version.to_string() {
        return Ok(again(StatusCode::CONFLICT, &[], Some(kept)));
    }
    person.groups = groups_named(&mut tx, &by, school, &classes).await?;
    match people::save(&mut tx, &by, kept, &person).await {
        Err(StoreError::Taken(_)) => {
            return Ok(again(StatusCode::BAD_REQUEST, &[("username", TAKEN)], None));
        }
        other => other?,
    }
    oversight::set(&mut tx, &by, school, person.id, &watched).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{}", person.id)).into_response())
}

pub(super) const TAKEN: &str = "Someone has this username already, perhaps with an ended account";
const OWN_ROLES: &str = "Nobody changes their own roles: another account administrator does it";

/// What was typed, read.
struct Asked<F> {
    person: F,
    classes: Vec<Line>,
}

#[expect(clippy::type_complexity, reason = "what is asked, or everything that is wrong with it")]
fn asked(
    fields: &Fields,
    zone: &TimeZone,
) -> Result<Asked<impl FnOnce(Id<Person>, Id<School>) -> Person + use<>>, Vec<Complaint>> {
    let mut all = Vec::new();
    let mut complain = |field, words| all.push((field, words));
    let name = fields.get("name").parse::<Line>();
    if name.is_err() {
        complain("name", "Enter the full name, in one line of at most 200 characters");
    }
    let username = fields.get("username").parse();
    if username.is_err() {
        complain("username", "Enter a username of letters, digits and . _ - @ '");
    }
    let roles: Option<Roles> = fields.all("roles").map(Role::from_code).collect();
    let roles = roles.unwrap_or(Roles::NONE);
    if roles.is_empty() {
        complain("roles", "Tick at least one role");
    }
    let year = match fields.get("year") {
        "" => None,
        typed => typed.parse().map_err(|_| complain("year", "Choose a year group")).ok(),
    };
    let email = match fields.get("email") {
        "" => None,
        typed => typed
            .parse()
            .map_err(|_| complain("email", "Enter an e-mail address such as name@example.sch.uk"))
            .ok(),
    };
    let mut time = |name| {
        moment(fields.get(name), zone)
            .map_err(|()| complain(name, "Enter a date and time, such as 2026-11-23T09:00"))
            .ok()
            .flatten()
    };
    let stay = Stay { from: time("from"), until: time("until") };
    if let (Some(from), Some(until)) = (stay.from, stay.until)
        && until <= from
    {
        complain("until", "The end must be after the beginning");
    }
    let classes: Result<Vec<Line>, _> =
        fields.get("classes").split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::parse).collect();
    if classes.is_err() {
        complain("classes", "Enter names of classes or groups with commas between them");
    }
    match (name, username, classes) {
        (Ok(name), Ok(username), Ok(classes)) if all.is_empty() => Ok(Asked {
            person: move |id, school| Person {
                id,
                school,
                username,
                name,
                roles,
                year,
                groups: Vec::new(),
                email,
                stay,
            },
            classes,
        }),
        _ => Err(all),
    }
}

/// The form as it would have been filled in.
fn filled(kept: &Kept, groups: &[Group], zone: &TimeZone) -> Fields {
    let person = &kept.person;
    let time = |at: Option<Timestamp>| {
        at.map(|it| it.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()).unwrap_or_default()
    };
    let mut all = vec![
        ("version".to_owned(), kept.version.to_string()),
        ("name".to_owned(), person.name.to_string()),
        ("username".to_owned(), person.username.to_string()),
        ("year".to_owned(), person.year.map(|it| it.to_string()).unwrap_or_default()),
        ("classes".to_owned(), group_names(person, groups)),
        ("email".to_owned(), person.email.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("from".to_owned(), time(person.stay.from)),
        ("until".to_owned(), time(person.stay.until)),
    ];
    all.extend(person.roles.iter().map(|it| ("roles".to_owned(), it.code().to_owned())));
    all.into()
}

/// `kept`: who is changed. `other`: what somebody else has saved meanwhile.
fn page(
    staff: &Staff,
    kept: Option<&Kept>,
    fields: &Fields,
    groups: &[Group],
    all: &[Complaint],
    other: Option<&Kept>,
) -> Markup {
    let complaint = |name: &str| all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let ask = |name, label, hint, kind| {
        input(&Input { hint, kind, complaint: complaint(name), ..Input::text(name, label, fields.get(name)) })
    };
    let none = (String::new(), "None".to_owned());
    let years: Vec<_> =
        std::iter::once(none).chain(Year::all().map(|it| (it.to_string(), it.label()))).collect();
    let ticked: Vec<&str> = fields.all("roles").collect();
    let roles: Vec<_> = Role::ALL
        .iter()
        .map(|it| (it.code().to_owned(), it.label().to_owned(), ticked.contains(&it.code())))
        .collect();
    let (title, action, button) = match kept {
        Some(kept) => (
            format!("Change {}", kept.person.name),
            format!("/people/{}/change", kept.person.id),
            if other.is_some() { "Save mine over theirs" } else { "Save" },
        ),
        None => ("Add a person".to_owned(), "/people/add".to_owned(), "Add"),
    };
    // After a clash the form carries the newer version: saving again is meant.
    let version = other.map_or_else(|| fields.get("version").to_owned(), |it| it.version.to_string());
    let content = html! {
        (complaints(all))
        a.govuk-back-link href=(kept.map_or("/people".to_owned(), |it| format!("/people/{}", it.person.id))) { "Back" }
        h1.govuk-heading-l { (title) }
        @if let Some(other) = other { (theirs(other, groups)) }
        form.sg-panel.sg-form method="post" action=(action) novalidate {
            (layout::token(staff))
            input type="hidden" name="version" value=(version);
            (ask("name", "Full name", "As others know them", "text"))
            (ask("username", "Username", "They sign in with it", "text"))
            (checkboxes("roles", "Roles at this school", "", complaint("roles"), &roles))
            (select("year", "Year group, for pupils", fields.get("year"), &years))
            (ask("classes", "Classes and groups", "Such as 7B, Chess club. A name that is new makes a new group", "text"))
            (ask("email", "E-mail", "Where letters to them go; may be empty", "email"))
            (ask("from", "May pass any door from", "Empty: no beginning", "datetime-local"))
            (ask("until", "Until", "Empty: no end", "datetime-local"))
            (overseen::questions(fields, all))
            button.govuk-button type="submit" { (button) }
        }
    };
    layout::page(staff, "/people", &title, &content)
}

fn theirs(other: &Kept, groups: &[Group]) -> Markup {
    let person = &other.person;
    html! {
        (notice(Tone::Warning, &html! {
            p { "Somebody else changed this person while you did. Nothing is lost: what they saved stands here, what you typed stands in the form below. Put the two together, then save." }
        }))
        section.sg-card {
            h2.govuk-heading-s { "As saved by them" }
            (summary(&[
                ("Name", html! { (person.name) }),
                ("Username", html! { (person.username) }),
                ("Roles", html! { (role_names(person)) }),
                ("Year", html! { @if let Some(year) = person.year { (year.label()) } @else { "None" } }),
                ("Classes and groups", html! { (group_names(person, groups)) }),
                ("E-mail", html! { @if let Some(email) = &person.email { (email) } @else { "None" } }),
            ]))
        }
    }
}
