use std::sync::Arc;

use jiff::Timestamp;

/// What every part of the house is handed to tell the time by.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The one place that reads the clock.
#[expect(clippy::disallowed_methods, reason = "the binary is where time comes in")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

pub(crate) fn clock() -> Clock {
    Arc::new(now)
}
