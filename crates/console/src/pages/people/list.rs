use axum::extract::State;
use maud::{Markup, html};
use school::{Choice, Right, Role, Year};
use store::{groups, people::Kept, register};

use super::{role_names, wanted};
use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::empty,
        pager::{page_of, pager},
        summary::table,
        when::number,
    },
    failure::Failure,
    fields::Fields,
    people::asked,
    staff::{Reader, Staff},
};

const ROWS: u32 = 50;

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let school = staff.school.id;
    let mut tx = console.db.read().await?;
    let groups = groups::all(&mut tx, school).await?;
    let wanted = wanted(&fields, &groups);
    let page = page_of(&fields);
    let skip = ROWS.saturating_mul(page - 1);
    let count = register::count(&mut tx, school, &wanted).await?;
    let found = register::find(&mut tx, school, &wanted, skip, ROWS).await?;
    let ids: Vec<_> = found.iter().map(|it| it.person.id).collect();
    let classes = register::classes(&mut tx, school, &ids).await?;
    let subject = asked(&fields, "everyone");
    drop(tx);
    console.viewed(&staff, "view people", &subject).await?;
    let class_names: Vec<&str> = groups.iter().map(|it| it.name.as_str()).collect();
    let rows: Vec<Vec<Markup>> = found
        .iter()
        .map(|it| row(it, &classes.get(&it.person.id).map(|it| it.join(", ")).unwrap_or_default()))
        .collect();
    let ended = wanted.ended;
    let content = html! {
        div.sg-title {
            h1.govuk-heading-l { "People" }
            div.sg-buttons {
                a.govuk-button.govuk-button--secondary href={ "/people.csv?" (fields.query_with(&[("page", "")])) } download="people.csv" {
                    "Download as a spreadsheet"
                }
                @if staff.rights.has(Right::ManagePeople) { a.govuk-button href="/people/add" { "Add a person" } }
            }
        }
        p.govuk-body.sg-lead { "Everyone the policy covers. That you looked is written down, with what you looked for." }
        (tabs(&fields, ended))
        (filter(&fields, &class_names))
        p.govuk-body { strong { (number(count)) } @if count == 1 { " person" } @else { " people" } @if ended { " with an ended account" } }
        @if rows.is_empty() {
            (empty("Nobody found", "Take away a filter, or look among those whose account has ended."))
        } @else {
            (table("People, by name", &["Name", "Username", "Roles", "Year", "Classes"], &rows))
        }
        (pager("/people", &fields, page, ROWS, count))
    };
    Ok(layout::page(&staff, "/people", "People", &content))
}

fn row(it: &Kept, classes: &str) -> Vec<Markup> {
    let person = &it.person;
    vec![
        html! { a.govuk-link href={ "/people/" (person.id) } { (person.name) } },
        html! { (person.username) },
        html! { (role_names(person)) },
        html! { @if let Some(year) = person.year { (year) } },
        html! { (classes) },
    ]
}

fn tabs(fields: &Fields, ended: bool) -> Markup {
    let tab = |show: &str, name: &str, here: bool| {
        let query = fields.query_with(&[("show", show), ("page", "")]);
        html! { li { a.sg-tabs__link href={ "/people?" (query) } aria-current=[here.then_some("page")] { (name) } } }
    };
    html! {
        nav.sg-tabs aria-label="Whose account" { ul { (tab("", "Here", !ended)) (tab("ended", "Ended", ended)) } }
    }
}

fn filter(fields: &Fields, classes: &[&str]) -> Markup {
    let any = (String::new(), "Any".to_owned());
    let roles = Role::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned()));
    let roles: Vec<_> = std::iter::once(any.clone()).chain(roles).collect();
    let years = Year::all().map(|it| (it.to_string(), it.label()));
    let years: Vec<_> = std::iter::once(any).chain(years).collect();
    html! {
        form.sg-panel.sg-filter method="get" action="/people" role="search" aria-label="Find people" {
            @if !fields.get("show").is_empty() { input type="hidden" name="show" value=(fields.get("show")); }
            (input(&Input::text("words", "Name or username", fields.get("words"))))
            (select("role", "Role", fields.get("role"), &roles))
            (select("year", "Year", fields.get("year"), &years))
            div.govuk-form-group {
                label.govuk-label for="class" { "Class or group" }
                input.govuk-input id="class" name="class" type="text" list="classes" value=(fields.get("class")) autocomplete="off";
                datalist id="classes" { @for name in classes.iter().take(500) { option value=(name) {} } }
            }
            div.sg-filter__buttons {
                button.govuk-button type="submit" { "Find" }
                a.govuk-link href="/people" { "Clear all" }
            }
        }
    }
}

/// Whether this reader may do what the account administrator does.
pub(super) fn manages(staff: &Staff) -> bool {
    staff.rights.has(Right::ManagePeople)
}
