//! The two halves of a key that backups are sealed with: X25519, in the words of age (age-encryption.org/v1).
use std::{fmt, str::FromStr};

use aws_lc_rs::agreement::{PrivateKey, X25519};
use bech32::{Bech32, Hrp};

const PUBLIC: Hrp = Hrp::parse_unchecked("age");
const SECRET: Hrp = Hrp::parse_unchecked("age-secret-key-");

/// Whom a backup is sealed for: written `age1…`, and no secret. Nothing that has only this one can open a backup.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Recipient(pub(super) [u8; 32]);

/// The half that opens: written `AGE-SECRET-KEY-1…`, and kept in the safe.
#[derive(Clone)]
pub struct Identity(pub(super) [u8; 32]);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    #[error("is no recipient of age: it begins with age1 and has 62 letters and digits")]
    Recipient,
    #[error("holds no secret key of age: a line that begins with AGE-SECRET-KEY-1")]
    Identity,
}

impl Identity {
    /// From the system's chance.
    pub fn fresh() -> Result<Identity, NotAKey> {
        let mut secret = [0; 32];
        aws_lc_rs::rand::fill(&mut secret).map_err(|_| NotAKey::Identity)?;
        Ok(Identity(secret))
    }

    /// Its other half.
    pub fn recipient(&self) -> Result<Recipient, NotAKey> {
        let key = PrivateKey::from_private_key(&X25519, &self.0).map_err(|_| NotAKey::Identity)?;
        let public = key.compute_public_key().map_err(|_| NotAKey::Identity)?;
        public.as_ref().try_into().map(Recipient).map_err(|_| NotAKey::Identity)
    }
}

/// As a file of `age-keygen` holds it: a line, with comments around it.
impl FromStr for Identity {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Identity, NotAKey> {
        let line = text.lines().map(str::trim).find(|it| !it.is_empty() && !it.starts_with('#'));
        line.and_then(|it| read(it, SECRET)).map(Identity).ok_or(NotAKey::Identity)
    }
}

/// The line itself.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = bech32::encode::<Bech32>(SECRET, &self.0).map_err(|_| fmt::Error)?;
        f.write_str(&text.to_uppercase())
    }
}

impl FromStr for Recipient {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Recipient, NotAKey> {
        read(text.trim(), PUBLIC).map(Recipient).ok_or(NotAKey::Recipient)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::encode::<Bech32>(PUBLIC, &self.0).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Says nothing of what it is.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

fn read(text: &str, kind: Hrp) -> Option<[u8; 32]> {
    // Of the older checksum alone: the newer one is no age key.
    let checked = bech32::primitives::decode::CheckedHrpstring::new::<Bech32>(text).ok()?;
    if checked.hrp() != kind {
        return None;
    }
    checked.byte_iter().collect::<Vec<u8>>().try_into().ok()
}
