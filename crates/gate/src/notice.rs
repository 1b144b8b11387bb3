use std::net::IpAddr;

use jiff::Timestamp;
use policy::{Decision, Scheme, Target};
use school::exceptional::Held;

use crate::{
    Page, Refusal, Ruling, SignInBy, Snapshot, Wants, Who,
    desk::{Desk, encode},
    pages::{Frame, Sheet, agree, blocked, held, password, sign_in, trouble, warn},
};

/// What a person is shown instead of what they asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Notice<'a> {
    Blocked(&'a Decision),
    Warn(&'a Decision),
    /// Who are you? With the reason the last try failed, if there was one.
    SignIn(Option<Refusal>),
    /// Their password has to be changed first.
    Password,
    Agree,
    /// They have signed, and wait for the head or campus lead (ACC-19).
    Held(Held),
    Certificate(CertificateFault),
    Upstream(UpstreamFault),
}

/// What was asked for, by whom, and how.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub target: &'a Target,
    /// The absolute address as the person sent it, to lead them back to: [`Target`] is for deciding.
    pub url: &'a str,
    pub who: &'a Who,
    pub device: IpAddr,
    pub wants: Wants,
    /// The request came through an opened tunnel, where a proxy's 407 would mean nothing to the browser.
    pub inside: bool,
    pub now: Timestamp,
}

/// What is wrong with a site's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    Expired,
    NotYetValid,
    WrongName,
    SelfSigned,
    UnknownAuthority,
    Revoked,
    /// Anything else, such as a signature that does not fit.
    Broken,
}

/// Why a site could not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpstreamFault {
    NotFound,
    Refused,
    TimedOut,
    /// Closed the connection part-way.
    Stopped,
    /// Answered with something that is not HTTP or not TLS.
    Garbled,
    /// A private or loopback address that the school has not listed.
    Private,
    /// The parent proxy refused or failed.
    Parent,
}

impl Desk {
    /// What to show for a ruling; `None` when the request may go on.
    pub fn page_for(&self, snapshot: &Snapshot, ruling: &Ruling, asked: &Asked<'_>) -> Option<Page> {
        let notice = match ruling {
            Ruling::Proceed(_) => return None,
            Ruling::Warn(decision) => Notice::Warn(decision),
            Ruling::Refuse(decision) => Notice::Blocked(decision),
            Ruling::SignIn(_) => Notice::SignIn(None),
            Ruling::Password(_) => Notice::Password,
            Ruling::Agree(_) => Notice::Agree,
            Ruling::Hold(_, held) => Notice::Held(*held),
        };
        Some(self.notice(snapshot, notice, asked))
    }

    /// Never a page of the site itself: what is asked for here was refused, or is not known yet.
    pub fn notice(&self, snapshot: &Snapshot, notice: Notice<'_>, asked: &Asked<'_>) -> Page {
        let gate = &snapshot.settings.gate_name;
        let base = format!("{}://{gate}", asked.target.scheme().as_str());
        let frame = Frame { snapshot, who: asked.who, base: &base };
        let sheet = match notice {
            Notice::Blocked(decision) => blocked::page(&frame, decision, asked.target),
            Notice::Warn(decision) => {
                let token = self.go_on_token(asked.who, asked.device, asked.target, asked.now);
                warn::page(&frame, decision, asked.target, asked.url, &token)
            }
            Notice::SignIn(refusal) => return sign_in_notice(&frame, refusal, asked),
            Notice::Password => {
                let link = format!("https://{gate}/password?back={}", encode(asked.url));
                match asked.wants {
                    Wants::Page => return elsewhere(302, link),
                    Wants::Part => password::asked(&frame, &link),
                }
            }
            Notice::Agree => {
                let link = format!("https://{gate}/agree?back={}", encode(asked.url));
                match asked.wants {
                    Wants::Page => return elsewhere(302, link),
                    Wants::Part => agree::asked(&frame, &link, asked.now),
                }
            }
            Notice::Held(it) => held::page(&frame, it),
            Notice::Certificate(fault) => trouble::certificate(&frame, asked, fault),
            Notice::Upstream(fault) => trouble::upstream(&frame, asked, fault),
        };
        match asked.wants {
            Wants::Page => frame.bind(sheet),
            Wants::Part => part(sheet),
        }
    }
}

/// A browser that can be sent to the form is; one that may lack the school's certificate gets a page first; and
/// where the school uses the browser's own box, it is asked by the proxy's 407.
fn sign_in_notice(frame: &Frame<'_>, refusal: Option<Refusal>, asked: &Asked<'_>) -> Page {
    let by_proxy = frame.snapshot.settings.sign_in == SignInBy::Proxy && !asked.inside;
    let status = match refusal {
        Some(Refusal::Busy | Refusal::Down) => 503,
        Some(Refusal::SlowDown) => 429,
        Some(it) if it.knows_them() => 511,
        // Credentials that came by the proxy's own way are asked for again in that way.
        Some(Refusal::Wrong | Refusal::Again) if !asked.inside => 407,
        Some(Refusal::Wrong | Refusal::Again) | None if by_proxy => 407,
        Some(_) | None => 511,
    };
    if status == 511 && asked.wants == Wants::Page && asked.target.scheme() == Scheme::Https {
        let gate = &frame.snapshot.settings.gate_name;
        return elsewhere(302, format!("https://{gate}/sign-in?back={}", encode(asked.url)));
    }
    let mut sheet = sign_in::asked(frame, status, asked.url, refusal);
    if status == 407 {
        // RFC 7617; a name in quotes may hold anything but quotes, backslashes and what is not ASCII.
        let realm: String = frame
            .school()
            .chars()
            .filter(|it| (' '..='~').contains(it) && !matches!(it, '"' | '\\'))
            .collect();
        sheet = sheet.header("proxy-authenticate", format!("Basic realm=\"{realm}\", charset=\"UTF-8\""));
    }
    match status {
        429 => sheet = sheet.header("retry-after", "300"),
        503 => sheet = sheet.header("retry-after", "30"),
        _ => {}
    }
    match asked.wants {
        Wants::Page => frame.bind(sheet),
        Wants::Part => part(sheet),
    }
}

/// The same answer in one line, for a programme.
fn part(sheet: Sheet) -> Page {
    let mut headers = sheet.headers;
    headers.push(("cache-control", "no-store".to_owned()));
    headers.push(("x-content-type-options", "nosniff".to_owned()));
    Page {
        status: sheet.status,
        content_type: "text/plain; charset=utf-8",
        body: format!("{}\n", sheet.title).into_bytes(),
        headers,
    }
}

fn elsewhere(status: u16, place: String) -> Page {
    Page {
        status,
        content_type: "text/plain; charset=utf-8",
        body: Vec::new(),
        headers: vec![("location", place), ("cache-control", "no-store".to_owned())],
    }
}

#[cfg(test)]
mod tests;
