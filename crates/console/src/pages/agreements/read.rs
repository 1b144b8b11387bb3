//! One version of an agreement, as whoever signs it reads it; also to be printed (AUP-05).
use agreements::{Audience, Level};
use axum::extract::{Path, State};
use maud::{Markup, html};
use school::Choice;
use store::agreements as kept;

use crate::{
    Console,
    components::{agreement, layout, when},
    failure::Failure,
    fields::Fields,
    staff::Reader,
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path((audience, version)): Path<(String, String)>,
    fields: Fields,
) -> Result<Markup, Failure> {
    let audience = Audience::from_code(&audience).ok_or(Failure::NotFound)?;
    let school = staff.school.id;
    let versions = kept::versions(&mut console.db.read().await?, school, audience).await?;
    let newest = versions.first().map_or(0, |it| it.agreement.version);
    let found = versions.into_iter().find(|it| it.agreement.version.to_string() == version);
    let it = found.ok_or(Failure::NotFound)?;
    let agreement = &it.agreement;
    let level = Level::from_code(fields.get("reading"));
    let shown = level.map_or_else(|| agreement.suited(&staff.person), |it| agreement.reading(it));
    let here = format!("/agreements/read/{}/{version}?reading=", audience.code());
    let content = html! {
        (agreement::readings(agreement, shown.level(), &here))
        section.sg-card { (agreement::text(shown)) }
        p.govuk-body.sg-muted {
            (staff.school.name) ". " (audience.label()) ", version " (version) ", " (shown.level().label().to_lowercase())
            " reading, in force from " (when::full(it.at, &console.zone(school)))
            @if agreement.version == newest { "." } @else { " and replaced since." }
            " Check mark " code { (shown.hash().to_string().get(..16).unwrap_or_default()) } "."
        }
        div.sg-print-only {
            p.govuk-body { "Name ______________________________________   Date ____________________" }
            p.govuk-body { "Signature __________________________________________________________" }
            @if audience == Audience::Pupils {
                p.govuk-body { "Parent or carer ______________________________   Date ____________________" }
                p.govuk-body { "Signature __________________________________________________________" }
            } @else if audience == Audience::Adults {
                p.govuk-body { "Job title ____________________________   Appointed on ____________________" }
            }
        }
        p.govuk-body.sg-no-print { "To sign on paper, print this page: lines for signatures are added." }
    };
    Ok(layout::page(&staff, "/agreements/read", shown.title(), &content))
}
