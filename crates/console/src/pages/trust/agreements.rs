//! Of each school, how many have not agreed: numbers and no names, which are the school's own.
use agreements::Audience;
use axum::extract::State;
use maud::{Markup, html};
use school::Choice;
use store::agreements::Book;

use super::Ours;
use crate::{
    Console,
    components::{layout, summary::table, when::number},
    failure::Failure,
    staff::Reader,
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let now = (console.clock)();
    let mut tx = console.db.read().await?;
    let ours = Ours::of(&mut tx, &staff).await?;
    let mut counted = Vec::new();
    for school in &ours.schools {
        let book = Book::of(&mut tx, school.id, console.zone(school.id)).await?;
        counted.push((school.name.to_string(), console.blocking(move || counts(&book, now)).await?));
    }
    // An agreement that applies to nobody in any school has no column.
    let shown: Vec<usize> = (0..=Audience::ALL.len())
        .filter(|at| *at == 0 || counted.iter().any(|(_, it)| it[*at].is_some()))
        .collect();
    let heading = |at: &usize| if *at == 0 { "Altogether" } else { Audience::ALL[*at - 1].label() };
    let headings: Vec<&str> = std::iter::once("School").chain(shown.iter().map(heading)).collect();
    let row = |(name, all): &(String, Vec<Option<(u64, u64)>>)| {
        let name = html! { strong { (name) } };
        std::iter::once(name).chain(shown.iter().map(|at| cell(all[*at]))).collect()
    };
    let rows: Vec<Vec<Markup>> = counted.iter().map(row).collect();
    let content = html! {
        h1.govuk-heading-l { "Who has not signed" }
        p.govuk-body.sg-lead {
            "How many of those to whom an agreement applies have not signed it. Who they are, the school itself sees under \
             Agreements."
        }
        (table("Who has not signed, by school", &headings, &rows))
    };
    Ok(layout::page(&staff, "/trust/agreements", "Who has not signed", &content))
}

/// Lacking and of how many: altogether first, then for each audience. `None`: it applies to nobody.
fn counts(book: &Book, now: jiff::Timestamp) -> Vec<Option<(u64, u64)>> {
    let audience = |id| book.agreement(id).map(|it| it.audience);
    let mut all = vec![None; 1 + Audience::ALL.len()];
    let mut count = |place: usize, lacks: bool| {
        let it: &mut Option<(u64, u64)> = &mut all[place];
        let (lacking, of) = it.unwrap_or_default();
        *it = Some((lacking + u64::from(lacks), of + 1));
    };
    for kept in &book.people {
        let roles = kept.person.roles;
        let of = |it: &Audience| it.covers(roles) && book.in_force.iter().any(|text| text.audience == *it);
        if !Audience::ALL.iter().any(of) {
            continue;
        }
        let missing = book.missing(&kept.person, now);
        count(0, !missing.is_empty());
        for (place, it) in Audience::ALL.iter().enumerate().filter(|(_, it)| of(it)) {
            count(place + 1, missing.iter().any(|one| audience(one.agreement) == Some(*it)));
        }
    }
    all
}

fn cell(it: Option<(u64, u64)>) -> Markup {
    html! {
        @match it {
            None => "–",
            Some((0, of)) => { "All " (number(of)) },
            Some((lacking, of)) => { strong { (number(lacking)) } " of " (number(of)) },
        }
    }
}
