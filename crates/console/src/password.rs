//! Argon2id, off the request threads and few at a time, since each costs 19 MiB and tens of milliseconds.
pub(crate) mod rules;

use std::sync::LazyLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::failure::Failure;

/// How many are hashed at once; more wait in line.
static ROOM: Semaphore = Semaphore::const_new(2);

/// What the password of a name that does not exist is checked against, so that it takes as long as any other.
static NOBODY: LazyLock<String> = LazyLock::new(|| hashed("nobody").unwrap_or_default());

/// Whether this is the password behind `phc`. `None`: there is none, and the answer is no, after as long a while.
pub(crate) async fn is_right(password: &str, phc: Option<String>) -> Result<bool, Failure> {
    let password = password.to_owned();
    in_turn(move || {
        let known = phc.is_some();
        let phc = phc.unwrap_or_else(|| NOBODY.clone());
        let right = PasswordHash::new(&phc)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && right
    })
    .await
}

/// The PHC string of a new password.
pub(crate) async fn hash(password: &str) -> Result<String, Failure> {
    let password = password.to_owned();
    in_turn(move || hashed(&password)).await?.ok_or(Failure::Broken("the password could not be hashed"))
}

fn hashed(password: &str) -> Option<String> {
    Argon2::default().hash_password(password.as_bytes()).ok().map(|it| it.to_string())
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let _room = ROOM.acquire().await.map_err(|_| Failure::Broken("hashing has stopped"))?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Broken("hashing failed"))
}
