use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType, SerialNumber,
};
use rustls::{crypto::CryptoProvider, sign::CertifiedKey};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

/// The school's certificate authority: what devices trust, and what signs the certificates they are shown.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    /// Of every leaf; new in each process, and never written down.
    leaf_key: KeyPair,
    signer: Arc<dyn rustls::sign::SigningKey>,
}

/// An authority as files hold it.
pub struct AuthorityFiles {
    pub certificate_pem: String,
    /// PKCS #8. For the owner's eyes only.
    pub key_pem: String,
}

#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    #[error("the authority's certificate or key cannot be read")]
    Unreadable(#[source] rcgen::Error),
    #[error("the authority's certificate is not PEM")]
    NotPem(#[source] rustls_pki_types::pem::Error),
    #[error("the authority's certificate cannot be made")]
    Make(#[source] rcgen::Error),
    #[error("the key cannot be used for TLS")]
    Key(#[source] rustls::Error),
}

/// What a leaf is made for.
#[derive(Debug, Clone, Copy)]
pub struct LeafFor<'a> {
    /// A host name, or an address in any spelling that `IpAddr` reads.
    pub name: &'a str,
    pub now: Timestamp,
    /// Never longer than the site's own certificate holds.
    pub not_after: Option<Timestamp>,
}

/// A day's grace for slow clocks.
const BACK_DATED_HOURS: i64 = 24;
const LEAF_DAYS: i64 = 30;
const AUTHORITY_YEARS: i64 = 10;

impl Authority {
    /// A new authority under the school's name, good for ten years.
    ///
    /// # Errors
    /// [`AuthorityError::Make`].
    pub fn generate(school: &str, now: Timestamp) -> Result<AuthorityFiles, AuthorityError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(AuthorityError::Make)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, format!("{school} Schoolgate"));
        params.distinguished_name.push(DnType::OrganizationName, school);
        params.serial_number = Some(serial());
        params.not_before = when(now - BACK_DATED_HOURS.hours());
        params.not_after = when(now + (AUTHORITY_YEARS * 365 * 24).hours());
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(AuthorityError::Make)?;
        Ok(AuthorityFiles { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() })
    }

    /// # Errors
    /// [`AuthorityError`].
    pub fn load(files: &AuthorityFiles) -> Result<Authority, AuthorityError> {
        let key = KeyPair::from_pem(&files.key_pem).map_err(AuthorityError::Unreadable)?;
        let certificate = CertificateDer::from_pem_slice(files.certificate_pem.as_bytes())
            .map_err(AuthorityError::NotPem)?
            .into_owned();
        let issuer = Issuer::from_ca_cert_der(&certificate, key).map_err(AuthorityError::Unreadable)?;
        let leaf_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(AuthorityError::Make)?;
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
        let signer = provider().key_provider.load_private_key(der).map_err(AuthorityError::Key)?;
        Ok(Authority { issuer, certificate, leaf_key, signer })
    }

    /// For the set-up page: what every device must trust.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// SHA-256 of the certificate, as set-up pages and `doctor` show it.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(&self.certificate).into()
    }

    /// A certificate for one name, with its chain. Takes some tenth of a millisecond: keep what it gives.
    ///
    /// # Errors
    /// [`AuthorityError::Make`] when no certificate can hold the name.
    pub fn leaf(&self, what: LeafFor<'_>) -> Result<Arc<CertifiedKey>, AuthorityError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        // RFC 5280 ub-common-name: 64.
        if what.name.len() <= 64 {
            params.distinguished_name.push(DnType::CommonName, what.name);
        }
        params.subject_alt_names = vec![match what.name.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(what.name.try_into().map_err(AuthorityError::Make)?),
        }];
        params.serial_number = Some(serial());
        let own_end = what.now + (LEAF_DAYS * 24).hours();
        params.not_before = when(what.now - BACK_DATED_HOURS.hours());
        params.not_after = when(what.not_after.map_or(own_end, |it| it.min(own_end).max(what.now)));
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let leaf = params.signed_by(&self.leaf_key, &self.issuer).map_err(AuthorityError::Make)?;
        let chain = vec![leaf.der().clone(), self.certificate.clone()];
        Ok(Arc::new(CertifiedKey::new(chain, Arc::clone(&self.signer))))
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

/// The one source of TLS cryptography.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// 127 random bits (RFC 5280 section 4.1.2.2: positive, at most 20 bytes).
fn serial() -> SerialNumber {
    let mut bytes: [u8; 16] = rand::random();
    bytes[0] = bytes[0] & 0x7f | 0x40;
    SerialNumber::from_slice(&bytes)
}

fn when(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
