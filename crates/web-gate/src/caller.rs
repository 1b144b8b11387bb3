use std::{net::IpAddr, sync::Arc};

use gate::{Presented, Refusal, Snapshot, Who};
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use parking_lot::Mutex;
use policy::{Host, Scheme};
use school::{Id, Person};

use crate::{
    entry::Entry,
    fault::Fault,
    lane::Lane,
    link::{Link, Way},
    origin::Origin,
    pace::Pace,
    stream::Stream,
};

/// One connection from a person's device, with what its requests have in common.
pub(crate) struct Caller {
    pub(crate) lane: Arc<Lane>,
    pub(crate) device: IpAddr,
    /// What the person sends to the gate cannot be read on the way.
    pub(crate) secure: bool,
    pub(crate) pace: Arc<Pace>,
    /// The tunnel inside which this connection was opened.
    pub(crate) inside: Option<Inside>,
    /// What the connection turns into once the answer that says so is on its way.
    pub(crate) next: Mutex<Option<Next>>,
    /// A connection to a site over which this person has signed in.
    pub(crate) own: Mutex<Option<Box<Link>>>,
    /// Whom its last request was for.
    pub(crate) met: Mutex<Option<Id<Person>>>,
}

/// An opened tunnel.
pub(crate) struct Inside {
    pub(crate) scheme: Scheme,
    pub(crate) host: Host,
    pub(crate) port: u16,
    /// From the CONNECT that asked for the tunnel.
    pub(crate) credentials: Option<HeaderValue>,
    /// The site could not be reached or believed; every request is told so.
    pub(crate) fault: Option<Fault>,
    /// HTTP/2 towards the site.
    pub(crate) h2: bool,
}

/// What a connection turns into.
pub(crate) enum Next {
    /// `CONNECT` was granted.
    Tunnel(hyper::upgrade::OnUpgrade, Box<crate::connect::Wanted>),
    /// The site switched protocols: bytes both ways from here.
    Switched(hyper::upgrade::OnUpgrade, Box<Stream>, Box<Entry>),
}

impl Caller {
    /// Puts a link away for the next request. One that is `theirs` is for the next request on this connection and
    /// for nobody else's: with NTLM and Negotiate (RFC 4559) a site takes all that comes over a connection for the
    /// person who signed in over it.
    pub(crate) fn keep(&self, link: Box<Link>, theirs: bool) {
        if theirs {
            *self.own.lock() = Some(link);
        } else {
            self.lane.pool.put(link, &self.lane.house.limits);
        }
    }

    /// A connection that waits for a request to `origin`, and whether it is this person's own.
    pub(crate) fn waiting(&self, origin: &Origin, h2: bool) -> Option<(Way, bool)> {
        let own = self.own.lock().take();
        if let Some(mut link) = own
            && link.origin == *origin
            && link.is_alive()
        {
            return Some((Way::One(link), true));
        }
        self.lane.pool.take(origin, h2).map(|it| (it, false))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.lane.house.clock)()
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.lane.house.desk.current.load_full()
    }

    /// Asked of each request: people sign in and out while connections stand.
    pub(crate) async fn who(
        &self,
        snapshot: &Snapshot,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Who, Refusal> {
        let credentials = match &self.inside {
            Some(inside) => inside.credentials.as_ref(),
            None => headers.get(header::PROXY_AUTHORIZATION),
        };
        let at_connect = self.inside.is_some();
        let credentials = credentials.map(|it| Presented { header: it.as_bytes(), at_connect });
        let who = self.lane.house.desk.who(snapshot, self.device, credentials, now).await;
        // Who is refused because their time is over may still have answers under way from before it was.
        if let Ok(who) = &who {
            *self.met.lock() = who.id();
        }
        who
    }

    /// Whether whoever asked last may no longer be here: what is under way for them ends.
    pub(crate) fn has_outstayed(&self) -> bool {
        let met = *self.met.lock();
        met.is_some_and(|it| self.lane.house.has_outstayed(it, self.device))
    }
}
