//! The certificates that people are shown, each made once.
use std::sync::Arc;

use moka::sync::Cache;
use rustls::{
    ServerConfig,
    server::{ClientHello, ProducesTickets, ResolvesServerCert, ServerSessionMemoryCache},
    sign::CertifiedKey,
};

use crate::{Authority, AuthorityError, Clock, LeafFor, Limits, authority::provider, pool::Site};

/// Makes and keeps a TLS configuration for each name. Two that ask for the same one at once make it once.
pub(crate) struct Leaves {
    authority: Arc<Authority>,
    clock: Clock,
    kept: Cache<Key, Arc<ServerConfig>>,
    base: ServerConfig,
}

/// A new certificate of the site's gives a new one of ours.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    site: [u8; 32],
    name: Box<str>,
    protocol: Protocol,
}

/// What the person's side will speak: what the site chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Protocol {
    Two,
    One,
}

#[derive(Debug)]
struct Always(Option<Arc<CertifiedKey>>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }
}

impl Leaves {
    pub(crate) fn new(
        authority: Arc<Authority>,
        clock: Clock,
        limits: &Limits,
    ) -> Result<Leaves, rustls::Error> {
        let mut base = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Always(None)));
        let tickets: Arc<dyn ProducesTickets> = rustls::crypto::aws_lc_rs::Ticketer::new()?;
        base.ticketer = tickets;
        base.session_storage = ServerSessionMemoryCache::new(1_024);
        base.send_tls13_tickets = 1;
        // A leaf lives for 30 days; kept for one, it never gets near its end.
        let kept = Cache::builder()
            .max_capacity(limits.certificates)
            .time_to_live(std::time::Duration::from_hours(24))
            .build();
        Ok(Leaves { authority, clock, kept, base })
    }

    /// For a site as it was found, or for a name whose site was not or could not be asked.
    pub(crate) fn get(
        &self,
        name: &str,
        site: Option<&Site>,
        protocol: Protocol,
    ) -> Result<Arc<ServerConfig>, Arc<AuthorityError>> {
        let key = Key { site: site.map_or([0; 32], |it| it.leaf), name: name.into(), protocol };
        if let Some(config) = self.kept.get(&key) {
            return Ok(config);
        }
        self.kept.try_get_with(key, || self.make(name, site, protocol))
    }

    fn make(
        &self,
        name: &str,
        site: Option<&Site>,
        protocol: Protocol,
    ) -> Result<Arc<ServerConfig>, AuthorityError> {
        let not_after = site.map(|it| it.not_after);
        let leaf = self.authority.leaf(LeafFor { name, now: (self.clock)(), not_after })?;
        let mut config = self.base.clone();
        config.cert_resolver = Arc::new(Always(Some(leaf)));
        config.alpn_protocols = match protocol {
            Protocol::Two => vec![b"h2".to_vec()],
            Protocol::One => vec![b"http/1.1".to_vec()],
        };
        Ok(Arc::new(config))
    }
}
