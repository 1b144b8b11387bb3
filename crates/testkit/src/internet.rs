//! A pretend internet: sites on loopback with good and bad certificates, which remember what they were asked.
mod answers;
mod certificates;

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use http::HeaderMap;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use rustls_pki_types::CertificateDer;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use self::certificates::Certificates;

/// Sites, until dropped.
pub struct Internet {
    certificates: Certificates,
    pinned: HashMap<Box<str>, SocketAddr>,
    visits: Visits,
    shelf: Shelf,
    sites: JoinSet<()>,
}

/// What is wrong with a site's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    None,
    Expired,
    NotYetValid,
    WrongName,
    SelfSigned,
    /// Signed by an authority that nobody trusts.
    UnknownAuthority,
}

/// What a site speaks inside TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    One,
    /// HTTP/2 where it is offered.
    Two,
}

/// A request as it reached a site.
#[derive(Debug, Clone)]
pub struct Reached {
    pub site: String,
    pub method: String,
    pub path: String,
    pub version: http::Version,
    pub headers: HeaderMap,
    /// Which connection to the site it came over, counted from 0.
    pub connection: usize,
}

pub(crate) type Visits = Arc<Mutex<Vec<Reached>>>;
/// What lies at which path of all sites.
pub(crate) type Shelf = Arc<Mutex<HashMap<String, bytes::Bytes>>>;

impl Internet {
    pub fn new() -> Internet {
        Internet {
            certificates: Certificates::new(),
            pinned: HashMap::new(),
            visits: Visits::default(),
            shelf: Shelf::default(),
            sites: JoinSet::new(),
        }
    }

    /// What the gate must trust for the good sites to be good.
    pub fn root(&self) -> CertificateDer<'static> {
        self.certificates.root()
    }

    /// `name:port` to where each site really is.
    pub fn pinned(&self) -> HashMap<Box<str>, SocketAddr> {
        self.pinned.clone()
    }

    /// All requests so far, in order.
    pub fn reached(&self) -> Vec<Reached> {
        self.visits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on all sites have this at `path`, with an `ETag` that says 304 to whoever has it already.
    pub fn publish(&self, path: &str, bytes: impl Into<bytes::Bytes>) {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), bytes.into());
    }

    /// A site at port 80, without TLS.
    pub async fn plain(&mut self, name: &str) -> SocketAddr {
        let listener = self.listen(name, 80).await;
        let address = listener.local_addr().expect("a bound socket has an address");
        self.sites.spawn(site(listener, None, name.to_owned(), self.seen()));
        address
    }

    /// A site at port 443.
    pub async fn secure(&mut self, name: &str, speaks: Speaks, flaw: Flaw) -> SocketAddr {
        let listener = self.listen(name, 443).await;
        let address = listener.local_addr().expect("a bound socket has an address");
        let acceptor = TlsAcceptor::from(self.certificates.server(name, speaks, flaw));
        self.sites.spawn(site(listener, Some(acceptor), name.to_owned(), self.seen()));
        address
    }

    /// A site that says these bytes to whoever asks anything, and hangs up; or, with none, never says anything.
    pub async fn raw(&mut self, name: &str, port: u16, says: Option<&'static [u8]>) -> SocketAddr {
        let listener = self.listen(name, port).await;
        let address = listener.local_addr().expect("a bound socket has an address");
        self.sites.spawn(answers::raw(listener, says));
        address
    }

    /// A name whose site is not there.
    pub async fn absent(&mut self, name: &str, port: u16) {
        drop(self.listen(name, port).await);
    }

    fn seen(&self) -> (Visits, Shelf) {
        (Arc::clone(&self.visits), Arc::clone(&self.shelf))
    }

    async fn listen(&mut self, name: &str, port: u16) -> TcpListener {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        self.pinned.insert(format!("{name}:{port}").into(), address);
        listener
    }
}

impl Default for Internet {
    fn default() -> Internet {
        Internet::new()
    }
}

async fn site(listener: TcpListener, tls: Option<TlsAcceptor>, name: String, seen: (Visits, Shelf)) {
    let mut connections = JoinSet::new();
    let name: Arc<str> = name.into();
    let mut number = 0;
    while let Ok((tcp, _)) = listener.accept().await {
        connections.spawn(connection(tcp, tls.clone(), Arc::clone(&name), seen.clone(), number));
        number += 1;
    }
}

async fn connection(
    tcp: TcpStream,
    tls: Option<TlsAcceptor>,
    name: Arc<str>,
    seen: (Visits, Shelf),
    number: usize,
) {
    let service = hyper::service::service_fn(move |request| {
        answers::answer(request, Arc::clone(&name), seen.clone(), number)
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    // However it ends: a test asserts on what the person saw.
    let _ = match tls {
        None => builder.serve_connection_with_upgrades(TokioIo::new(tcp), service).await,
        Some(tls) => match tls.accept(tcp).await {
            Ok(stream) => builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await,
            Err(_) => return,
        },
    };
}
