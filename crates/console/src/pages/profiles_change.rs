use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Choice, Layer};
use store::rules;

use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout,
        notice::complaints,
        policy_text::difference,
    },
    failure::Failure,
    fields::Fields,
    pages::profiles::tabs,
    staff::{Reader, Staff},
};

pub(crate) async fn get(State(console): State<Console>, staff: Reader) -> Result<Markup, Failure> {
    let text = in_force(&console, &staff, Layer::School).await?;
    Ok(page(
        &staff,
        &Draft { layer: Layer::School, text, before: String::new(), note: String::new(), all: Vec::new() },
    ))
}

/// What someone is about to save.
struct Draft {
    layer: Layer,
    text: String,
    before: String,
    note: String,
    all: Vec<(&'static str, String)>,
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let layer = Layer::from_code(fields.get("layer")).unwrap_or(Layer::School);
    let uploaded = fields.raw("file");
    let text = if uploaded.is_empty() { fields.raw("text") } else { uploaded }.replace("\r\n", "\n");
    let before = in_force(&console, &staff, layer).await?;
    let mut all = Vec::new();
    if fields.get("do") == "save" && fields.get("note").is_empty() {
        all.push(("note", "Say in a few words why it changes".to_owned()));
    }
    if !all.is_empty() || fields.get("do") != "save" {
        let status = if all.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        let draft = Draft { layer, text, before, note: fields.get("note").to_owned(), all };
        return Ok((status, page(&staff, &draft)).into_response());
    }
    let mut tx = console.db.write().await?;
    rules::save(&mut tx, &by, staff.school.id, layer, &text, fields.get("note")).await?;
    tx.commit().await?;
    Ok(Redirect::to("/profiles/versions").into_response())
}

async fn in_force(console: &Console, staff: &Staff, layer: Layer) -> Result<String, Failure> {
    let current = rules::current(&mut console.db.read().await?, staff.school.id).await?;
    Ok(current.into_iter().find(|it| it.layer == layer).map(|it| it.text).unwrap_or_default())
}

fn page(staff: &Staff, draft: &Draft) -> Markup {
    let all: Vec<_> = draft.all.iter().map(|(field, words)| (*field, words.as_str())).collect();
    let layers: Vec<_> = Layer::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect();
    let content = html! {
        (tabs(staff, "/profiles/change"))
        (complaints(&all))
        form method="post" action="/profiles/change" enctype="multipart/form-data" {
            (layout::token(staff))
            (select("layer", "Layer", draft.layer.code(), &layers))
            @if let Some(markup) = difference(&draft.before, &draft.text) { (markup) }
            textarea.govuk-textarea.sg-policy-input id="text" name="text" rows="24" { "\n" (draft.text) }
            (input(&Input::text("note", "Why it changes", &draft.note)))
            button.govuk-button type="submit" name="do" value="look" { "See what changes" }
            button.govuk-button type="submit" name="do" value="save" { "Save" }
        }
    };
    layout::page(staff, "/profiles", "Change the policy", &content)
}
