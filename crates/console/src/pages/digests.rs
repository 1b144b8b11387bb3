//! What an operator viewed and changed, for the one who supervises them and for nobody else (ACC-11).
use axum::extract::{Path, State};
use maud::{Markup, html};
use store::{
    audit,
    digests::{self, Count},
};

use crate::{
    Console,
    components::{
        layout,
        notice::empty,
        summary::table,
        when::{self, number},
    },
    failure::Failure,
    people::People,
    staff::Reader,
};

/// More are read in the audit trail itself.
const ROWS: u32 = 500;

pub(crate) async fn all(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let school = staff.school.id;
    let zone = console.zone(school);
    let mut tx = console.db.read().await?;
    let found = digests::of(&mut tx, school, staff.id()).await?;
    let people = People::of(&mut tx, school, found.iter().map(|it| it.operator)).await?;
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|it| {
            vec![
                html! { a.govuk-link href={ "/digests/" (it.id) } { (people.name(Some(it.operator))) } },
                when::full(it.since, &zone),
                when::full(it.until, &zone),
                html! { (number(it.entries)) },
            ]
        })
        .collect();
    let content = html! {
        h1.govuk-heading-l { "Digests" }
        p.govuk-body.sg-lead { "What the operators whom you supervise viewed and changed." }
        @if rows.is_empty() { (empty("No digests", "You supervise nobody who has worked here yet.")) }
        @else { (table("Digests, the newest first", &["Who", "From", "Until", "Entries"], &rows)) }
    };
    Ok(layout::page(&staff, "/digests", "Digests", &content))
}

pub(crate) async fn one(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    let school = staff.school.id;
    let zone = console.zone(school);
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let mut tx = console.db.read().await?;
    let it = digests::get(&mut tx, school, staff.id(), id).await?.ok_or(Failure::NotFound)?;
    let people = People::of(&mut tx, school, [it.operator]).await?;
    let counts = digests::counts(&mut tx, school, it.operator, (it.since, it.until)).await?;
    let wanted = audit::Wanted {
        actor: Some(it.operator),
        from: Some(it.since),
        to: Some(it.until),
        ..audit::Wanted::default()
    };
    let entries = audit::search(&mut tx, school, &wanted, None, ROWS).await?;
    drop(tx);
    console.viewed(&staff, "view digest", &it.operator.to_string()).await?;
    let rows: Vec<Vec<Markup>> = entries
        .iter()
        .map(|it| {
            let change = match (&it.before, &it.after) {
                (None, None) => html! {},
                (before, after) => html! {
                    @if let Some(before) = before { (before) " before" }
                    @if let Some(after) = after { span.sg-sub { (after) } }
                },
            };
            vec![when::full(it.at, &zone), html! { (it.act) }, html! { (it.subject) }, change]
        })
        .collect();
    let of = |views: bool| -> Vec<&Count> { counts.iter().filter(|it| it.is_view() == views).collect() };
    let list = |title: &str, some: &[&Count]| {
        html! {
            section.sg-card {
                h2.sg-card__title { (title) }
                @if some.is_empty() { p.govuk-body { "Nothing" } }
                ul.govuk-list { @for it in some { li { (it.act) ": " (number(it.times)) } } }
            }
        }
    };
    let content = html! {
        a.govuk-back-link href="/digests" { "Digests" }
        h1.govuk-heading-l { "Work of " (people.name(Some(it.operator))) }
        p.govuk-body { (when::full(it.since, &zone)) " until " (when::full(it.until, &zone)) ". That you looked is written down." }
        (list("Viewed", &of(true)))
        (list("Changed", &of(false)))
        @if !rows.is_empty() {
            (table("Each entry, the newest first", &["When", "What", "About", "Before and after"], &rows))
        }
        @if entries.len() == ROWS as usize { p.govuk-body { "Only the newest " (number(u64::from(ROWS))) " are shown." } }
    };
    Ok(layout::page(&staff, "/digests", "Digest", &content))
}
