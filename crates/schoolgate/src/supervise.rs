//! The only place of the binary that spawns.
use std::{
    future::Future,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// What runs until the program is told to stop. Listeners end first, with time for what is open; then the office,
/// so that what the last requests left behind is still written down.
pub(crate) struct Supervisor {
    front: JoinSet<()>,
    office: JoinSet<()>,
    stop_front: CancellationToken,
    stop_office: CancellationToken,
    /// Something ended that nothing works without.
    failed: Arc<AtomicBool>,
}

/// What the program is told to stop with. Listen to it before anybody is told that the program stands: until then a
/// signal ends it on the spot.
pub(crate) struct Signals {
    term: Signal,
    int: Signal,
}

/// Why everything has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    Asked,
    /// A part ended by itself, and nothing works without it.
    Failed,
}

/// Of a part that ends all when it ends, by itself or by a panic.
struct EndsAll {
    name: &'static str,
    stopping: CancellationToken,
    failed: Arc<AtomicBool>,
}

/// The pause before a worker that ended by itself starts again; doubled each time up to `LONGEST`.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);
/// What is open when we stop may finish for this long, front and office each.
const GRACE: Duration = Duration::from_secs(10);

impl Supervisor {
    pub(crate) fn new() -> Supervisor {
        Supervisor {
            front: JoinSet::new(),
            office: JoinSet::new(),
            stop_front: CancellationToken::new(),
            stop_office: CancellationToken::new(),
            failed: Arc::default(),
        }
    }

    fn ends_all(&self, name: &'static str) -> EndsAll {
        EndsAll { name, stopping: self.stop_front.clone(), failed: Arc::clone(&self.failed) }
    }

    /// A listener. Without it there is no point in running, so its end ends all.
    pub(crate) fn listener<F, W>(&mut self, name: &'static str, start: F)
    where
        F: FnOnce(CancellationToken) -> W,
        W: Future<Output = ()> + Send + 'static,
    {
        let ends_all = self.ends_all(name);
        let running = start(self.stop_front.clone());
        self.front.spawn(async move {
            // Also when `running` panics.
            let _ends_all = ends_all;
            running.await;
        });
    }

    /// A worker of the office: `start` makes it anew when it ends or panics before it is told to stop.
    pub(crate) fn worker<F, W>(&mut self, name: &'static str, start: F)
    where
        F: Fn(CancellationToken) -> W + Send + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop_office.clone();
        self.office.spawn(async move {
            let mut pause = SHORTEST;
            loop {
                let began = Instant::now();
                // In a set of its own, so that its panic is seen here and ends nothing else.
                let mut one = JoinSet::new();
                one.spawn(start(stop.clone()));
                let ended = one.join_next().await;
                if stop.is_cancelled() {
                    return;
                }
                let panicked = matches!(ended, Some(Err(_)));
                pause = if LONGEST < began.elapsed() { SHORTEST } else { pause };
                tracing::error!(name, panicked, again_in = ?pause, "a worker ended by itself");
                tokio::select! {
                    () = sleep(pause) => {}
                    () = stop.cancelled() => return,
                }
                pause = LONGEST.min(pause * 2);
            }
        });
    }

    /// A part of the office that cannot be made anew, because what it holds is gone with it. Its end ends all: whoever
    /// runs the program starts it again.
    pub(crate) fn once<F, W>(&mut self, name: &'static str, start: F)
    where
        F: FnOnce(CancellationToken) -> W,
        W: Future<Output = ()> + Send + 'static,
    {
        // Once the front is told to stop, what it feeds may run dry and end before it is told to: that is no failure.
        let ends_all = self.ends_all(name);
        let running = start(self.stop_office.clone());
        self.office.spawn(async move {
            // Also when `running` panics.
            let _ends_all = ends_all;
            running.await;
        });
    }

    /// Runs until a signal, or the end of a part that nothing works without.
    pub(crate) async fn run(mut self, mut signals: Signals) -> Stopped {
        tokio::select! {
            _ = signals.term.recv() => {}
            _ = signals.int.recv() => {}
            () = self.stop_front.cancelled() => {}
        }
        tracing::info!("stopping");
        self.stop_front.cancel();
        end("front", &mut self.front).await;
        self.stop_office.cancel();
        end("office", &mut self.office).await;
        if self.failed.load(Ordering::SeqCst) { Stopped::Failed } else { Stopped::Asked }
    }
}

impl Signals {
    /// SIGTERM and SIGINT, from now on.
    ///
    /// # Errors
    /// Where signals cannot be heard.
    pub(crate) fn listen() -> io::Result<Signals> {
        Ok(Signals { term: signal(SignalKind::terminate())?, int: signal(SignalKind::interrupt())? })
    }
}

impl Drop for EndsAll {
    fn drop(&mut self) {
        if !self.stopping.is_cancelled() {
            tracing::error!(name = self.name, "ended by itself, and nothing works without it");
            self.failed.store(true, Ordering::SeqCst);
            self.stopping.cancel();
        }
    }
}

impl From<Stopped> for std::process::ExitCode {
    fn from(stopped: Stopped) -> std::process::ExitCode {
        match stopped {
            Stopped::Asked => std::process::ExitCode::SUCCESS,
            Stopped::Failed => std::process::ExitCode::FAILURE,
        }
    }
}

async fn end(name: &'static str, tasks: &mut JoinSet<()>) {
    let all = async { while tasks.join_next().await.is_some() {} };
    if timeout(GRACE, all).await.is_err() {
        tracing::warn!(name, "some work did not end in time");
        tasks.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn a_worker_that_panics_starts_again_and_the_office_ends_last() {
        let (starts, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut supervisor = Supervisor::new();
        supervisor.worker("fragile", {
            let (starts, ended) = (Arc::clone(&starts), Arc::clone(&ended));
            move |stop| {
                let (starts, ended) = (Arc::clone(&starts), Arc::clone(&ended));
                async move {
                    assert!(starts.fetch_add(1, Ordering::SeqCst) > 0, "the first one panics");
                    stop.cancelled().await;
                    assert_eq!(ended.fetch_add(1, Ordering::SeqCst), 1, "after the listener");
                }
            }
        });
        supervisor.listener("short", {
            let (starts, ended) = (Arc::clone(&starts), Arc::clone(&ended));
            |_| async move {
                while starts.load(Ordering::SeqCst) < 2 {
                    sleep(Duration::from_millis(20)).await;
                }
                ended.fetch_add(1, Ordering::SeqCst);
            }
        });
        let stopped = supervisor.run(Signals::listen().expect("signals")).await;
        assert_eq!((starts.load(Ordering::SeqCst), ended.load(Ordering::SeqCst)), (2, 2));
        assert_eq!(stopped, Stopped::Failed, "the listener ended by itself");
    }

    /// A gate that closes its doors takes the way to the office with it: the office runs dry before it is told to stop.
    #[tokio::test]
    async fn a_part_that_runs_dry_while_the_front_stops_has_not_ended_by_itself() {
        for _ in 0..20 {
            let mut supervisor = Supervisor::new();
            let (errands, mut inbox) = tokio::sync::mpsc::channel::<()>(1);
            supervisor.listener("gate", |stop| async move {
                stop.cancelled().await;
                drop(errands);
                // The front is still closing when the office has run dry.
                sleep(Duration::from_millis(5)).await;
            });
            supervisor.once("errands", |_| async move { while inbox.recv().await.is_some() {} });
            assert_eq!(supervisor.run(told_to_stop()).await, Stopped::Asked);
        }
    }

    #[tokio::test]
    async fn a_part_that_ends_or_panics_by_itself_is_a_failure() {
        for panics in [false, true] {
            let mut supervisor = Supervisor::new();
            supervisor.listener("gate", |stop| async move { stop.cancelled().await });
            supervisor.once("errands", move |_| async move { assert!(!panics, "meant to panic") });
            assert_eq!(supervisor.run(Signals::listen().expect("signals")).await, Stopped::Failed);
        }
    }

    /// Signals that a SIGTERM has reached before anybody waits for it: somebody stops the program as it opens.
    fn told_to_stop() -> Signals {
        let signals = Signals::listen().expect("signals");
        let id = std::process::id().to_string();
        let sent = std::process::Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.is_ok_and(|it| it.success()));
        signals
    }
}
