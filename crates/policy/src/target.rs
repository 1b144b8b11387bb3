//! Where a request is going, in one spelling, so that spelling never changes a decision.
mod address;
mod host;
mod path;
#[cfg(test)]
mod tests;

use std::fmt;

pub use self::{
    address::Reach,
    host::{Host, Suffixes},
};
pub(crate) use self::{
    address::embedded_v4,
    host::{is_plain_name, is_public_suffix},
};

/// A canonical address. Two spellings of one place are equal.
///
/// It is for deciding and recording. What goes out to the site is what the person sent: a server may tell apart
/// two paths that are equal here (`//` and `/`, say), and it is not ours to change them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    scheme: Scheme,
    host: Host,
    port: u16,
    /// Starts with `/`; holds the query after `?`, never a fragment.
    path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    Http,
    Https,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotATarget {
    #[error("the address has no host")]
    NoHost,
    #[error("the host name cannot exist")]
    BadHost,
    #[error("the port is not a number from 1 to 65535")]
    BadPort,
    #[error("only http and https can be asked for")]
    BadScheme,
}

impl Target {
    /// Reads an absolute address as a browser would (WHATWG URL, for the two schemes that we know).
    pub fn parse(url: &str) -> Result<Target, NotATarget> {
        let url = url.trim_matches(|c: char| c <= ' ');
        if url.contains(['\t', '\n', '\r']) {
            return Target::parse(&url.replace(['\t', '\n', '\r'], ""));
        }
        let (scheme, rest) = url.split_once(':').ok_or(NotATarget::BadScheme)?;
        let scheme = Scheme::parse(scheme).ok_or(NotATarget::BadScheme)?;
        let rest = rest.trim_start_matches(['/', '\\']);
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        Target::from_parts(scheme, authority, path)
    }

    /// `authority` may carry a user and a port; `path` may carry a query, or be empty or `*`.
    pub fn from_parts(scheme: Scheme, authority: &str, path: &str) -> Result<Target, NotATarget> {
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let (host, port) = split_port(place);
        if host.is_empty() {
            return Err(NotATarget::NoHost);
        }
        let port = if port.is_empty() { scheme.default_port() } else { parse_port(port)? };
        Ok(Target { scheme, host: Host::parse(host)?, port, path: path::canonical(path) })
    }

    pub fn scheme(&self) -> Scheme {
        self.scheme
    }
    pub fn host(&self) -> &Host {
        &self.host
    }
    pub fn port(&self) -> u16 {
        self.port
    }
    /// Canonical path and query; starts with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }
    /// The part after `?`, if there is one.
    pub fn query(&self) -> Option<&str> {
        self.path.split_once('?').map(|(_, query)| query)
    }
}

impl Scheme {
    pub const fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }
    fn parse(text: &str) -> Option<Scheme> {
        [Scheme::Http, Scheme::Https].into_iter().find(|it| it.as_str().eq_ignore_ascii_case(text))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.host)?;
        if self.port != self.scheme.default_port() {
            write!(f, ":{}", self.port)?;
        }
        f.write_str(&self.path)
    }
}

/// Cuts before the last colon outside brackets.
fn split_port(place: &str) -> (&str, &str) {
    match place.rfind(':') {
        Some(colon) if !place[colon..].contains(']') => (&place[..colon], &place[colon + 1..]),
        _ => (place, ""),
    }
}

fn parse_port(text: &str) -> Result<u16, NotATarget> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotATarget::BadPort);
    }
    text.parse().ok().filter(|port| *port != 0).ok_or(NotATarget::BadPort)
}
