use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use percent_encoding::percent_decode_str;

use super::{NotATarget, Reach, address};

/// Longest name that DNS can carry, without a dot at the end (RFC 1035 section 2.3.4).
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;
/// Far more than any name that can exist takes with every character escaped.
const LONGEST_SPELLING: usize = 4096;

/// A name in lower-case ASCII (A-labels) without a dot at the end, or an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    Name(Box<str>),
    V4(Ipv4Addr),
    /// Never an IPv4 address in its mapped spelling: that becomes [`Host::V4`].
    V6(Ipv6Addr),
}

/// The name, then the name without its first label, and so on to the top: `a.b.test`, `b.test`, `test`.
#[derive(Debug, Clone)]
pub struct Suffixes<'a>(Option<&'a str>);

impl Host {
    /// Without port. IPv6 in brackets or bare; zone identifiers are refused, as they mean nothing beyond one
    /// machine (RFC 6874).
    pub fn parse(text: &str) -> Result<Host, NotATarget> {
        if text.is_empty() {
            return Err(NotATarget::NoHost);
        }
        if is_plain_name(text) {
            return Ok(Host::Name(text.into()));
        }
        if text.len() > LONGEST_SPELLING {
            return Err(NotATarget::BadHost);
        }
        if text.starts_with('[') || text.contains(':') {
            let inner = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text);
            let address: Ipv6Addr = inner.parse().map_err(|_| NotATarget::BadHost)?;
            return Ok(Host::from(IpAddr::V6(address)));
        }
        let decoded = percent_decode_str(text).decode_utf8().map_err(|_| NotATarget::BadHost)?;
        let ascii = Uts46::new()
            .to_ascii(decoded.as_bytes(), AsciiDenyList::URL, Hyphens::Allow, DnsLength::Ignore)
            .map_err(|_| NotATarget::BadHost)?;
        let name = ascii.strip_suffix('.').unwrap_or(&ascii);
        if address::ends_in_number(name) {
            return address::parse_v4(name).map(Host::V4).ok_or(NotATarget::BadHost);
        }
        if is_name(name) { Ok(Host::Name(name.into())) } else { Err(NotATarget::BadHost) }
    }

    /// The canonical spelling; borrowed for names.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Host::Name(name) => Cow::Borrowed(name),
            _ => Cow::Owned(self.to_string()),
        }
    }

    pub fn name(&self) -> Option<&str> {
        match self {
            Host::Name(name) => Some(name),
            _ => None,
        }
    }

    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Host::Name(_) => None,
            Host::V4(it) => Some(IpAddr::V4(*it)),
            Host::V6(it) => Some(IpAddr::V6(*it)),
        }
    }

    /// Nothing for addresses: only names have something above them.
    pub fn suffixes(&self) -> Suffixes<'_> {
        Suffixes(self.name())
    }

    /// Equal to `domain` (canonical) or below it.
    pub fn is_within(&self, domain: &str) -> bool {
        self.name().is_some_and(|name| {
            name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }

    /// The shortest part of the name that one owner registered, such as `bbc.co.uk`. `None` for addresses and
    /// for names that are themselves public suffixes.
    pub fn registrable_domain(&self) -> Option<&str> {
        psl::domain_str(self.name()?)
    }

    /// Whether a registry hands out names below this one (`uk`, `co.uk`): such a name says nothing of what is
    /// below it. Services that let people register below them (`blogspot.com`) are not counted.
    pub fn is_public_suffix(&self) -> bool {
        self.name().is_some_and(is_public_suffix)
    }

    /// Where an address leads. Names are [`Reach::Public`] unless reserved for this machine or network
    /// (RFC 6761, RFC 6762); they must be asked about again once resolved.
    pub fn reach(&self) -> Reach {
        match self {
            Host::V4(it) => Reach::of(IpAddr::V4(*it)),
            Host::V6(it) => Reach::of(IpAddr::V6(*it)),
            Host::Name(_) if self.is_within("localhost") => Reach::Loopback,
            Host::Name(_) if self.is_within("local") => Reach::LinkLocal,
            Host::Name(_) => Reach::Public,
        }
    }

    /// Anything but the public internet, in whatever disguise.
    pub fn is_private(&self) -> bool {
        self.reach() != Reach::Public
    }
}

impl<'a> Suffixes<'a> {
    /// Of a name that is already canonical.
    pub fn of(name: &'a str) -> Suffixes<'a> {
        Suffixes(Some(name))
    }
}

impl<'a> Iterator for Suffixes<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let this = self.0?;
        self.0 = memchr::memchr(b'.', this.as_bytes()).map(|dot| &this[dot + 1..]);
        Some(this)
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Host {
        match address {
            IpAddr::V4(it) => Host::V4(it),
            IpAddr::V6(it) => it.to_ipv4_mapped().map_or(Host::V6(it), Host::V4),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::V4(it) => it.fmt(f),
            Host::V6(it) => write!(f, "[{it}]"),
        }
    }
}

pub(crate) fn is_public_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| {
        suffix.as_bytes().len() == name.len() && suffix.typ() != Some(psl::Type::Private)
    })
}

/// Whether the text is a name already in canonical spelling that needs no look at IDNA or number rules.
pub(crate) fn is_plain_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() > LONGEST_NAME {
        return false;
    }
    let mut label = 0;
    for (i, byte) in bytes.iter().enumerate() {
        match byte {
            // `xn--` and other hyphens in third and fourth place are for IDNA to judge.
            b'-' if label == 3 && bytes[i - 1] == b'-' => return false,
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => label += 1,
            b'.' if label == 0 || label > LONGEST_LABEL => return false,
            b'.' => label = 0,
            _ => return false,
        }
    }
    let last = &bytes[bytes.len() - label..];
    // A last label that starts with a digit may be a number in disguise.
    label > 0 && label <= LONGEST_LABEL && !last[0].is_ascii_digit()
}

fn is_name(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= LONGEST_LABEL
                && label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        })
}
