use std::{fmt, str::FromStr};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use jiff::Timestamp;
use school::{Id, School};

use crate::hex;

/// How far a school's audit trail reached at a moment, signed. As text it is eight lines, which its `Display` writes
/// and its `FromStr` reads and checks:
///
/// ```text
/// schoolgate audit checkpoint 1
/// school 0198f0a0-…
/// name Hill School
/// entries 1234
/// hash 64 hex digits
/// made 2026-11-25T02:00:00Z
/// key 64 hex digits
/// signature 128 hex digits
/// ```
///
/// The signature (Ed25519, RFC 8032) is over the first seven lines, each with its line feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub school: Id<School>,
    /// Of the school, for people.
    pub name: String,
    /// The number of the newest entry.
    pub entries: i64,
    /// Of the newest entry.
    pub hash: [u8; 32],
    pub made: Timestamp,
    /// The public key of who signed it.
    pub key: [u8; 32],
    signature: [u8; 64],
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACheckpoint {
    #[error("it is no checkpoint of an audit trail")]
    Unreadable,
    #[error("its signature does not fit: it was changed after it was signed")]
    Forged,
}

/// Signs checkpoints.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// From 32 bytes of chance, kept where only their owner reads them. `None`: they make no key.
    pub fn new(seed: &[u8; 32]) -> Option<Signer> {
        Ed25519KeyPair::from_seed_unchecked(seed).ok().map(Signer)
    }

    pub fn key(&self) -> [u8; 32] {
        let mut key = [0; 32];
        let bytes = self.0.public_key().as_ref();
        let length = bytes.len().min(32);
        key[..length].copy_from_slice(&bytes[..length]);
        key
    }

    pub fn sign(&self, school: &School, entries: i64, hash: [u8; 32], made: Timestamp) -> Checkpoint {
        let mut made = Checkpoint {
            school: school.id,
            name: school.name.to_string(),
            entries,
            hash,
            made,
            key: self.key(),
            signature: [0; 64],
        };
        let signature = self.0.sign(made.signed().as_bytes());
        let bytes = signature.as_ref();
        let length = bytes.len().min(64);
        made.signature[..length].copy_from_slice(&bytes[..length]);
        made
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}

impl Checkpoint {
    /// What is signed.
    fn signed(&self) -> String {
        format!(
            "{TITLE}\nschool {}\nname {}\nentries {}\nhash {}\nmade {}\nkey {}\n",
            self.school,
            self.name,
            self.entries,
            hex::digits(&self.hash),
            self.made,
            hex::digits(&self.key)
        )
    }
}

const TITLE: &str = "schoolgate audit checkpoint 1";

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}signature ", self.signed())?;
        for byte in self.signature {
            write!(f, "{byte:02x}")?;
        }
        writeln!(f)
    }
}

impl FromStr for Checkpoint {
    type Err = NotACheckpoint;
    fn from_str(text: &str) -> Result<Checkpoint, NotACheckpoint> {
        let read = read(text).ok_or(NotACheckpoint::Unreadable)?;
        let key = UnparsedPublicKey::new(&ED25519, &read.key);
        match key.verify(read.signed().as_bytes(), &read.signature) {
            Ok(()) => Ok(read),
            Err(_) => Err(NotACheckpoint::Forged),
        }
    }
}

fn read(text: &str) -> Option<Checkpoint> {
    // Mail may have changed how lines end, and put some before and after.
    let mut lines = text.lines().map(str::trim).skip_while(|it| *it != TITLE).skip(1);
    let mut next = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    let (school, name, entries) = (next("school")?, next("name")?, next("entries")?);
    let (hash, made, key, signature) = (next("hash")?, next("made")?, next("key")?, next("signature")?);
    let (first, second) = signature.split_at_checked(64)?;
    let mut whole = [0; 64];
    whole[..32].copy_from_slice(&hex::bytes(first)?);
    whole[32..].copy_from_slice(&hex::bytes(second)?);
    Some(Checkpoint {
        school: school.parse().ok()?,
        name: name.to_owned(),
        entries: entries.parse().ok()?,
        hash: hex::bytes(hash)?,
        made: made.parse().ok()?,
        key: hex::bytes(key)?,
        signature: whole,
    })
}
