use std::collections::BTreeSet;

use axum::{
    extract::{Path, State},
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use school::Choice;
use store::{rules, rules::RulesVersion, schools};

use crate::{
    Console,
    components::{layout, notice::empty, policy_text::numbered, when},
    failure::Failure,
    pages::profiles::tabs,
    staff::Reader,
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let current = rules::current(&mut tx, staff.school.id).await?;
    let sites = schools::sites(&mut tx, staff.school.id).await?;
    let site = |it: &RulesVersion| sites.iter().find(|site| Some(site.id) == it.place.site());
    let zone = console.zone(staff.school.id);
    let content = html! {
        (tabs(&staff, "/profiles/text"))
        p.govuk-body.sg-lead { "The text that the gate decides from, layer by layer. Download it to keep a copy or to change it elsewhere." }
        @if current.is_empty() { (empty("No policy has been saved yet", "Until then the gate refuses everything but help.")) }
        @for it in &current {
            div.sg-title {
                h2.govuk-heading-m { (it.place.layer().label()) @if let Some(site) = site(it) { ": " (site.name) } }
                a.govuk-link href={ "/profiles/text/" (it.version) } download=(file_name(it)) { "Download" }
            }
            p.govuk-body-s.sg-muted {
                "Version " (it.version) ", saved by " (it.saved_by_name) ", " (when::full(it.saved_at, &zone))
            }
            (numbered(&it.text, &BTreeSet::new()))
        }
    };
    Ok(layout::page(&staff, "/profiles", "Policy text", &content))
}

pub(crate) async fn export(
    State(console): State<Console>,
    staff: Reader,
    Path(version): Path<String>,
) -> Result<Response, Failure> {
    let version = version.parse().map_err(|_| Failure::NotFound)?;
    let mut tx = console.db.read().await?;
    let it = rules::at(&mut tx, staff.school.id, version).await?.ok_or(Failure::NotFound)?;
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file_name(&it))),
    ];
    Ok((headers, it.text).into_response())
}

fn file_name(it: &RulesVersion) -> String {
    format!("{}-{}.policy", it.place.layer().code(), it.version)
}
