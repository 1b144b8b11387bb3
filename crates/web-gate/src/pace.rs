//! How a person's connection moves: one slow clock a connection instead of a timer a request.
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, sleep};

use crate::Limits;

/// Counts kept by the connection as it goes; read by [`Pace::lost`].
#[derive(Debug, Default)]
pub(crate) struct Pace {
    received: AtomicU64,
    sent: AtomicU64,
    /// The last write found no room.
    full: AtomicBool,
    /// Requests being answered.
    busy: AtomicU32,
    /// Of those, bodies that wait for the person to send more.
    hungry: AtomicU32,
    /// Answers of which a piece was handed on, and the next was not asked for yet.
    given: AtomicU32,
    /// `received` when the last request was answered.
    mark: AtomicU64,
}

/// A request is being answered, as long as this stands.
pub(crate) struct Busy(Arc<Pace>);

impl Busy {
    pub(crate) fn new(pace: &Arc<Pace>) -> Busy {
        pace.busy.fetch_add(1, Relaxed);
        Busy(Arc::clone(pace))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.rest();
        self.0.busy.fetch_sub(1, Relaxed);
    }
}

/// Why a connection is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// Nothing was asked.
    Idle,
    /// A head was begun and not finished.
    SlowHead,
    /// A body stopped coming, or an answer is not being read.
    Stalled,
    /// Something is under way for someone whose time is over.
    Outstayed,
}

impl Pace {
    pub(crate) fn received(&self, count: usize) {
        self.received.fetch_add(count as u64, Relaxed);
    }

    pub(crate) fn sent(&self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &outcome {
            Poll::Ready(Ok(count)) => {
                self.sent.fetch_add(*count as u64, Relaxed);
                self.full.store(false, Relaxed);
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.full.store(true, Relaxed),
        }
        outcome
    }

    /// What came so far began no head: it was a handshake's, or another life's of this connection.
    pub(crate) fn rest(&self) {
        self.mark.store(self.received.load(Relaxed), Relaxed);
    }

    pub(crate) fn hungry(&self) {
        self.hungry.fetch_add(1, Relaxed);
    }

    pub(crate) fn fed(&self) {
        self.hungry.fetch_sub(1, Relaxed);
    }

    pub(crate) fn given(&self) {
        self.given.fetch_add(1, Relaxed);
    }

    pub(crate) fn taken(&self) {
        self.given.fetch_sub(1, Relaxed);
    }

    /// Comes back when the connection has to be given up. `heads`: bytes between requests begin a head, as in
    /// HTTP/1; in HTTP/2 they may be anything.
    pub(crate) async fn lost(&self, limits: &Limits, heads: bool, outstayed: impl Fn() -> bool) -> Lost {
        let beat = (limits.head_time.min(limits.idle).min(limits.stall) / 3)
            .clamp(Duration::from_millis(20), Duration::from_secs(5));
        let mut last = (0, 0, false);
        let mut since = Instant::now();
        loop {
            sleep(beat).await;
            let received = self.received.load(Relaxed);
            let busy = self.busy.load(Relaxed) > 0;
            if busy && outstayed() {
                return Lost::Outstayed;
            }
            let begun = heads && received > self.mark.load(Relaxed);
            let now = if busy {
                (received, self.sent.load(Relaxed), true)
            } else if begun {
                // A head that trickles is as slow as one that stopped: bytes do not count as progress.
                (u64::MAX, self.mark.load(Relaxed), false)
            } else {
                (received, 0, false)
            };
            if now != last {
                last = now;
                since = Instant::now();
                continue;
            }
            let quiet = since.elapsed();
            let waits =
                self.full.load(Relaxed) || self.hungry.load(Relaxed) > 0 || self.given.load(Relaxed) > 0;
            if busy && waits && quiet >= limits.stall {
                return Lost::Stalled;
            }
            if !busy && begun && quiet >= limits.head_time {
                return Lost::SlowHead;
            }
            if !busy && quiet >= limits.idle {
                return Lost::Idle;
            }
        }
    }
}
