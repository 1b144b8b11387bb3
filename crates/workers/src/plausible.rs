//! Whether the clock may be believed, asked before anything is destroyed because its time has come.
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use store::{Db, StoreError, last_known};
use tokio::time::Instant;

use crate::health::held;

/// When the time was last believed, by the clock on the wall and by one that only goes on. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct LastKnown(Arc<Mutex<Option<Known>>>);

#[derive(Debug, Clone, Copy)]
struct Known {
    wall: Timestamp,
    at: Instant,
}

/// How a clock stands to what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    Plausible,
    Ahead,
    Behind,
}

/// A computer may be off for as long as this before its time is asked about: a little more than the holidays at
/// Christmas or Easter. Over a summer somebody has to confirm it.
pub const OFF_AT_MOST: SignedDuration = SignedDuration::from_hours(21 * 24);
/// While it runs; a night's sleep of a virtual machine is no fault.
const LEAP_AT_MOST: SignedDuration = SignedDuration::from_hours(24);
/// What puts a clock right does so by less.
pub const BACK_AT_MOST: SignedDuration = SignedDuration::from_hours(1);

impl LastKnown {
    /// Holds `now` against the last time that was believed, and believes it if it fits. What is known is kept in the
    /// store, so that a restart with the same wrong clock knows no less.
    pub(crate) async fn ask(&self, db: &Db, now: Timestamp) -> Result<Clock, StoreError> {
        let mut tx = db.write().await?;
        let kept = last_known::get(&mut tx).await?;
        let at = Instant::now();
        let before = *held(&self.0);
        let (known, most) = match (before, kept) {
            // Nobody else has said anything since.
            (Some(known), Some(kept)) if known.wall == kept => (known, LEAP_AT_MOST),
            // Another program on this database, or somebody who confirmed the time.
            (Some(_), Some(kept)) => (Known { wall: kept, at }, LEAP_AT_MOST),
            (None, Some(kept)) => (Known { wall: kept, at }, OFF_AT_MOST),
            (_, None) => (Known { wall: now, at }, OFF_AT_MOST),
        };
        let expected = known.wall.saturating_add(at.duration_since(known.at)).unwrap_or(Timestamp::MAX);
        let parted = now.duration_since(expected);
        let found = match parted {
            it if it < -BACK_AT_MOST => Clock::Behind,
            it if most < it => Clock::Ahead,
            _ => Clock::Plausible,
        };
        let known = if found == Clock::Plausible {
            last_known::keep(&mut tx, now).await?;
            tx.commit().await?;
            // As it is kept.
            let wall = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now).max(known.wall);
            Known { wall, at }
        } else {
            known
        };
        // Not known before it fits: at a start the longer span stays the measure.
        if found == Clock::Plausible || before.is_some() {
            *held(&self.0) = Some(known);
        }
        Ok(found)
    }
}
