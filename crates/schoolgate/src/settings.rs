//! From the checked configuration to what the gate and the office are handed.
use std::{collections::HashMap, fs, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use gate::{Provider, ProxyAddress, Settings, SignInBy};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use school::{Id, School, remote::Routes};
use store::Db;
use web_gate::{Door, Limits, Parent, Reachable, Trust, Upstreams};
use wire::Basic;
use workers::{
    Alerts, Fetch, MailServer, Post,
    jobs::{Looks, RosterFolder},
};

use crate::config::{Config, MailTls};

/// What the school set for its gate. Devices that belong to somebody are looked up in the store.
pub(crate) async fn gate(config: &Config, db: &Db, school: Id<School>) -> anyhow::Result<Settings> {
    let gate = &config.gate;
    let (host, port) = gate.proxy.rsplit_once(':').context("gate.proxy has a port")?;
    let proxy = ProxyAddress {
        host: host.into(),
        port: port.parse()?,
        tls_port: gate.listen_tls.first().map(std::net::SocketAddr::port),
    };
    let mut devices = HashMap::new();
    let mut tx = db.read().await?;
    for device in &gate.devices {
        let person = match &device.person {
            None => None,
            Some(name) => match store::people::by_username(&mut tx, school, name).await? {
                Some(it) => Some(it.person.id),
                None => bail!(
                    "gate.devices: {} belongs to {name}, whom nobody knows: add them first",
                    device.name
                ),
            },
        };
        devices.insert(device.address.to_canonical(), (Arc::from(device.name.as_str()), person));
    }
    Ok(Settings {
        local_names: config.school.domains.iter().map(|it| it.as_str().into()).collect(),
        console_url: Some(config.console.url.as_str().into()),
        ask_for_sites: gate.ask_for_sites.as_deref().map(Into::into),
        provider: config.sign_in.oidc.as_ref().map(|it| Provider {
            button: it.button.as_str().into(),
            hosts: it.hosts.iter().map(|it| it.as_str().into()).collect(),
        }),
        sign_in: if gate.sign_in_by_proxy { SignInBy::Proxy } else { SignInBy::Page },
        open_unknown: gate.open_unknown,
        session: gate.session,
        anonymous_reports: gate.anonymous_reports,
        keep_paths: gate.keep_paths,
        devices,
        routes: Routes::new(gate.remote.clone()),
        ..Settings::new(&gate.name, proxy)
    })
}

pub(crate) fn doors(config: &Config) -> Vec<Door> {
    let plain = config.gate.listen.iter().map(|it| Door { address: *it, tls: false });
    let tls = config.gate.listen_tls.iter().map(|it| Door { address: *it, tls: true });
    plain.chain(tls).collect()
}

/// Lists come the way that people's requests go.
pub(crate) fn fetch(config: &Config) -> anyhow::Result<Fetch> {
    let parent = config.gate.parent.as_ref().map(|it| workers::Parent {
        host: it.host.clone(),
        port: it.port,
        credentials: it.credentials.clone(),
    });
    Fetch::new(roots(config)?, parent).context("lists cannot be fetched")
}

/// The folder that is watched for rosters.
pub(crate) fn roster(config: &Config) -> Option<RosterFolder> {
    let roster = config.roster.as_ref()?;
    Some(RosterFolder {
        path: roster.folder.clone(),
        schedule: roster.schedule,
        zone: config.school.calendar.zone.clone(),
        source: roster.source.to_string(),
        mapping: roster.mapping.clone().unwrap_or_default(),
        looks: Looks::default(),
    })
}

fn roots(config: &Config) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let mut roots = Vec::new();
    for file in &config.gate.extra_roots {
        roots.extend(certificates(file)?);
    }
    Ok(roots)
}

pub(crate) fn upstreams(config: &Config) -> anyhow::Result<Upstreams> {
    let gate = &config.gate;
    Ok(Upstreams {
        pinned: gate.pinned.iter().map(|(name, address)| (name.as_str().into(), *address)).collect(),
        reach: Reachable::new(gate.reach.clone()).but_own(own_ports(config)),
        trust: Trust::System(roots(config)?),
        parent: gate.parent.as_ref().map(|it| Parent {
            host: it.host.as_str().into(),
            port: it.port,
            credentials: it
                .credentials
                .as_ref()
                .map(|(username, password)| Basic { username: username.clone(), password: password.clone() }),
        }),
    })
}

/// Where this machine itself answers.
fn own_ports(config: &Config) -> Vec<u16> {
    let gate = config.gate.listen.iter().chain(&config.gate.listen_tls);
    gate.chain(&config.console.listen).map(std::net::SocketAddr::port).collect()
}

fn certificates(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = found.with_context(|| format!("{} cannot be read as PEM", file.display()))?;
    if found.is_empty() {
        bail!("{} holds no certificate in PEM", file.display());
    }
    Ok(found)
}

pub(crate) fn limits(config: &Config) -> Limits {
    let (set, default) = (&config.gate.limits, Limits::default());
    Limits {
        connections: set.connections.unwrap_or(default.connections),
        connections_per_address: set.connections_per_address.unwrap_or(default.connections_per_address),
        head_time: set.head_time.unwrap_or(default.head_time),
        connect: set.connect_time.unwrap_or(default.connect),
        answer_head: set.answer_time.unwrap_or(default.answer_head),
        tunnel_idle: set.tunnel_idle_time.unwrap_or(default.tunnel_idle),
        ..default
    }
}

pub(crate) fn alerts(config: &Config) -> Alerts {
    let mail = config.mail.as_ref();
    Alerts {
        leads: mail.map(|it| it.leads.clone()).unwrap_or_default(),
        heads: mail.map(|it| it.heads.clone()).unwrap_or_default(),
        technical: mail.map(|it| it.technical.clone()).unwrap_or_default(),
        console: Some(config.console.url.clone()),
    }
}

pub(crate) fn post(config: &Config) -> anyhow::Result<Option<Post>> {
    let Some(mail) = &config.mail else { return Ok(None) };
    let password = match &mail.password_file {
        None => String::new(),
        Some(file) => fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?
            .trim_end()
            .to_owned(),
    };
    let server = MailServer {
        host: mail.host.clone(),
        port: mail.port,
        tls: match mail.tls {
            MailTls::Implicit => workers::MailTls::Implicit,
            MailTls::StartTls => workers::MailTls::StartTls,
            MailTls::None => workers::MailTls::None,
        },
        from: mail.from.clone(),
        login: mail.username.clone().map(|name| (name, password)),
    };
    Ok(Some(Post::new(&server).context("[mail]")?))
}
