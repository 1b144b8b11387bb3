//! That somebody looked is written down (LOG-04): after the page has read all that it shows, and before it is answered.
//! So a look holds up nobody while it reads, and takes the only writer of `SQLite` for one row; and what could not be
//! written down is not shown.
use store::audit::{self, Note};

use crate::{Console, failure::Failure, staff::Staff};

impl Console {
    pub(crate) async fn viewed(&self, staff: &Staff, act: &str, subject: &str) -> Result<(), Failure> {
        self.noted(staff, Note { act, subject, ..Note::default() }).await
    }

    /// With a reason, or with what was taken away.
    pub(crate) async fn noted(&self, staff: &Staff, note: Note<'_>) -> Result<(), Failure> {
        let mut tx = self.db.write().await?;
        audit::add(&mut tx, &staff.by(self), staff.school.id, note)?;
        Ok(tx.commit().await?)
    }
}
