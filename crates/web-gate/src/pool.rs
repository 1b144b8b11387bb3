use std::{collections::HashMap, time::Instant};

use hyper::client::conn::http2::SendRequest;
use jiff::Timestamp;
use parking_lot::Mutex;

use crate::{
    Limits,
    body::Upload,
    link::{Link, Way},
    origin::Origin,
};

/// Connections to sites that wait for the next request, and what is known of the sites' certificates. One for
/// each thread, so its locks are never waited for.
#[derive(Default)]
pub(crate) struct Pool {
    #[expect(clippy::vec_box, reason = "a link is large, and moves through several hands for each request")]
    one: Mutex<HashMap<Origin, Vec<Box<Link>>>>,
    two: Mutex<HashMap<Origin, SendRequest<Upload>>>,
    /// By whether HTTP/2 was offered.
    sites: Mutex<HashMap<(Origin, bool), Site>>,
}

/// What was found when a site was last connected to and its certificate was verified.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site {
    /// SHA-256 of its certificate.
    pub(crate) leaf: [u8; 32],
    pub(crate) not_after: Timestamp,
    /// Chose HTTP/2 when it was offered.
    pub(crate) h2: bool,
    pub(crate) verified: Instant,
}

/// More sites than this are not remembered.
const SITES: usize = 10_000;

impl Pool {
    pub(crate) fn take(&self, origin: &Origin, h2: bool) -> Option<Way> {
        if h2
            && let Some(send) = self.two.lock().get(origin)
            && !send.is_closed()
        {
            return Some(Way::Two(send.clone()));
        }
        let mut one = self.one.lock();
        let waiting = one.get_mut(origin)?;
        while let Some(mut link) = waiting.pop() {
            if link.is_alive() {
                return Some(Way::One(link));
            }
        }
        None
    }

    /// Whether [`Pool::take`] would likely find one.
    pub(crate) fn has(&self, origin: &Origin, h2: bool) -> bool {
        if h2 {
            return self.two.lock().get(origin).is_some_and(|it| !it.is_closed());
        }
        let mut one = self.one.lock();
        let Some(waiting) = one.get_mut(origin) else { return false };
        while let Some(link) = waiting.last_mut() {
            if link.is_alive() {
                return true;
            }
            waiting.pop();
        }
        false
    }

    pub(crate) fn put(&self, mut link: Box<Link>, limits: &Limits) {
        link.used = true;
        link.idle_since = Instant::now();
        let mut one = self.one.lock();
        if let Some(waiting) = one.get_mut(&link.origin) {
            if waiting.len() < limits.upstream_idle_per_site {
                waiting.push(link);
            }
        } else {
            one.insert(link.origin.clone(), vec![link]);
        }
    }

    pub(crate) fn put_two(&self, origin: Origin, send: SendRequest<Upload>) {
        self.two.lock().insert(origin, send);
    }

    pub(crate) fn site(&self, origin: &Origin, h2: bool) -> Option<Site> {
        self.sites.lock().get(&(origin.clone(), h2)).copied()
    }

    pub(crate) fn know(&self, origin: Origin, h2: bool, site: Site) {
        let mut sites = self.sites.lock();
        let key = (origin, h2);
        if sites.len() < SITES || sites.contains_key(&key) {
            sites.insert(key, site);
        }
    }

    /// Closes what has waited too long; called now and then.
    pub(crate) fn sweep(&self, limits: &Limits, site_lasts: std::time::Duration) {
        let now = Instant::now();
        let stale = |since: Instant| now.duration_since(since) >= limits.upstream_idle;
        self.one.lock().retain(|_, waiting| {
            waiting.retain_mut(|link| !stale(link.idle_since) && link.is_alive());
            waiting.shrink_to(4);
            !waiting.is_empty()
        });
        self.two.lock().retain(|_, send| !send.is_closed());
        self.sites.lock().retain(|_, site| now.duration_since(site.verified) < site_lasts);
    }
}
