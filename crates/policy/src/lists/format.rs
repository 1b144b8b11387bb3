use school::Choice;

use super::{
    Fault, adblock,
    import::{Found, State},
    zone,
};

/// How a source is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One host a line; also squidGuard's `domains`.
    Domains,
    /// `0.0.0.0 host` as in /etc/hosts.
    Hosts,
    /// `host/path` a line; squidGuard's `urls`, and lists of whole addresses.
    Urls,
    /// squidGuard's `expressions`: counted, not imported.
    Expressions,
    /// `||host^` and the rest of that family.
    Adblock,
    /// A DNS response policy zone.
    Zone,
}

impl Format {
    /// What the source most likely is, from the name of its file and its first few thousand bytes.
    pub fn sniff(file_name: &str, head: &[u8]) -> Format {
        let file = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
        match file.to_ascii_lowercase().as_str() {
            "domains" => return Format::Domains,
            "urls" => return Format::Urls,
            "expressions" => return Format::Expressions,
            _ => {}
        }
        let text = String::from_utf8_lossy(head);
        let mut votes = [0_usize; Format::ALL.len()];
        for line in text.lines().take(200) {
            if let Some(format) = Format::of_line(line.trim()) {
                // What only one format writes outweighs what any might.
                votes[format as usize] += if format == Format::Domains { 1 } else { 3 };
            }
        }
        let best = votes.iter().enumerate().max_by_key(|(i, votes)| (**votes, usize::MAX - i));
        best.map_or(Format::Domains, |(i, _)| Format::ALL[i])
    }

    fn of_line(line: &str) -> Option<Format> {
        let mut words = line.split_ascii_whitespace();
        let first = words.next()?;
        let is_record =
            |word: &str| ["SOA", "CNAME", "NS", "IN"].iter().any(|it| it.eq_ignore_ascii_case(word));
        match words.next() {
            _ if first.starts_with(['!', '[']) || first.starts_with("||") || first.starts_with("@@") => {
                Some(Format::Adblock)
            }
            _ if first.starts_with('$') => Some(Format::Zone),
            _ if first.starts_with(['#', ';']) => None,
            Some(second) if is_record(second) || words.next().is_some_and(is_record) => Some(Format::Zone),
            Some(_) if first.parse::<std::net::IpAddr>().is_ok() => Some(Format::Hosts),
            None if first.trim_end_matches('/').contains('/') => Some(Format::Urls),
            None => Some(Format::Domains),
            Some(_) => None,
        }
    }

    pub(super) fn line(self, line: &str, state: &mut State, found: &mut Found<'_>) {
        match self {
            Format::Domains | Format::Urls => {
                let line = content(line);
                if line.is_empty() {
                } else if self == Format::Urls || line.contains('/') {
                    found.address(line);
                } else {
                    found.host(line);
                }
            }
            Format::Hosts => hosts_line(content(line), found),
            Format::Expressions => {
                if !content(line).is_empty() {
                    found.fault(Fault::Pattern);
                }
            }
            Format::Adblock => adblock::line(line.trim(), found),
            Format::Zone => zone::line(line, state, found),
        }
    }
}

impl Choice for Format {
    const ALL: &'static [Format] =
        &[Format::Domains, Format::Hosts, Format::Urls, Format::Expressions, Format::Adblock, Format::Zone];
    fn code(self) -> &'static str {
        match self {
            Format::Domains => "domains",
            Format::Hosts => "hosts",
            Format::Urls => "urls",
            Format::Expressions => "expressions",
            Format::Adblock => "adblock",
            Format::Zone => "rpz",
        }
    }
    fn label(self) -> &'static str {
        match self {
            Format::Domains => "One domain a line",
            Format::Hosts => "Hosts file",
            Format::Urls => "One address a line",
            Format::Expressions => "squidGuard expressions",
            Format::Adblock => "Adblock rules",
            Format::Zone => "DNS response policy zone",
        }
    }
}

/// Names that hosts files give to the machine itself.
const OWN_NAMES: [&str; 12] = [
    "localhost",
    "localhost.localdomain",
    "local",
    "broadcasthost",
    "ip6-localhost",
    "ip6-loopback",
    "ip6-localnet",
    "ip6-mcastprefix",
    "ip6-allnodes",
    "ip6-allrouters",
    "ip6-allhosts",
    "0.0.0.0",
];

fn hosts_line(line: &str, found: &mut Found<'_>) {
    let mut words = line.split_ascii_whitespace();
    let Some(first) = words.next() else { return };
    let address = first.split('%').next().unwrap_or(first);
    if address.parse::<std::net::IpAddr>().is_err() {
        return found.fault(Fault::NotThisFormat);
    }
    let mut none = true;
    for name in words {
        none = false;
        if !OWN_NAMES.contains(&name) {
            found.host(name);
        }
    }
    if none {
        found.fault(Fault::NotThisFormat);
    }
}

/// The line without its comment and the space around it.
fn content(line: &str) -> &str {
    let trimmed = line.trim_ascii();
    if trimmed.starts_with('#') {
        return "";
    }
    // A `#` inside an address may be a fragment; after a space it is a comment.
    match memchr::memchr(b'#', trimmed.as_bytes()) {
        Some(mark) if trimmed[..mark].ends_with([' ', '\t']) => trimmed[..mark].trim_ascii_end(),
        _ => trimmed,
    }
}
