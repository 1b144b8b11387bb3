//! What is done with a guest. A page that was open while somebody else did something changes nothing: its version is old.
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use school::{
    Right,
    guest::{Guest, Refused},
};
use store::{By, StoreError, guests};

use super::{
    new::{moment, sentence},
    one::{Opened, again, open},
};
use crate::{
    Console,
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

pub(super) const STALE: &str = "Somebody else has changed this while your page was open. This is how it stands now; nothing was overwritten.";

pub(crate) async fn approve(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    change(&console, &staff, &id, &fields, "approve guest", |it, by, _| it.approve(staff.id(), by.at)).await
}

pub(crate) async fn refuse(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let why = fields.get("why").to_owned();
    change(&console, &staff, &id, &fields, "refuse guest", |it, by, _| it.refuse(staff.id(), by.at, &why))
        .await
}

pub(crate) async fn extend(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let until = moment(fields.get("until"), &console.zone(staff.school.id));
    let may_approve = staff.rights.has(Right::ApproveGuests);
    change(&console, &staff, &id, &fields, "extend guest", |it, by, opened| {
        it.extend(until.ok_or(Refused::EndsFirst)?, by.at, &opened.rules, may_approve)
    })
    .await
}

pub(crate) async fn end(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let why = fields.get("why").to_owned();
    change(&console, &staff, &id, &fields, "end guest", |it, by, _| {
        if why.is_empty() { Err(Refused::NoReason) } else { it.end(Some(staff.id()), by.at, &why) }
    })
    .await
}

async fn change(
    console: &Console,
    staff: &Staff,
    id: &str,
    fields: &Fields,
    act: &str,
    to: impl FnOnce(Guest, &By, &Opened) -> Result<Guest, Refused>,
) -> Result<Response, Failure> {
    let by = staff.by(console);
    let mut tx = console.db.write().await?;
    let opened = open(&mut tx, staff, id).await?;
    if fields.get("version").parse() != Ok(opened.kept.version) {
        return Ok(again(console, staff, &opened, &[("main", STALE)]));
    }
    let next = match to(opened.kept.guest.clone(), &by, &opened) {
        Ok(next) => next,
        Err(why) => {
            let field = match why {
                Refused::NoReason => "why",
                Refused::Stage | Refused::Contractors => "main",
                _ => "until",
            };
            return Ok(again(console, staff, &opened, &[(field, &sentence(&why.to_string()))]));
        }
    };
    match guests::save(&mut tx, &by, act, &opened.kept, &next).await {
        Err(StoreError::Stale) => return Ok(again(console, staff, &opened, &[("main", STALE)])),
        kept => kept?,
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/guests/{}", next.id)).into_response())
}
