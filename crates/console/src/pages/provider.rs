//! Signing in with a school account: to the school's identity provider, and back (ACC-05).
use std::net::SocketAddr;

use axum::{
    Extension,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use school::NotLetIn;
use store::{By, audit};
use subtle::ConstantTimeEq as _;

use super::sign_in;
use crate::{
    Console, Token,
    failure::Failure,
    fields::Fields,
    trip::{self, Trip},
};

/// Sends the browser away with a secret of its own.
pub(crate) async fn set_out(State(console): State<Console>, fields: Fields) -> Result<Response, Failure> {
    let Some(elsewhere) = console.elsewhere.clone() else { return Err(Failure::NotFound) };
    let secret = Token::fresh().map_err(|_| Failure::Broken("the system gives no random numbers"))?;
    let trip = Trip::begin(secret, fields.get("next"), (console.clock)()).again(fields.get("again") == "yes");
    match elsewhere.address(&trip.round(elsewhere.back())).await {
        Ok(address) => Ok(([(SET_COOKIE, trip.to_cookie(&console))], Redirect::to(&address)).into_response()),
        Err(why) => sign_in::refused(&console, &fields, status(why), &why.to_string()).await,
    }
}

/// The provider has led the browser back, or somebody pretends that it has.
pub(crate) async fn come_back(
    State(console): State<Console>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let Some(elsewhere) = console.elsewhere.clone() else { return Err(Failure::NotFound) };
    let now = (console.clock)();
    let address = from.map(|it| it.0.0.ip());
    let no_cookie = AppendHeaders([(SET_COOKIE, trip::no_cookie(&console))]);
    let mut next = Fields::default();
    let refuse = async |next: &Fields, why: NotLetIn| {
        let page = sign_in::refused(&console, next, status(why), &why.to_string()).await?;
        Ok((AppendHeaders([(SET_COOKIE, trip::no_cookie(&console))]), page).into_response())
    };

    let Some(trip) = Trip::of(&console, &headers, now) else {
        return refuse(&next, NotLetIn::NotBegunHere).await;
    };
    next.push("next".to_owned(), trip.next.clone());
    let round = trip.round(elsewhere.back());
    if !bool::from(fields.get("state").as_bytes().ct_eq(round.state.as_bytes())) {
        return refuse(&next, NotLetIn::NotBegunHere).await;
    }
    if fields.get("code").is_empty() {
        return refuse(&next, NotLetIn::Declined).await;
    }
    // Each code costs a question to the provider. Counted by address alone: there is no name to guess at.
    let Some(guess) = console.throttle.guess(&round.state, address, now) else {
        return sign_in::refused(&console, &next, StatusCode::TOO_MANY_REQUESTS, sign_in::WAIT).await;
    };
    match elsewhere.person(&round, fields.get("code")).await {
        Ok(person) => {
            console.throttle.right(guess);
            let session = sign_in::let_in(&console, &person, (address, &headers), &trip.next).await?;
            Ok((no_cookie, session).into_response())
        }
        Err(why) => {
            // Somebody the provider does not vouch for leaves no trace: else anybody could fill the audit trail.
            let vouched = !matches!(
                why,
                NotLetIn::Down | NotLetIn::NotSetUp | NotLetIn::NotBelieved | NotLetIn::Declined
            );
            if let (true, Some(school)) = (vouched, elsewhere.school()) {
                let by = By { person: None, name: "Someone at the sign-in page".to_owned(), at: now };
                let (act, subject) = ("sign-in failed", "school account");
                let from = address.map(|it| format!("{it}: ")).unwrap_or_default();
                let after = format!("{from}{}", why.in_short());
                let mut tx = console.db.write().await?;
                audit::note(&mut tx, &by, school, act, subject, None, Some(&after)).await?;
                tx.commit().await?;
            }
            refuse(&next, why).await
        }
    }
}

fn status(why: NotLetIn) -> StatusCode {
    match why {
        NotLetIn::Down => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::FORBIDDEN,
    }
}
