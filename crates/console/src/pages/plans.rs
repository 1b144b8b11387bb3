//! Individual access plans: who has a profile of their own, why, who decided, and when it is looked at again (ACC-16).
pub(crate) mod make;
pub(crate) mod one;

use axum::extract::State;
use maud::{Markup, html};
use school::Right;
use store::{plans, register};

use crate::{
    Console,
    components::{layout, notice::empty, summary::table, tag, when},
    failure::Failure,
    fields::Fields,
    people::name,
    staff::Reader,
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let (school, now) = (staff.school.id, (console.clock)());
    let zone = console.zone(school);
    let ended = fields.get("show") == "ended";
    let mut tx = console.db.read().await?;
    let all = plans::all(&mut tx, school, ended).await?;
    let ids: Vec<_> = all.iter().map(|it| it.person).collect();
    let people = register::some(&mut tx, school, &ids).await?;
    drop(tx);
    console.viewed(&staff, "view access plans", &format!("{} plans", all.len())).await?;
    let rows: Vec<Vec<Markup>> = all
        .iter()
        .map(|it| {
            let who = people.get(&it.person).map_or_else(|| "Someone who has left".to_owned(), name);
            let due = it.ended_at.is_none() && it.review_at <= now;
            vec![
                html! { a.govuk-link href={ "/plans/" (it.id) } { (who) } },
                html! { (it.profile) },
                html! { (it.decided_by) },
                html! { (when::full(it.review_at, &zone)) @if due { " " (tag::tag("red", "Review is due")) } },
            ]
        })
        .collect();
    let tab = |href, words, here: bool| html! { li { a.sg-tabs__link href=(href) aria-current=[here.then_some("page")] { (words) } } };
    let content = html! {
        div.sg-title {
            h1.govuk-heading-l { "Access plans" }
            @if staff.rights.has(Right::ManagePlans) { a.govuk-button href="/plans/add" { "Make a plan" } }
        }
        p.govuk-body.sg-lead { "A plan gives one person a profile of their own instead of that of their year, because of a need. That you looked is written down." }
        nav.sg-tabs aria-label="Which plans" { ul { (tab("/plans", "Running", !ended)) (tab("/plans?show=ended", "Ended", ended)) } }
        @if rows.is_empty() { (empty("No plans", "Make one for someone whose need their year-group profile does not meet.")) }
        @else { (table("Access plans, the next to review first", &["Who", "Profile", "Decided by", "Review"], &rows)) }
    };
    Ok(layout::page(&staff, "/plans", "Access plans", &content))
}
