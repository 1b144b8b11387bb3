//! Approving and refusing a roster; saying that two are the same person.
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use store::{
    StoreError, roster,
    roster::{Approval, Load},
};

use super::{find, load::answer};
use crate::{Console, failure::Failure, fields::Fields, staff::Reader};

const AGAIN: &str = "It has changed since you opened this page. Look at how it stands now, and decide again";

pub(crate) async fn approve(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    let load = find(&mut tx, &staff, &id).await?;
    let typed = fields.get("leavers").parse().ok().filter(|_| fields.get("sure") == "yes");
    let load = Load { digest: Some(fields.get("digest").to_owned()), ..load };
    match roster::approve(&mut tx, &staff.by(&console), staff.school.id, &load, typed).await {
        Ok(Approval::Given) => {
            tx.commit().await?;
            Ok(back(&id))
        }
        Ok(Approval::Asks) => {
            drop(tx);
            let words = "Tick that so many really leave, and type how many, exactly as it stands above";
            answer(&console, &staff, &id, &fields, &[("leavers", words)]).await
        }
        Err(StoreError::Stale) => {
            drop(tx);
            answer(&console, &staff, &id, &fields, &[("main", AGAIN)]).await
        }
        Err(err) => Err(err.into()),
    }
}

pub(crate) async fn refuse(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut tx = console.db.write().await?;
    let load = find(&mut tx, &staff, &id).await?;
    let reason: String = fields.get("reason").chars().take(500).collect();
    if reason.is_empty() {
        drop(tx);
        return answer(&console, &staff, &id, &fields, &[("reason", "Say in a few words why it is refused")])
            .await;
    }
    let load = Load { digest: Some(fields.get("digest").to_owned()), ..load };
    match roster::refuse(&mut tx, &staff.by(&console), staff.school.id, &load, &reason).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(back(&id))
        }
        Err(StoreError::Stale) => {
            drop(tx);
            answer(&console, &staff, &id, &fields, &[("main", AGAIN)]).await
        }
        Err(err) => Err(err.into()),
    }
}

/// From then on rosters speak of them too. What this one would change is worked out again.
pub(crate) async fn join(
    State(console): State<Console>,
    staff: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let by = staff.by(&console);
    let mut tx = console.db.write().await?;
    let load = find(&mut tx, &staff, &id).await?;
    let (source_id, school) = (fields.get("id"), staff.school.id);
    let known = roster::names(&mut tx, &load, source_id).await?;
    let Some(username) = fields.get("username").parse().ok().filter(|_| known) else {
        return Err(Failure::BadRequest("That row is not in this roster. Nothing was changed."));
    };
    let joined = match roster::join_by_hand(&mut tx, &by, school, &username, (&load.source, source_id)).await
    {
        Ok(()) => roster::read_again(&mut tx, &load, by.at).await,
        Err(err) => Err(err),
    };
    match joined {
        Ok(()) => {
            tx.commit().await?;
            Ok(back(&id))
        }
        Err(StoreError::Stale | StoreError::Taken(_)) => {
            drop(tx);
            answer(&console, &staff, &id, &fields, &[("main", AGAIN)]).await
        }
        Err(err) => Err(err.into()),
    }
}

fn back(id: &str) -> Response {
    Redirect::to(&format!("/roster/{id}")).into_response()
}
