//! One connection from a device, through all that it becomes.
use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc};

use hyper::{server::conn, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::{
    caller::{Caller, Next},
    exchange,
    intercept::{self, Became},
    lane::{Lane, Seat},
    leaves::Protocol,
    pace::{Lost, Pace},
    relay::relay,
    stream::Stream,
};

const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Carries one connection to its end.
pub(crate) async fn person(
    lane: Arc<Lane>,
    tcp: TcpStream,
    peer: SocketAddr,
    tls: bool,
    seat: Seat,
    stop: CancellationToken,
) {
    let pace = Arc::new(Pace::default());
    let mut stream = Stream::person(tcp, Arc::clone(&pace));
    if tls {
        match Box::pin(secured(&lane, stream)).await {
            Some(opened) => stream = opened,
            None => return,
        }
    }
    let device = peer.ip().to_canonical();
    let house = Arc::clone(&lane.house);
    let mut caller = Arc::new(Caller {
        lane,
        device,
        secure: tls,
        pace,
        inside: None,
        next: parking_lot::Mutex::default(),
        own: parking_lot::Mutex::default(),
        met: parking_lot::Mutex::default(),
    });
    let mut protocol = Protocol::One;
    loop {
        let next = match protocol {
            Protocol::One => Box::pin(http1(&caller, stream, &stop)).await,
            Protocol::Two => {
                Box::pin(http2(&caller, stream, &stop)).await;
                None
            }
        };
        match next {
            None => break,
            Some(Next::Switched(upgrade, site, entry)) => {
                let Some(person) = Box::pin(upgraded(upgrade)).await else { break };
                drop(caller);
                return finish(stop, relay(person, *site, entry, &house.limits)).await;
            }
            Some(Next::Tunnel(upgrade, wanted)) => {
                let Some(person) = Box::pin(upgraded(upgrade)).await else { break };
                match Box::pin(intercept::decide(&caller, person, *wanted)).await {
                    Became::Over => break,
                    Became::Relay { person, site, entry } => {
                        drop(caller);
                        return finish(stop, relay(person, site, entry, &house.limits)).await;
                    }
                    Became::Open { caller: opened, stream: inner, protocol: spoken } => {
                        (caller, stream, protocol) = (opened, inner, spoken);
                    }
                }
            }
        }
    }
    drop(seat);
}

/// A tunnel ends when the gate closes.
async fn finish(stop: CancellationToken, relay: impl Future<Output = ()>) {
    tokio::select! {
        () = relay => {}
        () = stop.cancelled() => {}
    }
}

/// TLS to the gate itself, under the name that devices know the proxy by.
async fn secured(lane: &Lane, stream: Stream) -> Option<Stream> {
    let name = lane.house.desk.current.load().settings.proxy.host.clone();
    let config = match lane.house.leaves.get(&name, None, Protocol::One) {
        Ok(config) => config,
        Err(error) => {
            tracing::error!(%error, "no certificate can be made for the proxy's own name");
            return None;
        }
    };
    let handshake = TlsAcceptor::from(config).accept(stream);
    timeout(lane.house.limits.handshake, handshake).await.ok()?.ok().map(Stream::opened)
}

/// The bare stream of a connection that hyper has let go.
async fn upgraded(upgrade: hyper::upgrade::OnUpgrade) -> Option<Stream> {
    let parts = upgrade.await.ok()?.downcast::<TokioIo<Stream>>().ok()?;
    Some(parts.io.into_inner().after(parts.read_buf))
}

async fn http1(caller: &Arc<Caller>, stream: Stream, stop: &CancellationToken) -> Option<Next> {
    caller.pace.rest();
    let limits = &caller.lane.house.limits;
    let asked = Arc::clone(caller);
    let service = service_fn(move |request| {
        let caller = Arc::clone(&asked);
        async move { Ok::<_, Infallible>(exchange::answer(&caller, request).await) }
    });
    let mut connection = conn::http1::Builder::new()
        .max_header_size(limits.head_size)
        .max_headers(limits.headers)
        .max_buf_size(limits.head_size.max(64 * 1024))
        .title_case_headers(true)
        .half_close(false)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut lost = pin!(caller.pace.lost(limits, true, || caller.has_outstayed()));
    let mut stopping = pin!(stop.cancelled());
    let mut stopped = false;
    loop {
        tokio::select! {
            biased;
            outcome = &mut connection => {
                if let Err(error) = outcome {
                    tracing::debug!(%error, "a connection broke");
                }
                return caller.next.lock().take();
            }
            why = &mut lost => {
                if why == Lost::SlowHead && let Some(parts) = connection.into_parts() {
                    let _ = parts.io.into_inner().write_all(TOO_SLOW).await;
                }
                return None;
            }
            () = &mut stopping, if !stopped => {
                stopped = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
}

async fn http2(caller: &Arc<Caller>, stream: Stream, stop: &CancellationToken) {
    caller.pace.rest();
    let limits = &caller.lane.house.limits;
    let asked = Arc::clone(caller);
    let service = service_fn(move |request| {
        let caller = Arc::clone(&asked);
        async move { Ok::<_, Infallible>(exchange::answer(&caller, request).await) }
    });
    let connection = conn::http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(limits.head_size).unwrap_or(u32::MAX))
        .max_concurrent_streams(128)
        .initial_stream_window_size(1024 * 1024)
        .initial_connection_window_size(2 * 1024 * 1024)
        .max_send_buf_size(256 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let mut lost = pin!(caller.pace.lost(limits, false, || caller.has_outstayed()));
    let mut stopping = pin!(stop.cancelled());
    let mut stopped = false;
    loop {
        tokio::select! {
            biased;
            outcome = &mut connection => {
                if let Err(error) = outcome {
                    tracing::debug!(%error, "an HTTP/2 connection broke");
                }
                return;
            }
            _ = &mut lost => return,
            () = &mut stopping, if !stopped => {
                stopped = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
