//! What is done with a leaver's account. Each act holds for the account as it was shown.
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use school::{Id, School};
use store::{StoreError, leavers, leavers::Leaver, schools};

use super::{find, one};
use crate::{
    Console,
    failure::Failure,
    fields::Fields,
    staff::{Reader, Staff},
};

const AGAIN: &str = "The account has changed since you opened this page. Look at it again";

pub(crate) async fn back(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    let leaver = as_shown(find(&mut tx, &staff, &id).await?, &fields);
    match leavers::bring_back(&mut tx, &staff.by(&console), &leaver).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to("/leavers").into_response())
        }
        Err(err) => {
            drop(tx);
            stale(&console, &staff, &id, &fields, err).await
        }
    }
}

pub(crate) async fn plan(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    let leaver = as_shown(find(&mut tx, &staff, &id).await?, &fields);
    let Ok(until) = until(&console, &staff, fields.get("until")) else {
        drop(tx);
        let wrong = [("until", "Enter a day that is still to come, or leave it empty")];
        return one::answer(&console, &staff, &id, &fields, &wrong).await;
    };
    let to = match fields.get("to") {
        "" => None,
        some => Some(school(&mut tx, &staff, some).await?),
    };
    match leavers::plan(&mut tx, &staff.by(&console), &leaver, until, to).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("/leavers/{id}")).into_response())
        }
        Err(err) => {
            drop(tx);
            stale(&console, &staff, &id, &fields, err).await
        }
    }
}

pub(crate) async fn delete(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    let leaver = as_shown(find(&mut tx, &staff, &id).await?, &fields);
    if fields.get("username").to_lowercase() != leaver.username.as_str() {
        drop(tx);
        let wrong = [("username", "Type the username exactly as it stands above. Nothing was deleted")];
        return one::answer(&console, &staff, &id, &fields, &wrong).await;
    }
    match leavers::erase(&mut tx, &staff.by(&console), &leaver).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to("/leavers").into_response())
        }
        Err(err) => {
            drop(tx);
            stale(&console, &staff, &id, &fields, err).await
        }
    }
}

pub(crate) async fn transfer(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    let leaver = as_shown(find(&mut tx, &staff, &id).await?, &fields);
    let to = school(&mut tx, &staff, fields.get("school")).await?;
    match leavers::transfer(&mut tx, &staff.by(&console), &leaver, to).await {
        Ok(_) => {
            tx.commit().await?;
            Ok(Redirect::to("/leavers").into_response())
        }
        Err(err) => {
            drop(tx);
            stale(&console, &staff, &id, &fields, err).await
        }
    }
}

/// With the version that the reader saw.
fn as_shown(leaver: Leaver, fields: &Fields) -> Leaver {
    Leaver { version: fields.get("version").parse().unwrap_or(-1), ..leaver }
}

/// The end of that day; `None` where nothing was typed.
fn until(console: &Console, staff: &Staff, typed: &str) -> Result<Option<Timestamp>, ()> {
    if typed.is_empty() {
        return Ok(None);
    }
    let day: Date = typed.parse().map_err(|_| ())?;
    let next = day.checked_add(1.day()).map_err(|_| ())?;
    let end = next.to_zoned(console.zone(staff.school.id)).map_err(|_| ())?.timestamp();
    if end <= (console.clock)() { Err(()) } else { Ok(Some(end)) }
}

/// Another of the same trust.
async fn school(tx: &mut store::Tx, staff: &Staff, typed: &str) -> Result<Id<School>, Failure> {
    let all = one::of_trust(staff, schools::all(tx).await?);
    let found = all.into_iter().find(|it| it.id.to_string() == typed).map(|it| it.id);
    found.ok_or(Failure::BadRequest("Choose another school of the same trust. Nothing was changed."))
}

async fn stale(
    console: &Console,
    staff: &Staff,
    id: &str,
    fields: &Fields,
    err: StoreError,
) -> Result<Response, Failure> {
    match err {
        StoreError::Stale => one::answer(console, staff, id, fields, &[("main", AGAIN)]).await,
        other => Err(other.into()),
    }
}
