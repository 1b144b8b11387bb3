use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

/// The gate's own key, from which every token it hands out is made. 32 bytes of chance, handed in; a new one at
/// each start only means that forms which were open have to be sent again.
#[derive(Clone)]
pub struct Secret([u8; 32]);

/// What a token is for: one made for one purpose is worth nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Form,
    GoOn,
    Password,
    Trip,
}

impl Secret {
    pub fn new(chance: [u8; 32]) -> Secret {
        Secret(chance)
    }

    /// Keyed BLAKE3 over the parts, each with its length before it so that no two lists of parts read alike.
    pub(crate) fn tag(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&[purpose as u8]);
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        *hasher.finalize().as_bytes()
    }

    /// A tag as text for a form: 22 characters, 128 bits.
    pub(crate) fn token(&self, purpose: Purpose, parts: &[&[u8]]) -> String {
        URL_SAFE_NO_PAD.encode(&self.tag(purpose, parts)[..16])
    }

    pub(crate) fn accepts(&self, token: &str, purpose: Purpose, parts: &[&[u8]]) -> bool {
        self.token(purpose, parts).as_bytes().ct_eq(token.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
