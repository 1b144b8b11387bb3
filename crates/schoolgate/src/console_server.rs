//! Serves the console's pages, over TLS where the school set it so.
use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use axum::{Router, extract::ConnectInfo};
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs::default_provider,
        server::{ClientHello, ResolvesServerCert},
        sign::CertifiedKey,
    },
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use web_gate::{Authority, LeafFor};

use crate::clock::Clock;

/// A certificate of the school's authority for the console's own name, made anew each day.
struct OwnName {
    authority: Arc<Authority>,
    name: String,
    clock: Clock,
    made: Mutex<Option<(Timestamp, Arc<CertifiedKey>)>>,
}

/// Staff at once; a school has far fewer.
const CONNECTIONS: usize = 2_000;
const HANDSHAKE: Duration = Duration::from_secs(10);
const HEAD: Duration = Duration::from_secs(15);
const RENEW: SignedDuration = SignedDuration::from_hours(24);
/// After a failed accept (no descriptors left), so as not to spin.
const BREATH: Duration = Duration::from_millis(100);

/// TLS for the console under `url`.
pub(crate) fn tls(authority: Arc<Authority>, url: &str, clock: Clock) -> anyhow::Result<TlsAcceptor> {
    let place = url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or_default();
    let host = place.rsplit_once(':').filter(|it| !it.1.contains(']')).map_or(place, |it| it.0);
    let name = host.trim_matches(['[', ']']).to_owned();
    let own = OwnName { authority, name, clock, made: Mutex::default() };
    own.leaf().with_context(|| format!("no certificate can be made for {url}"))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(own));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

impl OwnName {
    fn leaf(&self) -> Option<Arc<CertifiedKey>> {
        let now = (self.clock)();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, key)) = &*made
            && (SignedDuration::ZERO..RENEW).contains(&now.duration_since(*at))
        {
            return Some(Arc::clone(key));
        }
        let key = self.authority.leaf(LeafFor { name: &self.name, now, not_after: None }).ok()?;
        *made = Some((now, Arc::clone(&key)));
        Some(key)
    }
}

impl ResolvesServerCert for OwnName {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.leaf()
    }
}

impl std::fmt::Debug for OwnName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OwnName({})", self.name)
    }
}

/// Answers until it is told to stop; connections that are open then end after what they are doing.
pub(crate) async fn serve(
    router: Router,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    stop: CancellationToken,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        tracing::error!("the console cannot listen");
        return;
    };
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = open.join_next() => {}
            accepted = listener.accept(), if open.len() < CONNECTIONS => {
                let Ok((stream, from)) = accepted else {
                    sleep(BREATH).await;
                    continue;
                };
                let (router, tls, stop) = (router.clone(), tls.clone(), stop.clone());
                open.spawn(async move {
                    match tls {
                        None => connection(router, stream, from, stop).await,
                        Some(tls) => {
                            if let Ok(Ok(stream)) = timeout(HANDSHAKE, tls.accept(stream)).await {
                                connection(router, stream, from, stop).await;
                            }
                        }
                    }
                });
            }
        }
    }
    while open.join_next().await.is_some() {}
}

async fn connection(
    router: Router,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    from: SocketAddr,
    stop: CancellationToken,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().oneshot(request)
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(Duration::from_secs(30));
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    // A browser that goes away is no fault of ours.
    tokio::select! {
        _ = &mut serving => {}
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
}
