//! What stands before every page: who is it, may they, and did the form come from us.
use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Multipart, Request, State},
    http::{Method, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use school::settings::SECOND_DEMANDED;
use subtle::ConstantTimeEq;

use crate::{
    Console,
    failure::Failure,
    fields::Fields,
    outside,
    router::Demand,
    staff::{First, Reader, Staff},
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
        Demand::SignedIn | Demand::Right(_) | Demand::Fresh(_) => {
            Staff::of(&console, request.headers()).await?
        }
    };
    if let Some(staff) = &staff
        && request.uri().path() != "/sign-out"
    {
        let address = outside::address(request.extensions());
        console.enters(&staff.person, address, (console.clock)()).await?;
    }
    if let Some(staff) = &staff
        && staff.locked
        && !request.uri().path().starts_with("/lock")
    {
        return Ok(elsewhere("/lock", &request, WAS_LOCKED));
    }
    // ACC-19: before the right, so that they read what it waits for. Signing comes first, here as at the gate.
    if demand.right().is_some()
        && let Some(staff) = &staff
        && let Some(held) = console.held(staff).await?
    {
        if has_to_sign(&console, staff).await? {
            return Ok(Redirect::to("/agreements/mine").into_response());
        }
        return Err(Failure::Held(held));
    }
    if let Some(right) = demand.right()
        && staff.as_ref().is_some_and(|it| !it.rights.has(right))
    {
        return Err(Failure::Forbidden);
    }
    if demand != Demand::Nothing && staff.is_none() {
        return Ok(to_sign_in(&request));
    }
    if let Some(staff) = &staff
        && let Some(way) = first(&console, staff, demand, &request)
    {
        return Ok(way);
    }
    // AUP-07: nobody works with what is the school's before they have signed. What is their own stays open.
    if demand.right().is_some()
        && let Some(staff) = &staff
        && has_to_sign(&console, staff).await?
    {
        return Ok(Redirect::to("/agreements/mine").into_response());
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

const WAS_LOCKED: &str = "This session was idle for too long and has locked.";
const SECOND_FIRST: &str = "This needs a second credential that was shown a short while ago.";
const PASSWORD_FIRST: &str = "Your password has to be changed first.";

/// What has to be done before this page is opened, if anything.
fn first(console: &Console, staff: &Staff, demand: Demand, request: &Request) -> Option<Response> {
    let path = request.uri().path();
    // One's own account is where it is done; who leaves may always leave.
    if path.starts_with("/account") || path.starts_with("/lock") || path == "/sign-out" {
        return None;
    }
    match staff.first {
        Some(First::Password) => return Some(elsewhere("/account/password", request, PASSWORD_FIRST)),
        Some(First::Second) => return Some(elsewhere("/account/second", request, SECOND_FIRST)),
        None => {}
    }
    // What is sent counts as what is looked at: the page that asks for it says how nothing typed is lost.
    let fresh = !matches!(demand, Demand::Fresh(_))
        || !staff.settings.is_on(&SECOND_DEMANDED)
        || staff.is_proved((console.clock)());
    (!fresh).then(|| elsewhere("/account/second/show", request, SECOND_FIRST))
}

/// Leads there and back again. What would have changed something is not carried along: it is asked for once more.
fn elsewhere(to: &str, request: &Request, why: &'static str) -> Response {
    if request.method() == Method::POST {
        return Failure::First { to: to.to_owned(), why }.into_response();
    }
    let wanted = request.uri().path_and_query().map_or("/", |it| it.as_str());
    let query = serde_html_form::to_string([("next", wanted)]).unwrap_or_default();
    Redirect::to(&format!("{to}?{query}")).into_response()
}

async fn has_to_sign(console: &Console, staff: &Staff) -> Result<bool, Failure> {
    let mut tx = console.db.read().await?;
    let (zone, now) = (console.zone(staff.school.id), (console.clock)());
    let (missing, _) = store::agreements::missing_of(&mut tx, &staff.person, zone, now).await?;
    Ok(missing.iter().any(|it| it.what.is_theirs()))
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
        || Failure::BadRequest("The form was too long or was cut off on the way. Nothing was changed.");
    let kind = request.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        let (parts, body) = request.into_parts();
        let again = Request::from_parts(parts.clone(), Body::empty());
        let mut form = Multipart::from_request(Request::from_parts(parts, body), &())
            .await
            .map_err(|_| Failure::BadRequest("The form cannot be read. Nothing was changed."))?;
        let mut fields = Fields::default();
        while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
            let name = field.name().unwrap_or_default().to_owned();
            let file = field.file_name().map(ToOwned::to_owned);
            let bytes = field.bytes().await.map_err(|_| unreadable())?;
            if bytes.len() <= LARGEST_FORM {
                fields.push(name.clone(), String::from_utf8_lossy(&bytes).into_owned());
            }
            if let Some(file) = file {
                fields.push_file(name, &file, bytes);
            }
        }
        return Ok((fields, again));
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_FORM).await.map_err(|_| unreadable())?;
    Ok((Fields::parse(&bytes), Request::from_parts(parts, Body::empty())))
}
