//! What the trust's own people see across its schools: posts, agreements as counts, settings that differ (ACC-01, ACC-09).
pub(crate) mod agreements;
pub(crate) mod differences;
pub(crate) mod rules;

use axum::extract::State;
use jiff::Timestamp;
use maud::{Markup, html};
use school::{Layer, Post, School, Trust};
use store::{Tx, placements, posts, schools, settings, trusts};

use crate::{
    Console,
    components::{layout, summary::table, tag},
    failure::Failure,
    pages::posts as who,
    staff::{Reader, Staff},
};

/// The trust of the school where somebody acts, with all its schools.
pub(crate) struct Ours {
    pub(crate) trust: Trust,
    pub(crate) schools: Vec<School>,
}

impl Ours {
    pub(crate) async fn of(tx: &mut Tx, staff: &Staff) -> Result<Ours, Failure> {
        let trust = match staff.school.trust {
            Some(id) => trusts::get(tx, id).await?,
            None => None,
        };
        let none = "This school belongs to no trust: `schoolgate trust` on the server puts it under one.";
        let trust = trust.ok_or(Failure::BadRequest(none))?;
        Ok(Ours { schools: schools::of_trust(tx, trust.id).await?, trust })
    }
}

/// How one school stands.
struct Stands {
    school: School,
    vacant: Vec<Post>,
    held: usize,
    differ: usize,
    placed: usize,
}

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let now = (console.clock)();
    let mut tx = console.db.read().await?;
    let ours = Ours::of(&mut tx, &staff).await?;
    let mut all = Vec::new();
    for school in &ours.schools {
        all.push(stands(&mut tx, school, now).await?);
    }
    let vacant = all.iter().filter(|it| !it.vacant.is_empty()).count();
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    let content = html! {
        h1.govuk-heading-l { "The schools of the trust" }
        p.govuk-body.sg-lead {
            (ours.trust.name) " has " (ours.schools.len()) @if ours.schools.len() == 1 { " school" } @else { " schools" } ". "
            @if vacant == 0 { "Every post that a school requires is held." }
            @else { "At " (vacant) " of them a post that has to be held is vacant." }
        }
        (table("The schools of the trust", &["School", "Posts", "Settings of its own", "People from other schools"], &rows))
    };
    Ok(layout::page(&staff, "/trust", "The trust", &content))
}

async fn stands(tx: &mut Tx, school: &School, now: Timestamp) -> Result<Stands, Failure> {
    let placed = placements::at_school(tx, school.id).await?;
    Ok(Stands {
        vacant: who::vacancies(tx, school.id, now).await?,
        held: posts::at(tx, school.id, now).await?.len(),
        differ: differences::of(&settings::said(tx, school.id, None).await?, Layer::School).len(),
        placed: placed.iter().filter(|it| it.is_in_force(now)).count(),
        school: school.clone(),
    })
}

fn row(it: &Stands) -> Vec<Markup> {
    vec![
        html! { strong { (it.school.name) } },
        html! {
            @if it.vacant.is_empty() { (tag::tag("green", "None vacant")) } @else { (tag::tag("red", "Vacant")) " " (who::labels(&it.vacant)) }
            span.sg-sub { (it.held) " held" }
        },
        html! { @if it.differ == 0 { "None" } @else { a.govuk-link href="/trust/settings" { (it.differ) } } },
        html! { (it.placed) },
    ]
}
