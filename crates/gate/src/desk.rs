use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;
use policy::Method;

use crate::{Bindings, Credentials, Current, Errands, Page, Passes, Refusal, Secret, Snapshot, Who};

/// Everything the gate does under its own name, and every page it shows. It opens no socket: a gate hands it a
/// visit and sends what it answers.
#[derive(Debug)]
pub struct Desk {
    pub current: Arc<Current>,
    pub bindings: Bindings,
    pub credentials: Credentials,
    pub passes: Passes,
    pub errands: Errands,
    pub secret: Secret,
    /// The school's certificate authority, in DER, for the set-up page.
    pub authority: Box<[u8]>,
}

/// A request addressed to the gate itself.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    pub method: Method,
    /// Without the query.
    pub path: &'a str,
    /// Without the `?`; empty where there is none.
    pub query: &'a str,
    /// The body, at most [`Visit::BODY`] bytes: longer ones are answered 413 by the gate.
    pub form: &'a [u8],
    /// Came over TLS, so that a password may be typed.
    pub secure: bool,
    pub device: IpAddr,
    pub who: &'a Who,
    pub now: Timestamp,
}

impl Visit<'_> {
    /// The longest body that the desk takes.
    pub const BODY: usize = 16 * 1024;
}

impl Desk {
    /// Whether a request for this host is for the gate itself, not for the world.
    pub fn is_gate(snapshot: &Snapshot, host: &str) -> bool {
        host.trim_end_matches('.').eq_ignore_ascii_case(&snapshot.settings.gate_name)
    }

    /// Who is asking: whoever the request names by `Proxy-Authorization`; or has signed in on this device; or the
    /// device belongs to; or nobody. Ask it of each request, not of each connection: people come and go.
    ///
    /// # Errors
    /// [`Refusal`] when a name was given and is not to be believed.
    pub async fn who(
        &self,
        snapshot: &Snapshot,
        device: IpAddr,
        proxy_authorization: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<Who, Refusal> {
        crate::who::identify(snapshot, &self.credentials, &self.bindings, device, proxy_authorization, now)
            .await
    }

    /// Answers a visit to the gate's own name.
    #[expect(clippy::unused_async, reason = "signing in and reporting wait")]
    pub async fn answer(&self, _visit: Visit<'_>) -> Page {
        Page {
            status: 404,
            content_type: "text/plain; charset=utf-8",
            body: b"not yet\n".to_vec(),
            headers: Vec::new(),
        }
    }
}
