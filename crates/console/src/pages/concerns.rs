use std::cmp::Reverse;

use axum::extract::State;
use casework::{Concern, Origin, Stage, may_see};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use school::{Choice, Person, Roles};
use signals::{Severity, Theme};
use store::concerns;

use crate::{
    Console,
    components::{layout, notice::empty, tag, when},
    failure::Failure,
    fields::Fields,
    people::{self, People},
    staff::{Reader, Staff},
};

/// More closed ones than anyone reads here; older ones stay in the store.
const MOST_CLOSED: u32 = 500;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let closed = fields.get("show") == "closed";
    let school = staff.school.id;
    let mut tx = console.db.read().await?;
    let mut all = if closed {
        concerns::all(&mut tx, school, MOST_CLOSED).await?
    } else {
        concerns::awaiting(&mut tx, school).await?
    };
    let people = People::of(&mut tx, school, all.iter().filter_map(|it| it.about)).await?;
    all.retain(|it| may_see(it, roles(it, &people), &staff.person));
    all.retain(|it| closed == matches!(it.stage, Stage::Closed { .. }));
    all.sort_by_key(|it| (it.stage != Stage::New, Reverse(urgency(it)), Reverse(it.raised_at)));
    drop(tx);
    console.viewed(&staff, "view concerns", &format!("{} concerns", all.len())).await?;
    Ok(page(&staff, &all, &people, closed, &console.zone(school)))
}

/// How many this reader should look at: open, and theirs to see.
pub(crate) async fn waiting(tx: &mut store::Tx, staff: &Staff) -> Result<usize, Failure> {
    let school = staff.school.id;
    let mut new = concerns::awaiting(tx, school).await?;
    new.retain(|it| it.stage == Stage::New);
    let people = People::of(tx, school, new.iter().filter_map(|it| it.about)).await?;
    Ok(new.iter().filter(|it| may_see(it, roles(it, &people), &staff.person)).count())
}

pub(crate) fn severity(concern: &Concern) -> Option<Severity> {
    concern.severity.as_deref().and_then(Severity::from_code)
}

/// A child who found the words to tell us waits no longer than the gravest search.
fn urgency(concern: &Concern) -> Option<Severity> {
    if concern.origin == Origin::Report { Some(Severity::High) } else { severity(concern) }
}

/// The theme in words, or for a report where it came from.
pub(crate) fn title(concern: &Concern) -> &'static str {
    let theme = concern.theme.as_deref().and_then(Theme::from_code);
    theme.map_or(concern.origin.label(), Theme::label)
}

fn roles(concern: &Concern, people: &People) -> Roles {
    people.get(concern.about).map_or(Roles::NONE, |it| it.roles)
}

fn page(staff: &Staff, all: &[Concern], people: &People, closed: bool, zone: &TimeZone) -> Markup {
    let tab = |href, name, here: bool| {
        html! { li { a.sg-tabs__link href=(href) aria-current=[here.then_some("page")] { (name) } } }
    };
    let content = html! {
        h1.govuk-heading-l { "Concerns" }
        p.govuk-body.sg-lead {
            "A concern is a reason to look, not a finding. Visits to help sites are never recorded and never appear here."
        }
        nav.sg-tabs aria-label="Which concerns" {
            ul {
                (tab("/concerns", "Waiting", !closed))
                (tab("/concerns?show=closed", "Closed", closed))
            }
        }
        @if all.is_empty() {
            @if closed {
                (empty("No concern has been closed yet", "What you close is kept here with its outcome."))
            } @else {
                (empty("No concerns are waiting", "New ones come from worrying searches and from the report form. You get an e-mail for each."))
            }
        }
        ul.sg-concerns {
            @for it in all { (card(it, people.get(it.about), zone)) }
        }
    };
    layout::page(staff, "/concerns", "Concerns", &content)
}

fn card(it: &Concern, about: Option<&Person>, zone: &TimeZone) -> Markup {
    let grave = severity(it) == Some(Severity::High) && it.stage == Stage::New;
    html! {
        li.sg-concern.sg-concern--grave[grave] {
            div.sg-concern__head {
                a.govuk-link.sg-concern__title href={ "/concerns/" (it.id) } { (title(it)) " – " (name(about)) }
                span.sg-concern__tags {
                    @if it.stage == Stage::New { (tag::tag("purple", "New")) " " }
                    @if let Some(severity) = severity(it) { (tag::severity(severity)) }
                }
            }
            p.sg-concern__words { "“" (first_line(&it.words)) "”" }
            p.sg-concern__foot {
                (it.origin.label())
                @if let Some(place) = &it.place { " on " span.sg-break { (place) } }
                " · " (when::full(it.raised_at, zone))
                @if it.times > 1 { " · seen " (it.times) " times" }
            }
        }
    }
}

/// Whom it is about.
pub(crate) fn name(person: Option<&Person>) -> String {
    person.map_or_else(|| "nobody named".to_owned(), people::name)
}

fn first_line(words: &str) -> String {
    let line = words.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(160).collect();
    if short.len() < words.trim_end().len() {
        short.push_str(" …");
    }
    short
}
