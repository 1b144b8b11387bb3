//! Certificates of the made-up sites, from a made-up authority that only this demonstration's gate trusts.
use std::{collections::HashMap, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, ToSpan as _};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tokio_rustls::rustls::{
    ServerConfig,
    crypto::aws_lc_rs::{default_provider, sign::any_supported_type},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use super::sites::{LAPSED, SITES};

/// By name.
#[derive(Debug)]
struct Keys(HashMap<&'static str, Arc<CertifiedKey>>);

impl ResolvesServerCert for Keys {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.get(hello.server_name()?).cloned()
    }
}

/// What the sites' servers need, and the PEM of the authority that the gate is to trust.
pub(crate) fn make(now: Timestamp) -> anyhow::Result<(Arc<ServerConfig>, String)> {
    let root_key = KeyPair::generate()?;
    let mut root = CertificateParams::default();
    root.distinguished_name.push(DnType::CommonName, "Made-up Web Authority");
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    (root.not_before, root.not_after) = (when(now - 24.hours()), when(now + (365 * 24).hours()));
    let root_certificate = root.self_signed(&root_key)?;
    let issuer = Issuer::new(root, root_key);
    let mut keys = HashMap::new();
    for site in SITES {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(vec![site.host.to_owned()])?;
        params.distinguished_name.push(DnType::CommonName, site.host);
        let end = if site.host == LAPSED { now - 12.hours() } else { now + (90 * 24).hours() };
        (params.not_before, params.not_after) = (when(now - 24.hours()), when(end));
        let certificate = params.signed_by(&key, &issuer)?;
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signer = any_supported_type(&der)?;
        keys.insert(
            site.host,
            Arc::new(CertifiedKey::new(
                vec![certificate.der().clone(), root_certificate.der().clone()],
                signer,
            )),
        );
    }
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Keys(keys)));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((Arc::new(config), root_certificate.pem()))
}

fn when(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// SHA-256 of a certificate's public key in base64, as Chromium names a key that it is told to accept.
pub(crate) fn key_hash(pem: &str) -> Option<String> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&der).ok()?;
    Some(STANDARD.encode(Sha256::digest(certificate.tbs_certificate.subject_pki.raw)))
}
