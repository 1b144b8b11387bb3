use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::Mutex;
use policy::Seen;

/// Where a gate puts what it saw. A worker drains it several times a second.
///
/// Bounded: when it is full, what need not be kept is dropped and counted, and what must be kept goes in beyond the
/// bound. At twice the bound whoever is to be told of a refusal waits for room ([`Recorder::room`]), so that nobody is
/// refused without a record; at four times, which takes devices that leave before they are told, the newest is lost,
/// since a gate without memory would lose them all.
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
    /// Lost for lack of room; a refusal only when four times the bound waited.
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

    /// Waits while twice the bound waits. Asked before something that must be kept is done.
    pub async fn room(&self) {
        let queue = &self.0;
        loop {
            let room = queue.room.notified();
            if queue.waiting.lock().len() < queue.capacity.saturating_mul(2) {
                return;
            }
            room.await;
        }
    }

    /// For the end of a request that cannot wait (a connection that is gone).
    pub fn note_now(&self, seen: Seen) {
        let queue = &self.0;
        let bound = if seen.must_be_kept() { queue.capacity.saturating_mul(4) } else { queue.capacity };
        if let Some(back) = queue.put_within(bound, seen) {
            queue.dropped.fetch_add(1, Ordering::Relaxed);
            if back.must_be_kept() {
                tracing::error!("a refusal or a search is lost: the record has not been written for long");
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
        self.put_within(self.capacity, seen)
    }

    fn put_within(&self, bound: usize, seen: Seen) -> Option<Seen> {
        let mut waiting = self.waiting.lock();
        if bound <= waiting.len() {
            return Some(seen);
        }
        waiting.push(seen);
        self.taken.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests;
