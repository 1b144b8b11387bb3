use std::net::IpAddr;

use jiff::Timestamp;
use policy::{Decision, Target};

use crate::{Page, Refusal, Ruling, Snapshot, Wants, Who, desk::Desk};

/// What a person is shown instead of what they asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Notice<'a> {
    Blocked(&'a Decision),
    Warn(&'a Decision),
    /// Who are you? With the reason the last try failed, if there was one.
    SignIn(Option<Refusal>),
    Agree,
    Certificate(CertificateFault),
    Upstream(UpstreamFault),
}

/// What was asked for, by whom, and how.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub target: &'a Target,
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
            Ruling::Agree(_) => Notice::Agree,
        };
        Some(self.notice(snapshot, notice, asked))
    }

    pub fn notice(&self, _snapshot: &Snapshot, notice: Notice<'_>, _asked: &Asked<'_>) -> Page {
        let status = match notice {
            Notice::Blocked(_) | Notice::Warn(_) | Notice::Agree => 403,
            Notice::SignIn(_) => 511,
            Notice::Certificate(_) | Notice::Upstream(_) => 502,
        };
        Page {
            status,
            content_type: "text/plain; charset=utf-8",
            body: format!("{notice:?}\n").into(),
            headers: Vec::new(),
        }
    }
}
