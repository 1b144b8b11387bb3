//! People of other schools who hold roles here, and people of this school who hold roles elsewhere (ACC-02, ACC-10).
pub(crate) mod give;
pub(crate) mod one;

use axum::extract::State;
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use school::{Choice, Id, Person, Right, Role, School};
use store::{
    Tx,
    placements::{self, Kept},
    schools,
};

use crate::{
    Console,
    components::{layout, notice::empty, summary::table, tag, when},
    failure::Failure,
    pages::trust::Ours,
    staff::{Reader, Staff},
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let shown = list(&mut tx, &console, &staff, &Scope::here(&staff)).await?;
    drop(tx);
    console.viewed(&staff, "view placements", "from other schools").await?;
    Ok(shown)
}

/// Of every school of the trust.
pub(crate) async fn get_trust(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let scope = Scope::trust(&mut tx, &staff).await?;
    let shown = list(&mut tx, &console, &staff, &scope).await?;
    drop(tx);
    console.viewed(&staff, "view placements", "of every school of the trust").await?;
    Ok(shown)
}

async fn list(tx: &mut Tx, console: &Console, staff: &Staff, scope: &Scope) -> Result<Markup, Failure> {
    let now = (console.clock)();
    let zone = console.zone(staff.school.id);
    let names = schools::all(tx).await?;
    let mut all = Vec::new();
    for school in &scope.schools {
        all.extend(placements::at_school(tx, school.id).await?);
    }
    let (over, running): (Vec<_>, Vec<_>) = all.iter().partition(|it| it.is_over(now));
    let shown = Shown { scope, names: &names, zone: &zone, now };
    let content = html! {
        div.sg-title {
            h1.govuk-heading-l { "From other schools" }
            @if scope.manages(staff) { a.govuk-button href={ (scope.base) "/add" } { "Give roles" } }
        }
        p.govuk-body.sg-lead {
            "People of the trust’s own team, of a provider or of another school, and the roles they hold "
            @if scope.schools.len() == 1 { "here" } @else { "at each school of the trust" }
            ". They sign in as at their own school; what they may do comes from the roles they hold where they act, and \
             ends with them."
        }
        @if running.is_empty() { (empty("Nobody from another school holds roles", "An account administrator gives them.")) }
        @else { (table("Who holds roles", HEADINGS, &shown.rows(&running))) }
        @if !over.is_empty() {
            h2.govuk-heading-m { "Over" }
            (table("Who held roles", HEADINGS, &shown.rows(&over)))
        }
    };
    Ok(layout::page(staff, scope.base, "From other schools", &content))
}

const HEADINGS: &[&str] = &["Name", "Roles", "From", "Until", ""];

struct Shown<'a> {
    scope: &'a Scope,
    names: &'a [School],
    zone: &'a TimeZone,
    now: Timestamp,
}

impl Shown<'_> {
    fn rows(&self, all: &[&Kept]) -> Vec<Vec<Markup>> {
        all.iter().map(|it| self.row(it)).collect()
    }

    fn name(&self, id: Id<School>) -> &str {
        self.names.iter().find(|it| it.id == id).map_or("", |it| it.name.as_str())
    }

    fn row(&self, it: &Kept) -> Vec<Markup> {
        let until = it.placement.stay.until;
        vec![
            html! { strong { (it.home.person.name) } span.sg-sub { (self.name(it.home.person.school)) } },
            html! {
                (labels(it)) " " (state(it, self.now))
                @if 1 < self.scope.schools.len() { span.sg-sub { "at " (self.name(it.placement.school)) } }
            },
            html! { @if let Some(from) = it.placement.stay.from { (when::full(from, self.zone)) } },
            html! { @match until { Some(until) => (when::full(until, self.zone)), None => "No end set" } },
            html! { a.govuk-link href={ (self.scope.base) "/" (it.placement.id) } { "Open" span.govuk-visually-hidden { " " (it.home.person.name) } } },
        ]
    }
}

fn labels(it: &Kept) -> String {
    it.placement.roles.iter().map(Role::label).collect::<Vec<_>>().join(", ")
}

fn state(it: &Kept, now: Timestamp) -> Markup {
    match (it.is_over(now), it.is_in_force(now)) {
        (true, _) => tag::tag("grey", "Over"),
        (_, false) => tag::tag("orange", "Not yet"),
        _ => html! {},
    }
}

/// Of one's own people, what they hold elsewhere: a section of their page.
pub(crate) async fn elsewhere(
    tx: &mut Tx,
    person: Id<Person>,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Markup, Failure> {
    let all = placements::of(tx, person).await?;
    let running: Vec<_> = all.iter().filter(|it| !it.is_over(now)).collect();
    let names = schools::all(tx).await?;
    let name =
        |it: &Kept| names.iter().find(|school| school.id == it.placement.school).map(|it| it.name.as_str());
    Ok(html! {
        @if !running.is_empty() {
            section.sg-card {
                h2.govuk-heading-s { "Holds roles at other schools" }
                ul.govuk-list {
                    @for it in running {
                        li {
                            strong { (name(it).unwrap_or_default()) } ": " (labels(it))
                            @if let Some(until) = it.placement.stay.until { ", until " (when::full(until, zone)) }
                            " " (state(it, now))
                        }
                    }
                }
                p.govuk-body.sg-muted { "Given and ended by that school. They end by themselves with this account." }
            }
        }
    })
}

/// At which schools the reader gives and ends roles, and where their pages are.
pub(crate) struct Scope {
    base: &'static str,
    /// Never empty.
    schools: Vec<School>,
    right: Right,
}

impl Scope {
    /// The school where they act.
    fn here(staff: &Staff) -> Scope {
        Scope { base: "/placements", schools: vec![staff.school.clone()], right: Right::ManagePeople }
    }

    /// Every school of its trust.
    async fn trust(tx: &mut Tx, staff: &Staff) -> Result<Scope, Failure> {
        let ours = Ours::of(tx, staff).await?;
        Ok(Scope { base: "/trust/placements", schools: ours.schools, right: Right::ManageTrust })
    }

    fn manages(&self, staff: &Staff) -> bool {
        staff.rights.has(self.right)
    }

    /// One at these schools, by the id of an address; another's is not found.
    async fn found(&self, tx: &mut Tx, id: &str) -> Result<Kept, Failure> {
        let id = id.parse().map_err(|_| Failure::NotFound)?;
        let kept = placements::get(tx, id).await?.ok_or(Failure::NotFound)?;
        if self.schools.iter().any(|it| it.id == kept.placement.school) {
            Ok(kept)
        } else {
            Err(Failure::NotFound)
        }
    }
}

const OWN: &str = "Nobody gives roles to themselves: another account administrator does it";
