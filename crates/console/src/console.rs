use std::sync::Arc;

use jiff::tz::TimeZone;
use policy::{Rules, lists::Lists};
use school::{Calendar, Id, School, Site, remote::Routes};
use store::{Db, activity};

use crate::{Clock, Elsewhere, Rolls, failure::Failure, second::SignIn, throttle::Throttle};

/// All that the pages need. Filled by the binary.
#[derive(Clone)]
pub struct Console {
    pub db: Db,
    /// What was seen, for reading. Searches block, so pages run them off the request threads.
    pub activity: activity::Reader,
    /// What the gate of this school decides from at this moment. `None`: it has no gate here.
    pub in_force: Arc<InForceAt>,
    pub clock: Clock,
    /// Set where the console is served over TLS.
    pub secure_cookies: bool,
    pub throttle: Throttle,
    /// Who keeps the accounts that are not kept here, where anybody does.
    pub elsewhere: Option<Arc<dyn Elsewhere>>,
    pub sign_in: SignIn,
    pub rolls: Rolls,
}

/// Looks up what is in force at a school.
pub type InForceAt = dyn Fn(Id<School>) -> Option<Arc<dyn InForce>> + Send + Sync;

/// Rules with the calendar by which they tell the time.
pub trait InForce: Send + Sync {
    fn rules(&self) -> &Rules;
    fn calendar(&self) -> &Calendar;
    /// Where the gate stands, at a school with several sites.
    fn site(&self) -> Option<Id<Site>>;
    /// By which ways people come in from outside (ACC-22, ACC-23).
    fn routes(&self) -> &Routes;
}

impl Console {
    /// The school's own time; UTC while its gate has no calendar.
    pub(crate) fn zone(&self, school: Id<School>) -> TimeZone {
        (self.in_force)(school).map_or(TimeZone::UTC, |it| it.calendar().zone.clone())
    }

    /// The lists in force; none while there is no gate.
    pub(crate) fn lists(&self, school: Id<School>) -> Arc<Lists> {
        (self.in_force)(school).map_or_else(|| Arc::new(Lists::empty()), |it| Arc::clone(it.rules().lists()))
    }

    /// Runs what blocks where it holds up nobody.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        tokio::task::spawn_blocking(work).await.map_err(|_| Failure::Broken("a search failed"))
    }
}
