use axum::extract::State;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use policy::{Category, Outcome, Seen};
use school::{Choice, Right};
use store::{activity::Page, audit::Note};

use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::{complaints, empty},
        tag, when,
    },
    failure::Failure,
    fields::Fields,
    pages::why::{self, Why},
    people::{Named, People, name},
    search::Search,
    staff::{Reader, Staff},
};

const ROWS: usize = 50;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let school = staff.school.id;
    let zone = console.zone(school);
    let mut tx = console.db.read().await?;
    let mut people = People::typed(&mut tx, school, fields.get("person")).await?;
    let search = Search::read(&fields, school, &people, &zone);
    let found = if search.complaints.is_empty() {
        let person = match people.named() {
            Named::One(person) => Some(person),
            _ => None,
        };
        let why = Why::of(&console, &mut tx, &staff, person.map(|it| it.id)).await?;
        drop(tx);
        if matches!(why, Why::Missing) {
            return Ok(why::page(&staff, &fields, person, false));
        }
        let note =
            Note { act: "view activity", subject: &search.words, reason: why.words(), ..Note::default() };
        console.noted(&staff, note).await?;
        let (reader, filter) = (console.activity.clone(), search.filter.clone());
        let after = fields.get("after").parse().ok();
        let found = console.blocking(move || reader.search(&filter, after, ROWS)).await??;
        let mut tx = console.db.read().await?;
        people.learn(&mut tx, school, found.rows.iter().filter_map(|it| it.seen.person)).await?;
        found
    } else {
        Page::default()
    };
    Ok(page(&staff, &fields, &search, &people, &found, &zone))
}

fn page(
    staff: &Staff,
    fields: &Fields,
    search: &Search,
    people: &People,
    found: &Page,
    zone: &TimeZone,
) -> Markup {
    let older = found.next.map(|it| fields.query_with(&[("after", &it.to_string())]));
    let content = html! {
        (complaints(&search.complaints))
        div.sg-title {
            h1.govuk-heading-l { "Activity" }
            @if search.complaints.is_empty() {
                a.govuk-button.govuk-button--secondary href={ "/activity.csv?" (fields.query_with(&[("after", "")])) }
                    download="activity.csv" { "Download as a spreadsheet" }
            }
        }
        p.govuk-body.sg-lead { "Who asked for what, and what came of it. That you looked is written down, with what you looked for." }
        (filter(fields, search, people))
        @if let Named::Several(several) = people.named() {
            section.sg-card {
                h2.govuk-heading-s { "Who do you mean?" }
                ul.govuk-list {
                    @for it in several {
                        li { a.govuk-link href={ "/activity?" (fields.query_with(&[("person", &it.id.to_string())])) } { (name(it)) } }
                    }
                }
            }
        }
        @if !found.rows.is_empty() { (table(staff, fields, found, people, zone)) }
        @else if older.is_some() {
            (empty("Nothing found yet", "The search has gone through the newest rows. Go on to older ones below."))
        } @else if search.complaints.is_empty() {
            (empty("Nothing found", "Nothing was recorded that fits. Take away a filter, or choose a longer time."))
        }
        nav.sg-pager aria-label="Pages" {
            @if !fields.get("after").is_empty() {
                a.govuk-link href={ "/activity?" (fields.query_with(&[("after", "")])) } { "Back to the newest" }
            }
            @if let Some(query) = older { a.govuk-link rel="next" href={ "/activity?" (query) } { "Older" } }
        }
    };
    layout::page(staff, "/activity", "Activity", &content)
}

fn filter(fields: &Fields, search: &Search, people: &People) -> Markup {
    let complaint =
        |name: &str| search.complaints.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let ask = |name, label, kind, value| {
        input(&Input { kind, complaint: complaint(name), ..Input::text(name, label, value) })
    };
    let person = match people.named() {
        Named::One(person) => person.username.as_str(),
        _ => fields.get("person"),
    };
    let any = (String::new(), "Any".to_owned());
    let categories = Category::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned()));
    let outcomes = Outcome::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned()));
    let categories: Vec<_> = std::iter::once(any.clone()).chain(categories).collect();
    let outcomes: Vec<_> = std::iter::once(any).chain(outcomes).collect();
    let only =
        [(String::new(), "Everything".to_owned()), ("searches".to_owned(), "Searches only".to_owned())];
    html! {
        form.sg-panel.sg-filter method="get" action="/activity" role="search" aria-label="Filter activity" {
            (ask("person", "Person", "text", person))
            (ask("site", "Site", "text", fields.get("site")))
            (select("category", "Category", fields.get("category"), &categories))
            (select("outcome", "Outcome", fields.get("outcome"), &outcomes))
            (ask("from", "From", "datetime-local", fields.get("from")))
            (ask("to", "To", "datetime-local", fields.get("to")))
            (select("only", "Show", fields.get("only"), &only))
            div.sg-filter__buttons {
                button.govuk-button type="submit" { "Find" }
                a.govuk-link href="/activity" { "Clear all" }
            }
        }
    }
}

fn table(staff: &Staff, fields: &Fields, found: &Page, people: &People, zone: &TimeZone) -> Markup {
    let explains = staff.rights.has(Right::ExplainDecisions);
    html! {
        div.sg-scroll tabindex="0" role="region" aria-label="Activity" {
            table.govuk-table.sg-table.sg-activity {
                caption.govuk-visually-hidden { "Activity, newest first" }
                thead.govuk-table__head {
                    tr.govuk-table__row {
                        @for name in ["When", "Who", "Site", "Outcome", "Why"] {
                            th.govuk-table__header scope="col" { (name) }
                        }
                        @if explains { th.govuk-table__header scope="col" { span.govuk-visually-hidden { "Explain" } } }
                    }
                }
                tbody.govuk-table__body {
                    @for seen in found.rows.iter().map(|it| &it.seen) {
                        tr.govuk-table__row {
                            td.govuk-table__cell { (when::stacked(seen.at, zone)) }
                            td.govuk-table__cell {
                                @match seen.person {
                                    Some(id) => a.govuk-link href={ "/activity?" (fields.query_with(&[("person", &id.to_string()), ("after", "")])) } {
                                        (people.name(seen.person))
                                    },
                                    None => (people.name(None)),
                                }
                                span.sg-sub { @match &seen.device { Some(device) => (device), None => (seen.address) } }
                            }
                            td.govuk-table__cell.sg-break {
                                (seen.host)
                                @if let Some(words) = &seen.search { span.sg-sub { "searched for “" (words) "”" } }
                                @else if let Some(path) = seen.path.as_deref().filter(|it| *it != "/") { span.sg-sub { (short(path)) } }
                            }
                            td.govuk-table__cell { (tag::outcome(seen.outcome)) }
                            td.govuk-table__cell { (seen.because.for_staff()) }
                            @if explains { td.govuk-table__cell { a.govuk-link href=(explain(seen)) { "Explain" span.govuk-visually-hidden { " " (seen.host) } } } }
                        }
                    }
                }
            }
        }
    }
}

/// The address of the page that explains this row.
fn explain(seen: &Seen) -> String {
    let person = seen.person.map(|it| it.to_string()).unwrap_or_default();
    let query = [("url", address(seen)), ("person", person), ("at", seen.at.to_string())];
    format!("/explain?{}", serde_html_form::to_string(query).unwrap_or_default())
}

/// As it would stand in a browser.
pub(crate) fn address(seen: &Seen) -> String {
    let port =
        if seen.port == seen.scheme.default_port() { String::new() } else { format!(":{}", seen.port) };
    format!("{}://{}{port}{}", seen.scheme.as_str(), seen.host, seen.path.as_deref().unwrap_or("/"))
}

fn short(path: &str) -> String {
    if path.chars().count() <= 80 {
        return path.to_owned();
    }
    path.chars().take(79).chain(['…']).collect()
}
