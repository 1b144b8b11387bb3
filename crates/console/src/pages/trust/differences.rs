//! Where a school or one of its sites says otherwise than the trust, and what it says.
use axum::extract::State;
use maud::{Markup, html};
use school::{
    Layer,
    settings::{SETTINGS, Said, Setting, Settings},
};
use store::{schools, settings};

use super::Ours;
use crate::{
    Console,
    components::{layout, notice::empty, summary::table},
    failure::Failure,
    staff::Reader,
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let ours = Ours::of(&mut tx, &staff).await?;
    let mut places = Vec::new();
    for school in &ours.schools {
        let said = settings::said(&mut tx, school.id, None).await?;
        places.push((school.name.to_string(), of(&said, Layer::School)));
        for site in schools::sites(&mut tx, school.id).await? {
            let said = settings::said(&mut tx, school.id, Some(site.id)).await?;
            places.push((format!("{}, {}", school.name, site.name), of(&said, Layer::Site)));
        }
    }
    let mut rows = Vec::new();
    for setting in SETTINGS.iter().copied() {
        for (place, own) in &places {
            rows.extend(own.iter().filter(|it| it.setting.key == setting.key).map(|it| row(place, it)));
        }
    }
    let content = html! {
        h1.govuk-heading-l { "Settings that differ" }
        p.govuk-body.sg-lead {
            "Where a school says otherwise than the trust. What has to be the same everywhere, lock for every school on the \
             page of the setting."
        }
        @if rows.is_empty() { (empty("No school says otherwise", "What the trust has set, or the default, holds everywhere.")) }
        @else { (table("Settings that differ", &["Setting", "Where", "Holds there", "The trust"], &rows)) }
    };
    Ok(layout::page(&staff, "/trust/settings", "Settings that differ", &content))
}

/// What a place has set for itself, other than its trust.
pub(super) struct Own {
    setting: &'static Setting,
    here: String,
    above: String,
}

/// `said`: of the trust and of everything down to the place, whose own layer is meant. What is locked above it holds
/// there, and does not differ.
pub(super) fn of(said: &[Said], layer: Layer) -> Vec<Own> {
    let trust: Vec<Said> = said.iter().filter(|it| it.layer == Layer::Trust).cloned().collect();
    let (above, here) = (Settings::resolve(&trust), Settings::resolve(said));
    let own = |setting: &&'static Setting| {
        let now = here.get(setting);
        let own = Own { setting, here: now.value, above: above.text(setting) };
        (now.from == Some(layer) && own.here != own.above).then_some(own)
    };
    SETTINGS.iter().filter_map(own).collect()
}

fn row(place: &str, it: &Own) -> Vec<Markup> {
    let kind = &it.setting.kind;
    vec![
        html! { a.govuk-link href={ "/settings/" (it.setting.key) } { (it.setting.label) } },
        html! { strong { (place) } },
        html! { (kind.words(&it.here)) },
        html! { (kind.words(&it.above)) },
    ]
}
