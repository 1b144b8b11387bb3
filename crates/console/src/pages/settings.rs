//! What the trust, the school and its sites have set, and where each value comes from (ACC-01).
pub(crate) mod one;

use axum::extract::State;
use maud::{Markup, html};
use school::{
    Choice, Id, Layer, School, Site,
    settings::{Resolved, SETTINGS, Said, Setting, Settings},
};
use store::{Tx, schools, settings, trusts};

use crate::{
    Console,
    components::{field::select, layout, summary::table, tag},
    failure::Failure,
    fields::Fields,
    staff::Reader,
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let mut tx = console.db.read().await?;
    let at = Here::of(&mut tx, &staff.school, fields.get("site")).await?;
    let mut groups: Vec<&str> = Vec::new();
    for setting in SETTINGS {
        if !groups.contains(&setting.group) {
            groups.push(setting.group);
        }
    }
    let content = html! {
        h1.govuk-heading-l { "Settings" }
        p.govuk-body.sg-lead {
            "What holds here, and who said so. The nearest wins: the site, then the school, then the trust, then what Schoolgate starts with; unless one above has locked it."
        }
        @if let Some(trust) = &at.trust { p.govuk-body { "This school belongs to " strong { (trust.0) } ", with " (trust.1) @if trust.1 == 1 { " school." } @else { " schools." } } }
        @if !at.sites.is_empty() {
            form.sg-panel.sg-filter method="get" action="/settings" {
                (select("site", "What holds at", fields.get("site"), &at.site_choices()))
                div.sg-filter__buttons { button.govuk-button.govuk-button--secondary type="submit" { "Show" } }
            }
        }
        @for group in groups {
            h2.govuk-heading-m { (group) }
            (table(group, &["Setting", "Value", "Comes from", ""], &SETTINGS.iter().filter(|it| it.group == group).map(|it| at.row(it)).collect::<Vec<_>>()))
        }
    };
    Ok(layout::page(&staff, "/settings", "Settings", &content))
}

/// The place whose settings are looked at.
struct Here {
    sites: Vec<Site>,
    site: Option<Site>,
    said: Vec<Said>,
    settings: Settings,
    /// Its name, and how many schools it has.
    trust: Option<(String, usize)>,
}

impl Here {
    /// A site that is not of this school is not found.
    async fn of(tx: &mut Tx, school: &School, site: &str) -> Result<Here, Failure> {
        let sites = schools::sites(tx, school.id).await?;
        let site = match site {
            "" => None,
            typed => {
                let id: Id<Site> = typed.parse().map_err(|_| Failure::NotFound)?;
                Some(sites.iter().find(|it| it.id == id).cloned().ok_or(Failure::NotFound)?)
            }
        };
        let said = settings::said(tx, school.id, site.as_ref().map(|it| it.id)).await?;
        let trust = match school.trust {
            None => None,
            Some(id) => {
                let count = schools::of_trust(tx, id).await?.len();
                trusts::get(tx, id).await?.map(|it| (it.name.to_string(), count))
            }
        };
        Ok(Here { sites, site, settings: Settings::resolve(&said), said, trust })
    }

    fn site_choices(&self) -> Vec<(String, String)> {
        let school = (String::new(), "The school".to_owned());
        std::iter::once(school)
            .chain(self.sites.iter().map(|it| (it.id.to_string(), it.name.to_string())))
            .collect()
    }

    fn row(&self, setting: &'static Setting) -> Vec<Markup> {
        let now = self.settings.get(setting);
        let site = self.site.as_ref().map(|it| format!("?site={}", it.id)).unwrap_or_default();
        vec![
            html! { strong { (setting.label) } span.sg-sub { (setting.help) } },
            html! { (setting.kind.words(&now.value)) },
            from(&now),
            html! { a.govuk-link.sg-nowrap href={ "/settings/" (setting.key) (site) } { "Open" span.govuk-visually-hidden { " " (setting.label) } } },
        ]
    }

    /// What one layer says of it, here.
    fn said(&self, setting: &Setting, layer: Layer) -> Option<&Said> {
        self.said.iter().find(|it| it.layer == layer && it.key == setting.key)
    }
}

fn from(now: &Resolved) -> Markup {
    html! {
        @match now.from { None => "The default", Some(layer) => (layer.label()) }
        @if let Some(layer) = now.locked_by { " " (tag::tag("grey", &format!("Locked by the {}", layer.label().to_lowercase()))) }
    }
}
