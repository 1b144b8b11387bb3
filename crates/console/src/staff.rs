//! Who is reading: from the session cookie to a person with rights.
use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::COOKIE, request::Parts},
};
use jiff::Timestamp;
use school::{Id, Person, Rights, School};

use store::sessions::TokenHash;

use crate::{
    Console,
    failure::Failure,
    session::{self, Token},
};

/// Someone who has signed in, with what they may do in their own school and nowhere else.
#[derive(Debug)]
pub(crate) struct Staff {
    pub(crate) person: Person,
    pub(crate) school: School,
    pub(crate) rights: Rights,
    pub(crate) session: TokenHash,
    pub(crate) form_token: String,
}

/// As handlers take it: put there by the guard, which is the only one that makes it.
#[derive(Debug, Clone)]
pub(crate) struct Reader(pub(crate) Arc<Staff>);

impl Staff {
    /// The person of this session, if it is still good. Counts as a sign of life.
    pub(crate) async fn of(console: &Console, headers: &HeaderMap) -> Result<Option<Staff>, Failure> {
        let Some(token) = console.cookie(headers) else { return Ok(None) };
        let now = (console.clock)();
        let mut tx = console.db.read().await?;
        let Some(session) = store::sessions::find(&mut tx, &token.hash(), now).await? else {
            return Ok(None);
        };
        if !session::is_live(&session, now) {
            return Ok(None);
        }
        let Some(kept) = store::people::get(&mut tx, session.school, session.person).await? else {
            return Ok(None);
        };
        let Some(school) = store::schools::get(&mut tx, session.school).await? else { return Ok(None) };
        drop(tx);
        console.admits(&kept.person, now)?;
        if session::is_due(&session, now) {
            let mut tx = console.db.write().await?;
            store::sessions::touch(&mut tx, &token.hash(), now).await?;
            tx.commit().await?;
        }
        Ok(Some(Staff {
            rights: Rights::of(kept.person.roles),
            person: kept.person,
            school,
            session: token.hash(),
            form_token: token.form_token(),
        }))
    }

    pub(crate) fn id(&self) -> Id<Person> {
        self.person.id
    }

    /// As the audit trail and the registers name them.
    pub(crate) fn by(&self, console: &Console) -> store::By {
        store::By { person: Some(self.person.id), name: self.person.name.to_string(), at: (console.clock)() }
    }
}

impl Console {
    /// Whether this person may pass the console's door now (ACC-14, ACC-18): asked at sign-in and of each request.
    pub(crate) fn admits(&self, person: &Person, now: Timestamp) -> Result<(), Failure> {
        if person.stay.covers(now) {
            return Ok(());
        }
        let (over, at) = match (person.stay.until, person.stay.from) {
            (Some(until), _) if until <= now => (true, until),
            (_, from) => (false, from.unwrap_or(now)),
        };
        let at = self.zone(person.school).to_datetime(at).strftime("%H:%M on %A %-d %B").to_string();
        Err(Failure::OutOfTime { over, at })
    }

    pub(crate) fn cookie_name(&self) -> &'static str {
        if self.secure_cookies { "__Host-schoolgate" } else { "schoolgate" }
    }

    fn cookie(&self, headers: &HeaderMap) -> Option<Token> {
        let all = headers.get_all(COOKIE).iter().filter_map(|it| it.to_str().ok());
        let found = all.flat_map(cookie::Cookie::split_parse).filter_map(Result::ok);
        found.filter(|it| it.name() == self.cookie_name()).find_map(|it| Token::from_text(it.value()))
    }
}

impl std::ops::Deref for Reader {
    type Target = Staff;
    fn deref(&self) -> &Staff {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Reader, Failure> {
        parts.extensions.get::<Reader>().cloned().ok_or(Failure::Broken("a page without a guard"))
    }
}
