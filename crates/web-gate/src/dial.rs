//! The way to a site: find it, connect, and shake hands before anything is promised to the person.
use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Instant,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use gate::UpstreamFault;
use hickory_resolver::{
    TokioResolver,
    config::ResolverConfig,
    net::{NetError, runtime::TokioRuntimeProvider},
};
use policy::{Host, Scheme};
use rustls_pki_types::ServerName;
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Duration, sleep, timeout},
};
use tokio_rustls::TlsConnector;

use crate::{
    fault::Fault,
    lane::Lane,
    link::{self, Link, Way},
    origin::Origin,
    pool::Site,
    stream::Stream,
    upstreams::Parent,
};

/// How long one address may take before the next is tried beside it (RFC 8305 section 5).
const HEAD_START: Duration = Duration::from_millis(250);
/// The longest head of a parent's answer to CONNECT, in bytes.
const PARENT_HEAD: usize = 16 * 1024;

/// A connection to the site itself, without TLS.
pub(crate) async fn connect(lane: &Lane, origin: &Origin) -> Result<Stream, Fault> {
    let house = &lane.house;
    let attempt = async {
        match (&house.upstreams.parent, lane.house.upstreams.pinned(origin)) {
            (_, Some(address)) => Ok(Stream::tcp(race(&[address]).await?)),
            (Some(parent), None) => {
                not_inside(lane, origin)?;
                through(lane, parent, origin).await
            }
            (None, None) => Ok(Stream::tcp(race(&find(lane, &origin.host, origin.port).await?).await?)),
        }
    };
    timeout(house.limits.connect, attempt).await.unwrap_or(Err(UpstreamFault::TimedOut.into()))
}

/// A parent finds names itself, where they cannot be asked about again; an address, and a name that is by its nature
/// the machine's own, is refused here.
fn not_inside(lane: &Lane, origin: &Origin) -> Result<(), Fault> {
    let reach = &lane.house.upstreams.reach;
    let inside = match origin.host.address() {
        Some(address) => !reach.allows_at(address, origin.port),
        None => origin.host.is_within("localhost"),
    };
    if inside { Err(UpstreamFault::Private.into()) } else { Ok(()) }
}

/// A connection that is ready for requests to the site, and what its certificate said.
pub(crate) async fn open(lane: &Lane, origin: &Origin, h2: bool) -> Result<(Way, Option<Site>), Fault> {
    if origin.scheme == Scheme::Http {
        let stream = match (&lane.house.upstreams.parent, lane.house.upstreams.pinned(origin)) {
            (Some(parent), None) => {
                not_inside(lane, origin)?;
                to_parent(lane, parent).await?
            }
            _ => connect(lane, origin).await?,
        };
        return Ok((Way::One(Link::new(origin.clone(), stream).await?), None));
    }
    let (stream, site) = secure(lane, origin, h2).await?;
    let way = if site.h2 {
        Way::Two(link::http2(stream).await?)
    } else {
        Way::One(Link::new(origin.clone(), stream).await?)
    };
    Ok((way, Some(site)))
}

/// Connects and verifies. Never comes back with a site that is not who it should be.
async fn secure(lane: &Lane, origin: &Origin, h2: bool) -> Result<(Stream, Site), Fault> {
    let tcp = connect(lane, origin).await?;
    let tls = &lane.house.client_tls;
    let config = if h2 { &tls.both } else { &tls.http1 };
    let name = ServerName::try_from(origin.name()).map_err(|_| Fault::from(UpstreamFault::NotFound))?;
    let handshake = TlsConnector::from(config.clone()).connect(name, tcp);
    let stream = match timeout(lane.house.limits.handshake, handshake).await {
        Err(_) => return Err(UpstreamFault::TimedOut.into()),
        Ok(Err(error)) => return Err(Fault::of_handshake(&error)),
        Ok(Ok(stream)) => stream,
    };
    let session = stream.get_ref().1;
    let leaf = session.peer_certificates().and_then(<[_]>::first).ok_or(UpstreamFault::Garbled)?;
    let (_, parsed) =
        x509_parser::parse_x509_certificate(leaf).map_err(|_| Fault::from(UpstreamFault::Garbled))?;
    let not_after =
        jiff::Timestamp::from_second(parsed.validity().not_after.timestamp()).unwrap_or(jiff::Timestamp::MAX);
    let site = Site {
        leaf: Sha256::digest(leaf).into(),
        not_after,
        h2: session.alpn_protocol() == Some(b"h2"),
        verified: Instant::now(),
    };
    lane.pool.know(origin.clone(), h2, site);
    Ok((Stream::site(stream), site))
}

/// Addresses that may be connected to, in the order to try them.
async fn find(lane: &Lane, host: &Host, port: u16) -> Result<Vec<SocketAddr>, Fault> {
    let found: Vec<_> = if let Some(address) = host.address() {
        vec![address]
    } else {
        // With a dot at the end, search domains are left out: a name means the same everywhere.
        let name = format!("{host}.");
        let answer = lane.resolver.lookup_ip(name).await.map_err(|it| of_resolver(&it))?;
        answer.iter().collect()
    };
    let allowed: Vec<_> =
        found.iter().copied().filter(|it| lane.house.upstreams.reach.allows_at(*it, port)).collect();
    if allowed.is_empty() {
        return Err(if found.is_empty() { UpstreamFault::NotFound } else { UpstreamFault::Private }.into());
    }
    let (six, four): (Vec<_>, Vec<_>) = allowed.into_iter().partition(IpAddr::is_ipv6);
    let mut order = Vec::with_capacity(six.len() + four.len());
    let (mut six, mut four) = (six.into_iter(), four.into_iter());
    loop {
        let before = order.len();
        order.extend(six.next());
        order.extend(four.next());
        if order.len() == before {
            return Ok(order.into_iter().map(|it| SocketAddr::new(it, port)).collect());
        }
    }
}

/// The first that answers, each tried a little after the one before.
async fn race(addresses: &[SocketAddr]) -> Result<TcpStream, Fault> {
    let mut waiting = addresses.iter();
    let mut trying = FuturesUnordered::new();
    let mut last = Fault::from(UpstreamFault::NotFound);
    if let Some(first) = waiting.next() {
        trying.push(TcpStream::connect(*first));
    }
    loop {
        let more = waiting.len() > 0;
        tokio::select! {
            outcome = trying.next() => match outcome {
                Some(Ok(stream)) => {
                    // Without it, a head and a body in two writes wait for each other's acknowledgement.
                    stream.set_nodelay(true).map_err(|it| Fault::of_io(&it))?;
                    return Ok(stream);
                }
                Some(Err(error)) => {
                    last = Fault::of_io(&error);
                    if let Some(next) = waiting.next() {
                        trying.push(TcpStream::connect(*next));
                    }
                }
                None => return Err(last),
            },
            () = sleep(HEAD_START), if more => {
                if let Some(next) = waiting.next() {
                    trying.push(TcpStream::connect(*next));
                }
            }
        }
    }
}

async fn to_parent(lane: &Lane, parent: &Parent) -> Result<Stream, Fault> {
    let host = Host::parse(&parent.host).map_err(|_| Fault::from(UpstreamFault::Parent))?;
    let addresses = if let Some(address) = host.address() {
        vec![SocketAddr::new(address, parent.port)]
    } else {
        let answer = lane.resolver.lookup_ip(format!("{host}.")).await;
        let answer = answer.map_err(|_| Fault::from(UpstreamFault::Parent))?;
        answer.iter().map(|it| SocketAddr::new(it, parent.port)).collect()
    };
    let tcp = race(&addresses).await.map_err(|_| Fault::from(UpstreamFault::Parent))?;
    Ok(Stream::tcp(tcp))
}

/// A tunnel through the parent.
async fn through(lane: &Lane, parent: &Parent, origin: &Origin) -> Result<Stream, Fault> {
    let mut stream = to_parent(lane, parent).await?;
    let authority = origin.authority();
    let credentials = parent
        .credentials
        .as_ref()
        .map_or_else(String::new, |it| format!("Proxy-Authorization: {}\r\n", it.header()));
    let head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{credentials}\r\n");
    let failed = |error: &io::Error| {
        tracing::debug!(%error, "the parent proxy failed");
        Fault::from(UpstreamFault::Parent)
    };
    stream.write_all(head.as_bytes()).await.map_err(|it| failed(&it))?;
    let mut answer = bytes::BytesMut::with_capacity(1024);
    let end = loop {
        if stream.read_buf(&mut answer).await.map_err(|it| failed(&it))? == 0 || answer.len() > PARENT_HEAD {
            return Err(UpstreamFault::Parent.into());
        }
        if let Some(end) = answer.windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let status = answer.get(9..12).unwrap_or_default();
    if !answer.starts_with(b"HTTP/1.") || status.first() != Some(&b'2') {
        tracing::warn!(status = %String::from_utf8_lossy(status), "the parent proxy refused");
        return Err(UpstreamFault::Parent.into());
    }
    Ok(stream.after(answer.split_off(end).freeze()))
}

fn of_resolver(error: &NetError) -> Fault {
    if matches!(error, NetError::Timeout) {
        UpstreamFault::TimedOut.into()
    } else {
        UpstreamFault::NotFound.into()
    }
}

/// The machine's resolver, with a cache of its own.
pub(crate) fn resolver() -> Result<TokioResolver, NetError> {
    let mut builder = TokioResolver::builder_tokio().unwrap_or_else(|error| {
        // Behind a parent proxy a machine may have none; names are then found by the parent.
        tracing::warn!(%error, "the machine's resolver settings cannot be read");
        TokioResolver::builder_with_config(ResolverConfig::default(), TokioRuntimeProvider::default())
    });
    let options = builder.options_mut();
    options.cache_size = 4_096;
    options.attempts = 2;
    options.timeout = Duration::from_secs(3);
    builder.build()
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use socket2::{Domain, Socket, Type};
    use tokio::net::TcpListener;

    use super::*;

    /// An address at which nobody answers, as behind a wall that drops everything: as long as this stands.
    async fn silent() -> (SocketAddr, Socket, Vec<TcpStream>) {
        let socket = Socket::new(Domain::IPV6, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((Ipv6Addr::LOCALHOST, 0)).into()).unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let mut waiting = Vec::new();
        // Once as many wait as may, the system drops what else comes.
        while let Ok(Ok(tcp)) = timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
            waiting.push(tcp);
        }
        (address, socket, waiting)
    }

    #[tokio::test]
    async fn an_address_that_is_dead_or_silent_does_not_keep_the_next_from_answering() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let alive = listener.local_addr().unwrap();
        let (silent, _socket, _waiting) = silent().await;
        let dead = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
        let check = async |what: &str, addresses: &[SocketAddr]| {
            let began = Instant::now();
            let reached = race(addresses).await.map(|it| it.peer_addr().unwrap());
            assert_eq!(reached, Ok(alive), "{what}");
            let wanted = HEAD_START * u32::try_from(addresses.len()).unwrap();
            assert!(began.elapsed() < wanted + Duration::from_millis(500), "{what}: {:?}", began.elapsed());
        };
        check("refused, then alive", &[dead, alive]).await;
        check("silent, then alive", &[silent, alive]).await;
        check("silent, refused, then alive", &[silent, dead, alive]).await;
        assert_eq!(race(&[dead, dead]).await.map(|_| ()), Err(UpstreamFault::Refused.into()));
        assert_eq!(race(&[]).await.map(|_| ()), Err(UpstreamFault::NotFound.into()));
    }
}
