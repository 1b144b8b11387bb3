use axum::extract::State;
use maud::{Markup, html};

use crate::{Console, components::layout, failure::Failure, fields::Fields, staff::Reader};

pub(crate) async fn get(
    State(_console): State<Console>,
    staff: Reader,
    _fields: Fields,
) -> Result<Markup, Failure> {
    Ok(layout::page(&staff, "/explain", "Explain", &html! { h1.govuk-heading-l { "Explain a decision" } }))
}
