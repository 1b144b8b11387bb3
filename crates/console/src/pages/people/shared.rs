//! Identities that a class of young pupils shares, each tied to a class and an adult who answers for it (ACC-04).
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Id, Line, Person, Role, Roles, Stay, Username, Year, settings::SHARED_IDENTITIES};
use store::{
    StoreError, Tx,
    class_identities::{self, ClassIdentity},
    groups, placements, register, settings,
};

use super::list::manages;
use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::{complaints, empty},
        summary::table,
        tag,
    },
    failure::Failure,
    fields::Fields,
    overseen::Complaint,
    staff::{Reader, Staff},
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let shown = page(&mut tx, &console, &staff, &Fields::default(), &[]).await?;
    drop(tx);
    console.viewed(&staff, "view class identities", "all").await?;
    Ok(shown)
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let (school, by) = (staff.school.id, staff.by(&console));
    let mut tx = console.db.write().await?;
    let mut all: Vec<Complaint> = Vec::new();
    let typed = fields.get("class").to_lowercase();
    let group =
        groups::all(&mut tx, school).await?.into_iter().find(|it| it.name.as_str().to_lowercase() == typed);
    if group.is_none() {
        all.push(("class", "Choose a class of this school"));
    }
    let year = fields.get("year").parse::<Year>().ok();
    if !year.is_some_and(|it| staff.settings.may_share(it)) {
        all.push((
            "year",
            "Pupils of this year sign in as themselves: the school does not let them share an identity",
        ));
    }
    let username = fields.get("username").parse::<Username>();
    if username.is_err() {
        all.push(("username", "Enter a username of letters, digits and . _ - @ '"));
    }
    let adult = adult(&mut tx, &staff, &fields, by.at).await?;
    if adult.is_none() {
        all.push(("adult", NO_ADULT));
    }
    let (Some(group), Some(year), Ok(username), Some(adult), true) =
        (group, year, username, adult, all.is_empty())
    else {
        return again(&mut tx, &console, &staff, &fields, &all).await;
    };
    let name = format!("Class {} (shared)", group.name).parse::<Line>();
    let name =
        name.map_err(|_| Failure::BadRequest("The name of this class is too long. Nothing was changed."))?;
    let person = Person {
        id: store::fresh_id(by.at),
        school,
        username,
        name,
        roles: Roles::NONE.with(Role::Pupil),
        year: Some(year),
        groups: vec![group.id],
        email: None,
        stay: Stay::ALWAYS,
    };
    let it = ClassIdentity { person: person.id, school, group: group.id, adult };
    match class_identities::make(&mut tx, &by, &it, &person).await {
        // Sent twice, too: the first has the name.
        Err(StoreError::Taken(_)) => {
            drop(tx);
            let mut tx = console.db.read().await?;
            return again(&mut tx, &console, &staff, &fields, &[("username", super::change::TAKEN)]).await;
        }
        other => other?,
    }
    tx.commit().await?;
    Ok(Redirect::to("/people/shared").into_response())
}

/// Another adult answers for it.
pub(crate) async fn hand_over(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let all = class_identities::all(&mut tx, staff.school.id).await?;
    let it = all.into_iter().find(|it| it.person.to_string() == id).ok_or(Failure::NotFound)?;
    let Some(adult) = adult(&mut tx, &staff, &fields, by.at).await? else {
        return again(&mut tx, &console, &staff, &fields, &[("adult", NO_ADULT)]).await;
    };
    if adult != it.adult {
        class_identities::hand_over(&mut tx, &by, &it, adult).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to("/people/shared").into_response())
}

const NO_ADULT: &str = "Enter the username of a member of staff who is here now and answers for it";

async fn adult(
    tx: &mut Tx,
    staff: &Staff,
    fields: &Fields,
    now: jiff::Timestamp,
) -> Result<Option<Id<Person>>, Failure> {
    let school = staff.school.id;
    let Ok(username) = fields.get("adult").parse() else { return Ok(None) };
    let Some(found) = placements::by_username(tx, school, &username, now).await? else { return Ok(None) };
    Ok(class_identities::may_answer(tx, school, found.id, now).await?.then_some(found.id))
}

async fn again(
    tx: &mut Tx,
    console: &Console,
    staff: &Staff,
    fields: &Fields,
    all: &[Complaint],
) -> Result<Response, Failure> {
    Ok((StatusCode::BAD_REQUEST, page(tx, console, staff, fields, all).await?).into_response())
}

async fn page(
    tx: &mut Tx,
    console: &Console,
    staff: &Staff,
    fields: &Fields,
    all: &[Complaint],
) -> Result<Markup, Failure> {
    let (school, now) = (staff.school.id, (console.clock)());
    let found = class_identities::all(tx, school).await?;
    let ids: Vec<_> = found.iter().flat_map(|it| [it.person, it.adult]).collect();
    let people = register::some(tx, school, &ids).await?;
    let set = settings::of(tx, school, None).await?;
    let closed = class_identities::closed(tx, school, &set, now).await?;
    let row = |it: &ClassIdentity| {
        let (who, adult) = (people.get(&it.person), people.get(&it.adult));
        vec![
            html! { @if let Some(who) = who { a.govuk-link href={ "/people/" (who.id) } { (who.name) } span.sg-sub { (who.username) } } },
            html! { @match adult { Some(adult) => (adult.name), None => "Nobody who is here" } },
            html! { @if closed.contains(&it.person) { (tag::tag("red", "Shut")) } @else { (tag::tag("green", "Open")) } },
            html! {
                @if manages(staff) {
                    form method="post" action={ "/people/shared/" (it.person) "/adult" } {
                        (layout::token(staff))
                        label.govuk-visually-hidden for={ "adult-" (it.person) } { "Username of who answers for it" }
                        input.govuk-input.govuk-input--width-10 id={ "adult-" (it.person) } name="adult" type="text" autocomplete="off" spellcheck="false";
                        " " button.govuk-button.govuk-button--secondary type="submit" { "Hand over" }
                    }
                }
            },
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    let allowed = set.text(&SHARED_IDENTITIES) != "none";
    let content = html! {
        (complaints(all))
        h1.govuk-heading-l { "Class identities" }
        p.govuk-body.sg-lead {
            "A sign-in that a class of young pupils shares at the gate. It opens the web at school, with the profile of its \
             year, and no pages of this console. A member of staff answers for it; while nobody does, it opens nothing. \
             Every sign-in with it is written down."
        }
        @if rows.is_empty() {
            (empty("No class shares an identity", "Everybody signs in as themselves."))
        } @else {
            (table("Class identities", &["Identity", "Answers for it", "Now", "Another adult, by username"], &rows))
        }
        @if manages(staff) && allowed { (form(tx, staff, fields, all).await?) }
        @if !allowed {
            p.govuk-body { "This school lets no class share: " a.govuk-link href="/settings/shared-identities" { (SHARED_IDENTITIES.label) } "." }
        }
    };
    Ok(layout::page(staff, "/people/shared", "Class identities", &content))
}

async fn form(tx: &mut Tx, staff: &Staff, fields: &Fields, all: &[Complaint]) -> Result<Markup, Failure> {
    let complaint = |name: &str| all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let ask = |name, label, hint| {
        input(&Input { hint, complaint: complaint(name), ..Input::text(name, label, fields.get(name)) })
    };
    let classes = groups::all(tx, staff.school.id).await?;
    let classes: Vec<_> = classes.iter().map(|it| (it.name.to_string(), it.name.to_string())).collect();
    let years: Vec<_> = Year::all()
        .filter(|it| staff.settings.may_share(*it))
        .map(|it| (it.to_string(), it.label()))
        .collect();
    Ok(html! {
        section.sg-card.sg-form {
            h2.govuk-heading-s { "A new one" }
            form method="post" action="/people/shared" novalidate {
                (layout::token(staff))
                (select("class", "Class", fields.get("class"), &classes))
                (select("year", "Year group", fields.get("year"), &years))
                (ask("username", "Username", "The class signs in with it"))
                (ask("adult", "Who answers for it", "The username of a member of staff"))
                button.govuk-button type="submit" { "Make it" }
            }
            p.govuk-body.sg-muted { "Give it a password by a reset on its page." }
        }
    })
}
