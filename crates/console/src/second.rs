//! Second credentials (ACC-07): codes from an app, passkeys, and codes on paper. What is secret of them is sealed before
//! it is kept.
pub(crate) mod passkeys;
pub(crate) mod qr;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use rand::TryRng;
use school::{Id, PaperCode, Person};
use sha2::{Digest, Sha256};
use store::{
    StoreError, Tx,
    second::{self, Credential, Kind},
};
use totp_rs::{Builder, Totp};

use self::passkeys::Passkeys;
use crate::failure::Failure;

/// What signing in needs besides the store.
#[derive(Clone)]
pub struct SignIn {
    /// Seals second credentials. It lies in the data folder, so that the database alone gives none away.
    key: [u8; 32],
    pub(crate) passkeys: Passkeys,
    /// Of the console, as browsers reach it, without a slash at its end.
    pub(crate) url: String,
}

impl SignIn {
    /// `url`: of the console, as browsers reach it; passkeys belong to its host.
    pub fn new(key: [u8; 32], url: &str) -> SignIn {
        SignIn { key, passkeys: Passkeys::of(url), url: url.trim_end_matches('/').to_owned() }
    }
}

/// A secret of an app, before a code has shown that the app has it, is good for so long.
const PENDING: SignedDuration = SignedDuration::from_mins(30);
/// Of a TOTP secret (RFC 4226, section 4: 160 bits are recommended).
const SECRET_BYTES: usize = 20;
/// Codes on paper made at once.
pub(crate) const RECOVERY_CODES: usize = 10;

/// A secret that an app may be given.
pub(crate) struct Pending {
    secret: [u8; SECRET_BYTES],
    at: Timestamp,
}

impl Pending {
    pub(crate) fn fresh(at: Timestamp) -> Result<Pending, Failure> {
        Ok(Pending { secret: chance()?, at })
    }

    /// As the form carries it, for this person alone.
    pub(crate) fn sealed(&self, sign_in: &SignIn, person: Id<Person>) -> Result<String, Failure> {
        let mut bytes = self.at.as_second().to_be_bytes().to_vec();
        bytes.extend(self.secret);
        sign_in.seal(person, &bytes)
    }

    /// `None`: made up, of somebody else, or too old.
    pub(crate) fn opened(
        sign_in: &SignIn,
        person: Id<Person>,
        text: &str,
        now: Timestamp,
    ) -> Option<Pending> {
        let bytes = sign_in.open(person, text)?;
        let (at, secret) = bytes.split_first_chunk::<8>()?;
        let at = Timestamp::from_second(i64::from_be_bytes(*at)).ok()?;
        (SignedDuration::ZERO..PENDING)
            .contains(&now.duration_since(at))
            .then_some(Pending { secret: secret.try_into().ok()?, at })
    }

    /// As it is typed by hand, in fours.
    pub(crate) fn words(&self) -> String {
        let text = totp(&self.secret).map(|it| it.secret().to_base32()).unwrap_or_default();
        text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
    }

    /// What the picture says to an app.
    pub(crate) fn address(&self, person: &Person, school: &str) -> String {
        let query = [("secret", self.words().replace(' ', "")), ("issuer", format!("Schoolgate {school}"))];
        let query = serde_html_form::to_string(query).unwrap_or_default().replace('+', "%20");
        format!("otpauth://totp/Schoolgate:{}?{query}", person.username)
    }

    /// The time step of the code, if it is right now.
    pub(crate) fn step(&self, code: &str, now: Timestamp) -> Option<i64> {
        step(&self.secret, code, now)
    }

    pub(crate) fn kept(&self, sign_in: &SignIn, person: Id<Person>) -> Result<String, Failure> {
        sign_in.seal(person, &self.secret)
    }
}

/// What somebody showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Code,
    Paper,
}

/// Whether the code is one of theirs: six digits of an app, or one from paper. Each counts once.
pub(crate) async fn accept(
    tx: &mut Tx,
    sign_in: &SignIn,
    person: Id<Person>,
    code: &str,
    now: Timestamp,
) -> Result<Option<Shown>, StoreError> {
    if let Ok(paper) = code.parse::<PaperCode>() {
        let used = second::use_recovery(tx, person, &sign_in.paper_hash(person, &paper), now).await?;
        return Ok(used.then_some(Shown::Paper));
    }
    let apps = second::of(tx, person).await?;
    for Credential { id, secret, .. } in apps.iter().filter(|it| it.kind == Kind::Code) {
        let Some(secret) = sign_in.open(person, secret) else {
            tracing::error!("a second credential does not open with this data folder's key");
            continue;
        };
        if let Some(step) = step(&secret, code, now)
            && second::use_step(tx, *id, step, now).await?
        {
            return Ok(Some(Shown::Code));
        }
    }
    Ok(None)
}

impl SignIn {
    pub(crate) fn seal(&self, person: Id<Person>, secret: &[u8]) -> Result<String, Failure> {
        let broken = |_| Failure::Broken("a secret could not be sealed");
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.key).map_err(broken)?;
        let mut bytes = secret.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(person.as_u128().to_be_bytes()), &mut bytes)
            .map_err(broken)?;
        let mut all = nonce.as_ref().to_vec();
        all.append(&mut bytes);
        Ok(URL_SAFE_NO_PAD.encode(all))
    }

    /// `None`: sealed by another key or for somebody else, or changed since.
    pub(crate) fn open(&self, person: Id<Person>, text: &str) -> Option<Vec<u8>> {
        let mut all = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, bytes) = all.split_at_mut_checked(12)?;
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.key).ok()?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let opened = key.open_in_place(nonce, Aad::from(person.as_u128().to_be_bytes()), bytes).ok()?;
        Some(opened.to_vec())
    }

    /// Ten codes for paper, and what is kept of each.
    pub(crate) fn papers(&self, person: Id<Person>) -> Result<Vec<(PaperCode, [u8; 32])>, Failure> {
        let one = |_| {
            let code = PaperCode::of_chance(chance()?);
            let hash = self.paper_hash(person, &code);
            Ok((code, hash))
        };
        (0..RECOVERY_CODES).map(one).collect()
    }

    /// 80 bits of chance need no slow hash; the key keeps even a fast guesser from trying.
    fn paper_hash(&self, person: Id<Person>, code: &PaperCode) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"schoolgate paper\0");
        hash.update(self.key);
        hash.update(person.as_u128().to_be_bytes());
        hash.update(code.as_bytes());
        hash.finalize().into()
    }
}

fn chance<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    rand::rngs::SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| Failure::Broken("the system gives no random numbers"))?;
    Ok(bytes)
}

/// Six digits, thirty seconds, SHA-1, as every app expects; one step to either side for clocks that differ.
fn totp(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(secret).build().ok()
}

fn step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let code: String = code.chars().filter(|it| !it.is_whitespace()).collect();
    let time = u64::try_from(now.as_second()).ok()?;
    i64::try_from(totp(secret)?.check(&code, time)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in(key: u8) -> SignIn {
        SignIn::new([key; 32], "https://console.test")
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_with_its_key_unchanged() {
        let (ada, bo) = (Id::from_u128(1), Id::from_u128(2));
        let sealed = sign_in(1).seal(ada, b"secret").expect("sealed");
        assert_ne!(sealed, sign_in(1).seal(ada, b"secret").expect("sealed"), "a nonce of its own each time");
        assert_eq!(sign_in(1).open(ada, &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(sign_in(1).open(bo, &sealed), None);
        assert_eq!(sign_in(2).open(ada, &sealed), None);
        let (end, mut changed) = (sealed.len() - 4, sealed.clone());
        let other = if &sealed[end..=end] == "A" { "B" } else { "A" };
        changed.replace_range(end..=end, other);
        assert_eq!(sign_in(1).open(ada, &changed), None);
        assert_eq!(sign_in(1).open(ada, ""), None);
    }

    /// RFC 6238, appendix B, shortened to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        let at = |second| Timestamp::from_second(second).expect("a time");
        assert_eq!(step(secret, "287082", at(59)), Some(1));
        assert_eq!(step(secret, "081 804", at(1_111_111_109)), Some(37_037_036));
        assert_eq!(step(secret, "287082", at(89)), Some(1), "a clock thirty seconds behind");
        assert_eq!(step(secret, "287082", at(121)), None);
        assert_eq!(step(secret, "287083", at(59)), None);
        assert_eq!(step(secret, "", at(59)), None);
    }
}
