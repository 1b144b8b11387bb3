//! Access of people who are not employed, and of pupils where that is set, which the head or campus lead approves or
//! refuses as an exceptional case, on sight of the signed agreement (ACC-19). It keeps whoever came by their account
//! in any other way than as a guest.
use std::collections::{HashMap, HashSet};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, tz::TimeZone};
use maud::{Markup, html};
use school::{
    Choice, Id, Person, Right, Role,
    exceptional::{Case, is_asked},
    settings::GUEST_APPROVAL,
};
use store::{Tx, agreements, audit, exceptional, guests, people, register};

use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::{complaints, empty},
        tag, when,
    },
    failure::Failure,
    fields::Fields,
    people::{People, name},
    staff::{Reader, Staff},
};

/// Shown at once; whoever is looked for by name is found among all.
const MOST: usize = 100;
const LONGEST: usize = 500;

/// Somebody whose access is an exceptional case.
struct Row {
    person: Person,
    case: Option<Case>,
    /// What is missing of the agreement, in words; `None`: all of it is signed.
    missing: Option<&'static str>,
}

struct Ticked {
    row: Row,
    /// The decision that was on the page, as [`Row::stands`] tells it.
    seen: String,
}

struct Shown {
    rows: Vec<Row>,
    left_out: usize,
    people: People,
    zone: TimeZone,
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let mut tx = console.db.write().await?;
    let shown = shown(&console, &mut tx, &staff, &fields).await?;
    let words = format!("{} people", shown.rows.len());
    let by = staff.by(&console);
    audit::note(&mut tx, &by, staff.school.id, "view exceptional cases", &words, None, None).await?;
    tx.commit().await?;
    Ok(page(&staff, &fields, &shown, &[]))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let granted = fields.get("answer") == "approve";
    let chosen = ticked(&console, &mut tx, &staff, &fields).await?;
    let wrong = faults(&fields, &chosen, granted);
    if !wrong.is_empty() {
        let shown = shown(&console, &mut tx, &staff, &fields).await?;
        let told: Vec<_> = wrong.iter().map(|(name, words)| (*name, words.as_str())).collect();
        return Ok((StatusCode::BAD_REQUEST, page(&staff, &fields, &shown, &told)).into_response());
    }
    for Ticked { row, .. } in &chosen {
        exceptional::decide(&mut tx, &by, &row.person, granted, fields.get("why")).await?;
    }
    tx.commit().await?;
    let query = fields.query_with(&[("token", ""), ("person", ""), ("why", ""), ("answer", "")]);
    Ok(Redirect::to(&format!("/guests/cases?{query}")).into_response())
}

/// Of everybody who was ticked, how it stands now: somebody else may have decided since.
async fn ticked(
    console: &Console,
    tx: &mut Tx,
    staff: &Staff,
    fields: &Fields,
) -> Result<Vec<Ticked>, Failure> {
    let (now, zone) = ((console.clock)(), console.zone(staff.school.id));
    let mut all = Vec::new();
    for value in fields.all("person") {
        let (id, seen) = value.split_once('/').unwrap_or((value, ""));
        let Ok(id) = id.parse() else { continue };
        let Some(kept) = people::get(tx, staff.school.id, id).await? else { continue };
        if !is_asked(&staff.settings, kept.person.roles) {
            continue;
        }
        let case = exceptional::latest(tx, staff.school.id, id).await?;
        let row = Row::of(tx, kept.person, case, zone.clone(), now).await?;
        all.push(Ticked { seen: seen.to_owned(), row });
    }
    Ok(all)
}

impl Row {
    async fn of(
        tx: &mut Tx,
        person: Person,
        case: Option<Case>,
        zone: TimeZone,
        now: Timestamp,
    ) -> Result<Row, Failure> {
        let (missing, in_force) = agreements::missing_of(tx, &person, zone, now).await?;
        let missing = match missing.first() {
            Some(it) => Some(it.what.label()),
            None if in_force.is_empty() => Some("No agreement is published for them"),
            None => None,
        };
        Ok(Row { person, case, missing })
    }

    /// Tells one decision from the next.
    fn stands(&self) -> String {
        self.case.as_ref().map_or_else(String::new, |it| it.at.as_millisecond().to_string())
    }
}

fn faults(fields: &Fields, chosen: &[Ticked], granted: bool) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    if !matches!(fields.get("answer"), "approve" | "refuse") {
        wrong.push(("why", "Choose Approve or Refuse".to_owned()));
    }
    if chosen.is_empty() {
        wrong.push(("main", "Tick at least one person".to_owned()));
    }
    match fields.get("why").chars().count() {
        0 if granted => {
            wrong.push((
                "why",
                "Say why this is an exceptional case: it is kept with the approval".to_owned(),
            ));
        }
        0 => wrong.push(("why", "Say why: it is kept with the refusal".to_owned())),
        length if LONGEST < length => wrong.push(("why", format!("Use {LONGEST} characters at most"))),
        _ => {}
    }
    // ACC-19: what is approved is the signed agreement.
    for Ticked { row, .. } in chosen.iter().filter(|it| granted && it.row.missing.is_some()) {
        wrong.push((
            "main",
            format!("{} has not signed the agreement yet, so nothing can be approved", row.person.name),
        ));
    }
    for Ticked { row, seen } in chosen {
        let same = |it: &Case| it.granted == granted && it.why == fields.get("why");
        if *seen != row.stands() && !row.case.as_ref().is_some_and(same) {
            let name = &row.person.name;
            wrong.push((
                "main",
                format!("Somebody else has decided about {name} while your page was open: see how it stands"),
            ));
        }
    }
    wrong
}

async fn shown(console: &Console, tx: &mut Tx, staff: &Staff, fields: &Fields) -> Result<Shown, Failure> {
    let (school, now, zone) = (staff.school.id, (console.clock)(), console.zone(staff.school.id));
    let mut cases: HashMap<Id<Person>, Case> = exceptional::all(tx, school).await?;
    let let_in: HashSet<Id<Person>> = guests::admitted(tx, school).await?.into_iter().collect();
    let decided = fields.get("show") == "decided";
    let words = fields.get("words").to_lowercase();
    let is_meant = |it: &Person| {
        let case = cases.get(&it.id);
        let waits = case.is_none() && !let_in.contains(&it.id);
        let named = it.name.as_str().to_lowercase().contains(&words) || it.username.as_str().contains(&words);
        named && if decided { case.is_some() } else { waits }
    };
    let mut people = register::with_roles(tx, school, |it| is_asked(&staff.settings, it)).await?;
    people.retain(is_meant);
    people.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    let left_out = people.len().saturating_sub(MOST);
    people.truncate(MOST);
    let mut rows = Vec::new();
    for person in people {
        let case = cases.remove(&person.id);
        rows.push(Row::of(tx, person, case, zone.clone(), now).await?);
    }
    let named = People::of(tx, school, rows.iter().filter_map(|it| Some(it.case.as_ref()?.by))).await?;
    Ok(Shown { rows, left_out, people: named, zone })
}

fn page(staff: &Staff, fields: &Fields, shown: &Shown, wrong: &[(&str, &str)]) -> Markup {
    let decided = fields.get("show") == "decided";
    let approves = staff.rights.has(Right::ApproveGuests);
    let tab = |href, name, here: bool| {
        html! { li { a.sg-tabs__link href=(href) aria-current=[here.then_some("page")] { (name) } } }
    };
    let setting = GUEST_APPROVAL.kind.words(&staff.settings.text(&GUEST_APPROVAL));
    let content = html! {
        (complaints(wrong))
        h1.govuk-heading-l { "Access to approve" }
        p.govuk-body.sg-lead {
            "People who are not employed here get in as an exceptional case, when the head or campus lead has approved the \
             signed agreement. The gate and the console keep them out until then, however they came by their account. Whose \
             access it is, is a setting; now: " strong { (setting) } "."
        }
        nav.sg-tabs aria-label="Which people" {
            ul {
                (tab("/guests/cases", "Waiting", !decided))
                (tab("/guests/cases?show=decided", "Decided", decided))
            }
        }
        form.sg-panel.sg-filter method="get" action="/guests/cases" {
            @if decided { input type="hidden" name="show" value="decided"; }
            (input(&Input::text("words", "Name", fields.get("words"))))
            div.sg-filter__buttons { button.govuk-button.govuk-button--secondary type="submit" { "Find" } }
        }
        @if shown.rows.is_empty() {
            @if decided { (empty("Nothing has been decided", "Approvals and refusals stand here with their reasons.")) }
            @else { (empty("Nobody waits", "Whoever gets an account and is not employed here appears on this page.")) }
        } @else if approves {
            form method="post" action="/guests/cases" novalidate {
                (layout::token(staff))
                @for name in ["show", "words"] { @if fields.has(name) { input type="hidden" name=(name) value=(fields.get(name)); } }
                (table(fields, shown, true))
                section.sg-card {
                    (input(&Input {
                        hint: "Kept with the decision, and shown to those who may read this page",
                        complaint: wrong.iter().find(|(it, _)| *it == "why").map(|(_, words)| *words),
                        ..Input::text("why", "Why", fields.get("why"))
                    }))
                    div.govuk-button-group {
                        button.govuk-button type="submit" name="answer" value="approve" { "Approve those ticked" }
                        button.govuk-button.govuk-button--warning type="submit" name="answer" value="refuse" { "Refuse those ticked" }
                    }
                }
            }
        } @else {
            (table(fields, shown, false))
        }
        @if shown.left_out != 0 {
            p.govuk-body { (shown.left_out) " more are not shown: look for a name." }
        }
    };
    layout::page(staff, "/guests/cases", "Access to approve", &content)
}

fn table(fields: &Fields, shown: &Shown, ticks: bool) -> Markup {
    let ticked: HashSet<&str> =
        fields.all("person").map(|it| it.split_once('/').map_or(it, |(id, _)| id)).collect();
    html! {
        div.sg-scroll {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { "People whose access is an exceptional case" }
                thead.govuk-table__head {
                    tr.govuk-table__row {
                        @if ticks { th.govuk-table__header scope="col" { span.govuk-visually-hidden { "Choose" } } }
                        @for name in ["Name", "Agreement", "Decision"] { th.govuk-table__header scope="col" { (name) } }
                    }
                }
                tbody.govuk-table__body {
                    @for row in &shown.rows {
                        @let id = row.person.id.to_string();
                        @let value = format!("{id}/{}", row.stands());
                        tr.govuk-table__row {
                            @if ticks {
                                td.govuk-table__cell {
                                    div.govuk-checkboxes.govuk-checkboxes--small {
                                        div.govuk-checkboxes__item {
                                            input.govuk-checkboxes__input type="checkbox" name="person" value=(value) id={ "p-" (id) }
                                                checked[ticked.contains(id.as_str())];
                                            label.govuk-label.govuk-checkboxes__label for={ "p-" (id) } {
                                                span.govuk-visually-hidden { (row.person.name) }
                                            }
                                        }
                                    }
                                }
                            }
                            td.govuk-table__cell { (name(&row.person)) span.sg-sub { (roles(&row.person)) } }
                            td.govuk-table__cell {
                                @match row.missing {
                                    None => (tag::tag("green", "Signed")),
                                    Some(words) => { (tag::tag("grey", "Not complete")) span.sg-sub { (words) } }
                                }
                            }
                            td.govuk-table__cell { (decision(row, shown)) }
                        }
                    }
                }
            }
        }
    }
}

fn decision(row: &Row, shown: &Shown) -> Markup {
    let Some(case) = &row.case else { return tag::tag("purple", "Waits") };
    let by = shown.people.name(Some(case.by));
    html! {
        @if case.granted { (tag::tag("green", "Approved")) } @else { (tag::tag("red", "Refused")) }
        span.sg-sub { (when::full(case.at, &shown.zone)) " by " (by) ": " (case.why) }
    }
}

fn roles(person: &Person) -> String {
    person.roles.iter().map(Role::label).collect::<Vec<_>>().join(", ")
}
