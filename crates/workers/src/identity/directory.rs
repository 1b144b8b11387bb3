//! LDAP (RFC 4511): a simple bind with what somebody typed says whether it is theirs. Nothing of it is kept.
use std::{sync::Arc, time::Duration};

use ldap3::{LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, dn_escape, ldap_escape};
use rustls::{CertificateError, ClientConfig};
use school::{NotLetIn, Person};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::{Fetch, Health, health::told};

/// Where the school's directory is, and how somebody is found in it.
#[derive(Clone)]
pub struct DirectorySettings {
    /// `ldaps://…`, or `ldap://…` with STARTTLS or on this machine.
    pub url: String,
    pub start_tls: bool,
    pub find: Find,
}

/// From a username to an entry. `{}` in a template is the username, escaped as its place needs it.
#[derive(Clone)]
pub enum Find {
    /// Every entry lies where the template says.
    Name(String),
    /// An account that may look asks for the one entry that the filter fits.
    Search { account: String, password: String, base: String, filter: String },
}

/// The school's directory. Cheap to clone.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

struct Inner {
    settings: DirectorySettings,
    tls: Arc<ClientConfig>,
    health: Health,
    /// Asked at once: a school signs in at nine, and the directory serves others too.
    room: Semaphore,
}

/// A page waits for all of it together.
const LONGEST: Duration = Duration::from_secs(5);
const AT_ONCE: usize = 8;

/// RFC 4511, appendix A: results of a bind that say no to the person, and nothing of the directory.
const NO: [u32; 5] = [19, 32, 34, 49, 53];

impl Directory {
    /// Asks nothing yet.
    pub fn new(settings: DirectorySettings, fetch: &Fetch, health: Health) -> Directory {
        let room = Semaphore::new(AT_ONCE);
        Directory(Arc::new(Inner { settings, tls: fetch.tls(), health, room }))
    }

    /// Whether the directory takes this password for this person's.
    ///
    /// # Errors
    /// [`NotLetIn::Down`]: it did not say, and nobody is let in for that.
    pub async fn is_right(&self, person: &Person, password: &str) -> Result<bool, NotLetIn> {
        // A bind with a name and no password is "unauthenticated" and succeeds (RFC 4513, 5.1.2).
        if password.is_empty() {
            return Ok(false);
        }
        let until = Instant::now() + LONGEST;
        let asked = timeout_at(until, async {
            let _room = self.0.room.acquire().await;
            self.ask(person.username.as_str(), password).await
        });
        match asked.await {
            Ok(Ok(right)) => {
                self.0.health.set("directory", Vec::new());
                Ok(right)
            }
            Ok(Err(err)) => Err(self.down(&why(&err))),
            Err(_) => Err(self.down("it does not answer in time")),
        }
    }

    async fn ask(&self, username: &str, password: &str) -> Result<bool, LdapError> {
        let Inner { settings, tls, .. } = &*self.0;
        let set = LdapConnSettings::new()
            .set_conn_timeout(LONGEST)
            .set_starttls(settings.start_tls)
            .set_config(Arc::clone(tls));
        let (connection, mut ldap) = LdapConnAsync::with_settings(set, &settings.url).await?;
        let work = async {
            let name = match &settings.find {
                Find::Name(template) => template.replace("{}", &dn_escape(username)),
                Find::Search { account, password, base, filter } => {
                    ldap.simple_bind(account, password).await?.success()?;
                    let filter = filter.replace("{}", &ldap_escape(username));
                    let (found, _) = ldap.search(base, Scope::Subtree, &filter, ["1.1"]).await?.success()?;
                    let mut found = found.into_iter().filter(|it| !it.is_ref() && !it.is_intermediate());
                    // Two who fit are nobody in particular.
                    let Some(one) = found.next().filter(|_| found.next().is_none()) else {
                        return Ok(false);
                    };
                    SearchEntry::construct(one).dn
                }
            };
            // An entry without a name would be bound as nobody, whatever the password.
            if name.is_empty() {
                return Ok(false);
            }
            let bound = ldap.simple_bind(&name, password).await?;
            if NO.contains(&bound.rc) {
                return Ok(false);
            }
            bound.success().map(|_| true)
        };
        tokio::select! {
            done = work => done,
            ended = connection.drive() => {
                ended?;
                Err(LdapError::Io { source: std::io::ErrorKind::ConnectionAborted.into() })
            }
        }
    }

    /// Stands on Today until it answers again.
    fn down(&self, why: &str) -> NotLetIn {
        let url = &self.0.settings.url;
        let words =
            format!("people whose password the directory keeps cannot sign in: {url} cannot be asked: {why}");
        self.0.health.set("directory", vec![words]);
        NotLetIn::Down
    }
}

/// What is wrong with its certificate in words, since that is what goes wrong most often when one is set up.
fn why(err: &LdapError) -> String {
    let said = match err {
        LdapError::Io { source } => source.get_ref().and_then(|it| it.downcast_ref::<rustls::Error>()),
        LdapError::Rustls { source } => Some(source),
        _ => None,
    };
    let Some(rustls::Error::InvalidCertificate(fault)) = said else { return told(err) };
    let words = match fault {
        CertificateError::UnknownIssuer => {
            "its certificate was issued by nobody whom this machine trusts; add the issuer's to the machine's, or see \
             gate.extra_roots in the configuration"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name: write the name that stands in it into the address"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has run out",
        _ => "its certificate cannot be trusted",
    };
    format!("{words} ({fault})")
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Directory({})", self.0.settings.url)
    }
}
