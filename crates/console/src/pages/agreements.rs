//! Who has and has not signed (AUP-12).
pub(crate) mod children;
pub(crate) mod discussions;
pub(crate) mod export;
pub(crate) mod issued;
pub(crate) mod mine;
pub(crate) mod person;
pub(crate) mod publish;
pub(crate) mod read;
pub(crate) mod register;
pub(crate) mod roll;
pub(crate) mod texts;

use axum::{extract::State, response::Redirect};
use maud::{Markup, html};
use school::Choice;
use store::{audit, jobs};

use self::register::{Line, Register, Show};
use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::{Tone, empty, notice},
    },
    failure::Failure,
    fields::Fields,
    people,
    staff::{Reader, Staff},
};

/// Lines on one page.
const ROWS: usize = 100;
/// Taken up by `workers`: the first line is whose doing it is, the others are people to remind.
const REMIND: &str = "remind about agreements";

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let register = Register::of(&console, &staff, &fields).await?;
    let subject = people::asked(&fields, "everyone");
    console.viewed(&staff, "view agreements", &subject).await?;
    Ok(page(&staff, &fields, &register))
}

/// Puts a job down for those who are listed and miss something; it writes to nobody more than once a week.
pub(crate) async fn remind(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Redirect, Failure> {
    let register = Register::of(&console, &staff, &fields).await?;
    let missing: Vec<Line<'_>> = register.shown().filter(|it| !it.missing.is_empty()).collect();
    let ids = missing.iter().map(|it| it.person.id.to_string()).collect::<Vec<_>>().join("\n");
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    jobs::enqueue(&mut tx, REMIND, &format!("{}\n{ids}", by.name), by.at).await?;
    let subject = format!("{} people", missing.len());
    audit::note(&mut tx, &by, staff.school.id, "send agreement reminders", &subject, None, None).await?;
    tx.commit().await?;
    let query = fields.query_with(&[("token", ""), ("sent", &missing.len().to_string())]);
    Ok(Redirect::to(&format!("/agreements?{query}")))
}

fn page(staff: &Staff, fields: &Fields, register: &Register) -> Markup {
    let all: Vec<Line<'_>> = register.shown().collect();
    let lacking = all.iter().filter(|it| !it.missing.is_empty()).count();
    let start = fields.get("page").parse::<usize>().unwrap_or(1).max(1).saturating_sub(1) * ROWS;
    let content = html! {
        h1.govuk-heading-l { "Who has signed" }
        @if !fields.get("sent").is_empty() {
            (notice(Tone::Good, &html! {
                "Reminders for " (fields.get("sent")) " people are on their way: to parents for pupils, to staff themselves. Whoever has no e-mail address, or had a letter within the week, gets none."
            }))
        }
        (summary(register))
        (filter(fields, register))
        @if all.is_empty() { (empty("Nobody matches", "Choose less, or another class or year.")) }
        @else {
            p.govuk-body { (all.len()) " people, of whom " strong { (lacking) " have something missing" } "." }
            div.sg-filter__buttons {
                @if lacking != 0 {
                    form method="post" action="/agreements/remind" {
                        (layout::token(staff))
                        @for name in ["who", "role", "class", "year", "show", "name"] {
                            input type="hidden" name=(name) value=(fields.get(name));
                        }
                        button.govuk-button type="submit" { "Send reminders" }
                    }
                }
                a.govuk-button.govuk-button--secondary href={ "/agreements.csv?" (fields.query_with(&[("page", ""), ("sent", "")])) } { "Download as CSV" }
            }
            (table(&all[start.min(all.len())..(start + ROWS).min(all.len())], register))
            (pager(fields, start, all.len()))
        }
    };
    layout::page(staff, "/agreements", "Who has signed", &content)
}

fn summary(register: &Register) -> Markup {
    html! {
        div.sg-cards {
            @for &(audience, complete, all) in register.by_audience() {
                section.sg-card {
                    h2.govuk-heading-s { (audience.label()) }
                    p.govuk-body { strong { (complete) } " of " (all) " complete" }
                }
            }
        }
        @if !register.classes().is_empty() {
            details.sg-lines {
                summary.sg-fold__head { "By class" }
                div.sg-scroll tabindex="0" role="region" aria-label="By class" {
                    table.govuk-table.sg-table {
                        caption.govuk-visually-hidden { "Pupils with a complete agreement, by class" }
                        thead.govuk-table__head { tr.govuk-table__row { @for it in ["Class", "Pupils", "Complete", "Missing"] { th.govuk-table__header scope="col" { (it) } } } }
                        tbody.govuk-table__body {
                            @for (class, complete, all) in register.by_class() {
                                tr.govuk-table__row {
                                    th.govuk-table__header scope="row" { a.govuk-link href={ "/agreements?show=missing&class=" (class.id) } { (class.name) } }
                                    td.govuk-table__cell { (all) }
                                    td.govuk-table__cell { (complete) }
                                    td.govuk-table__cell { (all - complete) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn filter(fields: &Fields, register: &Register) -> Markup {
    let any = |words: &str| (String::new(), words.to_owned());
    let who: Vec<_> = std::iter::once(any("Everybody"))
        .chain(agreements::Audience::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())))
        .collect();
    let roles: Vec<_> = std::iter::once(any("Any role"))
        .chain(school::Role::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())))
        .collect();
    let classes: Vec<_> = std::iter::once(any("Any class"))
        .chain(register.classes().iter().map(|it| (it.id.to_string(), it.name.to_string())))
        .collect();
    let years: Vec<_> = std::iter::once(any("Any year"))
        .chain(register.years().map(|it| (it.to_string(), format!("Year {it}"))))
        .collect();
    let show: Vec<_> = Show::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect();
    html! {
        form.sg-panel.sg-filter method="get" action="/agreements" {
                (select("who", "Agreement for", fields.get("who"), &who))
                (select("role", "Role", fields.get("role"), &roles))
                (select("class", "Class", fields.get("class"), &classes))
                (select("year", "Year", fields.get("year"), &years))
                (select("show", "Show", fields.get("show"), &show))
                (input(&Input::text("name", "Name", fields.get("name"))))
            div.sg-filter__buttons { button.govuk-button type="submit" { "Show" } }
        }
    }
}

fn table(lines: &[Line<'_>], register: &Register) -> Markup {
    html! {
        div.sg-scroll tabindex="0" role="region" aria-label="People" {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { "People and what is missing" }
                thead.govuk-table__head { tr.govuk-table__row { @for it in ["Name", "Role", "Class", "Agreements"] { th.govuk-table__header scope="col" { (it) } } } }
                tbody.govuk-table__body {
                    @for line in lines {
                        tr.govuk-table__row {
                            th.govuk-table__header scope="row" { a.govuk-link href={ "/agreements/person/" (line.person.id) } { (people::name(line.person)) } }
                            td.govuk-table__cell { (register::roles(line.person)) }
                            td.govuk-table__cell { (register.classes_of(line.person)) }
                            td.govuk-table__cell {
                                @if line.missing.is_empty() { strong.govuk-tag.govuk-tag--green { "Complete" } }
                                @for it in &line.missing {
                                    div { strong.govuk-tag.govuk-tag--orange { "Missing" } " " (it.what.label()) span.sg-muted { " (" (register.title(it.agreement)) ")" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn pager(fields: &Fields, start: usize, all: usize) -> Markup {
    let link = |page: usize| {
        format!("/agreements?{}", fields.query_with(&[("page", &page.to_string()), ("sent", "")]))
    };
    let page = start / ROWS + 1;
    html! {
        @if ROWS < all {
            nav.sg-pager aria-label="Pages" {
                @if 1 < page { a.govuk-link href=(link(page - 1)) { "Before" } " " }
                "Page " (page) " of " (all.div_ceil(ROWS)) " "
                @if start + ROWS < all { a.govuk-link href=(link(page + 1)) { "Next" } }
            }
        }
    }
}
