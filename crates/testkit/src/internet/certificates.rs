use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

use super::{Flaw, Speaks};

/// Two authorities: one that the gate is told to trust, one that it is not.
pub(super) struct Certificates {
    trusted: CertifiedIssuer<'static, KeyPair>,
    unknown: CertifiedIssuer<'static, KeyPair>,
}

impl Certificates {
    pub(super) fn new() -> Certificates {
        Certificates { trusted: authority("Pretend Root"), unknown: authority("Nobody's Root") }
    }

    pub(super) fn root(&self) -> CertificateDer<'static> {
        self.trusted.der().clone()
    }

    pub(super) fn server(&self, name: &str, speaks: Speaks, flaw: Flaw) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("keys can be made");
        let shown = if flaw == Flaw::WrongName { "someone-else.test" } else { name };
        let mut params = CertificateParams::new(vec![shown.to_owned()]).expect("a test name is a name");
        params.distinguished_name.push(DnType::CommonName, shown);
        let now = OffsetDateTime::now_utc();
        let (from, to) = match flaw {
            Flaw::Expired => (now - Duration::days(60), now - Duration::days(2)),
            Flaw::NotYetValid => (now + Duration::days(2), now + Duration::days(60)),
            _ => (now - Duration::days(2), now + Duration::days(60)),
        };
        (params.not_before, params.not_after) = (from, to);
        let leaf = match flaw {
            Flaw::SelfSigned => params.self_signed(&key),
            Flaw::UnknownAuthority => params.signed_by(&key, &self.unknown),
            _ => params.signed_by(&key, &self.trusted),
        }
        .expect("a test certificate can be signed");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .expect("the key fits");
        config.alpn_protocols = match speaks {
            Speaks::One => vec![b"http/1.1".to_vec()],
            Speaks::Two => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        };
        Arc::new(config)
    }
}

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let key = KeyPair::generate().expect("keys can be made");
    CertifiedIssuer::self_signed(params, key).expect("a test authority can be made")
}
