//! What a browser carries while somebody signs in elsewhere. All of the round trip follows from one secret in a cookie,
//! so that nothing is kept here of people who never come back, and an answer is worth nothing in another browser.
use axum::http::{HeaderMap, header::COOKIE};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite};
use jiff::{SignedDuration, Timestamp};
use school::RoundTrip;
use sha2::{Digest as _, Sha256};

use crate::{Console, Token, session::hex};

/// How long somebody may take at the provider.
const LONGEST: SignedDuration = SignedDuration::from_mins(10);
/// A longer address to go on to is forgotten.
const LONGEST_NEXT: usize = 1_000;

pub(crate) struct Trip {
    secret: Token,
    began: i64,
    /// The page they were on their way to.
    pub(crate) next: String,
    /// They are signed in and show who they are once more.
    again: bool,
}

impl Trip {
    pub(crate) fn begin(secret: Token, next: &str, now: Timestamp) -> Trip {
        let next = if next.len() <= LONGEST_NEXT { next } else { "" };
        Trip { secret, began: now.as_second(), next: next.to_owned(), again: false }
    }

    /// The provider is to ask, even where it still knows them: whoever found a machine left open gets no further.
    pub(crate) fn again(self, again: bool) -> Trip {
        Trip { again, ..self }
    }

    /// The one that this browser is on, if it set out not long ago.
    pub(crate) fn of(console: &Console, headers: &HeaderMap, now: Timestamp) -> Option<Trip> {
        let all = headers.get_all(COOKIE).iter().filter_map(|it| it.to_str().ok());
        let found = all.flat_map(Cookie::split_parse).filter_map(Result::ok);
        let trip = found.filter(|it| it.name() == name(console)).find_map(|it| Trip::read(it.value()))?;
        let took = now.as_second().saturating_sub(trip.began);
        (0..LONGEST.as_secs()).contains(&took).then_some(trip)
    }

    fn read(value: &str) -> Option<Trip> {
        let mut parts = value.split('.');
        let (secret, began, next) = (parts.next()?, parts.next()?, parts.next()?);
        let next = String::from_utf8(URL_SAFE_NO_PAD.decode(next).ok()?).ok()?;
        Some(Trip { secret: Token::from_text(secret)?, began: began.parse().ok()?, next, again: false })
    }

    pub(crate) fn to_cookie(&self, console: &Console) -> String {
        let next = URL_SAFE_NO_PAD.encode(&self.next);
        cookie(console, format!("{}.{}.{next}", self.secret.text(), self.began), LONGEST.as_secs())
    }

    pub(crate) fn round(&self, back: String) -> RoundTrip {
        RoundTrip {
            back,
            state: self.follows("state"),
            nonce: self.follows("nonce"),
            verifier: self.follows("verifier"),
            again: self.again,
        }
    }

    /// 64 characters that follow from the secret and tell nothing of it or of each other. When it began is a part, so
    /// that nobody can make it younger.
    fn follows(&self, what: &str) -> String {
        let all = Sha256::new().chain_update(b"schoolgate trip\0").chain_update(what).chain_update([0]);
        let all = all.chain_update(self.secret.text()).chain_update(self.began.to_be_bytes());
        hex(&all.finalize())
    }
}

/// The header that takes the cookie away: a trip is made once.
pub(crate) fn no_cookie(console: &Console) -> String {
    cookie(console, String::new(), 0)
}

fn name(console: &Console) -> &'static str {
    if console.secure_cookies { "__Host-schoolgate-trip" } else { "schoolgate-trip" }
}

/// Lax, not Strict: the way back begins at the provider's site.
fn cookie(console: &Console, value: String, seconds: i64) -> String {
    Cookie::build((name(console), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(console.secure_cookies)
        .max_age(cookie::time::Duration::seconds(seconds))
        .to_string()
}
