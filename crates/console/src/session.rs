//! Sessions: a secret in the reader's cookie, its hash in the store.
use std::fmt::Write;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite};
use jiff::{SignedDuration, Timestamp};
use rand::TryRng;
use school::{
    Id, Roles, School,
    settings::{IDLE_LOCK, Settings},
};
use sha2::{Digest, Sha256};
use store::sessions::{CLOCK_MAY_SLIP, Session, TokenHash};

use crate::Console;

/// No session is kept longer than this, whatever a school sets: the browser forgets its cookie.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// A sign of life is written down at most this often.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// 256 bits of chance that only its holder keeps: in the cookie of a session, or in a set-up link.
#[derive(Clone)]
pub struct Token([u8; 32]);

impl Token {
    /// # Errors
    /// The system gives no random numbers.
    pub fn fresh() -> Result<Token, rand::rngs::SysError> {
        let mut bytes = [0; 32];
        rand::rngs::SysRng.try_fill_bytes(&mut bytes)?;
        Ok(Token(bytes))
    }

    /// What the store keeps: SHA-256 of the 32 bytes. Worthless to whoever reads the store.
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.0).into()
    }

    /// Where the console answers a set-up link made of this token, once `store::set_up::offer` has its hash.
    pub fn set_up_path(&self) -> String {
        format!("/set-up/{}", self.text())
    }

    pub(crate) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(crate) fn from_text(text: &str) -> Option<Token> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Token)
    }

    /// What forms of this session carry. Follows from the token, tells nothing of it. `acting`: the school whose pages
    /// they are, where it is not the reader's own, so that a form of one school does nothing at another.
    pub(crate) fn form_token(&self, acting: Option<Id<School>>) -> String {
        let of_token = Sha256::new().chain_update(b"schoolgate form\0").chain_update(self.0);
        let whole = match acting {
            None => of_token,
            Some(school) => of_token.chain_update(school.to_string()),
        };
        hex(&whole.finalize())
    }

    pub(crate) fn to_cookie(&self, console: &Console) -> String {
        cookie(console, self.text(), LONGEST.as_secs())
    }
}

/// The header that takes the cookie away.
pub(crate) fn no_cookie(console: &Console) -> String {
    cookie(console, String::new(), 0)
}

/// Without a request for this long, a session locks (PWD-06).
pub(crate) fn idle(settings: &Settings) -> SignedDuration {
    SignedDuration::from_mins(i64::from(settings.number(&IDLE_LOCK)))
}

/// However busy, a session of somebody holding these roles ends after this long (PWD-07).
pub(crate) fn longest(settings: &Settings, roles: Roles) -> SignedDuration {
    SignedDuration::from_hours(i64::from(settings.longest_session(roles)))
}

/// Whether a sign of life is due to be written down.
pub(crate) fn is_due(session: &Session, now: Timestamp) -> bool {
    TOUCH_EVERY <= now.duration_since(session.seen_at)
}

/// Whether it was left alone for so long that it locks. One last used at a time that has not come locks too: how long
/// ago that was is not known.
pub(crate) fn is_idle(session: &Session, settings: &Settings, now: Timestamp) -> bool {
    let age = now.duration_since(session.seen_at);
    idle(settings) <= age || age < -CLOCK_MAY_SLIP
}

fn cookie(console: &Console, value: String, seconds: i64) -> String {
    Cookie::build((console.cookie_name(), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(console.secure_cookies)
        .max_age(cookie::time::Duration::seconds(seconds))
        .to_string()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
