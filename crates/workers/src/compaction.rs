use std::time::Duration;

use store::activity::Reader;
use tokio_util::sync::CancellationToken;

use crate::{Health, health::told};

/// Turns what was written down into the form that is searched, away from the recorder's path.
pub struct Compaction {
    pub log: Reader,
    pub health: Health,
}

const EVERY: Duration = Duration::from_secs(5);

impl Compaction {
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            let log = self.log.clone();
            let fault = match tokio::task::spawn_blocking(move || log.compact()).await {
                Ok(Ok(_)) => None,
                Ok(Err(err)) => Some(told(&err)),
                Err(err) => Some(err.to_string()),
            };
            let faults = fault.map(|it| format!("the record cannot be put in order for searching: {it}"));
            self.health.set("compaction", faults.into_iter().collect());
        }
    }
}
