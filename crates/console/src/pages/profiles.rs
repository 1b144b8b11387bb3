use axum::extract::State;
use maud::{Markup, html};
use policy::{Audience, Fault, Matches, Profile, Rules, text, text::Body};
use school::{Choice, Layer, Right};

use crate::{
    Console,
    components::{
        faults::faults,
        layout,
        notice::{Tone, empty, notice},
        tag::tag,
    },
    draft::{self, Around, Text},
    failure::Failure,
    staff::{Reader, Staff},
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let texts = draft::current(&mut tx, &staff.school).await?;
    let around = Around::of(&mut tx, &staff.school, &texts).await?;
    let lists = console.lists(staff.school.id);
    let read = console.blocking(move || (around.compile(&texts, &lists), texts)).await?;
    Ok(page(&staff, &read.1, &read.0))
}

fn page(staff: &Staff, texts: &[Text], rules: &Result<Rules, Vec<Fault>>) -> Markup {
    let content = html! {
        (tabs(staff, "/profiles"))
        @if texts.is_empty() {
            (empty("No policy has been saved yet", "Until then the gate refuses everything but help."))
        } @else {
            @match rules {
                Err(wrong) => {
                    (notice(Tone::Bad, &html! {
                        p.govuk-body { "The saved policy cannot be used as a whole. The gate goes on with the last one that could. Put these right:" }
                        (faults(wrong, None))
                    }))
                },
                Ok(rules) => {
                    @if !rules.warnings().is_empty() {
                        (notice(Tone::Warning, &html! { "Worth a look:" (faults(rules.warnings(), None)) }))
                    }
                },
            }
            h2.govuk-heading-m { "Who gets which profile" }
            p.govuk-body.sg-lead { "The narrowest group that someone belongs to counts: a person before a group, a group before a year." }
            (uses(texts))
            @if let Ok(rules) = rules {
                h2.govuk-heading-m { "What each profile does" }
                @for profile in rules.profiles() { (card(profile)) }
            }
            h2.govuk-heading-m { "Rules" }
            p.govuk-body.sg-lead {
                "Rules come before profiles. A locked rule from above wins; then the nearest layer, the narrowest audience, \
                 the narrowest address; and among equals, a block."
            }
            (rules_table(texts))
        }
    };
    layout::page(staff, "/profiles", "Profiles", &content)
}

fn uses(texts: &[Text]) -> Markup {
    table(
        "Who gets which profile",
        &["For", "Profile", "Set by"],
        &html! {
            @for (layer, body) in bodies(texts) {
                @if let Body::Use(it) = body {
                    tr.govuk-table__row {
                        th.govuk-table__header scope="row" { (said(&it.audience)) }
                        td.govuk-table__cell { (it.profile) }
                        td.govuk-table__cell { (layer.label()) @if it.locked { " " (tag("grey", "Locked")) } }
                    }
                }
            }
        },
    )
}

fn rules_table(texts: &[Text]) -> Markup {
    let any = bodies(texts).iter().any(|(_, it)| matches!(it, Body::Rule(_)));
    html! {
        @if any {
            (table("Rules in the order written", &["Does", "Addresses", "For", "When", "Set by", "Note"], &html! {
                @for (layer, body) in bodies(texts) {
                    @if let Body::Rule(it) = body {
                        tr.govuk-table__row {
                            td.govuk-table__cell { (it.verb.label()) }
                            td.govuk-table__cell.sg-break { (addresses(&it.matches)) }
                            td.govuk-table__cell { (said(&it.audience)) }
                            td.govuk-table__cell { (it.during) @if let Some(until) = it.until { ", until " (until) } }
                            td.govuk-table__cell { (layer.label()) @if it.locked { " " (tag("grey", "Locked")) } }
                            td.govuk-table__cell.sg-break { (it.note.as_deref().unwrap_or_default()) }
                        }
                    }
                }
            }))
        } @else { (empty("There are no rules", "Profiles alone decide. A rule opens or closes single sites.")) }
    }
}

fn card(profile: &Profile) -> Markup {
    html! {
        details.sg-card.sg-fold {
            summary.sg-fold__head { span.sg-card__title { (profile.name) } " " span.sg-muted { (profile.mode.label()) } }
            dl.govuk-summary-list {
                @for (name, value) in profile.in_words() {
                    div.govuk-summary-list__row {
                        dt.govuk-summary-list__key { (name) }
                        dd.govuk-summary-list__value { (value) }
                    }
                }
            }
        }
    }
}

fn table(caption: &str, headings: &[&str], rows: &Markup) -> Markup {
    html! {
        div.sg-scroll tabindex="0" role="region" aria-label=(caption) {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { (caption) }
                thead.govuk-table__head {
                    tr.govuk-table__row { @for it in headings { th.govuk-table__header scope="col" { (it) } } }
                }
                tbody.govuk-table__body { (rows) }
            }
        }
    }
}

/// Everything written, the trust's first. A text that cannot be read says nothing here; its faults are shown above.
fn bodies(texts: &[Text]) -> Vec<(Layer, Body)> {
    let read = |it: &Text| text::parse(&it.policy).map(|document| document.entries).unwrap_or_default();
    texts.iter().flat_map(|it| read(it).into_iter().map(|entry| (it.place.layer(), entry.body))).collect()
}

fn said(audience: &[Audience]) -> String {
    let words = |it: &Audience| match it {
        Audience::Everyone => "Everyone".to_owned(),
        Audience::Unknown => "Nobody signed in".to_owned(),
        Audience::Staff => "All staff".to_owned(),
        Audience::Outsiders => "Parents, guests and others from outside".to_owned(),
        Audience::Role(role) => role.label().to_owned(),
        Audience::KeyStage(stage) => stage.label().to_owned(),
        Audience::Year(year) => format!("Year {year}"),
        Audience::Group(name) => format!("Group {name}"),
        Audience::Person(username) => username.to_string(),
    };
    audience.iter().map(words).collect::<Vec<_>>().join(", ")
}

fn addresses(matches: &Matches) -> String {
    match matches {
        Matches::Everything => "Everything".to_owned(),
        Matches::Category(category) => format!("All about {}", category.label()),
        Matches::Domain(host) => format!("{host} and below"),
        other => other.to_string(),
    }
}

/// The pages about what the gate decides from.
pub(crate) fn tabs(staff: &Staff, here: &str) -> Markup {
    let tab = |href: &str, name: &str| {
        html! { li { a.sg-tabs__link href=(href) aria-current=[(href == here).then_some("page")] { (name) } } }
    };
    html! {
        h1.govuk-heading-l { "Profiles and rules" }
        nav.sg-tabs aria-label="Profiles and rules" {
            ul {
                (tab("/profiles", "In words"))
                (tab("/profiles/text", "As text"))
                (tab("/profiles/versions", "Versions"))
                @if staff.rights.has(Right::ManageRules) { (tab("/profiles/change", "Change")) }
            }
        }
    }
}
