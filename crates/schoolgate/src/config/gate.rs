//! `[gate]`: where the web gate listens, who it asks, and what it may reach.
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use ipnet::IpNet;
use school::{Line, Username, remote::Route};
use serde::Deserialize;
use toml::Spanned;

use super::{check::Check, fault::ConfigFault, raw::Text};

#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question that the file answers by itself")]
pub(crate) struct Gate {
    /// The name under which the gate answers for itself.
    pub(crate) name: String,
    /// Which of the school's sites it stands at, where there are several.
    pub(crate) site: Option<Line>,
    /// As devices reach the proxy: what the PAC file says.
    pub(crate) proxy: String,
    pub(crate) listen: Vec<SocketAddr>,
    /// The proxy over TLS.
    pub(crate) listen_tls: Vec<SocketAddr>,
    /// Ask by the browser's own proxy sign-in, not by the gate's page.
    pub(crate) sign_in_by_proxy: bool,
    pub(crate) open_unknown: bool,
    pub(crate) session: Duration,
    pub(crate) anonymous_reports: bool,
    pub(crate) keep_paths: bool,
    pub(crate) ask_for_sites: Option<String>,
    pub(crate) reach: Vec<IpNet>,
    /// `name` or `name:port`, lower case; a port of 0 means the one that was asked for.
    pub(crate) pinned: HashMap<String, SocketAddr>,
    pub(crate) extra_roots: Vec<PathBuf>,
    pub(crate) parent: Option<Parent>,
    /// `None`: the school's own, made at first start.
    pub(crate) authority: Option<OwnAuthority>,
    pub(crate) devices: Vec<Device>,
    /// Ways in from outside.
    pub(crate) remote: Vec<Route>,
    pub(crate) limits: Limits,
    /// Requests that may wait to be recorded.
    pub(crate) record_queue: usize,
}

/// A proxy that this one goes through.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Name and password.
    pub(crate) credentials: Option<(String, String)>,
}

/// A certificate authority that the school has already, in PEM.
#[derive(Debug, Clone)]
pub(crate) struct OwnAuthority {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) address: IpAddr,
    pub(crate) name: Line,
    pub(crate) person: Option<Username>,
}

/// Bounds on what one client or one answer may cost. `None`: the gate's own default.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    pub(crate) connections: Option<usize>,
    pub(crate) connections_per_address: Option<usize>,
    pub(crate) head_time: Option<Duration>,
    pub(crate) connect_time: Option<Duration>,
    pub(crate) answer_time: Option<Duration>,
    pub(crate) tunnel_idle_time: Option<Duration>,
}

impl std::fmt::Debug for Parent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    name: Option<Text>,
    site: Option<Text>,
    proxy: Option<Text>,
    listen: Option<Spanned<Vec<Text>>>,
    listen_tls: Option<Vec<Text>>,
    sign_in: Option<Text>,
    open_unknown: Option<bool>,
    session: Option<Text>,
    anonymous_reports: Option<bool>,
    keep_paths: Option<bool>,
    ask_for_sites: Option<String>,
    reach: Option<Vec<Text>>,
    pinned: Option<HashMap<String, Text>>,
    extra_roots: Option<Vec<Text>>,
    parent: Option<Text>,
    authority: Option<RawAuthority>,
    devices: Option<Vec<RawDevice>>,
    remote: Option<Vec<RawRoute>>,
    #[serde(default)]
    limits: RawLimits,
    record_queue: Option<Spanned<u32>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAuthority {
    certificate: Text,
    key: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDevice {
    address: Text,
    name: Text,
    person: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRoute {
    name: Text,
    ranges: Spanned<Vec<Text>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    connections: Option<Spanned<u32>>,
    connections_per_address: Option<Spanned<u32>>,
    head_time: Option<Text>,
    connect_time: Option<Text>,
    answer_time: Option<Text>,
    tunnel_idle_time: Option<Text>,
}

/// What a school has that sets nothing.
const NAME: &str = "gate.schoolgate.internal";
const LISTEN: [&str; 2] = ["0.0.0.0:3128", "[::]:3128"];
const RECORD_QUEUE: u32 = 65_536;
const LISTEN_REMEDY: &str = "write address and port, such as \"0.0.0.0:3128\" or \"[::]:3128\"";
const DAY: Duration = Duration::from_hours(24);

pub(crate) fn check(raw: Raw, check: &mut Check) -> Option<Gate> {
    let name = raw.name.as_ref().map_or(Some(NAME.to_owned()), |it| host_name(it, "gate.name", check));
    let listen = match &raw.listen {
        None => LISTEN.iter().filter_map(|it| it.parse().ok()).collect(),
        Some(all) if all.get_ref().is_empty() => {
            check.none(ConfigFault::at(all, "gate.listen", "the gate would not listen", LISTEN_REMEDY))?
        }
        Some(all) => addresses(all.get_ref(), "gate.listen", check),
    };
    let listen_tls = addresses(raw.listen_tls.as_deref().unwrap_or_default(), "gate.listen_tls", check);
    let site = match &raw.site {
        None => None,
        Some(it) => Some(check.parse(it, "gate.site", "write the site's name, such as \"North campus\"")?),
    };
    let sign_in_by_proxy = match raw.sign_in.as_ref().map(|it| (it, it.get_ref().as_str())) {
        None | Some((_, "page")) => false,
        Some((_, "proxy")) => true,
        Some((it, _)) => check.none(ConfigFault::at(
            it,
            "gate.sign_in",
            "is no way to sign in",
            "write \"page\" (the gate's own page) or \"proxy\" (the browser asks)",
        ))?,
    };
    let minute = Duration::from_mins(1);
    let session =
        check.duration(raw.session.as_ref(), "gate.session", Duration::from_hours(8), minute..=31 * DAY);
    let reach = parsed(raw.reach.as_deref(), "gate.reach", "write a range, such as \"10.0.0.0/8\"", check);
    let pinned = raw.pinned.unwrap_or_default();
    let pinned =
        pinned.into_iter().filter_map(|(name, it)| Some((name.to_ascii_lowercase(), pin(&it, check)?)));
    let pinned = pinned.collect();
    let roots = raw.extra_roots.unwrap_or_default();
    let extra_roots = roots.iter().filter_map(|it| check.file(it, "gate.extra_roots")).collect();
    let parent = match &raw.parent {
        None => None,
        Some(it) => Some(parent(it, check)?),
    };
    let authority = match &raw.authority {
        None => None,
        Some(it) => Some(OwnAuthority {
            certificate: check.file(&it.certificate, "gate.authority.certificate")?,
            key: check.file(&it.key, "gate.authority.key")?,
        }),
    };
    let devices = raw.devices.unwrap_or_default();
    let devices = devices.iter().filter_map(|it| device(it, check)).collect();
    let remote = routes(&raw.remote.unwrap_or_default(), check);
    let limits = limits(&raw.limits, check)?;
    let record_queue =
        count(raw.record_queue.as_ref(), "gate.record_queue", 1_000, check).unwrap_or(RECORD_QUEUE as usize);
    let name = name?;
    let proxy = match raw.proxy {
        Some(it) => proxy(&it, check)?,
        None => format!("{name}:{}", listen.first().map_or(3128, SocketAddr::port)),
    };
    Some(Gate {
        proxy,
        name,
        site,
        listen,
        listen_tls,
        sign_in_by_proxy,
        open_unknown: raw.open_unknown.unwrap_or(false),
        session: session?,
        anonymous_reports: raw.anonymous_reports.unwrap_or(false),
        keep_paths: raw.keep_paths.unwrap_or(true),
        ask_for_sites: raw.ask_for_sites,
        reach,
        pinned,
        extra_roots,
        parent,
        authority,
        devices,
        remote,
        limits,
        record_queue,
    })
}

fn host_name(text: &Text, key: &str, check: &mut Check) -> Option<String> {
    let name = text.get_ref().trim().to_ascii_lowercase();
    let label = |it: &str| {
        !it.is_empty() && it.len() < 64 && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '-')
    };
    if name.contains('.') && name.split('.').all(label) {
        return Some(name);
    }
    check.none(ConfigFault::at(
        text,
        key,
        "is no name of a host",
        "write a full name, such as \"gate.example.sch.uk\"",
    ))
}

fn proxy(text: &Text, check: &mut Check) -> Option<String> {
    let fine = text
        .get_ref()
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if fine {
        return Some(text.get_ref().clone());
    }
    check.none(ConfigFault::at(
        text,
        "gate.proxy",
        "has no port",
        "write name and port, such as \"proxy.example.sch.uk:3128\"",
    ))
}

fn pin(text: &Text, check: &mut Check) -> Option<SocketAddr> {
    if let Ok(address) = text.get_ref().parse::<IpAddr>() {
        return Some(SocketAddr::new(address, 0));
    }
    check.parse(text, "gate.pinned", "write an address, such as \"10.0.0.5\" or \"10.0.0.5:8080\"")
}

fn addresses(all: &[Text], key: &str, check: &mut Check) -> Vec<SocketAddr> {
    parsed(Some(all), key, LISTEN_REMEDY, check)
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    all: Option<&[Text]>,
    key: &str,
    remedy: &str,
    check: &mut Check,
) -> Vec<T> {
    all.unwrap_or_default().iter().filter_map(|it| check.parse(it, key, remedy)).collect()
}

/// `http://name:password@host:port`.
fn parent(text: &Text, check: &mut Check) -> Option<Parent> {
    let found = text.get_ref().trim_end_matches('/').strip_prefix("http://").and_then(|it| {
        let (credentials, place) = it.rsplit_once('@').map_or((None, it), |(c, p)| (Some(c), p));
        let (host, port) = place.rsplit_once(':')?;
        let credentials = credentials.and_then(|it| it.split_once(':'));
        Some(Parent {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: port.parse().ok()?,
            credentials: credentials.map(|(name, password)| (name.to_owned(), password.to_owned())),
        })
    });
    found.or_else(|| {
        check.none(ConfigFault::at(
            text,
            "gate.parent",
            "is no address of a proxy",
            "write http://host:port or http://name:password@host:port",
        ))
    })
}

fn device(raw: &RawDevice, check: &mut Check) -> Option<Device> {
    let address =
        check.parse(&raw.address, "gate.devices.address", "write an address, such as \"10.0.4.20\"");
    let name = check.parse(&raw.name, "gate.devices.name", "write what the device is called");
    let person = match &raw.person {
        None => None,
        Some(it) => Some(check.parse(it, "gate.devices.person", "write the name they sign in with")?),
    };
    Some(Device { address: address?, name: name?, person })
}

/// Two of one name would make an approval for one of them an approval for both.
fn routes(all: &[RawRoute], check: &mut Check) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    for raw in all {
        let name: Option<Line> = check.parse(
            &raw.name,
            "gate.remote.name",
            "write what the way in is called, such as \"School VPN\"",
        );
        let ranges = raw.ranges.get_ref();
        let read = parsed(
            Some(ranges),
            "gate.remote.ranges",
            "write a range, such as \"10.99.0.0/16\" or \"10.99.0.7/32\"",
            check,
        );
        if ranges.is_empty() {
            let remedy = "write the ranges from which people come by it";
            let _: Option<()> =
                check.none(ConfigFault::at(&raw.ranges, "gate.remote.ranges", "names no address", remedy));
        }
        let Some(name) = name else { continue };
        if routes.iter().any(|it| it.name.as_str().eq_ignore_ascii_case(name.as_str())) {
            let remedy = "give each way in a name of its own, or put the ranges of one together";
            let _: Option<()> =
                check.none(ConfigFault::at(&raw.name, "gate.remote.name", "stands twice", remedy));
        }
        routes.push(Route { name, ranges: read });
    }
    routes
}

fn count(value: Option<&Spanned<u32>>, key: &str, least: u32, check: &mut Check) -> Option<usize> {
    let value = value?;
    if *value.get_ref() >= least {
        return usize::try_from(*value.get_ref()).ok();
    }
    check.none(ConfigFault::at(value, key, "is too few to work with", &format!("write {least} or more")))
}

fn limits(raw: &RawLimits, check: &mut Check) -> Option<Limits> {
    let mut time = |text: &Option<Text>, key: &str| match text {
        None => Some(None),
        some => check.duration(some.as_ref(), key, DAY, Duration::from_secs(1)..=DAY).map(Some),
    };
    let head_time = time(&raw.head_time, "gate.limits.head_time");
    let connect_time = time(&raw.connect_time, "gate.limits.connect_time");
    let answer_time = time(&raw.answer_time, "gate.limits.answer_time");
    let tunnel_idle_time = time(&raw.tunnel_idle_time, "gate.limits.tunnel_idle_time");
    Some(Limits {
        connections: count(raw.connections.as_ref(), "gate.limits.connections", 16, check),
        connections_per_address: count(
            raw.connections_per_address.as_ref(),
            "gate.limits.connections_per_address",
            16,
            check,
        ),
        head_time: head_time?,
        connect_time: connect_time?,
        answer_time: answer_time?,
        tunnel_idle_time: tunnel_idle_time?,
    })
}
