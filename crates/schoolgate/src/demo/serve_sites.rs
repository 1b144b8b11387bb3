use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};
use tokio_util::sync::CancellationToken;

use super::sites::{SITES, Secure, answer};

/// The made-up sites, listening on loopback.
pub(crate) struct Sites {
    http: TcpListener,
    https: TcpListener,
    tls: Arc<ServerConfig>,
    /// What the gate must trust to reach them.
    pub(crate) root_pem: String,
}

/// Chooses two free ports on loopback.
pub(crate) fn bind(now: jiff::Timestamp) -> anyhow::Result<Sites> {
    let (tls, root_pem) = super::certificates::make(now)?;
    let free = || -> io::Result<TcpListener> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    Ok(Sites { http: free()?, https: free()?, tls, root_pem })
}

impl Sites {
    /// Where each name and port is really found.
    pub(crate) fn pins(&self) -> io::Result<Vec<(String, SocketAddr)>> {
        let (http, https) = (self.http.local_addr()?, self.https.local_addr()?);
        let pins = SITES
            .iter()
            .flat_map(|it| [(format!("{}:80", it.host), http), (format!("{}:443", it.host), https)]);
        Ok(pins.collect())
    }

    /// Answers until it is told to stop.
    pub(crate) async fn serve(self, stop: CancellationToken) {
        let listening =
            (tokio::net::TcpListener::from_std(self.http), tokio::net::TcpListener::from_std(self.https));
        let (Ok(http), Ok(https)) = listening else {
            tracing::error!("the made-up sites cannot listen");
            return;
        };
        let acceptor = TlsAcceptor::from(self.tls);
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                Ok((stream, _)) = http.accept() => { open.spawn(connection(stream, false)); }
                Ok((stream, _)) = https.accept() => {
                    let acceptor = acceptor.clone();
                    open.spawn(async move {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            connection(stream, true).await;
                        }
                    });
                }
                Some(_) = open.join_next() => {}
            }
        }
    }
}

async fn connection(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, secure: bool) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        if secure {
            request.extensions_mut().insert(Secure);
        }
        answer(request)
    });
    // A client that goes away is no fault of ours.
    let _ = Builder::new(TokioExecutor::new())
        .serve_connection_with_upgrades(TokioIo::new(stream), service)
        .await;
}
