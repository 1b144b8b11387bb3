//! At which school somebody acts who holds roles at several (ACC-10): asked after signing in, and whenever they like.
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Choice, Id, Role, School};
use store::{audit, placements, schools, sessions};

use crate::{
    Console,
    components::{layout, notice::empty, tag, when},
    failure::Failure,
    fields::Fields,
    pages::sign_in::local,
    staff::{Reader, Staff},
};

/// One school where they may act now.
struct Place {
    school: School,
    roles: Vec<&'static str>,
    until: Option<jiff::Timestamp>,
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let zone = console.zone(staff.school.id);
    let places = places(&console, &staff).await?;
    let content = html! {
        h1.govuk-heading-l { "Where do you act?" }
        p.govuk-body.sg-lead {
            "You hold roles at more than one school. At each you may do what your roles there allow, and see what is that \
             school’s. You can change over at any time, at the top of each page."
        }
        @if places.len() == 1 { (empty("You hold roles at your own school alone", "Another school’s account administrator gives roles there.")) }
        @for it in &places {
            section.sg-card {
                h2.govuk-heading-m { (it.school.name) @if it.school.id == staff.school.id { " " (tag::tag("green", "You are here")) } }
                p.govuk-body {
                    (it.roles.join(", "))
                    @if it.school.id == staff.own_school().id { ". Your own school." }
                    @else if let Some(until) = it.until { ". Until " (when::full(until, &zone)) "." }
                }
                form method="post" action="/acting" {
                    (layout::token(&staff))
                    input type="hidden" name="school" value=(it.school.id);
                    input type="hidden" name="next" value=(fields.get("next"));
                    button.govuk-button type="submit" { "Act at " (it.school.name) }
                }
            }
        }
    };
    Ok(layout::page(&staff, "/acting", "Where do you act?", &content))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let wanted: Id<School> = match fields.get("school") {
        "" => return Ok(Redirect::to("/acting").into_response()),
        typed => typed.parse().map_err(|_| Failure::NotFound)?,
    };
    // A school where they hold no role now is not found, whether there is one of this id or not.
    let places = places(&console, &staff).await?;
    let place = places.into_iter().find(|it| it.school.id == wanted).ok_or(Failure::NotFound)?;
    if wanted != staff.school.id {
        let own = staff.own_school();
        let acting = (wanted != own.id).then_some(wanted);
        let (by, subject) = (staff.by(&console), staff.own_person().username.as_str());
        let mut tx = console.db.write().await?;
        sessions::act_at(&mut tx, &staff.session, acting).await?;
        let (was, is) = (staff.school.name.as_str(), place.school.name.as_str());
        for school in [staff.school.id, wanted] {
            audit::note(&mut tx, &by, school, "act at another school", subject, Some(was), Some(is)).await?;
        }
        tx.commit().await?;
    }
    let next = fields.get("next");
    Ok(Redirect::to(if next.is_empty() { "/" } else { local(next) }).into_response())
}

/// Their own first.
async fn places(console: &Console, staff: &Staff) -> Result<Vec<Place>, Failure> {
    let now = (console.clock)();
    let labels = |roles: school::Roles| roles.iter().map(Role::label).collect::<Vec<_>>();
    let own = Place {
        school: staff.own_school().clone(),
        roles: labels(staff.own_person().roles),
        until: staff.own_person().stay.until,
    };
    let mut all = vec![own];
    let mut tx = console.db.read().await?;
    for it in placements::of(&mut tx, staff.id()).await?.iter().filter(|it| it.is_in_force(now)) {
        if let Some(school) = schools::get(&mut tx, it.placement.school).await? {
            let there = it.stands();
            all.push(Place { school, roles: labels(there.roles), until: there.stay.until });
        }
    }
    Ok(all)
}
