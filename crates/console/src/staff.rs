//! Who is reading: from the session cookie to a person with rights.
mod standing;

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

pub(crate) use self::standing::Home;
use self::standing::{Standing, standing};
use crate::{
    Console,
    failure::Failure,
    session::{self, Token},
};

/// Someone who has signed in, with what they may do at the school where they act and nowhere else.
#[derive(Debug)]
pub(crate) struct Staff {
    /// With the roles they hold at `school`.
    pub(crate) person: Person,
    /// Where they act: their own, or one where they are placed.
    pub(crate) school: School,
    /// `None`: they act at their own school.
    home: Option<Home>,
    /// They hold roles at several schools and may change over.
    pub(crate) has_choice: bool,
    pub(crate) rights: Rights,
    pub(crate) session: TokenHash,
    pub(crate) form_token: String,
    /// What holds at `school`.
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
        let Some(stands) = standing(&mut tx, &session, now).await? else { return Ok(None) };
        if session::longest(&stands.settings, stands.person.roles) <= now.duration_since(session.opened_at) {
            return Ok(None);
        }
        let first = first(&mut tx, &stands, &session, now).await?;
        let Standing { person, school, settings, home, has_choice } = stands;
        // What an operator may do depends on a supervisor who is still here (ACC-11).
        let rights = store::oversight::rights(&mut tx, school.id, person.id, person.roles, now).await?;
        drop(tx);
        console.admits(&person, now)?;
        let locked = session.locked_at.is_some() || session::is_idle(&session, &settings, now);
        if locked && session.locked_at.is_none() {
            let mut tx = console.db.write().await?;
            if store::sessions::lock(&mut tx, &token.hash(), now).await? {
                let by = store::By { person: None, name: "Schoolgate".to_owned(), at: now };
                let subject = person.username.as_str();
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
            person,
            school,
            home,
            has_choice,
            session: token.hash(),
            form_token: token.form_token(session.acting),
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
        self.proved_at.is_some_and(|at| (SignedDuration::ZERO..counts).contains(&now.duration_since(at)))
    }

    pub(crate) fn id(&self) -> Id<Person> {
        self.person.id
    }

    /// The school that keeps their account.
    pub(crate) fn own_school(&self) -> &School {
        self.home.as_ref().map_or(&self.school, |it| &it.school)
    }

    /// As their own school knows them.
    pub(crate) fn own_person(&self) -> &Person {
        self.home.as_ref().map_or(&self.person, |it| &it.person)
    }

    /// What holds at their own school.
    pub(crate) fn own_settings(&self) -> &Settings {
        self.home.as_ref().map_or(&self.settings, |it| &it.settings)
    }

    /// As the audit trail and the registers name them: at another school, with where they come from.
    pub(crate) fn by(&self, console: &Console) -> store::By {
        let name = match &self.home {
            Some(home) => format!("{} ({})", self.person.name, home.school.name),
            None => self.person.name.to_string(),
        };
        store::By { person: Some(self.person.id), name, at: (console.clock)() }
    }
}

async fn first(
    tx: &mut Tx,
    stands: &Standing,
    session: &Session,
    now: Timestamp,
) -> Result<Option<First>, Failure> {
    let here = (&stands.person, &stands.settings);
    let (own, own_settings) = stands.home.as_ref().map_or(here, |it| (&it.person, &it.settings));
    let state = store::passwords::state(tx, own.id).await?;
    let change_from = state.and_then(|it| passwords::change_from(own_settings, own, it.set_at, it.temporary));
    if change_from.is_some_and(|from| from <= now) {
        return Ok(Some(First::Password));
    }
    // Of both schools the stricter one.
    let must = [here, (own, own_settings)].iter().any(|(person, settings)| {
        let roles = settings.several(&SECOND_ROLES);
        settings.is_on(&SECOND_DEMANDED)
            && person.roles.iter().any(|it| roles.iter().any(|code| code == it.code()))
    });
    // Who has shown one in this session has one.
    if session.proved_at.is_none() && must && store::second::of(tx, own.id).await?.is_empty() {
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
