use axum::extract::State;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use school::Choice;
use store::{rules, rules::RulesVersion};

use crate::{
    Console,
    components::{changes::changes, layout, notice::empty, when},
    failure::Failure,
    fields::Fields,
    pages::profiles::tabs,
    staff::{Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let versions = rules::versions(&mut console.db.read().await?, staff.school.id).await?;
    let chosen = |name: &str| {
        let number: i64 = fields.get(name).parse().ok()?;
        versions.iter().find(|it| it.version == number)
    };
    let pair = chosen("old").zip(chosen("new"));
    Ok(page(&staff, &versions, pair, &console.zone(staff.school.id)))
}

fn page(
    staff: &Staff,
    versions: &[RulesVersion],
    pair: Option<(&RulesVersion, &RulesVersion)>,
    zone: &TimeZone,
) -> Markup {
    let content = html! {
        (tabs(staff, "/profiles/versions"))
        @if let Some((old, new)) = pair {
            section.sg-card {
                h2.govuk-heading-m { "From version " (old.version) " to version " (new.version) }
                (changes(&old.text, &new.text))
            }
        }
        @if versions.is_empty() { (empty("No policy has been saved yet", "Each time one is saved, it is kept here for good.")) }
        @else { (table(versions, pair, zone)) }
    };
    layout::page(staff, "/profiles", "Versions", &content)
}

fn table(versions: &[RulesVersion], pair: Option<(&RulesVersion, &RulesVersion)>, zone: &TimeZone) -> Markup {
    let newest = versions.first().map_or(0, |it| it.version);
    let (old, new) = pair.map_or((newest - 1, newest), |(old, new)| (old.version, new.version));
    let choose = |name: &str, it: &RulesVersion, chosen: i64| {
        html! {
            input type="radio" name=(name) value=(it.version) checked[it.version == chosen]
                aria-label={ (if name == "old" { "Compare from" } else { "Compare to" }) " version " (it.version) };
        }
    };
    html! {
        form method="get" action="/profiles/versions" {
            div.sg-scroll tabindex="0" role="region" aria-label="Versions" {
                table.govuk-table.sg-table {
                    caption.govuk-visually-hidden { "Versions, newest first" }
                    thead.govuk-table__head {
                        tr.govuk-table__row {
                            @for name in ["From", "To", "Version", "Layer", "Saved", "By", "Why"] {
                                th.govuk-table__header scope="col" { (name) }
                            }
                        }
                    }
                    tbody.govuk-table__body {
                        @for it in versions {
                            tr.govuk-table__row {
                                td.govuk-table__cell { (choose("old", it, old)) }
                                td.govuk-table__cell { (choose("new", it, new)) }
                                td.govuk-table__cell { a.govuk-link href={ "/profiles/text/" (it.version) } { (it.version) } }
                                td.govuk-table__cell { (it.place.layer().label()) }
                                td.govuk-table__cell.sg-nowrap { (when::full(it.saved_at, zone)) }
                                td.govuk-table__cell { (it.saved_by_name) }
                                td.govuk-table__cell.sg-break { (it.note) }
                            }
                        }
                    }
                }
            }
            button.govuk-button.govuk-button--secondary type="submit" { "Compare the two" }
        }
    }
}
