use std::{collections::HashMap, net::IpAddr};

use jiff::Timestamp;
use parking_lot::Mutex;
use school::Username;

/// Slows guessing, and locks nobody out: each kind of guess has a bucket that fills with wrong ones and drains
/// with time, and only what is full has to wait.
///
/// - One name from one device: a handful, then one every half minute. This is what stops a guesser.
/// - One device: many, since a whole class may stand behind one address, then one every two seconds.
/// - One name from anywhere: many, then one every ten seconds; a device where that name has signed in before is
///   spared, so that nobody can keep a teacher out from another room.
#[derive(Debug, Default)]
pub(crate) struct Guesses {
    buckets: Mutex<HashMap<Key, Bucket>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Pair(IpAddr, Username),
    Device(IpAddr),
    Name(Username),
    /// A name that has signed in on this device.
    Friend(IpAddr, Username),
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: f64,
    at: Timestamp,
}

/// A guess under way: counted as wrong until it is known to be right.
#[derive(Debug)]
pub(crate) struct Guess {
    device: IpAddr,
    username: Username,
    at: Timestamp,
}

#[derive(Debug)]
pub(crate) enum Throttle {
    Go(Guess),
    Wait,
}

/// Wrong guesses held, and how many drain in a second.
struct Limit {
    holds: f64,
    drains: f64,
}

const PAIR: Limit = Limit { holds: 6.0, drains: 1.0 / 30.0 };
const DEVICE: Limit = Limit { holds: 60.0, drains: 0.5 };
const NAME: Limit = Limit { holds: 30.0, drains: 0.1 };
/// A friend is forgotten after thirty days.
const FRIEND: Limit = Limit { holds: 1.0, drains: 1.0 / (30.0 * 86_400.0) };
/// Buckets kept at most, of some 100 bytes each.
const KEPT: usize = 50_000;

impl Guesses {
    pub(crate) fn begin(&self, device: IpAddr, username: &Username, now: Timestamp) -> Throttle {
        let device = device.to_canonical();
        let mut buckets = self.buckets.lock();
        make_room(&mut buckets, now);
        let pair = Key::Pair(device, username.clone());
        let friend = level(&buckets, &Key::Friend(device, username.clone()), now) > 0.0;
        let full = |key: &Key, limit: &Limit| limit.holds < level(&buckets, key, now) + 1.0;
        if full(&pair, &PAIR)
            || full(&Key::Device(device), &DEVICE)
            || (!friend && full(&Key::Name(username.clone()), &NAME))
        {
            return Throttle::Wait;
        }
        for key in [pair, Key::Device(device), Key::Name(username.clone())] {
            add(&mut buckets, key, 1.0, now);
        }
        Throttle::Go(Guess { device, username: username.clone(), at: now })
    }

    pub(crate) fn was_right(&self, guess: Guess) {
        let Guess { device, username, at } = guess;
        let mut buckets = self.buckets.lock();
        buckets.remove(&Key::Pair(device, username.clone()));
        add(&mut buckets, Key::Device(device), -1.0, at);
        add(&mut buckets, Key::Name(username.clone()), -1.0, at);
        buckets.insert(Key::Friend(device, username), Bucket { level: FRIEND.holds, at });
    }
}

impl Key {
    fn limit(&self) -> &'static Limit {
        match self {
            Key::Pair(..) => &PAIR,
            Key::Device(_) => &DEVICE,
            Key::Name(_) => &NAME,
            Key::Friend(..) => &FRIEND,
        }
    }
}

fn level(buckets: &HashMap<Key, Bucket>, key: &Key, now: Timestamp) -> f64 {
    buckets.get(key).map_or(0.0, |it| it.level(key.limit(), now))
}

impl Bucket {
    fn level(&self, limit: &Limit, now: Timestamp) -> f64 {
        let seconds = now.duration_since(self.at).as_secs_f64().max(0.0);
        (self.level - seconds * limit.drains).max(0.0)
    }
}

fn add(buckets: &mut HashMap<Key, Bucket>, key: Key, amount: f64, now: Timestamp) {
    let level = (level(buckets, &key, now) + amount).max(0.0);
    buckets.insert(key, Bucket { level, at: now });
}

/// What has drained goes first; when that is not enough, half of the rest, the emptiest first. Friends go before
/// wrong guesses: losing one spares nobody, losing the other would let a guesser begin again.
fn make_room(buckets: &mut HashMap<Key, Bucket>, now: Timestamp) {
    if buckets.len() < KEPT {
        return;
    }
    buckets.retain(|key, it| 0.0 < it.level(key.limit(), now));
    if buckets.len() < KEPT {
        return;
    }
    let fullness = |key: &Key, it: &Bucket| match key {
        Key::Friend(..) => it.level(&FRIEND, now) - 1.0,
        _ => it.level(key.limit(), now),
    };
    let mut levels: Vec<f64> = buckets.iter().map(|(key, it)| fullness(key, it)).collect();
    let middle = levels.len() / 2;
    let (_, middle, _) = levels.select_nth_unstable_by(middle, f64::total_cmp);
    let middle = *middle;
    buckets.retain(|key, it| middle < fullness(key, it));
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        "2026-11-23T09:00:00Z".parse::<Timestamp>().expect("a time") + seconds.seconds()
    }
    fn device(n: u8) -> IpAddr {
        [192, 0, 2, n].into()
    }
    fn name(text: &str) -> Username {
        text.parse().expect(text)
    }
    /// How many of `tries` wrong guesses get through.
    fn through(
        guesses: &Guesses,
        tries: usize,
        mut guess: impl FnMut(usize) -> (IpAddr, Username, i64),
    ) -> usize {
        (0..tries)
            .filter(|n| {
                let (device, name, seconds) = guess(*n);
                matches!(guesses.begin(device, &name, at(seconds)), Throttle::Go(_))
            })
            .count()
    }

    #[test]
    fn a_guesser_on_one_device_is_slowed_to_one_in_half_a_minute() {
        let guesses = Guesses::default();
        let got =
            through(&guesses, 3600, |n| (device(1), name("t.okafor"), i64::try_from(n).expect("small")));
        assert!((120..=127).contains(&got), "{got} in an hour of one a second");
    }

    #[test]
    fn a_name_attacked_from_elsewhere_still_opens_where_it_has_signed_in_before() {
        let guesses = Guesses::default();
        let Throttle::Go(right) = guesses.begin(device(1), &name("t.okafor"), at(0)) else {
            panic!("first try")
        };
        guesses.was_right(right);
        let got = through(&guesses, 250, |n| {
            (device(u8::try_from(n % 250).expect("small") + 2), name("t.okafor"), 60)
        });
        assert!(got <= 31, "{got} guesses from many devices at once");
        assert!(matches!(guesses.begin(device(1), &name("t.okafor"), at(61)), Throttle::Go(_)));
        assert!(
            matches!(guesses.begin(device(2), &name("a.begum"), at(61)), Throttle::Go(_)),
            "another name"
        );
    }

    #[test]
    fn a_class_behind_one_address_can_sign_in_though_one_of_them_guesses() {
        let guesses = Guesses::default();
        through(&guesses, 500, |_| (device(1), name("t.okafor"), 0));
        for n in 0..30 {
            let pupil = name(&format!("pupil{n}"));
            let Throttle::Go(right) = guesses.begin(device(1), &pupil, at(1)) else { panic!("{pupil}") };
            guesses.was_right(right);
        }
    }

    #[test]
    fn a_right_password_takes_the_slips_before_it_away() {
        let guesses = Guesses::default();
        for round in 0..5 {
            assert_eq!(through(&guesses, 5, |_| (device(1), name("a.begum"), 0)), 5, "round {round}");
            let Throttle::Go(right) = guesses.begin(device(1), &name("a.begum"), at(0)) else {
                panic!("{round}")
            };
            guesses.was_right(right);
        }
    }

    #[test]
    fn memory_is_bounded_whatever_names_are_tried() {
        let guesses = Guesses::default();
        for n in 0..40_000_u32 {
            let device = IpAddr::from((0x0a00_0000 + n).to_be_bytes());
            let _ = guesses.begin(device, &name(&format!("n{n}")), at(0));
        }
        assert!(guesses.buckets.lock().len() <= KEPT + 3);
    }
}
