use std::fmt;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// How the entries of a list become 64-bit numbers.
///
/// Open lists use xxh3 with a seed: five nanoseconds a name, and a chance of one in 10^12 that some name on the
/// internet is taken for one of five million entries. Knowing the seed, a patient person can make such a name, so
/// it is chosen at installation. Sealed lists use keyed BLAKE3, whose key is worked out from a secret that is not
/// in the file: the file alone cannot even be tested for a guessed entry. Somebody who holds the secret as well
/// can test guesses, never read entries.
#[derive(Clone, PartialEq, Eq)]
pub struct Hasher(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Open { seed: u64 },
    Sealed { salt: [u8; 16], key: [u8; 32] },
}

impl Hasher {
    /// Lists that share a seed are looked up with one hash for each part of a name.
    pub fn open(seed: u64) -> Hasher {
        Hasher(Kind::Open { seed })
    }

    /// The seed of one installation, from the secret that its sealed lists use too.
    pub fn open_for(secret: &[u8; 32]) -> Hasher {
        let mut deriving = blake3::Hasher::new_derive_key("schoolgate 2026 seed of open lists");
        deriving.update(secret);
        Hasher::open(first_eight(&deriving.finalize()))
    }

    /// `secret` is kept away from the file; `salt` is written into it.
    pub fn sealed(secret: &[u8; 32], salt: [u8; 16]) -> Hasher {
        let mut deriving = blake3::Hasher::new_derive_key("schoolgate 2026 sealed list of addresses");
        deriving.update(secret).update(&salt);
        Hasher(Kind::Sealed { salt, key: *deriving.finalize().as_bytes() })
    }

    pub fn is_sealed(&self) -> bool {
        matches!(self.0, Kind::Sealed { .. })
    }

    /// The same in every release.
    pub fn hash(&self, bytes: &[u8]) -> u64 {
        match &self.0 {
            Kind::Open { seed } => xxh3_64_with_seed(bytes, *seed),
            Kind::Sealed { key, .. } => first_eight(&blake3::keyed_hash(key, bytes)),
        }
    }

    /// What the file tells: the seed, or something that only the right secret gives.
    pub(super) fn mark(&self) -> u64 {
        match &self.0 {
            Kind::Open { seed } => *seed,
            Kind::Sealed { .. } => self.hash(b" mark"),
        }
    }

    pub(super) fn salt(&self) -> [u8; 16] {
        match &self.0 {
            Kind::Open { .. } => [0; 16],
            Kind::Sealed { salt, .. } => *salt,
        }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_sealed() { "sealed" } else { "open" })
    }
}

fn first_eight(hash: &blake3::Hash) -> u64 {
    let (first, _) = hash.as_bytes().split_first_chunk::<8>().expect("a hash has 32 bytes");
    u64::from_le_bytes(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_a_disk_already_keeps_its_hash() {
        let check = |hasher: Hasher, hash: u64| assert_eq!(hasher.hash(b"games.test"), hash, "{hasher:?}");
        check(Hasher::open(1), 0xb3b4_953c_ebf6_4ca6);
        check(Hasher::open_for(&[1; 32]), 0x2fa3_a3c6_851a_89b6);
        check(Hasher::sealed(&[1; 32], [2; 16]), 0xc33f_ba39_28ae_8709);
    }
}
