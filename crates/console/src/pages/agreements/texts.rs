//! The library of agreements, and the history of each (AUP-01, AUP-06).
use agreements::{Agreement, Audience, Contract};
use axum::extract::{Path, State};
use maud::{Markup, html};
use school::{Choice, Right};
use store::{agreements as kept, agreements::Published, settings};

use crate::{
    Console,
    components::{
        layout,
        notice::{Tone, empty, notice},
        policy_text::difference,
        when,
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

pub(crate) async fn list(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let in_force = kept::in_force(&mut tx, staff.school.id).await?;
    let contract = Contract::of(&settings::of(&mut tx, staff.school.id, None).await?);
    let changes = staff.rights.has(Right::ManageAgreements);
    let said =
        |it: &Agreement| it.readings().first().map_or(Contract::Silent, |it| Contract::said_in(it.text()));
    let content = html! {
        h1.govuk-heading-l { "Texts" }
        p.govuk-body { "What each signs before anything opens. A new version asks everyone again." }
        @for audience in Audience::ALL {
            @let it = in_force.iter().find(|it| it.audience == *audience);
            section.sg-card {
                h2.govuk-heading-m { (audience.label()) }
                @if let Some(it) = it {
                    p.govuk-body {
                        a.govuk-link href={ "/agreements/read/" (audience.code()) "/" (it.version) } { (it.title()) }
                        ", version " (it.version) ". "
                        @for reading in it.readings() {
                            a.govuk-link href={ "/agreements/read/" (audience.code()) "/" (it.version) "?reading=" (reading.level().code()) } { (reading.level().label()) } " "
                        }
                    }
                    @if *audience == Audience::Adults && said(it) != contract {
                        (notice(Tone::Warning, &html! { "The setting on the contract of employment has changed since this was published. The next version will say it as set now." }))
                    }
                } @else { p.govuk-body { "None has been published, so nobody is asked to sign one." } }
                p.govuk-body {
                    a.govuk-link href={ "/agreements/texts/" (audience.code()) } { "History" }
                    @if changes { " · " a.govuk-link href={ "/agreements/publish/" (audience.code()) } { "Write a new version" } }
                }
            }
        }
    };
    Ok(layout::page(&staff, "/agreements/texts", "Texts", &content))
}

pub(crate) async fn history(
    State(console): State<Console>,
    staff: Reader,
    Path(audience): Path<String>,
    fields: Fields,
) -> Result<Markup, Failure> {
    let audience = Audience::from_code(&audience).ok_or(Failure::NotFound)?;
    let versions = kept::versions(&mut console.db.read().await?, staff.school.id, audience).await?;
    let chosen = |name: &str| versions.iter().find(|it| it.agreement.version.to_string() == fields.get(name));
    let pair = chosen("old").zip(chosen("new")).map(|(old, new)| (&old.agreement, &new.agreement));
    let content = html! {
        a.govuk-back-link href="/agreements/texts" { "Texts" }
        h1.govuk-heading-l { (audience.label()) ": history" }
        @if let Some((old, new)) = pair {
            section.sg-card {
                h2.govuk-heading-m { "From version " (old.version) " to version " (new.version) }
                (differences(Some(old), new))
            }
        }
        @if versions.is_empty() { (empty("Nothing has been published yet", "Each version is kept here for good.")) }
        @else { (table(&console, &staff, audience, &versions)) }
    };
    Ok(layout::page(&staff, "/agreements/texts", "History", &content))
}

/// Reading by reading, line by line.
pub(super) fn differences(old: Option<&Agreement>, new: &Agreement) -> Markup {
    html! {
        @for it in new.readings() {
            h3.govuk-heading-s { (it.level().label()) }
            @let before = old.map(|old| old.reading(it.level())).filter(|old| old.level() == it.level());
            @let before = before.map(|it| format!("{}\n\n{}", it.title(), it.text())).unwrap_or_default();
            @match difference(&before, &format!("{}\n\n{}", it.title(), it.text())) {
                Some(lines) => (lines),
                None => p.govuk-body { "Nothing changes." },
            }
        }
        @for gone in old.iter().flat_map(|it| it.readings()).filter(|it| new.reading(it.level()).level() != it.level()) {
            p.govuk-body { "The reading “" (gone.level().label()) "” is taken out." }
        }
    }
}

fn table(console: &Console, staff: &Staff, audience: Audience, versions: &[Published]) -> Markup {
    let zone = console.zone(staff.school.id);
    html! {
        div.sg-scroll tabindex="0" role="region" aria-label="Versions" {
            table.govuk-table.sg-table {
                caption.govuk-visually-hidden { "Versions, newest first" }
                thead.govuk-table__head { tr.govuk-table__row { @for it in ["Version", "Title", "In force from", "By", "Why", ""] { th.govuk-table__header scope="col" { (it) } } } }
                tbody.govuk-table__body {
                    @for it in versions {
                        @let version = it.agreement.version;
                        tr.govuk-table__row {
                            td.govuk-table__cell { a.govuk-link href={ "/agreements/read/" (audience.code()) "/" (version) } { (version) } }
                            td.govuk-table__cell { (it.agreement.title()) }
                            td.govuk-table__cell.sg-nowrap { (when::full(it.at, &zone)) }
                            td.govuk-table__cell { (it.by_name) }
                            td.govuk-table__cell.sg-break { (it.note) }
                            td.govuk-table__cell {
                                @if 1 < version { a.govuk-link href={ "/agreements/texts/" (audience.code()) "?old=" (version - 1) "&new=" (version) } { "What changed" } }
                            }
                        }
                    }
                }
            }
        }
    }
}
