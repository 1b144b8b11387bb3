use std::{net::IpAddr, sync::Arc};

use jiff::Timestamp;
use school::{Choice, Id, Person, School};

use crate::{Because, CategorySet, Scheme};

/// What a gate saw: one request, what was decided of it and what came of it (LOG-01, LOG-02, BEY-01).
///
/// Visits to protected help sites never become one.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub at: Timestamp,
    pub school: Id<School>,
    /// `None`: nobody had signed in.
    pub person: Option<Id<Person>>,
    /// The device's name or id where one is known.
    pub device: Option<Arc<str>>,
    pub address: IpAddr,
    pub method: Method,
    pub scheme: Scheme,
    /// Canonical, without port.
    pub host: Box<str>,
    pub port: u16,
    /// Path and query. `None` where it was not seen (a tunnel) or the school keeps none.
    pub path: Option<Box<str>>,
    /// What was typed into a search box.
    pub search: Option<Box<str>>,
    pub categories: CategorySet,
    pub outcome: Outcome,
    pub because: Because,
    pub carried: Carried,
    /// Of the answer that the person got; 0 where there was none.
    pub status: u16,
    /// From the person, body bytes.
    pub bytes_in: u64,
    /// To the person, body bytes.
    pub bytes_out: u64,
    /// From the end of the request's head to the end of the answer, in microseconds.
    pub took: u32,
}

/// What the person got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Allowed,
    /// Was shown the warning page.
    Warned,
    Blocked,
    AskedToSignIn,
    AskedToAgree,
    /// Allowed, but the site or its certificate failed.
    Failed,
    /// Has signed, and waits for the head or campus lead (ACC-19).
    Held,
}

/// How the bytes were carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carried {
    Plain,
    /// TLS, opened.
    Inspected,
    /// TLS or anything else, unopened.
    Tunnel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Connect,
    Other,
}

impl Seen {
    /// Whether losing this would lose a refusal or a safeguarding signal: such are never dropped.
    pub fn must_be_kept(&self) -> bool {
        matches!(self.outcome, Outcome::Blocked | Outcome::Warned) || self.search.is_some()
    }
}

impl Choice for Outcome {
    const ALL: &'static [Outcome] = &[
        Outcome::Allowed,
        Outcome::Warned,
        Outcome::Blocked,
        Outcome::AskedToSignIn,
        Outcome::AskedToAgree,
        Outcome::Failed,
        Outcome::Held,
    ];
    fn code(self) -> &'static str {
        match self {
            Outcome::Allowed => "allowed",
            Outcome::Warned => "warned",
            Outcome::Blocked => "blocked",
            Outcome::AskedToSignIn => "sign-in",
            Outcome::AskedToAgree => "agree",
            Outcome::Failed => "failed",
            Outcome::Held => "held",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Outcome::Allowed => "Allowed",
            Outcome::Warned => "Warned",
            Outcome::Blocked => "Blocked",
            Outcome::AskedToSignIn => "Asked to sign in",
            Outcome::AskedToAgree => "Asked to agree",
            Outcome::Failed => "Site failed",
            Outcome::Held => "Waits for approval",
        }
    }
}

impl Choice for Carried {
    const ALL: &'static [Carried] = &[Carried::Plain, Carried::Inspected, Carried::Tunnel];
    fn code(self) -> &'static str {
        match self {
            Carried::Plain => "plain",
            Carried::Inspected => "inspected",
            Carried::Tunnel => "tunnel",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Carried::Plain => "Plain HTTP",
            Carried::Inspected => "Inspected",
            Carried::Tunnel => "Not inspected",
        }
    }
}

impl Choice for Method {
    const ALL: &'static [Method] = &[
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Put,
        Method::Patch,
        Method::Delete,
        Method::Options,
        Method::Connect,
        Method::Other,
    ];
    fn code(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
            Method::Connect => "CONNECT",
            Method::Other => "other",
        }
    }
    fn label(self) -> &'static str {
        self.code()
    }
}
