//! Letters out. One seam, so that jobs know no SMTP.
use std::{fmt, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};

/// A server that stays silent longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// The school's mail server, as its configuration says.
#[derive(Clone)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    /// `Schoolgate <schoolgate@example.org>`.
    pub from: String,
    /// User and password.
    pub login: Option<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// From the first byte.
    Implicit,
    /// STARTTLS, and nothing is sent without it.
    StartTls,
    /// Only to a server on this machine.
    None,
}

/// Why a letter did not go.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Trying again changes nothing.
    #[error("{0} is no e-mail address")]
    Address(String),
    #[error("the letter cannot be written: {0}")]
    Letter(String),
    #[error("the mail server refused it for good: {0}")]
    Refused(String),
    /// The server could not be reached or asked to be tried later.
    #[error("the mail server did not take it: {0}")]
    NotNow(String),
}

/// Sends letters through the school's server.
#[derive(Clone)]
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl MailError {
    pub fn is_final(&self) -> bool {
        !matches!(self, MailError::NotNow(_))
    }
}

impl Post {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// [`MailError::Address`] for a sender that is none, [`MailError::Letter`] for a host that no TLS can be asked of.
    pub fn new(server: &MailServer) -> Result<Post, MailError> {
        let from = server.from.parse().map_err(|_| MailError::Address(server.from.clone()))?;
        let parameters =
            || TlsParameters::new(server.host.clone()).map_err(|err| MailError::Letter(err.to_string()));
        let tls = match server.tls {
            MailTls::Implicit => Tls::Wrapper(parameters()?),
            MailTls::StartTls => Tls::Required(parameters()?),
            MailTls::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some((user, password)) = &server.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Post { transport: builder.build(), from })
    }

    /// # Errors
    /// [`MailError`]; [`MailError::is_final`] tells whether to try again.
    pub async fn send(&self, to: &str, subject: &str, body: &str) -> Result<(), MailError> {
        let to: Mailbox = to.parse().map_err(|_| MailError::Address(to.to_owned()))?;
        let letter = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(body.to_owned())
            .map_err(|err| MailError::Letter(err.to_string()))?;
        let sent = tokio::time::timeout(PATIENCE * 2, self.transport.send(letter)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(err)) if err.is_permanent() => Err(MailError::Refused(err.to_string())),
            Ok(Err(err)) => Err(MailError::NotNow(err.to_string())),
            Err(_) => Err(MailError::NotNow("it stayed silent".to_owned())),
        }
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailServer({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Post(from {})", self.from)
    }
}
