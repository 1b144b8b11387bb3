//! The only place of the binary that spawns.
use std::{future::Future, io, time::Duration};

use tokio::{
    signal::unix::{SignalKind, signal},
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
        }
    }

    /// A listener. Without it there is no point in running, so its end ends all.
    pub(crate) fn listener<F, W>(&mut self, name: &'static str, start: F)
    where
        F: FnOnce(CancellationToken) -> W,
        W: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop_front.clone();
        let running = start(stop.clone());
        self.front.spawn(async move {
            // Also when `running` panics.
            let _ends_all = stop.clone().drop_guard();
            running.await;
            if !stop.is_cancelled() {
                tracing::error!(name, "ended by itself, and nothing works without it");
            }
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
        let (stop, front) = (self.stop_office.clone(), self.stop_front.clone());
        let running = start(stop.clone());
        self.office.spawn(async move {
            // Also when `running` panics.
            let _ends_all = front.drop_guard();
            running.await;
            if !stop.is_cancelled() {
                tracing::error!(name, "ended by itself, and nothing works without it");
            }
        });
    }

    /// Runs until SIGTERM, SIGINT or the end of a listener.
    ///
    /// # Errors
    /// Where signals cannot be heard.
    pub(crate) async fn run(mut self) -> io::Result<()> {
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
            () = self.stop_front.cancelled() => {}
        }
        tracing::info!("stopping");
        self.stop_front.cancel();
        end("front", &mut self.front).await;
        self.stop_office.cancel();
        end("office", &mut self.office).await;
        Ok(())
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
        supervisor.run().await.expect("signals");
        assert_eq!((starts.load(Ordering::SeqCst), ended.load(Ordering::SeqCst)), (2, 2));
    }
}
