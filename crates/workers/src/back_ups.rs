use std::{
    fs::{self, DirBuilder},
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::PathBuf,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use store::backup::{self, Backup, BackupError};
use tokio_util::sync::CancellationToken;

use crate::{Clock, Health, health::told};

/// Backs everything up once a day (NET-12). One that fails is tried again; those before it stay. That there is no good
/// one of the last two days stands on Today.
#[derive(Clone)]
pub struct BackUps {
    pub what: Backup,
    pub folder: PathBuf,
    /// By the school's clock.
    pub time: Time,
    pub zone: TimeZone,
    /// So many are kept.
    pub keep: usize,
    pub health: Health,
    pub clock: Clock,
}

const LOOK_EVERY: Duration = Duration::from_secs(30);
const TRY_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(15);
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(48);
const FINDER: &str = "backup";

impl BackUps {
    pub async fn run(self, stop: CancellationToken) {
        let began = (self.clock)();
        let mut failed = None;
        loop {
            self.turn(began, &mut failed).await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Makes one if one is due, and says what is wrong.
    async fn turn(&self, began: Timestamp, failed: &mut Option<(Timestamp, String)>) {
        let now = (self.clock)();
        let rests = failed
            .as_ref()
            .is_some_and(|(at, _)| now < at.saturating_add(TRY_AGAIN_AFTER).unwrap_or(now) && *at <= now);
        if !rests && self.is_due(now) {
            *failed = match self.make(now).await {
                Ok(()) => None,
                Err(err) => Some((now, format!("the backup failed: {}", told(&err)))),
            };
        }
        let failed = failed.iter().map(|it| it.1.clone());
        self.health.set(
            FINDER,
            failed
                .chain(self.stale(began, now))
                .chain(self.ahead(now))
                .chain(self.open_to_others(now))
                .collect(),
        );
    }

    /// Whether the last time of day at which one was to be made has passed since the newest.
    fn is_due(&self, now: Timestamp) -> bool {
        let local = now.to_zoned(self.zone.clone());
        let day = if self.time <= local.time() {
            local.date()
        } else {
            local.date().yesterday().unwrap_or(local.date())
        };
        let Ok(last) = day.to_datetime(self.time).to_zoned(self.zone.clone()) else { return false };
        match backup::newest(&self.folder, now) {
            Ok(Some(newest)) => newest < last.timestamp(),
            // What cannot be read is told of by `make`.
            Ok(None) | Err(_) => true,
        }
    }

    async fn make(&self, now: Timestamp) -> Result<(), BackupError> {
        let at = |err| BackupError::Io(self.folder.clone(), err);
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(at)?;
        let sealed = self.what.recipient.is_some();
        let file = self.folder.join(backup::file_name(now, sealed));
        let made = self.what.make(&file, now).await?;
        // Read back from where it lies, before an older one goes. What is sealed was held against what was written.
        if !sealed {
            let read = tokio::task::spawn_blocking(move || backup::verify(&file, None)).await;
            read.unwrap_or(Err(BackupError::CutOff))?;
        }
        tracing::info!(files = made.files.len(), bytes = made.size(), "backed up");
        backup::prune(&self.folder, self.keep, now).map_err(at).map(drop)
    }

    fn stale(&self, began: Timestamp, now: Timestamp) -> Option<String> {
        // Before the first, two days count from the start.
        let newest = backup::newest(&self.folder, now).ok().flatten().unwrap_or(began);
        let old = STALE_AFTER < now.duration_since(newest);
        old.then(|| {
            "there is no good backup of the last two days: look at [backup] and its folder".to_owned()
        })
    }

    /// Some file systems know no owners, such as a share of another machine.
    fn open_to_others(&self, now: Timestamp) -> Option<String> {
        let newest = backup::newest(&self.folder, now).ok().flatten()?;
        let sealed = self.what.recipient.is_some();
        let mode =
            fs::metadata(self.folder.join(backup::file_name(newest, sealed))).ok()?.permissions().mode();
        (!sealed && mode & 0o077 != 0).then(|| {
            "others on this computer can read the backups, which hold keys and records about children: take their \
             rights away, or name a recipient in [backup]"
                .to_owned()
        })
    }

    fn ahead(&self, now: Timestamp) -> Option<String> {
        let ahead = backup::ahead(&self.folder, now).unwrap_or_default();
        (!ahead.is_empty()).then(|| {
            "backups lie in the folder that are named as made in the future: put the clock right, or move them \
             elsewhere; they are neither counted nor removed"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests;
