use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};

/// What every part of the house is handed to tell the time by.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How far the demonstration's clock is from the machine's, in milliseconds; 0 everywhere else.
static AHEAD: AtomicI64 = AtomicI64::new(0);

/// The one place that reads the clock.
pub(crate) fn now() -> Timestamp {
    let now = machine();
    now.checked_add(SignedDuration::from_millis(AHEAD.load(Ordering::Relaxed))).unwrap_or(now)
}

#[expect(clippy::disallowed_methods, reason = "the binary is where time comes in")]
fn machine() -> Timestamp {
    Timestamp::now()
}

/// From now on it is `at`, and time goes on from there. For the demonstration alone, to show lessons, bells and the
/// end of a visit at any time of day.
pub(crate) fn begin_at(at: Timestamp) {
    AHEAD.store(at.duration_since(machine()).as_millis().try_into().unwrap_or(0), Ordering::Relaxed);
}

pub(crate) fn clock() -> Clock {
    Arc::new(now)
}
