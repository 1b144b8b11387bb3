use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::Mutex;
use policy::Seen;

/// Where a gate puts what it saw. A worker drains it several times a second.
///
/// Bounded: when it is full, what need not be kept is dropped and counted; what must be kept waits for room, so a
/// refusal is never lost.
#[derive(Debug, Clone)]
pub struct Recorder(Arc<Queue>);

#[derive(Debug)]
struct Queue {
    waiting: Mutex<Vec<Seen>>,
    room: tokio::sync::Notify,
    capacity: usize,
    taken: AtomicU64,
    dropped: AtomicU64,
    help: AtomicU64,
}

/// Counts since start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub taken: u64,
    /// Lost for lack of room; never a refusal.
    pub dropped: u64,
    /// Visits to help sites: a number, and nothing else of them.
    pub help: u64,
}

impl Recorder {
    /// `capacity` in requests.
    pub fn new(capacity: usize) -> Recorder {
        Recorder(Arc::new(Queue {
            waiting: Mutex::new(Vec::new()),
            room: tokio::sync::Notify::new(),
            capacity,
            taken: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            help: AtomicU64::new(0),
        }))
    }

    /// Waits only when the queue is full and `seen` must be kept.
    pub async fn note(&self, seen: Seen) {
        let queue = &self.0;
        let mut seen = seen;
        loop {
            let room = queue.room.notified();
            match queue.put(seen) {
                None => return,
                Some(back) if !back.must_be_kept() => {
                    queue.dropped.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Some(back) => seen = back,
            }
            room.await;
        }
    }

    /// For the end of a request that cannot wait (a connection that is gone). Refusals go in beyond the bound.
    pub fn note_now(&self, seen: Seen) {
        let queue = &self.0;
        if let Some(back) = queue.put(seen) {
            if back.must_be_kept() {
                queue.waiting.lock().push(back);
                queue.taken.fetch_add(1, Ordering::Relaxed);
            } else {
                queue.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// A visit to a help site. Nothing of it is kept but the count.
    pub fn note_help(&self) {
        self.0.help.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes all that waits, in order, leaving `room` behind it (cleared).
    pub fn drain(&self, room: &mut Vec<Seen>) {
        room.clear();
        std::mem::swap(&mut *self.0.waiting.lock(), room);
        self.0.room.notify_waiters();
    }

    pub fn tally(&self) -> Tally {
        Tally {
            taken: self.0.taken.load(Ordering::Relaxed),
            dropped: self.0.dropped.load(Ordering::Relaxed),
            help: self.0.help.load(Ordering::Relaxed),
        }
    }
}

impl Queue {
    /// Gives it back when there is no room.
    fn put(&self, seen: Seen) -> Option<Seen> {
        let mut waiting = self.waiting.lock();
        if self.capacity <= waiting.len() {
            return Some(seen);
        }
        waiting.push(seen);
        self.taken.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests;
