use std::{collections::HashMap, hash::Hash};

use jiff::{SignedDuration, Timestamp};

/// Says of many equal events which to write down: one a minute of each, with how many were left out before it. So a
/// thousand wrong guesses a second are a row a minute (PWD-09).
#[derive(Debug)]
pub struct Flood<K>(HashMap<K, (Timestamp, u64)>);

const APART: SignedDuration = SignedDuration::from_mins(1);
/// Kept at once; whoever makes more different ones than this within a minute gets no more rows for them.
const MOST: usize = 10_000;

impl<K> Default for Flood<K> {
    fn default() -> Flood<K> {
        Flood(HashMap::new())
    }
}

impl<K: Eq + Hash> Flood<K> {
    /// `Some`: write it down, and that so many of the same were not written since the last. `None`: leave it out.
    pub fn note(&mut self, key: K, now: Timestamp) -> Option<u64> {
        if let Some((at, left_out)) = self.0.get_mut(&key) {
            if is_just(*at, now) {
                *left_out += 1;
                return None;
            }
            *at = now;
            return Some(std::mem::take(left_out));
        }
        if MOST <= self.0.len() {
            self.0.retain(|_, (at, _)| is_just(*at, now));
        }
        if MOST <= self.0.len() {
            return None;
        }
        self.0.insert(key, (now, 0));
        Some(0)
    }
}

/// Not by a clock that ran ahead, or it would leave all out until that time comes.
fn is_just(at: Timestamp, now: Timestamp) -> bool {
    (SignedDuration::ZERO..APART).contains(&now.duration_since(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_a_second_are_one_row_a_minute() {
        let mut flood = Flood::default();
        let at = |millis| Timestamp::from_millisecond(millis).expect("a time");
        let rows: Vec<u64> = (0..120_000).filter_map(|n| flood.note("ada", at(n))).collect();
        assert_eq!(rows, [0, 59_999]);
        assert_eq!(flood.note("bo", at(1)), Some(0), "others are written down");
        assert_eq!(flood.note("bo", at(-86_400_000)), Some(0), "a clock that is set back leaves nothing out");
        let many = (0..50_000)
            .filter(|n| flood.note(Box::leak(n.to_string().into_boxed_str()), at(120_000)).is_some());
        assert!(many.count() <= MOST);
    }
}
