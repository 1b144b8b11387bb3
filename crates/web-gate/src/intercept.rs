//! What becomes of a tunnel, in stages: peek; decide on the name asked for and the name in the hello; then tunnel,
//! open, or end it here with a notice. Never an accidental tunnel.
use std::{sync::Arc, time::Duration};

use gate::{Ruling, UpstreamFault, Wants};
use policy::{Carried, Host, Inspect, Outcome, SafeSearch, Scheme, Stage, Target};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use wire::Hello;

use crate::{
    caller::{Caller, Inside},
    connect::{Ruled, Wanted},
    dial,
    entry::Entry,
    exchange::Case,
    fault::Fault,
    leaves::Protocol,
    link::Way,
    origin::Origin,
    peek::{Beginning, peek},
    pool::Site,
    stream::Stream,
};

/// What a tunnel has become.
pub(crate) enum Became {
    /// Carried unopened.
    Relay {
        person: Stream,
        site: Stream,
        entry: Box<Entry>,
    },
    /// Opened: requests follow.
    Open {
        caller: Arc<Caller>,
        stream: Stream,
        protocol: Protocol,
    },
    Over,
}

/// How long what was found of a site's certificate stands, while a verified connection to it still waits: then
/// the site is asked again even so.
pub(crate) const SITE_LASTS: Duration = Duration::from_mins(10);

pub(crate) async fn decide(caller: &Arc<Caller>, stream: Stream, wanted: Wanted) -> Became {
    let (beginning, stream) = peek(stream, caller.lane.house.limits.hello_time).await;
    let origin = Origin::of(&wanted.target);
    match beginning {
        Beginning::Gone => {
            if let Some(ruled) = wanted.ruled {
                keep_refusal(ruled);
            }
            Became::Over
        }
        Beginning::Http => {
            if let Some(ruled) = wanted.ruled {
                ruled.entry.forget();
            }
            let inside = inside(Origin { scheme: Scheme::Http, ..origin }, wanted.credentials, None, false);
            open(caller, stream, inside, Protocol::One)
        }
        Beginning::Other => other(caller, stream, wanted, &origin).await,
        Beginning::Tls(hello) => tls(caller, stream, wanted, &hello).await,
    }
}

/// Neither TLS nor HTTP: only where the school lets a site be carried unopened.
async fn other(caller: &Arc<Caller>, stream: Stream, wanted: Wanted, origin: &Origin) -> Became {
    let Some(mut ruled) = wanted.ruled else { return Became::Over };
    match &ruled.ruling {
        Ruling::Proceed(decision) if decision.inspect == Inspect::Tunnel => {
            carry(caller, stream, origin, ruled.entry).await
        }
        Ruling::Proceed(_) => {
            ruled.entry.unseen();
            Became::Over
        }
        _ => Became::Over,
    }
}

async fn tls(caller: &Arc<Caller>, stream: Stream, wanted: Wanted, hello: &Hello) -> Became {
    let origin = Origin::of(&wanted.target);
    let Some(ruled) = wanted.ruled else {
        let inside = inside(origin, wanted.credentials, None, false);
        return end_here(caller, stream, inside, hello, None).await;
    };
    let Some((origin, ruled)) = named(caller, origin, ruled, hello) else { return Became::Over };
    let house = &caller.lane.house;
    match &ruled.ruling {
        Ruling::Proceed(decision) if decision.inspect == Inspect::Tunnel => {
            // A search engine that is not opened is kept safe by the addresses of its safe name.
            let origin = match decision.safe_search {
                Some(SafeSearch::Host { name }) => Origin { host: Host::Name(name.into()), ..origin },
                _ => origin,
            };
            carry(caller, stream, &origin, ruled.entry).await
        }
        Ruling::Proceed(_) => {
            let found = Box::pin(reach(caller, &origin, hello.offers(b"h2"))).await;
            let (site, fault) = match found {
                Ok(site) => (Some(site), None),
                Err(fault) => (None, Some(fault)),
            };
            let h2 = site.is_some_and(|it| it.h2) && hello.offers(b"h2");
            let protocol = if h2 { Protocol::Two } else { Protocol::One };
            let config = house.leaves.get(&origin.name(), site.as_ref(), protocol);
            let inside = inside(origin, wanted.credentials, fault, h2);
            accept(caller, stream, inside, protocol, config.ok(), Some(ruled)).await
        }
        _ => {
            let inside = inside(origin, wanted.credentials, None, false);
            end_here(caller, stream, inside, hello, Some(ruled)).await
        }
    }
}

/// Takes the name in the hello into account. Where it is not the name that CONNECT asked for, both are judged and
/// the stricter ruling stands; and what is connected to is the name in the hello, which is what was judged last
/// and what the certificate must hold, so that neither name can stand in for the other.
fn named(caller: &Arc<Caller>, origin: Origin, ruled: Ruled, hello: &Hello) -> Option<(Origin, Ruled)> {
    let Some(name) = &hello.name else { return Some((origin, ruled)) };
    let Ok(host) = Host::parse(name) else {
        keep_refusal(ruled);
        return None;
    };
    if host == origin.host {
        return Some((origin, ruled));
    }
    let authority = format!("{host}:{}", origin.port);
    let Ok(target) = Target::from_parts(Scheme::Https, &authority, "/") else {
        keep_refusal(ruled);
        return None;
    };
    let Ruled { snapshot, who, now, ruling, entry } = ruled;
    let (sent, wants, carried) = (http::Uri::default(), Wants::Part, Carried::Tunnel);
    let case = Case { caller, snapshot, who, target, sent, now, wants, carried };
    let second = case.judge(Stage::Connect);
    // The record keeps the name that decided: a help site must not be named because another was refused.
    let (ruling, entry) = if rank(&ruling) <= rank(&second) {
        entry.forget();
        let entry = case.entry(policy::Method::Connect, &second);
        (second, entry)
    } else {
        (ruling, entry)
    };
    let Case { snapshot, who, target, now, .. } = case;
    Some((Origin::of(&target), Ruled { snapshot, who, now, ruling, entry }))
}

/// How strict: a refusal before a question, a question before leave, opening before carrying unopened.
fn rank(ruling: &Ruling) -> u8 {
    match ruling {
        Ruling::Refuse(_) => 6,
        Ruling::SignIn(_) => 5,
        Ruling::Password(_) => 4,
        Ruling::Agree(_) | Ruling::Hold(..) => 3,
        Ruling::Warn(_) => 2,
        Ruling::Proceed(decision) if decision.inspect == Inspect::Open => 1,
        Ruling::Proceed(_) => 0,
    }
}

/// Makes sure that the site is there and is who it should be. A verified connection that waits is proof enough;
/// otherwise a new one is made, and waits for the first request.
async fn reach(caller: &Caller, origin: &Origin, h2: bool) -> Result<Site, Fault> {
    let lane = &caller.lane;
    if let Some(site) = lane.pool.site(origin, h2)
        && site.verified.elapsed() < SITE_LASTS
        && site.not_after > caller.now()
        && lane.pool.has(origin, site.h2)
    {
        return Ok(site);
    }
    let (way, site) = dial::open(lane, origin, h2).await?;
    match way {
        Way::One(link) => lane.pool.put(link, &lane.house.limits),
        Way::Two(send) => lane.pool.put_two(origin.clone(), send),
    }
    site.ok_or_else(|| UpstreamFault::Garbled.into())
}

async fn carry(caller: &Caller, person: Stream, origin: &Origin, mut entry: Box<Entry>) -> Became {
    match Box::pin(dial::connect(&caller.lane, origin)).await {
        Ok(site) => {
            entry.status(200);
            Became::Relay { person, site, entry }
        }
        Err(fault) => {
            tracing::debug!(?fault, "a tunnel's site cannot be reached");
            entry.outcome(Outcome::Failed);
            Became::Over
        }
    }
}

/// Ends TLS at the gate, with a certificate of ours: every request inside gets its notice.
async fn end_here(
    caller: &Arc<Caller>,
    stream: Stream,
    inside: Inside,
    hello: &Hello,
    ruled: Option<Ruled>,
) -> Became {
    let only_two = hello.offers(b"h2") && !hello.offers(b"http/1.1");
    let protocol = if only_two { Protocol::Two } else { Protocol::One };
    let name = Origin { scheme: Scheme::Https, host: inside.host.clone(), port: inside.port }.name();
    let config = caller.lane.house.leaves.get(&name, None, protocol).ok();
    accept(caller, stream, inside, protocol, config, ruled).await
}

async fn accept(
    caller: &Arc<Caller>,
    stream: Stream,
    inside: Inside,
    protocol: Protocol,
    config: Option<Arc<rustls::ServerConfig>>,
    ruled: Option<Ruled>,
) -> Became {
    let Some(config) = config else {
        tracing::warn!("no certificate can be made for a site");
        return Became::Over;
    };
    let handshake = Box::pin(TlsAcceptor::from(config).accept(stream));
    match timeout(caller.lane.house.limits.handshake, handshake).await {
        Ok(Ok(tls)) => {
            if let Some(ruled) = ruled {
                ruled.entry.forget();
            }
            open(caller, Stream::opened(tls), inside, protocol)
        }
        outcome => {
            // A programme that trusts only its own certificate; or a device without the school's.
            tracing::debug!(error = ?outcome.err(), "a device refused the gate's certificate");
            if let Some(mut ruled) = ruled {
                if matches!(ruled.ruling, Ruling::Proceed(_)) {
                    ruled.entry.outcome(Outcome::Failed);
                }
                drop(ruled);
            }
            Became::Over
        }
    }
}

fn inside(origin: Origin, credentials: Option<http::HeaderValue>, fault: Option<Fault>, h2: bool) -> Inside {
    Inside { scheme: origin.scheme, host: origin.host, port: origin.port, credentials, fault, h2 }
}

fn open(caller: &Arc<Caller>, stream: Stream, inside: Inside, protocol: Protocol) -> Became {
    let caller = Arc::new(Caller {
        lane: Arc::clone(&caller.lane),
        device: caller.device,
        secure: caller.secure || inside.scheme == Scheme::Https,
        pace: Arc::clone(&caller.pace),
        inside: Some(inside),
        next: parking_lot::Mutex::default(),
        own: parking_lot::Mutex::default(),
        met: parking_lot::Mutex::default(),
    });
    Became::Open { caller, stream, protocol }
}

/// Nothing came of the tunnel: a refusal is recorded all the same, and leave that was not used is not.
fn keep_refusal(ruled: Ruled) {
    if matches!(ruled.ruling, Ruling::Proceed(_)) {
        ruled.entry.forget();
    }
}
