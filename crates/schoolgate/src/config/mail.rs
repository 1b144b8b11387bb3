//! `[mail]`: how the safeguarding lead is told.
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::{check::Check, fault::ConfigFault, raw::Text};

#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: MailTls,
    /// `Schoolgate <schoolgate@example.sch.uk>`.
    pub(crate) from: String,
    /// Safeguarding leads.
    pub(crate) leads: Vec<String>,
    /// Who is told of concerns about staff.
    pub(crate) heads: Vec<String>,
    /// Who is told of guessing and faults: the network manager.
    pub(crate) technical: Vec<String>,
    pub(crate) username: Option<String>,
    /// Holds the password and nothing else.
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailTls {
    /// From the first byte.
    Implicit,
    /// STARTTLS, and nothing is sent without it.
    StartTls,
    /// Only to a server on this machine.
    None,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    host: Text,
    port: Option<Spanned<u16>>,
    tls: Option<Text>,
    from: Text,
    leads: Vec<Text>,
    #[serde(default)]
    heads: Vec<Text>,
    #[serde(default)]
    technical: Vec<Text>,
    username: Option<Text>,
    password_file: Option<Text>,
}

pub(crate) fn check(raw: Raw, check: &mut Check) -> Option<Mail> {
    let tls = match raw.tls.as_ref().map(|it| (it, it.get_ref().as_str())) {
        None | Some((_, "starttls")) => MailTls::StartTls,
        Some((_, "implicit")) => MailTls::Implicit,
        Some((_, "none")) => MailTls::None,
        Some((it, _)) => check.none(ConfigFault::at(
            it,
            "mail.tls",
            "is no kind of TLS",
            "write \"starttls\", \"implicit\" or \"none\"",
        ))?,
    };
    let local = ["localhost", "127.0.0.1", "::1"].contains(&raw.host.get_ref().as_str());
    if let (MailTls::None, false, Some(it)) = (tls, local, &raw.tls) {
        let remedy = "what is said about children does not cross a network in the open: write \"starttls\" or \"implicit\"";
        check.fault(ConfigFault::at(it, "mail.tls", "is for a server on this machine only", remedy));
    }
    let all = raw.leads.iter().chain(&raw.heads).chain(&raw.technical).chain([&raw.from]);
    for it in all.filter(|it| !it.get_ref().contains('@')) {
        check.fault(ConfigFault::at(it, "mail", "is no e-mail address", "write name@host"));
    }
    let port = raw.port.map_or(if tls == MailTls::Implicit { 465 } else { 587 }, Spanned::into_inner);
    let password_file = match &raw.password_file {
        None => None,
        Some(it) => Some(check.file(it, "mail.password_file")?),
    };
    Some(Mail {
        host: raw.host.into_inner(),
        port,
        tls,
        from: raw.from.into_inner(),
        leads: raw.leads.into_iter().map(Spanned::into_inner).collect(),
        heads: raw.heads.into_iter().map(Spanned::into_inner).collect(),
        technical: raw.technical.into_iter().map(Spanned::into_inner).collect(),
        username: raw.username.map(Spanned::into_inner),
        password_file,
    })
}
