use axum::extract::State;
use maud::{Markup, html};
use school::Right;
use store::rules;

use crate::{
    Console,
    components::{layout, notice::empty},
    failure::Failure,
    staff::{Reader, Staff},
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let current = rules::current(&mut console.db.read().await?, staff.school.id).await?;
    let content = html! {
        (tabs(&staff, "/profiles"))
        @if current.is_empty() { (empty("No policy has been saved yet", "Until then the gate refuses everything but help.")) }
    };
    Ok(layout::page(&staff, "/profiles", "Profiles", &content))
}

/// The pages about what the gate decides from.
pub(crate) fn tabs(staff: &Staff, here: &str) -> Markup {
    let tab = |href: &str, name: &str| html! { li { a.sg-tabs__link href=(href) aria-current=[(href == here).then_some("page")] { (name) } } };
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
