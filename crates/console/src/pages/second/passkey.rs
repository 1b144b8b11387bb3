//! Adding a passkey. The page's script carries the challenge to the browser and the answer back.
use axum::{
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use store::{
    second::{self, Credential, Kind},
    sessions,
};

use super::{app::after, may_change, named};
use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
    },
    failure::Failure,
    fields::Fields,
    owner::{Owner, may_begin, question},
    staff::{Reader, Staff},
};

/// The challenge, for the script.
pub(crate) async fn ask(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    may_change(&console, &staff, "/account/second").await?;
    let all = second::of(&mut console.db.read().await?, staff.id()).await?;
    if all.is_empty() && !may_begin(&console, &staff, &fields).await? {
        return Ok((StatusCode::BAD_REQUEST, "the password is wrong").into_response());
    }
    let now = (console.clock)();
    let asked =
        console.sign_in.passkeys.begin_add(&console.sign_in, staff.session, staff.own_person(), &all, now);
    let asked = asked.ok_or(Failure::BadRequest("Passkeys cannot be made here."))?;
    Ok(([(CONTENT_TYPE, "application/json")], asked).into_response())
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    may_change(&console, &staff, "/account/second").await?;
    let now = (console.clock)();
    let mut tx = console.db.write().await?;
    let all = second::of(&mut tx, staff.id()).await?;
    let owner = (staff.id(), &all[..]);
    let answer = fields.raw("answer");
    let secret =
        console.sign_in.passkeys.finish_add(&console.sign_in, &staff.session, owner, answer, now).ok_or(
            Failure::BadRequest(
                "The passkey could not be added. Go back and try again: nothing was changed.",
            ),
        )?;
    let new = Credential {
        id: store::fresh_id(now),
        kind: Kind::Passkey,
        name: named(&fields, "Passkey"),
        secret,
        added_at: now,
        used_at: None,
    };
    second::add(&mut tx, &staff.by(&console), (staff.own_school().id, staff.id()), &new, 0).await?;
    sessions::prove(&mut tx, &staff.session, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(after(fields.get("next"))).into_response())
}

/// `owner`: asked with the first alone. Hidden until the script has found that the browser knows passkeys.
pub(super) fn form(staff: &Staff, owner: Option<&Owner>, next: &str) -> Markup {
    let name = Input { hint: "", ..Input::text("name", "What you call it", "Passkey") };
    html! {
        form method="post" action="/account/second/passkey" data-passkey="/account/second/passkey/ask"
            data-passkey-kind="add" hidden {
            (layout::token(staff))
            input type="hidden" name="answer";
            input type="hidden" name="next" value=(next);
            (input(&name))
            @if let Some(owner) = owner { (question(owner, "/account/second", None)) }
            p.govuk-error-message data-passkey-words role="alert" hidden {}
            button.govuk-button type="submit" { "Add a passkey" }
        }
    }
}
