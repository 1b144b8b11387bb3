//! Whether worries waited for the register when the program last ended.
//!
//! What was searched is in the activity log before anybody is told of it; the worry about it is in memory until the
//! register takes it. A mark beside the log says since when some wait, so that a start looks those searches over again.
use std::{fs, io, path::PathBuf};

use jiff::Timestamp;

pub(super) struct LeftOver {
    file: PathBuf,
    marked: Option<Timestamp>,
}

impl LeftOver {
    /// As the last run left it.
    pub(super) fn read(file: PathBuf) -> LeftOver {
        let text = fs::read_to_string(&file).unwrap_or_default();
        LeftOver { marked: text.trim().parse().ok(), file }
    }

    /// Since when some wait; `None`: none does.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.marked
    }

    /// The oldest that waits now. Touches the disk when that changes, which is when the database goes or comes.
    pub(super) fn mark(&mut self, oldest: Option<Timestamp>) -> io::Result<()> {
        let oldest = match (oldest, self.marked) {
            (Some(now), Some(before)) => Some(now.min(before)),
            (now, _) => now,
        };
        if oldest == self.marked {
            return Ok(());
        }
        match oldest {
            Some(at) => {
                let part = self.file.with_extension("part");
                fs::write(&part, at.to_string())?;
                fs::File::open(&part)?.sync_all()?;
                fs::rename(&part, &self.file)?;
            }
            None => match fs::remove_file(&self.file) {
                Err(err) if err.kind() != io::ErrorKind::NotFound => return Err(err),
                _ => {}
            },
        }
        self.marked = oldest;
        Ok(())
    }
}
