//! A new version: write it, look at what changes and who is asked again, put it in force (AUP-06).
use agreements::{Agreement, Audience, Contract, Fault, Level, Reading};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use school::{Choice, Id};
use store::{StoreError, agreements as kept, register, settings};

use super::texts::differences;
use crate::{
    Console,
    components::{
        agreement,
        field::{Input, input},
        layout,
        notice::{Tone, complaints, notice},
    },
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

const OVERTAKEN: &str =
    "Somebody else has published a version since you began. Look at what would change now";

struct Draft {
    audience: Audience,
    before: Option<Agreement>,
    new: Option<Agreement>,
    /// How many people will be asked.
    asked: u64,
    note: String,
    complaints: Vec<(&'static str, &'static str)>,
}

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    Path(audience): Path<String>,
) -> Result<Markup, Failure> {
    let audience = Audience::from_code(&audience).ok_or(Failure::NotFound)?;
    let mut draft = Draft::of(&console, &staff, audience).await?;
    draft.new = draft.before.clone();
    Ok(page(&staff, &draft, false))
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    Path(audience): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let audience = Audience::from_code(&audience).ok_or(Failure::NotFound)?;
    let mut draft = Draft::of(&console, &staff, audience).await?;
    let contract = Contract::of(&settings::of(&mut console.db.read().await?, staff.school.id, None).await?);
    let mut readings = Vec::new();
    for level in Level::ALL {
        let title = fields.get(&format!("title-{}", level.code()));
        let text = fields.raw(&format!("text-{}", level.code())).replace("\r\n", "\n");
        let text = text.trim();
        if title.is_empty() && text.is_empty() {
            continue;
        }
        match Reading::new(*level, title, text).fault() {
            None => {}
            Some(Fault::Half) => {
                draft.complaints.push(("title-standard", "A reading has a title and a text, or neither"));
            }
            Some(Fault::TooLong) => {
                draft
                    .complaints
                    .push(("title-standard", "A title has at most 200 characters, a text 20,000"));
            }
        }
        let text = if audience == Audience::Adults { contract.put_in(text) } else { text.to_owned() };
        readings.push(Reading::new(*level, title, &text));
    }
    fields.get("note").clone_into(&mut draft.note);
    let version = draft.before.as_ref().map_or(0, |it| it.version);
    draft.new = Agreement::new(Id::from_u128(0), staff.school.id, audience, version + 1, readings);
    if draft.new.is_none() {
        draft.complaints.push(("title-standard", "Write the standard reading: the others are beside it"));
    }
    let saves = fields.get("do") == "publish";
    if saves && draft.note.is_empty() {
        draft.complaints.push(("note", "Say in a few words why it changes"));
    }
    if saves && fields.get("base") != version.to_string() {
        draft.complaints.push(("title-standard", OVERTAKEN));
    }
    let (Some(new), true, true) = (&draft.new, saves, draft.complaints.is_empty()) else {
        let bad = !draft.complaints.is_empty();
        let status = if bad { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        return Ok((status, page(&staff, &draft, !bad)).into_response());
    };
    let by = staff.by(&console);
    let (base, readings) = ((audience, version), new.readings().to_vec());
    let mut tx = console.db.write().await?;
    match kept::publish_after(&mut tx, &by, staff.school.id, base, readings, &draft.note).await {
        Ok(_) => tx.commit().await?,
        // Between our look and our turn somebody else published.
        Err(StoreError::Stale) => {
            drop(tx);
            let now = Draft::of(&console, &staff, audience).await?;
            let draft =
                Draft { before: now.before, complaints: vec![("title-standard", OVERTAKEN)], ..draft };
            return Ok((StatusCode::CONFLICT, page(&staff, &draft, false)).into_response());
        }
        Err(other) => return Err(other.into()),
    }
    Ok(Redirect::to(&format!("/agreements/texts/{}", audience.code())).into_response())
}

impl Draft {
    async fn of(console: &Console, staff: &Staff, audience: Audience) -> Result<Draft, Failure> {
        let mut tx = console.db.read().await?;
        let before = kept::newest(&mut tx, staff.school.id, audience).await?;
        let all = register::count_by_roles(&mut tx, staff.school.id).await?;
        let asked = all.iter().filter(|(roles, _)| audience.covers(*roles)).map(|(_, n)| n).sum();
        Ok(Draft { audience, before, new: None, asked, note: String::new(), complaints: Vec::new() })
    }
}

fn page(staff: &Staff, draft: &Draft, looked: bool) -> Markup {
    let complaint = |name: &str| draft.complaints.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let note = Input {
        complaint: complaint("note"),
        hint: "Kept with the version, such as: reviewed with the school council",
        ..Input::text("note", "Why it changes", &draft.note)
    };
    let of = |level: Level| {
        let found = draft.new.as_ref().map(|it| it.reading(level)).filter(|it| it.level() == level);
        found.map(|it| (it.title().to_owned(), it.text().to_owned())).unwrap_or_default()
    };
    let base = draft.before.as_ref().map_or(0, |it| it.version);
    let content = html! {
        a.govuk-back-link href="/agreements/texts" { "Texts" }
        h1.govuk-heading-l { (draft.audience.label()) ": a new version" }
        (complaints(&draft.complaints))
        @if let Some(new) = draft.new.as_ref().filter(|_| looked) {
            (notice(Tone::Warning, &html! { (draft.asked) " people will be asked to sign version " (new.version) " before anything opens for them. What they signed before is kept." }))
            section.sg-card { h2.govuk-heading-m { "What changes" } (differences(draft.before.as_ref(), new)) }
            details.sg-lines { summary.sg-fold__head { "As it will be read" } @for it in new.readings() { section.sg-card { (agreement::text(it)) } } }
        }
        form method="post" action={ "/agreements/publish/" (draft.audience.code()) } {
            (layout::token(staff))
            input type="hidden" name="base" value=(base);
            p.govuk-body { "Paragraphs are separated by an empty line. A line that starts with # is a heading, one that starts with - a point of a list." }
            @for level in Level::ALL {
                @let (title, text) = of(*level);
                section.sg-card {
                    h2.govuk-heading-m { (level.label()) }
                    (input(&Input::text(&format!("title-{}", level.code()), "Title", &title)))
                    div.govuk-form-group {
                        label.govuk-label for={ "text-" (level.code()) } { "Text" }
                        textarea.govuk-textarea id={ "text-" (level.code()) } name={ "text-" (level.code()) } rows="14" { "\n" (text) }
                    }
                }
            }
            (input(&note))
            div.sg-filter__buttons {
                button.govuk-button type="submit" name="do" value="look" { "See what changes" }
                @if looked { button.govuk-button.govuk-button--secondary type="submit" name="do" value="publish" { "Publish and ask everyone" } }
            }
        }
    };
    layout::page(staff, "/agreements/texts", "A new version", &content)
}
