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
    two: Mutex<HashMap<Origin, Two>>,
    /// By whether HTTP/2 was offered.
    sites: Mutex<HashMap<(Origin, bool), Site>>,
}

/// An HTTP/2 connection that many requests share.
struct Two {
    send: SendRequest<Upload>,
    used: Instant,
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
/// Connections wait for no more origins than this, of each kind: names are free, and sockets are not.
const ORIGINS: usize = 2_000;

impl Pool {
    pub(crate) fn take(&self, origin: &Origin, h2: bool) -> Option<Way> {
        if h2
            && let Some(two) = self.two.lock().get_mut(origin)
            && !two.send.is_closed()
        {
            two.used = Instant::now();
            return Some(Way::Two(two.send.clone()));
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
            return self.two.lock().get(origin).is_some_and(|it| !it.send.is_closed());
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
        } else if one.len() < ORIGINS {
            one.insert(link.origin.clone(), vec![link]);
        }
    }

    pub(crate) fn put_two(&self, origin: Origin, send: SendRequest<Upload>) {
        let mut two = self.two.lock();
        if two.len() < ORIGINS || two.contains_key(&origin) {
            two.insert(origin, Two { send, used: Instant::now() });
        }
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
        // What is still being answered over one goes on to its end.
        self.two.lock().retain(|_, two| !two.send.is_closed() && !stale(two.used));
        self.sites.lock().retain(|_, site| now.duration_since(site.verified) < site_lasts);
    }
}
