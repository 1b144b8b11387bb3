use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use policy::{Fault, Rules};
use school::{Place, School, Site};
use store::{StoreError, rules, schools};

use crate::{
    Console,
    components::{
        changes::changes,
        faults::faults,
        field::{Input, input},
        layout,
        notice::{Tone, complaints, notice},
        policy_text::numbered,
    },
    draft::{self, Around, Text},
    failure::Failure,
    fields::Fields,
    pages::profiles::tabs,
    staff::{Reader, Staff},
};

const OVERTAKEN: &str = "Somebody else has saved a version since you began. Look at what would change now";

/// What someone is about to save.
struct Draft {
    place: Place,
    text: String,
    note: String,
    /// What stands, and its version: a text that somebody else saved meanwhile is not overwritten.
    before: Text,
    /// Of all layers together; `None` while nothing has been looked at.
    read: Option<Result<Rules, Vec<Fault>>>,
    complaints: Vec<(&'static str, &'static str)>,
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let sites = sites(&console, &staff).await?;
    let place = place(&fields, &sites)?;
    let before = before(&console, &staff, place).await?;
    let (text, note) = (before.policy.clone(), String::new());
    Ok(page(&staff, &sites, &Draft { place, text, note, before, read: None, complaints: Vec::new() }))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let sites = sites(&console, &staff).await?;
    let place = place(&fields, &sites)?;
    let uploaded = fields.raw("file");
    let text = if uploaded.is_empty() { fields.raw("text") } else { uploaded }.replace("\r\n", "\n");
    let before = before(&console, &staff, place).await?;
    let read = compile(&console, &staff, place, &text).await?;
    let note = fields.get("note").to_owned();
    let saves = fields.get("do") == "save" && uploaded.is_empty();
    let mut complaints = Vec::new();
    if saves && note.is_empty() {
        complaints.push(("note", "Say in a few words why it changes"));
    }
    if saves && fields.get("base") != before.version.to_string() {
        complaints.push(("text", OVERTAKEN));
    }
    if !saves || !complaints.is_empty() || read.is_err() {
        let status = if saves { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        let draft = Draft { place, text, note, before, read: Some(read), complaints };
        return Ok((status, page(&staff, &sites, &draft)).into_response());
    }
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let base = (place, before.version);
    match rules::replace(&mut tx, &by, staff.school.id, base, &text, &note).await {
        Ok(_) => tx.commit().await?,
        // Between our look and our turn somebody else saved.
        Err(StoreError::Stale) => {
            drop(tx);
            let before = self::before(&console, &staff, place).await?;
            let draft =
                Draft { place, text, note, before, read: Some(read), complaints: vec![("text", OVERTAKEN)] };
            return Ok((StatusCode::CONFLICT, page(&staff, &sites, &draft)).into_response());
        }
        Err(other) => return Err(other.into()),
    }
    Ok(Redirect::to("/profiles/versions").into_response())
}

async fn sites(console: &Console, staff: &Staff) -> Result<Vec<Site>, Failure> {
    Ok(schools::sites(&mut console.db.read().await?, staff.school.id).await?)
}

/// The trust's layer is the trust's to change.
fn place(fields: &Fields, sites: &[Site]) -> Result<Place, Failure> {
    match fields.get("site") {
        "" => Ok(Place::School),
        id => sites
            .iter()
            .find(|it| it.id.to_string() == id)
            .map(|it| Place::Site(it.id))
            .ok_or(Failure::NotFound),
    }
}

async fn before(console: &Console, staff: &Staff, place: Place) -> Result<Text, Failure> {
    let current = draft::current(&mut console.db.read().await?, &staff.school).await?;
    let none = Text { place, policy: String::new(), version: 0 };
    Ok(current.into_iter().find(|it| it.place == place).unwrap_or(none))
}

/// With the other layers as they stand.
async fn compile(
    console: &Console,
    staff: &Staff,
    place: Place,
    text: &str,
) -> Result<Result<Rules, Vec<Fault>>, Failure> {
    let mut tx = console.db.read().await?;
    let mut texts = draft::current(&mut tx, &staff.school).await?;
    texts.retain(|it| it.place != place);
    texts.push(Text { place, policy: text.to_owned(), version: 0 });
    let around = Around::of(&mut tx, &staff.school, &texts).await?;
    let lists = console.lists(staff.school.id);
    console.blocking(move || around.compile(&texts, &Arc::clone(&lists))).await
}

fn page(staff: &Staff, sites: &[Site], draft: &Draft) -> Markup {
    let complaint = |name: &str| draft.complaints.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let note = Input {
        complaint: complaint("note"),
        hint: "Kept with the version, such as: games closed after the assembly",
        ..Input::text("note", "Why it changes", &draft.note)
    };
    let content = html! {
        (tabs(staff, "/profiles/change"))
        (complaints(&draft.complaints))
        @if let Some(read) = &draft.read { (preview(draft, read)) }
        form method="post" action="/profiles/change" enctype="multipart/form-data" {
            (layout::token(staff))
            input type="hidden" name="base" value=(draft.before.version);
            input type="hidden" name="site" value=[draft.place.site()];
            section.sg-card {
                h2.govuk-heading-m { "Policy of " (named(draft.place, &staff.school, sites)) }
                @if !sites.is_empty() {
                    p.govuk-body {
                        "Another policy: "
                        @if draft.place != Place::School { a.govuk-link href="/profiles/change" { (staff.school.name) } " " }
                        @for site in sites.iter().filter(|it| Place::Site(it.id) != draft.place) {
                            a.govuk-link href={ "/profiles/change?site=" (site.id) } { (site.name) } " "
                        }
                    }
                }
                div.govuk-form-group {
                    label.govuk-label.govuk-label--s for="text" { "Policy text" }
                    textarea.govuk-textarea.sg-policy-input id="text" name="text" rows="22" spellcheck="false" autocomplete="off" { "\n" (draft.text) }
                }
                (input(&note))
                div.sg-filter__buttons {
                    button.govuk-button type="submit" name="do" value="look" { "See what changes" }
                    @if draft.read.as_ref().is_some_and(Result::is_ok) {
                        button.govuk-button.govuk-button--secondary type="submit" name="do" value="save" { "Save and put in force" }
                    }
                }
            }
            section.sg-card {
                div.govuk-form-group {
                    label.govuk-label.govuk-label--s for="file" { "Or read it from a file" }
                    div.govuk-hint id="file-hint" { "A text that was downloaded here or from another school. Nothing is saved until you have seen what changes." }
                    input.sg-file id="file" name="file" type="file" accept=".policy,.txt,text/plain" aria-describedby="file-hint";
                }
                button.govuk-button.govuk-button--secondary type="submit" name="do" value="look" { "Read the file" }
            }
        }
    };
    layout::page(staff, "/profiles", "Change the policy", &content)
}

fn named<'a>(place: Place, school: &'a School, sites: &'a [Site]) -> &'a str {
    let site = sites.iter().find(|it| Some(it.id) == place.site());
    site.map_or(school.name.as_str(), |it| it.name.as_str())
}

fn preview(draft: &Draft, read: &Result<Rules, Vec<Fault>>) -> Markup {
    html! {
        @match read {
            Err(wrong) => {
                (notice(Tone::Bad, &html! { "This text cannot be put in force. What stands stays." (faults(wrong, Some(draft.place.layer()))) }))
                (numbered(&draft.text, &lines(wrong)))
            },
            Ok(rules) => {
                @if !rules.warnings().is_empty() { (notice(Tone::Warning, &html! { "Worth a look:" (faults(rules.warnings(), None)) })) }
                h2.govuk-heading-m { "What changes" }
                (changes(&draft.before.policy, &draft.text))
            },
        }
    }
}

fn lines(faults: &[Fault]) -> BTreeSet<u32> {
    faults.iter().map(|it| it.problem.line).collect()
}
