//! Passkeys (`WebAuthn` level 3), as second credentials: the device asks its owner for a finger, a face or a PIN.
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use school::{Id, Person};
use serde::{Serialize, de::DeserializeOwned};
use store::{
    second::{Credential, Kind},
    sessions::TokenHash,
};
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::SignIn;

/// Challenges under way, and what answers them. A challenge is kept here and not in the store: it lives for minutes,
/// and one that is lost in a restart is asked again.
#[derive(Clone)]
pub(crate) struct Passkeys {
    /// `None`: the console is reached by an address, not by a name, and passkeys belong to names.
    maker: Option<Arc<Webauthn>>,
    open: Arc<Mutex<HashMap<TokenHash, Open>>>,
}

struct Open {
    at: Timestamp,
    what: Challenge,
}

enum Challenge {
    Add(PasskeyRegistration),
    Show(PasskeyAuthentication),
}

/// A challenge is answered within this or not at all.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
/// At once, of all sessions; one more forgets the oldest.
const MOST: usize = 10_000;

/// A passkey that was shown, to be kept with its counter moved on.
pub(crate) struct Shown {
    pub(crate) id: Id<Credential>,
    pub(crate) secret: String,
}

impl Passkeys {
    pub(super) fn of(url: &str) -> Passkeys {
        let maker = Url::parse(url).ok().and_then(|url| {
            let host = url.domain()?;
            WebauthnBuilder::new(host, &url).ok()?.rp_name("Schoolgate").build().ok()
        });
        Passkeys { maker: maker.map(Arc::new), open: Arc::default() }
    }

    pub(crate) fn can(&self) -> bool {
        self.maker.is_some()
    }

    /// What the browser is asked to make a passkey with, in JSON.
    pub(crate) fn begin_add(
        &self,
        sign_in: &SignIn,
        session: TokenHash,
        person: &Person,
        all: &[Credential],
        now: Timestamp,
    ) -> Option<String> {
        let have = known(sign_in, person.id, all).iter().map(|(_, it)| it.cred_id().clone()).collect();
        let (id, name) = (Uuid::from_u128(person.id.as_u128()), person.username.as_str());
        self.begin(session, now, |maker| {
            let started = maker.start_passkey_registration(id, name, person.name.as_str(), Some(have));
            started.map(|(ask, state)| (ask, Challenge::Add(state)))
        })
    }

    /// The new passkey, sealed. `None`: it does not answer the challenge of this session, or is one they have.
    pub(crate) fn finish_add(
        &self,
        sign_in: &SignIn,
        session: &TokenHash,
        (person, all): (Id<Person>, &[Credential]),
        answer: &str,
        now: Timestamp,
    ) -> Option<String> {
        let passkey = self.finish(session, now, answer, |maker, answer, challenge| match challenge {
            Challenge::Add(state) => maker.finish_passkey_registration(answer, &state).ok(),
            Challenge::Show(_) => None,
        })?;
        if known(sign_in, person, all).iter().any(|(_, it)| it.cred_id() == passkey.cred_id()) {
            return None;
        }
        sign_in.seal(person, &serde_json::to_vec(&passkey).ok()?).ok()
    }

    /// What the browser is asked to show a passkey with, in JSON. `None`: they have none.
    pub(crate) fn begin_show(
        &self,
        sign_in: &SignIn,
        session: TokenHash,
        person: Id<Person>,
        all: &[Credential],
        now: Timestamp,
    ) -> Option<String> {
        let keys: Vec<Passkey> = known(sign_in, person, all).into_iter().map(|(_, it)| it).collect();
        if keys.is_empty() {
            return None;
        }
        self.begin(session, now, |maker| {
            maker.start_passkey_authentication(&keys).map(|(ask, state)| (ask, Challenge::Show(state)))
        })
    }

    /// `None`: it does not answer the challenge of this session, is not theirs, or its counter went back, as that of a
    /// copied key would.
    pub(crate) fn finish_show(
        &self,
        sign_in: &SignIn,
        session: &TokenHash,
        (person, all): (Id<Person>, &[Credential]),
        answer: &str,
        now: Timestamp,
    ) -> Option<Shown> {
        let result = self.finish(session, now, answer, |maker, answer, challenge| match challenge {
            Challenge::Show(state) => maker.finish_passkey_authentication(answer, &state).ok(),
            Challenge::Add(_) => None,
        })?;
        let (id, mut passkey) =
            known(sign_in, person, all).into_iter().find(|(_, it)| it.cred_id() == result.cred_id())?;
        passkey.update_credential(&result)?;
        Some(Shown { id, secret: sign_in.seal(person, &serde_json::to_vec(&passkey).ok()?).ok()? })
    }

    /// Either ceremony begins like this: a question for the browser, in JSON, and what its answer is held against.
    fn begin<A: Serialize>(
        &self,
        session: TokenHash,
        now: Timestamp,
        start: impl FnOnce(&Webauthn) -> Result<(A, Challenge), WebauthnError>,
    ) -> Option<String> {
        let (ask, challenge) = start(self.maker.as_ref()?)
            .map_err(|err| tracing::error!("a passkey cannot be asked for: {err}"))
            .ok()?;
        self.keep(session, challenge, now);
        serde_json::to_string(&ask).ok()
    }

    /// And ends like this: what the browser answered to the challenge of this session, which is then gone.
    fn finish<A: DeserializeOwned, T>(
        &self,
        session: &TokenHash,
        now: Timestamp,
        answer: &str,
        check: impl FnOnce(&Webauthn, &A, Challenge) -> Option<T>,
    ) -> Option<T> {
        let challenge = self.take(session, now)?;
        let answer: A = serde_json::from_str(answer).ok()?;
        check(self.maker.as_ref()?, &answer, challenge)
    }

    fn keep(&self, session: TokenHash, what: Challenge, at: Timestamp) {
        let mut open = self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        open.retain(|_, it| is_open(it.at, at));
        if MOST <= open.len()
            && let Some(oldest) = open.iter().min_by_key(|(_, it)| it.at).map(|(session, _)| *session)
        {
            open.remove(&oldest);
        }
        open.insert(session, Open { at, what });
    }

    /// Once: an answer that is sent again finds no challenge.
    fn take(&self, session: &TokenHash, now: Timestamp) -> Option<Challenge> {
        let mut open = self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Open { at, what } = open.remove(session)?;
        is_open(at, now).then_some(what)
    }
}

/// A challenge of a clock that ran ahead is over.
fn is_open(at: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..PATIENCE).contains(&now.duration_since(at))
}

/// Those that open with the data folder's key.
fn known(sign_in: &SignIn, person: Id<Person>, all: &[Credential]) -> Vec<(Id<Credential>, Passkey)> {
    let one = |it: &Credential| {
        let bytes = sign_in.open(person, &it.secret)?;
        Some((it.id, serde_json::from_slice(&bytes).ok()?))
    };
    all.iter().filter(|it| it.kind == Kind::Passkey).filter_map(one).collect()
}
