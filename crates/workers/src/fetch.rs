//! Brings a file of the internet into the data folder: HTTP/1.1, one request, nothing kept in memory.
mod route;
mod send;

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    pin::pin,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls_pki_types::CertificateDer;
use tokio::time::timeout;

pub use self::route::Parent;
use crate::health::told;

/// How to reach the internet, and how much of it to take.
#[derive(Clone)]
pub struct Fetch {
    tls: Arc<ClientConfig>,
    parent: Option<Parent>,
    most_bytes: u64,
}

/// What the other side said of the file, to be handed back to it next time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Marks {
    etag: Option<String>,
    changed: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fetched {
    /// It is in the file now.
    New(Marks),
    /// It is what it was when those marks were given.
    Same,
}

/// No list that we know is a tenth of it.
const MOST_BYTES: u64 = 512 << 20;
const MOST_REDIRECTS: usize = 5;
const CONNECT: Duration = Duration::from_secs(10);
/// For the head of an answer, and between pieces of its body.
const SILENCE: Duration = Duration::from_secs(30);
/// Less than a job may take, so that what comes too slowly is told as that.
const ALTOGETHER: Duration = Duration::from_mins(4);

impl Fetch {
    /// `roots` are trusted beside those of the machine.
    ///
    /// # Errors
    /// One of the roots cannot be used, or the machine's cannot be read.
    pub fn new(
        roots: impl IntoIterator<Item = CertificateDer<'static>>,
        parent: Option<Parent>,
    ) -> Result<Fetch, rustls::Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let verifier =
            rustls_platform_verifier::Verifier::new_with_extra_roots(roots, Arc::clone(&provider))?;
        // "Dangerous" is rustls's word for any verifier that is handed in; this is the platform's.
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(Fetch { tls: Arc::new(tls), parent, most_bytes: MOST_BYTES })
    }

    /// Whom others of the school's services are held to be by.
    pub(crate) fn tls(&self) -> Arc<ClientConfig> {
        Arc::clone(&self.tls)
    }

    /// A file that is longer is refused.
    #[must_use]
    pub fn at_most(self, bytes: u64) -> Fetch {
        Fetch { most_bytes: bytes, ..self }
    }

    /// # Errors
    /// Why it did not come whole, in words; the file may hold part of it.
    pub(crate) async fn fetch(&self, url: &str, known: &Marks, into: &Path) -> Result<Fetched, String> {
        let fetched = timeout(ALTOGETHER, self.follow(url, known, into)).await;
        fetched.unwrap_or_else(|_| Err(format!("it had not all come after {} s", ALTOGETHER.as_secs())))
    }

    async fn follow(&self, url: &str, known: &Marks, into: &Path) -> Result<Fetched, String> {
        let mut at = uri(url)?;
        for _ in 0..=MOST_REDIRECTS {
            match self.ask(&at, known, into).await? {
                Answer::Done(fetched) => return Ok(fetched),
                Answer::Elsewhere(next) => {
                    let next = uri(&join(&at, &next))?;
                    if is_secure(&at) && !is_secure(&next) {
                        return Err("it sends us from https on to http, which anybody could alter".to_owned());
                    }
                    at = next;
                }
            }
        }
        Err(format!("it sends us on and on: more than {MOST_REDIRECTS} redirects"))
    }

    async fn ask(&self, at: &Uri, known: &Marks, into: &Path) -> Result<Answer, String> {
        let stream = timeout(CONNECT, self.connect(at)).await;
        let stream = stream.map_err(|_| format!("{} does not answer", host(at)))??;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|err| told(&err))?;
        let request = self.request(at, known)?;
        let work = async {
            let answer = timeout(SILENCE, sender.send_request(request)).await;
            let answer = answer.map_err(|_| silent(at))?.map_err(|err| told(&err))?;
            self.take(at, answer, into).await
        };
        let mut work = pin!(work);
        tokio::select! {
            answer = &mut work => answer,
            // The other side has closed; what it said before that is still to be read.
            _ = connection => work.await,
        }
    }

    fn request(&self, at: &Uri, known: &Marks) -> Result<Request<Empty<Bytes>>, String> {
        let path = at.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let through_parent = self.parent.is_some() && !is_secure(at);
        let mut request = Request::get(if through_parent { at.to_string() } else { path.to_owned() })
            .header(header::HOST, at.authority().map_or("", http::uri::Authority::as_str))
            .header(header::USER_AGENT, "Schoolgate")
            .header(header::CONNECTION, "close");
        if let (true, Some(login)) = (through_parent, self.parent.as_ref().and_then(Parent::login)) {
            request = request.header(header::PROXY_AUTHORIZATION, login);
        }
        if let Some(etag) = &known.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(changed) = &known.changed {
            request = request.header(header::IF_MODIFIED_SINCE, changed);
        }
        request.body(Empty::new()).map_err(|err| told(&err))
    }

    async fn take(&self, at: &Uri, answer: Response<Incoming>, into: &Path) -> Result<Answer, String> {
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED => return Ok(Answer::Done(Fetched::Same)),
            status if status.is_redirection() => {
                let next = answer.headers().get(header::LOCATION).and_then(|it| it.to_str().ok());
                let next = next.ok_or_else(|| format!("{} sends us on to nowhere", host(at)))?;
                return Ok(Answer::Elsewhere(next.to_owned()));
            }
            status => return Err(format!("{} says {status}", host(at))),
        }
        let marks = Marks::of(answer.headers());
        let mut body = answer.into_body();
        let mut file = File::create(into).map_err(unwritable)?;
        let mut length = 0;
        while let Some(frame) = timeout(SILENCE, body.frame()).await.map_err(|_| silent(at))? {
            let frame = frame.map_err(|err| format!("it broke off in the middle: {}", told(&err)))?;
            let Some(piece) = frame.data_ref() else { continue };
            length += piece.len() as u64;
            if self.most_bytes < length {
                return Err(format!("it is longer than {} bytes", self.most_bytes));
            }
            file.write_all(piece).map_err(unwritable)?;
        }
        Ok(Answer::Done(Fetched::New(marks)))
    }
}

enum Answer {
    Done(Fetched),
    Elsewhere(String),
}

impl Marks {
    fn of(headers: &HeaderMap) -> Marks {
        let text = |name| headers.get(name).and_then(|it| it.to_str().ok()).map(ToOwned::to_owned);
        Marks { etag: text(header::ETAG), changed: text(header::LAST_MODIFIED) }
    }

    /// Nothing is known where the file is missing or is not one of ours.
    pub(crate) fn read(file: &Path) -> Marks {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = |n| text.lines().nth(n).filter(|it| !it.is_empty()).map(ToOwned::to_owned);
        Marks { etag: line(0), changed: line(1) }
    }

    pub(crate) fn write(&self, file: &Path) -> io::Result<()> {
        let line = |it: &Option<String>| it.clone().unwrap_or_default();
        std::fs::write(file, format!("{}\n{}\n", line(&self.etag), line(&self.changed)))
    }
}

fn uri(text: &str) -> Result<Uri, String> {
    let uri: Uri = text.parse().map_err(|_| "it is no address".to_owned())?;
    match uri.scheme_str() {
        Some("http" | "https") if uri.authority().is_some_and(|it| it.as_str().contains('@')) => {
            Err("it has a username in it, which we would show: take it out".to_owned())
        }
        Some("http" | "https") if uri.host().is_some() => Ok(uri),
        _ => Err("it is no address of http or https".to_owned()),
    }
}

/// Where a redirect leads: whole, from the site's root, or from beside this.
fn join(at: &Uri, next: &str) -> String {
    let scheme = at.scheme_str().unwrap_or("https");
    let authority = at.authority().map_or("", http::uri::Authority::as_str);
    if next.contains("://") {
        next.to_owned()
    } else if next.starts_with("//") {
        format!("{scheme}:{next}")
    } else if next.starts_with('/') {
        format!("{scheme}://{authority}{next}")
    } else {
        let folder = at.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{scheme}://{authority}{folder}/{next}")
    }
}

pub(crate) fn is_secure(at: &Uri) -> bool {
    at.scheme_str() == Some("https")
}

fn host(at: &Uri) -> &str {
    at.host().unwrap_or_default()
}

fn silent(at: &Uri) -> String {
    format!("{} has said nothing for {} s", host(at), SILENCE.as_secs())
}

#[expect(clippy::needless_pass_by_value, reason = "goes to map_err")]
fn unwritable(err: io::Error) -> String {
    format!("it cannot be written down: {err}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_leads_where_browsers_would_go() {
        let at: Uri = "https://lists.example.org/a/b.txt?x=1".parse().expect("an address");
        let check = |next: &str, expected: &str| assert_eq!(join(&at, next), expected);
        check("http://other.test/x", "http://other.test/x");
        check("//other.test/x", "https://other.test/x");
        check("/c.txt", "https://lists.example.org/c.txt");
        check("c.txt", "https://lists.example.org/a/c.txt");
    }

    #[test]
    fn only_http_is_fetched() {
        for text in [
            "",
            "list.txt",
            "ftp://lists.example.org/a",
            "file:///etc/passwd",
            "https://",
            "https://m.birch:x@a.test/",
        ] {
            assert!(uri(text).is_err(), "{text}");
        }
        assert!(uri("https://lists.example.org/a").is_ok());
    }
}
