use std::io;

use gate::{CertificateFault, UpstreamFault};
use rustls::CertificateError;

use crate::verify::SelfSigned;

/// Why a site did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Certificate(CertificateFault),
    Upstream(UpstreamFault),
}

impl Fault {
    /// Of a TLS handshake with a site.
    pub(crate) fn of_handshake(error: &io::Error) -> Fault {
        let Some(inner) = error.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>()) else {
            return Fault::of_io(error);
        };
        match inner {
            rustls::Error::InvalidCertificate(it) => Fault::Certificate(match it {
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                    CertificateFault::Expired
                }
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    CertificateFault::NotYetValid
                }
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    CertificateFault::WrongName
                }
                CertificateError::UnknownIssuer => CertificateFault::UnknownAuthority,
                CertificateError::Revoked => CertificateFault::Revoked,
                CertificateError::Other(it) if it.0.is::<SelfSigned>() => CertificateFault::SelfSigned,
                _ => CertificateFault::Broken,
            }),
            _ => Fault::Upstream(UpstreamFault::Garbled),
        }
    }

    pub(crate) fn of_io(error: &io::Error) -> Fault {
        Fault::Upstream(match error.kind() {
            io::ErrorKind::TimedOut => UpstreamFault::TimedOut,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => UpstreamFault::Stopped,
            _ => UpstreamFault::Refused,
        })
    }

    pub(crate) fn of_hyper(error: &hyper::Error) -> Fault {
        Fault::Upstream(if error.is_parse() { UpstreamFault::Garbled } else { UpstreamFault::Stopped })
    }
}

impl From<UpstreamFault> for Fault {
    fn from(it: UpstreamFault) -> Fault {
        Fault::Upstream(it)
    }
}
