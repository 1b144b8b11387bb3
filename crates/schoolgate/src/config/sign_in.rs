//! `[sign_in.oidc]`: the school's identity provider. `[sign_in.ldap]`: its directory.
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::{check::Check, fault::ConfigFault, raw::Text};

/// Who keeps the accounts that are not kept here.
#[derive(Debug, Clone)]
pub(crate) struct SignIn {
    pub(crate) oidc: Option<Oidc>,
    pub(crate) ldap: Option<Ldap>,
}

#[derive(Debug, Clone)]
pub(crate) struct Ldap {
    pub(crate) url: String,
    pub(crate) start_tls: bool,
    pub(crate) find: LdapFind,
}

/// From a username to an entry of the directory.
#[derive(Debug, Clone)]
pub(crate) enum LdapFind {
    Name(String),
    Search { account: String, password_file: PathBuf, base: String, filter: String },
}

#[derive(Debug, Clone)]
pub(crate) struct Oidc {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    /// Holds the secret and nothing else. `None`: the provider gave none.
    pub(crate) client_secret_file: Option<PathBuf>,
    pub(crate) claim: workers::identity::Claim,
    /// In lower case.
    pub(crate) domains: Vec<String>,
    pub(crate) tenants: Vec<String>,
    pub(crate) only_ours: bool,
    /// What the buttons say.
    pub(crate) button: String,
    pub(crate) prompt: Option<String>,
    /// In lower case: what the provider's pages need of the web before anybody has signed in.
    pub(crate) hosts: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    oidc: Option<RawOidc>,
    ldap: Option<RawLdap>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLdap {
    url: Text,
    #[serde(default)]
    start_tls: bool,
    name: Option<Text>,
    account: Option<Text>,
    password_file: Option<Text>,
    base: Option<Text>,
    filter: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOidc {
    issuer: Text,
    client_id: Text,
    client_secret_file: Option<Text>,
    claim: Option<Text>,
    #[serde(default)]
    domains: Vec<Text>,
    #[serde(default)]
    tenants: Vec<Text>,
    #[serde(default)]
    only_ours: bool,
    button: Option<Text>,
    prompt: Option<Text>,
    #[serde(default)]
    hosts: Vec<Text>,
}

const BUTTON: &str = "Sign in with your school account";
const PROMPT: &str = "select_account";

pub(crate) fn check(raw: Raw, check: &mut Check) -> Option<SignIn> {
    let oidc = match raw.oidc {
        None => None,
        Some(raw) => Some(oidc(raw, check)?),
    };
    let ldap = match raw.ldap {
        None => None,
        Some(raw) => Some(ldap(&raw, check)?),
    };
    Some(SignIn { oidc, ldap })
}

fn oidc(raw: RawOidc, check: &mut Check) -> Option<Oidc> {
    let host = issuer(&raw.issuer, check);
    let claim = match raw.claim.as_ref().map(|it| (it, it.get_ref().as_str())) {
        None | Some((_, "preferred_username")) => Some(workers::identity::Claim::Username),
        Some((_, "email")) => Some(workers::identity::Claim::Email),
        Some((it, _)) => check.none(ConfigFault::at(
            it,
            "sign_in.oidc.claim",
            "is nothing that people are known by",
            "write \"preferred_username\" or \"email\"",
        )),
    };
    let anybody = raw.domains.is_empty() && raw.tenants.is_empty() && !raw.only_ours;
    if anybody && claim == Some(workers::identity::Claim::Username) {
        return check.none(ConfigFault::at(
            &raw.issuer,
            "sign_in.oidc",
            "would believe whoever calls themselves by a name of the school first",
            "write `domains` or `tenants`, or only_ours = true at a provider that keeps accounts of this school alone",
        ));
    }
    let client_secret_file = match &raw.client_secret_file {
        None => None,
        Some(it) => Some(check.file(it, "sign_in.oidc.client_secret_file")?),
    };
    let mut name = |it: &Text, key: &str| {
        let name = it.get_ref().trim().trim_end_matches('.').to_ascii_lowercase();
        let plain =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
        if plain {
            return Some(name);
        }
        let remedy = "write a name such as \"example.sch.uk\", without https:// and without a path";
        check.none(ConfigFault::at(it, key, "is no name of a domain", remedy))
    };
    let domains: Vec<String> = raw.domains.iter().filter_map(|it| name(it, "sign_in.oidc.domains")).collect();
    let mut hosts: Vec<String> = raw.hosts.iter().filter_map(|it| name(it, "sign_in.oidc.hosts")).collect();
    let host = host?;
    if !hosts.contains(&host) {
        hosts.push(host);
    }
    let prompt = raw.prompt.map_or_else(|| PROMPT.to_owned(), Spanned::into_inner);
    Some(Oidc {
        issuer: raw.issuer.into_inner(),
        client_id: raw.client_id.into_inner(),
        client_secret_file,
        claim: claim?,
        domains,
        only_ours: raw.only_ours,
        tenants: raw.tenants.into_iter().map(Spanned::into_inner).collect(),
        button: raw.button.map_or_else(|| BUTTON.to_owned(), Spanned::into_inner),
        prompt: (!prompt.is_empty()).then_some(prompt),
        hosts,
    })
}

fn ldap(raw: &RawLdap, check: &mut Check) -> Option<Ldap> {
    let remedy = "write \"ldaps://directory.example.sch.uk\", or \"ldap://...\" with start_tls = true";
    let key = "sign_in.ldap.url";
    let url = raw.url.get_ref().trim_end_matches('/').to_owned();
    let host = url.split("://").nth(1).unwrap_or_default();
    let local = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|it| host == *it || host.starts_with(&format!("{it}:")));
    if !(url.starts_with("ldaps://") || url.starts_with("ldap://")) || host.is_empty() {
        return check.none(ConfigFault::at(&raw.url, key, "is no address of a directory", remedy));
    }
    if url.starts_with("ldap://") && !raw.start_tls && !local {
        return check.none(ConfigFault::at(
            &raw.url,
            key,
            "would send passwords over the network in the open",
            remedy,
        ));
    }
    let holed = |it: &Text, key: &str, check: &mut Check| {
        if it.get_ref().contains("{}") {
            return Some(it.get_ref().clone());
        }
        check.none(ConfigFault::at(
            it,
            key,
            "has no place for the username",
            "write {} where the username stands",
        ))
    };
    let find = match (&raw.name, &raw.account, &raw.password_file, &raw.base, &raw.filter) {
        (Some(name), None, None, None, None) => LdapFind::Name(holed(name, "sign_in.ldap.name", check)?),
        (None, Some(account), Some(file), Some(base), Some(filter)) => LdapFind::Search {
            account: account.get_ref().clone(),
            password_file: check.file(file, "sign_in.ldap.password_file")?,
            base: base.get_ref().clone(),
            filter: holed(filter, "sign_in.ldap.filter", check)?,
        },
        _ => {
            return check.none(ConfigFault::at(
                &raw.url,
                "sign_in.ldap",
                "does not say how somebody is found",
                "write either `name`, or all of `account`, `password_file`, `base` and `filter`",
            ));
        }
    };
    Some(Ldap { url, start_tls: raw.start_tls, find })
}

/// The host of an issuer that can be trusted with people's names.
fn issuer(text: &Text, check: &mut Check) -> Option<String> {
    let remedy = "write it as the provider does, such as \"https://login.example.org/tenant/v2.0\"";
    let key = "sign_in.oidc.issuer";
    let uri: Option<hyper::Uri> = text.get_ref().parse().ok();
    let host = uri.as_ref().and_then(|it| Some((it.scheme_str()?, it.host()?)));
    match host {
        Some(("https", host)) => Some(host.to_ascii_lowercase()),
        Some(("http", host)) if ["localhost", "127.0.0.1", "[::1]"].contains(&host) => Some(host.to_owned()),
        Some(("http", _)) => check.none(ConfigFault::at(
            text,
            key,
            "is not reached over TLS, so anybody could answer for it",
            remedy,
        )),
        _ => check.none(ConfigFault::at(text, key, "is no address", remedy)),
    }
}
