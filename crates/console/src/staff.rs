//! Who is reading: from the session cookie to a person with rights.
use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::COOKIE, request::Parts},
};
use jiff::{SignedDuration, Timestamp};
use school::{
    Choice, Id, Person, Rights, School, passwords,
    settings::{SECOND_DEMANDED, SECOND_FRESH, SECOND_ROLES, Settings},
};
use store::{
    Tx,
    sessions::{Session, TokenHash},
};

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
    /// What holds at their school.
    pub(crate) settings: Settings,
    pub(crate) opened_at: Timestamp,
    /// When a second credential was last shown in this session.
    pub(crate) proved_at: Option<Timestamp>,
    /// Idle for too long: nothing is shown before the password is given again.
    pub(crate) locked: bool,
    /// What they have to do before anything else is open to them.
    pub(crate) first: Option<First>,
}

/// What comes before every page but those of one's own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    /// Choose a password: the one they have was given to them, or is too old.
    Password,
    /// Set up a second credential.
    Second,
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
        let Some(kept) = store::people::get(&mut tx, session.school, session.person).await? else {
            return Ok(None);
        };
        let Some(school) = store::schools::get(&mut tx, session.school).await? else { return Ok(None) };
        let settings = store::settings::of(&mut tx, school.id, None).await?;
        if session::longest(&settings, kept.person.roles) <= now.duration_since(session.opened_at) {
            return Ok(None);
        }
        let first = first(&mut tx, &kept.person, &session, &settings, now).await?;
        // What an operator may do depends on a supervisor who is still here (ACC-11).
        let rights =
            store::oversight::rights(&mut tx, school.id, kept.person.id, kept.person.roles, now).await?;
        drop(tx);
        console.admits(&kept.person, now)?;
        let locked =
            session.locked_at.is_some() || session::idle(&settings) <= now.duration_since(session.seen_at);
        if locked && session.locked_at.is_none() {
            let mut tx = console.db.write().await?;
            if store::sessions::lock(&mut tx, &token.hash(), now).await? {
                let by = store::By { person: None, name: "Schoolgate".to_owned(), at: now };
                let subject = kept.person.username.as_str();
                store::audit::note(&mut tx, &by, school.id, "lock session", subject, None, None).await?;
            }
            tx.commit().await?;
        }
        if !locked && session::is_due(&session, now) {
            let mut tx = console.db.write().await?;
            store::sessions::touch(&mut tx, &token.hash(), now).await?;
            tx.commit().await?;
        }
        Ok(Some(Staff {
            rights,
            person: kept.person,
            school,
            session: token.hash(),
            form_token: token.form_token(),
            settings,
            opened_at: session.opened_at,
            proved_at: session.proved_at.filter(|_| !locked),
            locked,
            first,
        }))
    }

    /// Whether a second credential was shown within the time it counts for.
    pub(crate) fn is_proved(&self, now: Timestamp) -> bool {
        let counts = SignedDuration::from_mins(i64::from(self.settings.number(&SECOND_FRESH)));
        self.proved_at.is_some_and(|at| now.duration_since(at) < counts)
    }

    pub(crate) fn id(&self) -> Id<Person> {
        self.person.id
    }

    /// As the audit trail and the registers name them.
    pub(crate) fn by(&self, console: &Console) -> store::By {
        store::By { person: Some(self.person.id), name: self.person.name.to_string(), at: (console.clock)() }
    }
}

async fn first(
    tx: &mut Tx,
    person: &Person,
    session: &Session,
    settings: &Settings,
    now: Timestamp,
) -> Result<Option<First>, Failure> {
    let state = store::passwords::state(tx, person.id).await?;
    let change_from = state.and_then(|it| passwords::change_from(settings, person, it.set_at, it.temporary));
    if change_from.is_some_and(|from| from <= now) {
        return Ok(Some(First::Password));
    }
    let must = || {
        let roles = settings.several(&SECOND_ROLES);
        person.roles.iter().any(|it| roles.iter().any(|code| code == it.code()))
    };
    // Who has shown one in this session has one.
    if session.proved_at.is_none()
        && settings.is_on(&SECOND_DEMANDED)
        && must()
        && store::second::of(tx, person.id).await?.is_empty()
    {
        return Ok(Some(First::Second));
    }
    Ok(None)
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

    pub(crate) fn cookie(&self, headers: &HeaderMap) -> Option<Token> {
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
