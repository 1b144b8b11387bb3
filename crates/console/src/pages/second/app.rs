//! Adding an app that shows codes.
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use store::{
    second::{self, Credential, Kind},
    sessions,
};

use super::{may_change, named};
use crate::{
    Console,
    components::{
        field::{Input, input},
        layout,
        notice::complaints,
    },
    failure::Failure,
    fields::Fields,
    owner::{Owner, may_begin, not_now, owner, question},
    pages::sign_in::local,
    second::{Pending, qr},
    staff::{Reader, Staff},
};

pub(crate) async fn get(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Markup, Failure> {
    let pending = Pending::fresh((console.clock)())?;
    page(&console, &staff, &owner(&console, &staff).await?, &pending, &fields, &[])
}

pub(crate) async fn post(
    State(console): State<Console>,
    staff: Reader,
    fields: Fields,
) -> Result<Response, Failure> {
    let now = (console.clock)();
    may_change(&console, &staff, "/account/second/app").await?;
    let owner = owner(&console, &staff).await?;
    let Some(pending) = Pending::opened(&console.sign_in, staff.id(), fields.raw("pending"), now) else {
        let all = [("code", "The picture was open for too long. Scan this new one and type its code")];
        let page = page(&console, &staff, &owner, &Pending::fresh(now)?, &fields, &all)?;
        return Ok((StatusCode::BAD_REQUEST, page).into_response());
    };
    let again = |all: &[(&str, &str)]| {
        Ok((StatusCode::BAD_REQUEST, page(&console, &staff, &owner, &pending, &fields, all)?).into_response())
    };
    let Some(step) = pending.step(fields.get("code"), now) else {
        return again(&[(
            "code",
            "That is not the code the app shows now. Check the clock of the phone, then try the next",
        )]);
    };
    let mut tx = console.db.read().await?;
    let is_first = second::of(&mut tx, staff.id()).await?.is_empty();
    if is_first && !may_begin(&console, &staff, &fields).await? {
        return again(&[("password", not_now(&owner))]);
    }
    drop(tx);
    let new = Credential {
        id: store::fresh_id(now),
        kind: Kind::Code,
        name: named(&fields, "App on my phone"),
        secret: pending.kept(&console.sign_in, staff.id())?,
        added_at: now,
        used_at: None,
    };
    let mut tx = console.db.write().await?;
    second::add(&mut tx, &staff.by(&console), (staff.own_school().id, staff.id()), &new, step).await?;
    sessions::prove(&mut tx, &staff.session, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(after(fields.get("next"))).into_response())
}

/// On to where they were going; else to the list, where codes on paper wait.
pub(super) fn after(next: &str) -> &str {
    if next.is_empty() { "/account/second" } else { local(next) }
}

fn page(
    console: &Console,
    staff: &Staff,
    owner: &Owner,
    pending: &Pending,
    fields: &Fields,
    all: &[(&str, &str)],
) -> Result<Markup, Failure> {
    let complaint = |name: &str| all.iter().find(|(it, _)| *it == name).map(|(_, words)| *words);
    let address = pending.address(staff.own_person(), staff.own_school().name.as_str());
    let code = Input {
        hint: "Six digits",
        autocomplete: "one-time-code",
        complaint: complaint("code"),
        ..Input::text("code", "The code that the app shows now", "")
    };
    let content = html! {
        a.govuk-back-link href="/account/second" { "Your second credentials" }
        (complaints(all))
        h1.govuk-heading-l { "Add an app that shows codes" }
        section.sg-card {
            p.govuk-body { "Scan this with the app." }
            @if let Some(picture) = qr::picture(&address, "Picture for the app to scan") { (picture) }
            p.govuk-body { "Or type this into it by hand: " code.sg-break { (pending.words()) } }
            form method="post" action="/account/second/app" novalidate {
                (layout::token(staff))
                input type="hidden" name="pending" value=(pending.sealed(&console.sign_in, staff.id())?);
                input type="hidden" name="next" value=(fields.get("next"));
                (input(&code))
                (input(&Input::text("name", "What you call it", "App on my phone")))
                (question(owner, "/account/second/app", complaint("password")))
                button.govuk-button type="submit" { "Add it" }
            }
        }
    };
    Ok(layout::page(staff, "/account", "Add an app", &content))
}
