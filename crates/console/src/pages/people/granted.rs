//! Access that is given elsewhere, such as to a learning platform, written into the register by hand (ACC-15).
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use store::{Tx, access};

use super::{found, list::manages, person::Shown};
use crate::{
    Console,
    components::{
        field::{Input, input, select},
        layout, when,
    },
    failure::Failure,
    fields::Fields,
    staff::Reader,
};

const MOST: usize = 200;

/// Gives one, or with `do=end` ends it. Sent twice, it is done once.
pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let found = found(&mut tx, staff.school.id, &id).await?;
    let person = &found.kept.person;
    let what = access::BY_HAND.iter().find(|it| **it == fields.get("what"));
    let what = what.ok_or(Failure::BadRequest("Choose what access is meant. Nothing was changed."))?;
    let basis = fields.get("basis");
    if fields.get("do") == "end" {
        access::write_out(&mut tx, &by, person, what).await?;
    } else if found.ended {
        return Err(Failure::BadRequest("This account has ended. Bring it back first."));
    } else if basis.is_empty() || MOST < basis.chars().count() {
        return Err(Failure::BadRequest(
            "Write on what grounds, in at most 200 characters, such as: taught in class 7B. Nothing was changed.",
        ));
    } else {
        access::write_in(&mut tx, &by, person, what, basis).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/people/{}", person.id)).into_response())
}

/// A section of somebody's page.
pub(super) async fn section(tx: &mut Tx, shown: &Shown<'_>) -> Result<Markup, Failure> {
    let person = &shown.kept.person;
    let held = access::held_by_hand(tx, person.school, person.id).await?;
    let open = manages(shown.staff) && !shown.ended;
    let free = access::BY_HAND.iter().filter(|it| !held.iter().any(|held| held.what == **it));
    let choices: Vec<_> = free.map(|it| ((*it).to_owned(), (*it).to_owned())).collect();
    let action = format!("/people/{}/access", person.id);
    Ok(html! {
        @if open || !held.is_empty() {
            section.sg-card {
                h2.govuk-heading-s { "Access given elsewhere" }
                p.govuk-body.sg-muted { "What this school gives outside Schoolgate, for the access register. It ends there with the account." }
                @for it in &held {
                    form method="post" action=(action) {
                        (layout::token(shown.staff))
                        input type="hidden" name="what" value=(it.what);
                        p.govuk-body {
                            strong { (it.what) } ", since " (when::full(it.since, &shown.zone)) ", by " (it.given_by) ": " (it.basis)
                            @if open { " " button.govuk-button.govuk-button--secondary type="submit" name="do" value="end" { "End" span.govuk-visually-hidden { " " (it.what) } } }
                        }
                    }
                }
                @if open && !choices.is_empty() {
                    form method="post" action=(action) {
                        (layout::token(shown.staff))
                        (select("what", "Access to", "", &choices))
                        (input(&Input { hint: "Such as: taught in class 7B", ..Input::text("basis", "On what grounds", "") }))
                        button.govuk-button.govuk-button--secondary type="submit" { "Write it in" }
                    }
                }
            }
        }
    })
}
