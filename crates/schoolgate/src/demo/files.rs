//! The demonstration is an ordinary installation: a configuration and lists in its data folder, with which every
//! other command works too.
use std::{
    fmt::Write as _,
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::Sites;

/// Where the demonstration listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) gate: u16,
    pub(crate) gate_tls: u16,
    pub(crate) console: u16,
}

const LISTS: &[(&str, &str)] = &[
    ("banking", include_str!("../../demo/lists/banking.txt")),
    ("education", include_str!("../../demo/lists/education.txt")),
    ("gambling", include_str!("../../demo/lists/gambling.txt")),
    ("games", include_str!("../../demo/lists/games.txt")),
    ("help", include_str!("../../demo/lists/help.txt")),
    ("news", include_str!("../../demo/lists/news.txt")),
    ("social-media", include_str!("../../demo/lists/social-media.txt")),
];

impl Ports {
    /// 0 becomes a port that is free now.
    pub(crate) fn chosen(self) -> anyhow::Result<Ports> {
        let mut held = Vec::new();
        let mut choose = |port: u16| -> anyhow::Result<u16> {
            if port != 0 {
                return Ok(port);
            }
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let port = listener.local_addr()?.port();
            held.push(listener);
            Ok(port)
        };
        Ok(Ports {
            gate: choose(self.gate)?,
            gate_tls: choose(self.gate_tls)?,
            console: choose(self.console)?,
        })
    }
}

/// Writes `schoolgate.toml` and what it names into `folder`. Says where.
pub(crate) fn write(folder: &Path, ports: Ports, sites: &Sites) -> anyhow::Result<PathBuf> {
    let lists = folder.join("lists-of-the-demonstration");
    fs::create_dir_all(&lists).with_context(|| format!("{} cannot be made", lists.display()))?;
    for (category, text) in LISTS {
        fs::write(lists.join(format!("{category}.txt")), text)?;
    }
    fs::write(folder.join("made-up-web.pem"), &sites.root_pem)?;
    let file = folder.join("schoolgate.toml");
    fs::write(&file, text(ports, sites)?).with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(file)
}

fn text(ports: Ports, sites: &Sites) -> anyhow::Result<String> {
    let Ports { gate, gate_tls, console } = ports;
    let listen = |port| loopback(port).iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        r#"# The demonstration school, written by `schoolgate demo` at each start.
data = "."

[school]
name = "Riverside School (demonstration)"
day = "08:30-15:30"
lessons = ["09:00-10:00", "10:00-11:00", "11:20-12:20", "13:10-14:10", "14:10-15:10"]

[gate]
name = "gate.riverside.test"
proxy = "127.0.0.1:{gate}"
listen = [{}]
listen_tls = [{}]
extra_roots = ["made-up-web.pem"]
ask_for_sites = "Ask your teacher, or Mr Novak in the IT office."

[console]
listen = [{}]
url = "http://localhost:{console}"

[gate.pinned]
"#,
        listen(gate),
        listen(gate_tls),
        listen(console),
    );
    for (name, address) in sites.pins()? {
        writeln!(text, "\"{name}\" = \"{address}\"")?;
    }
    for (category, _) in LISTS {
        write!(
            text,
            "\n[[lists.sources]]\nname = \"Demonstration: {category}\"\nkind = \"domains\"\n\
             location = \"lists-of-the-demonstration/{category}.txt\"\ncategory = \"{category}\"\nlicence = \"Apache-2.0\"\n"
        )?;
    }
    Ok(text)
}

/// IPv4, and IPv6 where this machine has it.
fn loopback(port: u16) -> Vec<SocketAddr> {
    let six = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
    let has_six = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    let mut all = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    all.extend(has_six.then_some(six));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_demonstration_is_an_ordinary_configuration() {
        let folder = tempfile::tempdir().expect("a folder");
        let sites = super::super::bind(crate::clock::now()).expect("sites");
        let ports = Ports { gate: 0, gate_tls: 0, console: 0 }.chosen().expect("ports");
        let file = write(folder.path(), ports, &sites).expect("written");
        let config = Config::load(&file).unwrap_or_else(|it| panic!("{it}"));
        assert_eq!(config.gate.listen[0].port(), ports.gate);
        assert!(config.gate.pinned.contains_key("www.lucky-spin.test:443"));
        assert_eq!(config.lists.sources.len(), LISTS.len());
    }
}
