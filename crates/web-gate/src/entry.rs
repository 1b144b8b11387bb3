use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use policy::{Because, Carried, Decision, Method, Outcome, Seen, Step, Target};

use crate::lane::Lane;
use gate::{Ruling, Snapshot, Who};
use jiff::Timestamp;
use std::net::IpAddr;

/// The record of one request, written when the last of it is over, however it ends.
pub(crate) struct Entry {
    lane: Arc<Lane>,
    /// `None`: a help site, of which only a count is kept, or nothing to be written any more.
    seen: Option<Seen>,
    began: Instant,
    /// Counts the body on its way up, where there is one.
    pub(crate) up: Option<Arc<AtomicU64>>,
}

/// What is recorded, at the moment of the ruling.
pub(crate) struct Facts<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) who: &'a Who,
    pub(crate) device: IpAddr,
    pub(crate) at: Timestamp,
    pub(crate) method: Method,
    pub(crate) target: &'a Target,
    pub(crate) ruling: &'a Ruling,
    pub(crate) carried: Carried,
}

impl Entry {
    pub(crate) fn new(lane: &Arc<Lane>, facts: &Facts<'_>) -> Box<Entry> {
        let decision = facts.ruling.decision();
        let seen = if decision.protected {
            lane.house.recorder.note_help();
            None
        } else {
            Some(seen(facts, decision))
        };
        Box::new(Entry { lane: Arc::clone(lane), seen, began: Instant::now(), up: None })
    }

    pub(crate) fn status(&mut self, status: u16) {
        if let Some(seen) = &mut self.seen {
            seen.status = status;
        }
    }

    pub(crate) fn outcome(&mut self, outcome: Outcome) {
        if let Some(seen) = &mut self.seen {
            seen.outcome = outcome;
        }
    }

    /// Before something that must be kept is answered: waits while far too much waits to be written.
    pub(crate) async fn room(&self) {
        if self.seen.as_ref().is_some_and(Seen::must_be_kept) {
            self.lane.house.recorder.room().await;
        }
    }

    /// A later stage decided otherwise.
    pub(crate) fn ruled(&mut self, ruling: &Ruling) {
        if let Some(seen) = &mut self.seen {
            seen.outcome = ruling.outcome();
            seen.because = ruling.decision().because.clone();
        }
    }

    /// Refused for what it turned out to be, whatever the rules say of the place.
    pub(crate) fn unseen(&mut self) {
        if let Some(seen) = &mut self.seen {
            seen.outcome = Outcome::Blocked;
            seen.because = Because {
                step: Step::Unseen,
                rule: None,
                list: None,
                category: None,
                profile: seen.because.profile.take(),
                matched: 0,
            };
        }
    }

    pub(crate) fn sent(&mut self, bytes: u64) {
        if let Some(seen) = &mut self.seen {
            seen.bytes_out += bytes;
        }
    }

    pub(crate) fn received(&mut self, bytes: u64) {
        if let Some(seen) = &mut self.seen {
            seen.bytes_in += bytes;
        }
    }

    /// Whether whoever this is for may no longer be here. Never of a help site, which is for everyone.
    pub(crate) fn has_outstayed(&self) -> bool {
        let known = self.seen.as_ref().and_then(|it| Some((it.person?, it.address)));
        known.is_some_and(|(person, device)| self.lane.house.has_outstayed(person, device))
    }

    /// What happens inside the tunnel is recorded request by request instead.
    pub(crate) fn forget(mut self: Box<Entry>) {
        self.seen = None;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(mut seen) = self.seen.take() {
            seen.took = u32::try_from(self.began.elapsed().as_micros()).unwrap_or(u32::MAX);
            if let Some(up) = &self.up {
                seen.bytes_in += up.load(Ordering::Relaxed);
            }
            self.lane.house.recorder.note_now(seen);
        }
    }
}

fn seen(facts: &Facts<'_>, decision: &Decision) -> Seen {
    let settings = &facts.snapshot.settings;
    let device = (!settings.devices.is_empty())
        .then(|| settings.devices.get(&facts.device).map(|(name, _)| Arc::clone(name)))
        .flatten();
    let tunnel = facts.carried == Carried::Tunnel;
    Seen {
        at: facts.at,
        school: facts.snapshot.school.id,
        person: facts.who.id(),
        device,
        address: facts.device,
        method: facts.method,
        scheme: facts.target.scheme(),
        host: facts.target.host().as_text().into(),
        port: facts.target.port(),
        path: (settings.keep_paths && !tunnel).then(|| facts.target.path().into()),
        search: if tunnel { None } else { policy::search_term(facts.target).map(|it| it.as_ref().into()) },
        categories: decision.categories,
        outcome: facts.ruling.outcome(),
        because: decision.because.clone(),
        carried: facts.carried,
        status: 0,
        bytes_in: 0,
        bytes_out: 0,
        took: 0,
    }
}

/// As the record keeps methods.
pub(crate) fn method(method: &http::Method) -> Method {
    match *method {
        http::Method::GET => Method::Get,
        http::Method::HEAD => Method::Head,
        http::Method::POST => Method::Post,
        http::Method::PUT => Method::Put,
        http::Method::PATCH => Method::Patch,
        http::Method::DELETE => Method::Delete,
        http::Method::OPTIONS => Method::Options,
        http::Method::CONNECT => Method::Connect,
        _ => Method::Other,
    }
}
