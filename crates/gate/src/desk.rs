mod answers;
mod elsewhere;
mod form;
mod pictures;
mod tokens;

use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;
use policy::{Method, Scheme, Target};

pub(crate) use self::form::encode;
use self::{form::Fields, tokens::Form};
use crate::{
    Bindings, Credentials, Current, Errands, Page, Passes, Refusal, Secret, Snapshot, Who,
    pages::{
        Frame, help, home,
        set_up::{self, File, Kind},
        sign_in::Wrong,
    },
    who::{Presented, identify},
};

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
    /// The body, at most [`Visit::BODY`] bytes: longer ones are answered 413.
    pub form: &'a [u8],
    /// Came over TLS, so that a password may be typed.
    pub secure: bool,
    pub device: IpAddr,
    pub who: &'a Who,
    /// Why whoever this device or its browser stands for is nobody now, if there is a reason.
    pub refused: Option<Refusal>,
    pub now: Timestamp,
}

impl Visit<'_> {
    /// The longest body that the desk takes: a report of 4,000 characters, each as long as encoding makes it.
    pub const BODY: usize = 64 * 1024;
}

impl Desk {
    /// Whether a request for this host is for the gate itself, not for the world.
    pub fn is_gate(snapshot: &Snapshot, host: &str) -> bool {
        host.trim_end_matches('.').eq_ignore_ascii_case(&snapshot.settings.gate_name)
    }

    /// Whether the gate answers a device that speaks to it without a proxy and calls it `host`. A name that is not
    /// the gate's is a site's that was pointed here, so that its scripts could read and send the gate's forms (DNS
    /// rebinding); such a device gets its PAC file, which holds no secret, and nothing else.
    pub fn answers_to(snapshot: &Snapshot, host: &str, path: &str) -> bool {
        let Ok(target) = Target::from_parts(Scheme::Http, host, "/") else { return false };
        let Some(name) = target.host().name() else { return true };
        let settings = &snapshot.settings;
        // Nobody outside the school's network can own a name of one label.
        Desk::is_gate(snapshot, name)
            || !name.contains('.')
            || name.eq_ignore_ascii_case(&settings.proxy.host)
            || settings.local_names.iter().any(|it| target.host().is_within(&it.to_ascii_lowercase()))
            || ["/proxy.pac", "/proxy-tls.pac", "/wpad.dat"].contains(&path)
    }

    /// Who is asking: whoever the request names by `Proxy-Authorization`; or has signed in on this device; or the
    /// device belongs to; or nobody. Ask it of each request, not of each connection: people come and go.
    ///
    /// # Errors
    /// [`Refusal`] when a name was given and is not to be believed. Show [`crate::Notice::SignIn`] with it; only
    /// for the gate's own pages and for help it counts as nobody.
    pub async fn who(
        &self,
        snapshot: &Snapshot,
        device: IpAddr,
        presented: Option<Presented<'_>>,
        now: Timestamp,
    ) -> Result<Who, Refusal> {
        identify(snapshot, &self.credentials, &self.bindings, &self.errands, device, presented, now).await
    }

    /// Answers a visit to the gate's own name. Signing in, agreeing, reporting, help and set-up are open to all;
    /// nothing else is here.
    pub async fn answer(&self, visit: Visit<'_>) -> Page {
        let snapshot = self.current.load_full();
        let frame = Frame { snapshot: &snapshot, who: visit.who, base: "" };
        if Visit::BODY < visit.form.len() {
            return frame.bind(home::refused(&frame, 413, "That was too long to send."));
        }
        let provider = snapshot.settings.provider.is_some();
        match visit.method {
            Method::Get if visit.path == "/sign-in/provider" && provider => {
                self.set_out(&frame, &visit, &Fields::read(visit.query.as_bytes())).await
            }
            Method::Get if visit.path == elsewhere::BACK && provider => {
                self.come_back(&frame, &visit, &Fields::read(visit.query.as_bytes())).await
            }
            Method::Get | Method::Head => self.get(&frame, &visit),
            Method::Post => self.post(&frame, &visit).await,
            _ => not_like_this(&frame, "GET, HEAD, POST"),
        }
    }

    fn get(&self, frame: &Frame<'_>, visit: &Visit<'_>) -> Page {
        let query = Fields::read(visit.query.as_bytes());
        let path = visit.path;
        if let Some(file) = path.strip_prefix("/set-up/").and_then(File::named) {
            return set_up::file(frame.snapshot, file, &self.authority);
        }
        let sheet = match path {
            "/" => {
                let until = self.signed_in_until(visit);
                home::page(frame, until, &self.token(Form::SignOut, visit))
            }
            "/sign-in" => {
                let over = visit.refused.filter(|it| it.knows_them());
                let wrong = over.map(|it| (Wrong::Refused(it), ""));
                return self.sign_in_form(frame, visit, query.get("back"), wrong);
            }
            "/sign-in/pictures" => return self.pictures(frame, visit, &query),
            "/sign-out" => self.sign_out_form(frame, visit),
            "/password" => return Desk::password(frame, visit, query.get("back")),
            "/agree" => {
                return self.agree_form(frame, visit, query.get("back"), query.get("reading"), None);
            }
            "/report" => self.report_form(frame, visit, query.get("about")),
            "/help" => help::page(frame),
            "/set-up" | "/set-up/" => set_up::page(frame, &self.authority),
            "/proxy.pac" | "/wpad.dat" => return pac(frame, Kind::Plain),
            "/proxy-tls.pac" => return pac(frame, Kind::Tls),
            "/favicon.ico" | "/favicon.svg" => return favicon(),
            "/go-on" => return to("/"),
            _ => home::missing(frame),
        };
        frame.bind(sheet)
    }

    async fn post(&self, frame: &Frame<'_>, visit: &Visit<'_>) -> Page {
        let form = Fields::read(visit.form);
        match visit.path {
            "/sign-in" => self.sign_in(frame, visit, &form).await,
            "/sign-in/pictures" => self.pick(frame, visit, &form).await,
            "/sign-out" => self.sign_out(frame, visit, &form),
            "/agree" => self.agree(frame, visit, &form).await,
            "/report" => self.report(frame, visit, &form).await,
            "/go-on" => self.go_on(frame, visit, &form),
            "/" | "/help" | "/set-up" | "/proxy.pac" | "/proxy-tls.pac" => not_like_this(frame, "GET, HEAD"),
            _ => frame.bind(home::missing(frame)),
        }
    }
}

/// A status and a place to go to next.
fn to(place: &str) -> Page {
    Page {
        status: 303,
        content_type: "text/plain; charset=utf-8",
        body: Vec::new(),
        headers: vec![("location", place.to_owned()), ("cache-control", "no-store".to_owned())],
    }
}

fn pac(frame: &Frame<'_>, kind: Kind) -> Page {
    set_up::pac(frame.snapshot, kind).unwrap_or_else(|| frame.bind(home::missing(frame)))
}

fn favicon() -> Page {
    Page {
        status: 200,
        content_type: "image/svg+xml",
        body: crate::pages::FAVICON.into(),
        headers: vec![("cache-control", "max-age=86400".to_owned())],
    }
}

fn not_like_this(frame: &Frame<'_>, allow: &'static str) -> Page {
    let sheet = home::refused(frame, 405, "This page cannot be used like that.").header("allow", allow);
    frame.bind(sheet)
}

#[cfg(test)]
mod tests;
