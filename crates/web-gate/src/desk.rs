//! Requests for the gate itself: PAC file, set-up, sign-in, report.
use std::sync::Arc;

use bytes::Bytes;
use gate::{Visit, Who};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;

use crate::{
    body::Answer,
    caller::Caller,
    entry::method,
    notices::{plain, send},
};

pub(crate) async fn answer(caller: &Arc<Caller>, request: Request<Incoming>) -> Response<Answer> {
    let house = &caller.lane.house;
    let (snapshot, now) = (caller.snapshot(), caller.now());
    // Wrong credentials do not keep anyone from the page where they can be corrected.
    let (who, refused) = match caller.who(&snapshot, request.headers(), now).await {
        Ok(who) => (who, None),
        Err(refusal) => (Who::Nobody, Some(refusal)),
    };
    let (parts, body) = request.into_parts();
    let form = match timeout(house.limits.stall, whole(body)).await {
        Ok(Ok(form)) => form,
        Ok(Err(status)) => return plain(caller, status, "the form cannot be read"),
        Err(_) => return plain(caller, StatusCode::REQUEST_TIMEOUT, "the form did not come in time"),
    };
    let visit = Visit {
        method: method(&parts.method),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        form: &form,
        secure: caller.secure,
        device: caller.device,
        who: &who,
        refused,
        now,
    };
    let page = house.desk.answer(visit).await;
    send(caller, page, None)
}

async fn whole(body: Incoming) -> Result<Bytes, StatusCode> {
    match Limited::new(body, Visit::BODY).collect().await {
        Ok(all) => Ok(all.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}
