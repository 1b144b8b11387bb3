use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use rustls::{ClientConfig, RootCertStore, client::Resumption, client::WebPkiServerVerifier};
use rustls_pki_types::CertificateDer;
use wire::Basic;

use crate::{Reachable, authority::provider, origin::Origin, verify::Verify};

/// Where sites are found and how they are trusted.
#[derive(Debug, Clone, Default)]
pub struct Upstreams {
    /// Names that are not looked up: `name` or `name:port`, lower case, to where they are (port 0: the port that is
    /// asked for). These may be private.
    pub pinned: HashMap<Box<str>, SocketAddr>,
    pub reach: Reachable,
    pub trust: Trust,
    /// The proxy behind which the gate stands, if it does (FIL-09).
    pub parent: Option<Parent>,
}

/// Who may vouch for a site.
#[derive(Debug, Clone)]
pub enum Trust {
    /// The machine's own roots, and these besides.
    System(Vec<CertificateDer<'static>>),
    /// These and no others.
    Only(Vec<CertificateDer<'static>>),
}

/// A proxy further out.
#[derive(Debug, Clone)]
pub struct Parent {
    pub host: Box<str>,
    pub port: u16,
    pub credentials: Option<Basic>,
}

#[derive(Debug, thiserror::Error)]
pub enum UpstreamsError {
    #[error("a certificate to trust cannot be used")]
    Roots(#[source] rustls::Error),
    #[error("no root certificate can be used")]
    NoRoots(#[source] rustls::client::VerifierBuilderError),
}

impl Upstreams {
    /// Whether the school says where this is.
    pub(crate) fn pins(&self, origin: &Origin) -> bool {
        self.pinned(origin).is_some()
    }

    pub(crate) fn pinned(&self, origin: &Origin) -> Option<SocketAddr> {
        if self.pinned.is_empty() {
            return None;
        }
        let name = origin.host.name()?;
        let exact = self.pinned.get(format!("{name}:{}", origin.port).as_str());
        let mut place = exact.or_else(|| self.pinned.get(name)).copied()?;
        if place.port() == 0 {
            place.set_port(origin.port);
        }
        Some(place)
    }
}

impl Default for Trust {
    fn default() -> Trust {
        Trust::System(Vec::new())
    }
}

/// TLS towards sites, by what is offered in ALPN. All share verifier and sessions.
#[derive(Debug)]
pub(crate) struct ClientTls {
    pub(crate) both: Arc<ClientConfig>,
    pub(crate) http1: Arc<ClientConfig>,
}

/// Sessions remembered, for resumption with sites.
const SESSIONS: usize = 4_096;

impl ClientTls {
    pub(crate) fn new(trust: &Trust) -> Result<ClientTls, UpstreamsError> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(UpstreamsError::Roots)?;
        // "Dangerous" is rustls's word for any verifier that is handed in; these are the platform's and its own.
        let mut none = match trust {
            Trust::System(more) => {
                let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(
                    more.iter().cloned(),
                    provider(),
                )
                .map_err(UpstreamsError::Roots)?;
                builder.dangerous().with_custom_certificate_verifier(Arc::new(Verify(Arc::new(verifier))))
            }
            Trust::Only(roots) => {
                let mut store = RootCertStore::empty();
                for root in roots {
                    store.add(root.clone()).map_err(UpstreamsError::Roots)?;
                }
                let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider())
                    .build()
                    .map_err(UpstreamsError::NoRoots)?;
                builder.dangerous().with_custom_certificate_verifier(Arc::new(Verify(verifier)))
            }
        }
        .with_no_client_auth();
        none.resumption = Resumption::in_memory_sessions(SESSIONS);
        let offering = |protocols: &[&[u8]]| {
            let mut config = none.clone();
            config.alpn_protocols = protocols.iter().map(|it| it.to_vec()).collect();
            Arc::new(config)
        };
        Ok(ClientTls { both: offering(&[b"h2", b"http/1.1"]), http1: offering(&[b"http/1.1"]) })
    }
}
