//! What stands before every page: who is it, may they, and did the form come from us.
use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Request, State},
    http::{Method, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use subtle::ConstantTimeEq;

use crate::{
    Console,
    failure::Failure,
    fields::Fields,
    router::Demand,
    staff::{Reader, Staff},
};

/// The largest form: a policy text of a quarter of a megabyte, encoded at its worst.
pub(crate) const LARGEST_FORM: usize = 1024 * 1024;

pub(crate) async fn guard(
    State((console, demand)): State<(Console, Demand)>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let staff = match demand {
        Demand::Nothing => None,
        Demand::SignedIn | Demand::Right(_) => Staff::of(&console, request.headers()).await?,
    };
    if let Demand::Right(right) = demand
        && staff.as_ref().is_some_and(|it| !it.rights.has(right))
    {
        return Err(Failure::Forbidden);
    }
    if demand != Demand::Nothing && staff.is_none() {
        return Ok(to_sign_in(&request));
    }
    let mut request = if request.method() == Method::POST {
        let (fields, mut request) = read(request).await?;
        if let Some(staff) = &staff
            && !bool::from(fields.get("token").as_bytes().ct_eq(staff.form_token.as_bytes()))
        {
            return Err(Failure::NotOurForm);
        }
        request.extensions_mut().insert(fields);
        request
    } else {
        request
    };
    if let Some(staff) = staff {
        request.extensions_mut().insert(Reader(Arc::new(staff)));
    }
    Ok(next.run(request).await)
}

/// Back to where they were going, once they have signed in; not for what would have changed something.
fn to_sign_in(request: &Request) -> Response {
    let wanted = request.uri().path_and_query().map_or("/", |it| it.as_str());
    if request.method() != Method::GET || wanted == "/" {
        return Redirect::to("/sign-in").into_response();
    }
    let query = serde_html_form::to_string([("next", wanted)]).unwrap_or_default();
    Redirect::to(&format!("/sign-in?{query}")).into_response()
}

async fn read(request: Request) -> Result<(Fields, Request), Failure> {
    let unreadable =
        Failure::BadRequest("The form was too long or was cut off on the way. Nothing was changed.");
    let kind = request.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        let (parts, body) = request.into_parts();
        let again = Request::from_parts(parts.clone(), Body::empty());
        let mut form = Multipart::from_request(Request::from_parts(parts, body), &())
            .await
            .map_err(|_| Failure::BadRequest("The form cannot be read. Nothing was changed."))?;
        let mut fields = Fields::default();
        while let Ok(Some(field)) = form.next_field().await {
            let name = field.name().unwrap_or_default().to_owned();
            match field.text().await {
                Ok(value) => fields.push(name, value),
                Err(_) => return Err(unreadable),
            }
        }
        return Ok((fields, again));
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_FORM).await.map_err(|_| unreadable)?;
    Ok((Fields::parse(&bytes), Request::from_parts(parts, Body::empty())))
}
