//! Says of most keys, with one look at memory, that no list holds them: a school has dozens of lists, and most names
//! are on none.
use std::sync::Arc;

/// In bits, for each key. With three of them set, about one foreign key in twelve passes.
const ROOM: usize = 6;

/// A Bloom filter of one word a key (Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom filters", 2009).
#[derive(Clone, Default)]
pub(super) struct Sieve(Arc<[u64]>);

impl Sieve {
    /// `count`: how many keys there are.
    pub(super) fn new(count: usize, keys: impl Iterator<Item = u64>) -> Sieve {
        let room = (count * ROOM).div_ceil(64).max(1);
        // Made where it stays: a copy would be held by the allocator for long.
        let mut words: Arc<[u64]> = std::iter::repeat_n(0, room).collect();
        let filled = Arc::get_mut(&mut words).unwrap_or_default();
        for key in keys {
            if let Some(word) = filled.get_mut(place(key, room)) {
                *word |= bits(key);
            }
        }
        Sieve(words)
    }

    /// False only for a key that was not given to [`Sieve::new`].
    pub(super) fn may_hold(&self, key: u64) -> bool {
        let wanted = bits(key);
        self.0.get(place(key, self.0.len())).is_some_and(|word| word & wanted == wanted)
    }
}

/// Spreads keys evenly by their upper bits (Lemire, "Fast random integer generation in an interval", 2019).
#[expect(clippy::cast_possible_truncation, reason = "the product of two 64-bit numbers, shifted by 64")]
fn place(key: u64, words: usize) -> usize {
    ((u128::from(key) * words as u128) >> 64) as usize
}

/// By the lower bits, which say nothing of the place.
fn bits(key: u64) -> u64 {
    1 << (key & 63) | 1 << (key >> 6 & 63) | 1 << (key >> 12 & 63)
}

#[cfg(test)]
mod tests {
    use xxhash_rust::xxh3::xxh3_64;

    use super::*;

    fn key(n: u64) -> u64 {
        xxh3_64(&n.to_le_bytes())
    }

    #[test]
    fn a_sieve_holds_back_most_of_what_is_foreign_and_nothing_else() {
        for count in [0, 1, 7, 100, 50_000] {
            let sieve = Sieve::new(usize::try_from(count).expect("small"), (0..count).map(key));
            assert!((0..count).all(|n| sieve.may_hold(key(n))), "{count}");
            let passed = (1_000_000..1_010_000).filter(|n| sieve.may_hold(key(*n))).count();
            assert!(passed < 1_000, "{passed} of 10,000 foreign keys pass a sieve of {count}");
        }
    }
}
