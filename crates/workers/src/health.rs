use std::{
    collections::BTreeMap,
    error::Error,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::Timestamp;

/// What is wrong just now, put there by those who found it and read by the pulse. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    faults: Mutex<BTreeMap<&'static str, Vec<String>>>,
    snapshot_at: Mutex<Option<Timestamp>>,
    blocked: AtomicU64,
}

impl Health {
    /// In words for staff, those of one finder after those of another; empty when all is well.
    pub fn faults(&self) -> Vec<String> {
        held(&self.0.faults).values().flatten().cloned().collect()
    }

    /// What this finder says now.
    pub(crate) fn of(&self, finder: &'static str) -> Vec<String> {
        held(&self.0.faults).get(finder).cloned().unwrap_or_default()
    }

    /// When the rules in force were compiled.
    pub fn snapshot_at(&self) -> Option<Timestamp> {
        *held(&self.0.snapshot_at)
    }

    /// Requests refused since start, as recorded.
    pub fn blocked(&self) -> u64 {
        self.0.blocked.load(Ordering::Relaxed)
    }

    /// Replaces what `finder` said before. Counts and times do not belong in a fault: each new wording is a new alarm.
    pub(crate) fn set(&self, finder: &'static str, faults: Vec<String>) {
        let mut all = held(&self.0.faults);
        let before = all.get(finder).map_or(&[][..], Vec::as_slice);
        for fault in faults.iter().filter(|it| !before.contains(it)) {
            tracing::error!(finder, "{fault}");
        }
        if faults.is_empty() && !before.is_empty() {
            tracing::info!(finder, "all is well again");
        }
        all.insert(finder, faults);
    }

    pub(crate) fn set_snapshot_at(&self, at: Timestamp) {
        *held(&self.0.snapshot_at) = Some(at);
    }

    pub(crate) fn add_blocked(&self, count: u64) {
        self.0.blocked.fetch_add(count, Ordering::Relaxed);
    }
}

/// The error and what caused it, in one line.
pub(crate) fn told(err: &dyn Error) -> String {
    let causes = std::iter::successors(err.source(), |it| (*it).source());
    causes.fold(err.to_string(), |told, cause| format!("{told}: {cause}"))
}

pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
