//! `[console]`: where staff reach the pages.
use std::net::SocketAddr;

use serde::Deserialize;

use super::{check::Check, fault::ConfigFault, raw::Text};

#[derive(Debug, Clone)]
pub(crate) struct Console {
    pub(crate) listen: Vec<SocketAddr>,
    /// As staff write it in a browser.
    pub(crate) url: String,
    /// Whether it is reached over TLS with a certificate of the school's authority. Off for loopback, or where a
    /// front server holds the certificate.
    pub(crate) tls: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    listen: Option<Vec<Text>>,
    url: Option<Text>,
    tls: Option<bool>,
}

pub(crate) fn check(raw: Raw, check: &mut Check) -> Option<Console> {
    let remedy = "write address and port, such as \"0.0.0.0:8443\"";
    let given = raw.listen.unwrap_or_default();
    let mut listen: Vec<SocketAddr> =
        given.iter().filter_map(|it| check.parse(it, "console.listen", remedy)).collect();
    if given.is_empty() {
        listen.push(SocketAddr::from(([127, 0, 0, 1], 8443)));
    }
    let everywhere = listen.iter().all(|it| it.ip().is_loopback());
    let tls = raw.tls.unwrap_or(!everywhere);
    let scheme = if tls { "https" } else { "http" };
    let url = match &raw.url {
        None => format!("{scheme}://{}", listen.first()?),
        Some(it) if it.get_ref().starts_with("http://") || it.get_ref().starts_with("https://") => {
            it.get_ref().trim_end_matches('/').to_owned()
        }
        Some(it) => check.none(ConfigFault::at(
            it,
            "console.url",
            "is no address of a page",
            "write it as in a browser, such as \"https://schoolgate.example.sch.uk\"",
        ))?,
    };
    Some(Console { listen, url, tls })
}
