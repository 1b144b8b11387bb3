use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;
use policy::Subject;
use school::{Id, Person};

use crate::{Known, Snapshot};

/// Who is asking.
#[derive(Debug, Clone)]
pub enum Who {
    Known(Arc<Known>),
    /// Nobody has signed in: the strictest profile, never an open one (design decision 13).
    Nobody,
}

/// Sign-ins made on the gate's page: which device belongs to whom, until when.
#[derive(Debug, Default)]
pub struct Bindings {}

/// Checks passwords, and remembers those that were right so that hashing is not paid per request.
#[derive(Debug, Default)]
pub struct Credentials {}

/// Why a sign-in failed. The same words are shown for all but `Busy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the name or the password is wrong")]
    Wrong,
    #[error("too many are signing in at once")]
    Busy,
    #[error("too many wrong guesses: wait a little")]
    SlowDown,
}

impl Who {
    pub fn subject<'a>(&'a self, snapshot: &'a Snapshot) -> &'a Subject {
        match self {
            Who::Known(known) => &known.subject,
            Who::Nobody => snapshot.rules.unknown(),
        }
    }
    pub fn id(&self) -> Option<Id<Person>> {
        match self {
            Who::Known(known) => Some(known.person.id),
            Who::Nobody => None,
        }
    }
}

impl Bindings {
    pub fn bind(&self, _device: IpAddr, _person: Id<Person>, _until: Timestamp) {}
    pub fn release(&self, _device: IpAddr) {}
    pub fn who(&self, _device: IpAddr, _now: Timestamp) -> Option<Id<Person>> {
        None
    }
}

impl Credentials {
    /// # Errors
    /// [`Refusal`]; unknown names take as long as wrong passwords.
    #[expect(clippy::unused_async, reason = "hashes on a blocking thread")]
    pub async fn check(
        &self,
        _snapshot: &Snapshot,
        _device: IpAddr,
        _username: &str,
        _password: &str,
        _now: Timestamp,
    ) -> Result<Arc<Known>, Refusal> {
        Err(Refusal::Wrong)
    }
}
