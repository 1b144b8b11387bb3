use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{
    Choice, Layer, Right,
    settings::{Kind, SETTINGS, Said, Setting},
};
use store::{StoreError, settings};

use super::{Here, from};
use crate::{
    Console,
    components::{
        choice::checkboxes,
        field::{Input, input, select},
        layout,
        notice::{Tone, complaints, notice},
        summary::summary,
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

const OVERTAKEN: &str = "Somebody else changed this meanwhile: how it stands now is above, what you chose is below. Save \
                         again if you still mean it.";

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(key): Path<String>,
    fields: Fields,
) -> Result<Markup, Failure> {
    let setting = named(&key)?;
    let mut tx = console.db.read().await?;
    let here = Here::of(&mut tx, &staff.school, fields.get("site")).await?;
    Ok(page(&staff, setting, &here, None))
}

/// At the school or at one of its sites.
pub(crate) async fn post(
    state: State<Console>,
    staff: Reader,
    Path(key): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let layer = if fields.get("site").is_empty() { Layer::School } else { Layer::Site };
    change(&state.0, &staff, &key, &fields, layer).await
}

/// For all schools of the trust, in one act.
pub(crate) async fn post_trust(
    state: State<Console>,
    staff: Reader,
    Path(key): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    change(&state.0, &staff, &key, &fields, Layer::Trust).await
}

async fn change(
    console: &Console,
    staff: &Staff,
    key: &str,
    fields: &Fields,
    layer: Layer,
) -> Result<Response, Failure> {
    let setting = named(key)?;
    let mut tx = console.db.write().await?;
    let here = Here::of(&mut tx, &staff.school, fields.get("site")).await?;
    let owner = match (layer, staff.school.trust, &here.site) {
        (Layer::Trust, Some(trust), _) => trust.to_string(),
        (Layer::Trust, None, _) => {
            return Err(Failure::BadRequest("This school belongs to no trust. Nothing was changed."));
        }
        (Layer::School, ..) => staff.school.id.to_string(),
        (Layer::Site, _, Some(site)) => site.id.to_string(),
        (Layer::Site, _, None) => return Err(Failure::NotFound),
    };
    let refused =
        |status, words: &str| (status, page(staff, setting, &here, Some((words, fields)))).into_response();
    if !settings::may_set(&here.settings, setting, layer) {
        return Ok(refused(StatusCode::FORBIDDEN, "It is locked from above. Nothing was changed."));
    }
    let said = here.said(setting, layer);
    if fields.get("was") != was(said) {
        return Ok(refused(StatusCode::CONFLICT, OVERTAKEN));
    }
    let value = if fields.get("do") == "inherit" {
        None
    } else {
        let value = if matches!(setting.kind, Kind::Several(_)) {
            fields.all("value").filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
        } else {
            fields.get("value").to_owned()
        };
        if let Err(wrong) = setting.kind.check(&value) {
            return Ok(refused(StatusCode::BAD_REQUEST, &format!("{} {wrong}.", setting.label)));
        }
        Some(value)
    };
    let locked = !fields.get("locked").is_empty();
    let words =
        (said.map(|it| (it.value.as_str(), it.locked)), value.as_deref().map(|value| (value, locked)));
    let by = staff.by(console);
    match settings::change(&mut tx, &by, staff.school.id, (layer, &owner), setting, words).await {
        Ok(()) => tx.commit().await?,
        // Between our look and our turn somebody else changed it.
        Err(StoreError::Stale) => {
            drop(tx);
            let here = Here::of(&mut console.db.read().await?, &staff.school, fields.get("site")).await?;
            let page = page(staff, setting, &here, Some((OVERTAKEN, fields)));
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        Err(other) => return Err(other.into()),
    }
    let site = here.site.as_ref().map(|it| format!("?site={}", it.id)).unwrap_or_default();
    Ok(Redirect::to(&format!("/settings/{key}{site}")).into_response())
}

fn named(key: &str) -> Result<&'static Setting, Failure> {
    SETTINGS.iter().copied().find(|it| it.key == key).ok_or(Failure::NotFound)
}

/// What stood when the form was opened, so that a change by somebody else is noticed.
fn was(said: Option<&Said>) -> String {
    said.map(|it| format!("{}{}", it.value, if it.locked { " locked" } else { "" })).unwrap_or_default()
}

fn page(staff: &Staff, setting: &'static Setting, here: &Here, again: Option<(&str, &Fields)>) -> Markup {
    let now = here.settings.get(setting);
    let may = |layer| settings::may_set(&here.settings, setting, layer);
    let own = if here.site.is_some() { Layer::Site } else { Layer::School };
    let place = here.site.as_ref().map_or(staff.school.name.as_str(), |it| it.name.as_str());
    let all: Vec<_> = again.iter().map(|(words, _)| ("value", *words)).collect();
    let said = |layer| match here.said(setting, layer) {
        None => html! { "Says nothing" },
        Some(it) if setting.kind.check(&it.value).is_err() => {
            html! { "Says “" (it.value) "”, which this version does not know: it counts as nothing" }
        }
        Some(it) => html! { (setting.kind.words(&it.value)) @if it.locked { ", locked" } },
    };
    let mut rows = vec![
        ("Holds now", html! { strong { (setting.kind.words(&now.value)) } }),
        ("Comes from", from(&now)),
    ];
    rows.push(("Default", html! { (setting.kind.words(setting.default)) }));
    if here.trust.is_some() {
        rows.push(("The trust", said(Layer::Trust)));
    }
    rows.push(("The school", said(Layer::School)));
    if here.site.is_some() {
        rows.push((place, said(Layer::Site)));
    }
    let content = html! {
        (complaints(&all))
        a.govuk-back-link href={ "/settings" @if let Some(site) = &here.site { "?site=" (site.id) } } { "Settings" }
        h1.govuk-heading-l { (setting.label) }
        p.govuk-body.sg-lead { (setting.help) }
        (summary(&rows))
        @if staff.rights.has(Right::ManageSettings) {
            @if may(own) { (form(staff, setting, here, own, &format!("Set for {place}"), again)) }
            @else { (notice(Tone::Warning, &html! { p { "It is locked from above: only those who locked it can change it." } })) }
        }
        @if staff.rights.has(Right::ManageTrust) && here.trust.is_some() {
            (form(staff, setting, here, Layer::Trust, "Set for every school of the trust", again))
        }
    };
    layout::page(staff, "/settings", setting.label, &content)
}

fn form(
    staff: &Staff,
    setting: &'static Setting,
    here: &Here,
    layer: Layer,
    title: &str,
    again: Option<(&str, &Fields)>,
) -> Markup {
    let said = here.said(setting, layer);
    let stored = said.map_or_else(|| here.settings.get(setting).value, |it| it.value.clone());
    let value = again.map_or(stored, |(_, fields)| fields.all("value").collect::<Vec<_>>().join(" "));
    let trust = if layer == Layer::Trust { "/trust" } else { "" };
    let pairs = |all: &[(&str, &str)]| {
        all.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    html! {
        section.sg-card.sg-form {
            h2.govuk-heading-s { (title) }
            form method="post" action={ "/settings/" (setting.key) (trust) } novalidate {
                (layout::token(staff))
                input type="hidden" name="was" value=(was(said));
                @if let (Layer::Site, Some(site)) = (layer, &here.site) { input type="hidden" name="site" value=(site.id); }
                @match &setting.kind {
                    Kind::Switch => (select("value", "Value", &value, &pairs(&[("on", "On"), ("off", "Off")]))),
                    Kind::One(all) => (select("value", "Value", &value, &pairs(all))),
                    Kind::Several(all) => {
                        @let ticked: Vec<&str> = value.split_whitespace().collect();
                        (checkboxes("value", "Values", "", None, &all.iter().map(|(code, label)| ((*code).to_owned(), (*label).to_owned(), ticked.contains(code))).collect::<Vec<_>>()))
                    },
                    Kind::Number { least, most, unit } => (input(&Input { hint: &format!("In {unit}, from {least} to {most}"), kind: "number", ..Input::text("value", "Value", &value) })),
                    Kind::Text { most } => (input(&Input { hint: &format!("At most {most} characters; may be empty"), ..Input::text("value", "Value", &value) })),
                }
                @if layer != Layer::Site {
                    (checkboxes("locked", "Lock", "", None, &[("yes".to_owned(), "Those below may not say otherwise".to_owned(), said.is_some_and(|it| it.locked))]))
                }
                div.sg-buttons {
                    button.govuk-button type="submit" name="do" value="set" { "Save" }
                    @if said.is_some() { button.govuk-button.govuk-button--secondary type="submit" name="do" value="inherit" { "Leave it to the layer above" } }
                }
            }
            p.govuk-body-s.sg-muted { (layer.label()) ". Before and after are written down in the audit trail." }
        }
    }
}
