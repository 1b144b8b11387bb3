use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::Right;
use store::{Tx, access, people, plans, plans::Plan};

use super::make::WHAT;
use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        summary::summary,
        tag, when,
    },
    failure::Failure,
    fields::Fields,
    people::name,
    search::moment,
    staff::{Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let (school, now) = (staff.school.id, (console.clock)());
    let zone = console.zone(school);
    let mut tx = console.db.read().await?;
    let plan = find(&mut tx, &staff, &id).await?;
    let person = people::get(&mut tx, school, plan.person).await?.map(|it| it.person);
    drop(tx);
    console.viewed(&staff, "open access plan", &plan.person.to_string()).await?;
    let who = person.as_ref().map_or_else(|| "Someone who has left".to_owned(), name);
    let due = plan.ended_at.is_none() && plan.review_at <= now;
    let content = html! {
        a.govuk-back-link href="/plans" { "Access plans" }
        h1.govuk-heading-l { "Access plan for " (who) }
        (summary(&[
            ("Profile", html! { (plan.profile) }),
            ("Need", html! { (plan.need) }),
            ("Decided by", html! { (plan.decided_by) }),
            ("Since", when::full(plan.since, &zone)),
            ("Review", html! { (when::full(plan.review_at, &zone)) @if due { " " (tag::tag("red", "Review is due")) } }),
            ("Ended", html! { @match plan.ended_at { Some(at) => (when::full(at, &zone)), None => "No" } }),
        ]))
        @if plan.ended_at.is_none() && staff.rights.has(Right::ManagePlans) {
            section.sg-card {
                h2.govuk-heading-s { "Reviewed: it goes on" }
                form method="post" action={ "/plans/" (plan.id) "/review" } novalidate {
                    (layout::token(&staff))
                    input type="hidden" name="version" value=(plan.version);
                    (input(&Input { kind: "datetime-local", ..Input::text("review", "Next review", "") }))
                    button.govuk-button type="submit" { "Go on until then" }
                }
                form method="post" action={ "/plans/" (plan.id) "/end" } {
                    (layout::token(&staff))
                    input type="hidden" name="version" value=(plan.version);
                    p.govuk-body { "They get the profile of their year again." }
                    button.govuk-button.govuk-button--secondary type="submit" { "End the plan" }
                }
            }
        }
    };
    Ok(layout::page(&staff, "/plans", "Access plan", &content))
}

pub(crate) async fn review(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let plan = find(&mut tx, &staff, &id).await?;
    let next = moment(fields.get("review"), &console.zone(staff.school.id)).ok().flatten();
    let Some(next) = next.filter(|it| by.at < *it) else {
        return Err(Failure::BadRequest("Choose a day to come for the next review. Nothing was changed."));
    };
    // As it was when the form was opened: a change since then is noticed.
    let version = fields.get("version").parse().unwrap_or(0);
    plans::review(&mut tx, &by, &Plan { version, ..plan.clone() }, next).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/plans/{}", plan.id)).into_response())
}

pub(crate) async fn end(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let plan = find(&mut tx, &staff, &id).await?;
    let version = fields.get("version").parse().unwrap_or(0);
    // Sent twice: it has ended already.
    if plan.ended_at.is_none() {
        plans::end(&mut tx, &by, &Plan { version, ..plan.clone() }).await?;
        if let Some(kept) = people::get(&mut tx, plan.school, plan.person).await? {
            access::close(&mut tx, &by, &kept.person, WHAT, "plan ended").await?;
        }
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("/plans/{}", plan.id)).into_response())
}

async fn find(tx: &mut Tx, staff: &Staff, id: &str) -> Result<Plan, Failure> {
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    plans::get(tx, staff.school.id, id).await?.ok_or(Failure::NotFound)
}
