use std::{
    fmt::Display,
    fs,
    net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::ExitCode,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use store::Db;

use crate::{
    assemble, authority, clock::now, config::Config, data_folder::DataFolder, house, logging, open_files,
    settings,
};

/// What was found, and whether anything has to be done.
#[derive(Default)]
struct Report {
    bad: usize,
}

impl Report {
    fn bad(&mut self, what: impl Display, remedy: impl Display) {
        self.bad += 1;
        println!("BAD   {what}\n      {remedy}");
    }
}

fn fine(what: impl Display) {
    println!("ok    {what}");
}

fn note(what: impl Display) {
    println!("note  {what}");
}

/// A certificate that ends sooner than this is to be renewed now, because every device needs the next one.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(90 * 24);
const STALE: SignedDuration = SignedDuration::from_hours(30 * 24);
const LEAST_ROOM: u64 = 2 << 30;
const PULSE: SignedDuration = SignedDuration::from_secs(60);
/// This program was written after it, so a clock before it is wrong.
const EARLIEST: &str = "2026-11-01T00:00:00Z";

pub(crate) fn run(file: &Path) -> anyhow::Result<ExitCode> {
    logging::start("error");
    let mut report = Report::default();
    match Config::load(file) {
        Err(faults) => {
            report.bad(
                format!("the configuration:\n{faults}"),
                "nothing else can be checked before it is right",
            );
        }
        Ok(config) => {
            fine(format!("{} is a configuration for {}", file.display(), config.school.name));
            clock(&mut report);
            open_files(&config);
            super::block_on(async {
                checks(&config, &mut report).await;
                Ok(())
            })?;
        }
    }
    println!("{}", if report.bad == 0 { "All is well." } else { "Something has to be done." });
    Ok(if report.bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn checks(config: &Config, report: &mut Report) {
    let running = folder(config, report);
    let Some(running) = running else { return };
    room(config, report);
    certificate(config, report);
    if running {
        note("a schoolgate runs on this data folder, so its ports were not tried");
    } else {
        ports(config, report);
    }
    mail(config, report);
    // The first start makes it, and a check makes nothing.
    if config.database.strip_prefix("sqlite://").is_some_and(|it| !Path::new(it).exists()) {
        return note("the database is made at the first start");
    }
    match house::open(config).await {
        Err(fault) => report.bad(format!("{fault:#}"), "nothing is decided or kept without it"),
        Ok(db) => {
            if let Err(fault) = records(config, &db, running, report).await {
                report
                    .bad(format!("the records: {fault:#}"), "restore the last backup if it does not go away");
            }
        }
    }
}

fn clock(report: &mut Report) {
    let now = now();
    if EARLIEST.parse::<Timestamp>().is_ok_and(|it| it <= now) {
        fine(format!("the clock says {now}"));
    } else {
        report.bad(format!("the clock says {now}, which is in the past"), "set it, and let NTP keep it");
    }
}

fn open_files(config: &Config) {
    let wanted = settings::limits(config).connections;
    match open_files::raise() {
        Some(files) if files < open_files::needed(wanted) => note(format!(
            "{files} files may be open at once, which is fewer than {wanted} connections take: \
            LimitNOFILE={} in the service's unit, or a lower gate.limits.connections",
            open_files::needed(wanted)
        )),
        Some(files) => fine(format!("{files} files may be open at once, enough for {wanted} connections")),
        None => fine("as many files may be open as there is memory for"),
    }
}

/// Whether a schoolgate runs on the folder; `None`: nothing can be looked at.
fn folder(config: &Config, report: &mut Report) -> Option<bool> {
    let path = config.data.display();
    if !config.data.exists() {
        note(format!("{path} is not there: the first start makes it"));
        return Some(false);
    }
    match DataFolder::take(&config.data) {
        Ok(_) => {
            fine(format!("{path} is yours alone"));
            Some(false)
        }
        Err(fault) if fault.to_string().contains("another schoolgate") => {
            fine(format!("{path} is in use by a schoolgate that runs"));
            Some(true)
        }
        Err(fault) => {
            report.bad(format!("{fault:#}"), "the program does not start like this");
            None
        }
    }
}

fn room(config: &Config, report: &mut Report) {
    let Some(place) = config.data.ancestors().find(|it| it.exists()) else { return };
    let Ok(found) = rustix::fs::statvfs(place) else { return };
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let gibibytes = free >> 30;
    if free < LEAST_ROOM {
        let remedy = "make room, or shorten keep.activity: a full disk stops the record";
        report.bad(format!("{gibibytes} GiB are free at {}", place.display()), remedy);
    } else {
        fine(format!("{gibibytes} GiB are free at {}", place.display()));
    }
}

fn certificate(config: &Config, report: &mut Report) {
    let (certificate, key) = authority::paths(config);
    if config.gate.authority.is_none() && !certificate.exists() && !key.exists() {
        return note("the certificate authority is made at the first start");
    }
    let authority = match authority::load(config) {
        Ok(it) => it,
        Err(fault) => {
            return report.bad(
                format!("the certificate authority: {fault:#}"),
                "put the files back, or remove both for a new one",
            );
        }
    };
    match fs::metadata(&key).map(|it| it.permissions().mode() & 0o077) {
        Ok(0) => {}
        _ => report.bad(
            format!("{} can be read by others", key.display()),
            format!("run chmod 600 {}", key.display()),
        ),
    }
    let print: Vec<String> = authority.fingerprint().iter().map(|it| format!("{it:02X}")).collect();
    fine(format!("the certificate authority, SHA-256 {}", print.join(":")));
    match end(&certificate) {
        Some(end) if end.duration_since(now()) < RENEW_BEFORE => {
            let remedy = "make a new one and give it to every device before then: docs/help/running.md";
            report.bad(format!("its certificate ends on {end}"), remedy);
        }
        Some(end) => fine(format!("its certificate ends on {end}")),
        None => {
            report.bad(format!("{} cannot be read", certificate.display()), "put it back from the backup");
        }
    }
}

fn end(certificate: &Path) -> Option<Timestamp> {
    let der = CertificateDer::from_pem_file(certificate).ok()?;
    let (_, parsed) = x509_parser::parse_x509_certificate(&der).ok()?;
    Timestamp::from_second(parsed.validity().not_after.timestamp()).ok()
}

fn ports(config: &Config, report: &mut Report) {
    let gate = config.gate.listen.iter().map(|it| (it, "gate.listen"));
    let tls = config.gate.listen_tls.iter().map(|it| (it, "gate.listen_tls"));
    let console = config.console.listen.iter().map(|it| (it, "console.listen"));
    for (address, key) in gate.chain(tls).chain(console) {
        port(*address, key, report);
    }
}

fn port(address: SocketAddr, key: &'static str, report: &mut Report) {
    match crate::listen::listen(&[address], key).map(|it: Vec<TcpListener>| it.len()) {
        Ok(_) => fine(format!("{address} is free ({key})")),
        Err(fault) => report.bad(fault, "the program does not start like this"),
    }
}

fn mail(config: &Config, report: &mut Report) {
    let Some(mail) = &config.mail else {
        return note("no mail server is set: the safeguarding lead sees concerns in the console only");
    };
    let place = format!("{}:{}", mail.host, mail.port);
    let reached = (mail.host.as_str(), mail.port)
        .to_socket_addrs()
        .is_ok_and(|mut all| all.any(|it| TcpStream::connect_timeout(&it, Duration::from_secs(5)).is_ok()));
    if reached {
        fine(format!("the mail server {place} answers"));
    } else {
        report.bad(
            format!("the mail server {place} does not answer"),
            "letters wait and are tried again; check [mail] and the firewall",
        );
    }
}

async fn records(config: &Config, db: &Db, running: bool, report: &mut Report) -> anyhow::Result<()> {
    let mut tx = db.read().await?;
    let Some(school) = store::schools::all(&mut tx).await?.into_iter().next() else {
        note("there is no school in the database yet: the first start adds it");
        return Ok(());
    };
    let people = store::people::all(&mut tx, school.id).await?.len();
    fine(format!("the database knows {} and {people} people", school.name));
    if let Some(known) = store::last_known::get(&mut tx).await? {
        let parted = now().duration_since(known);
        if parted < -workers::BACK_AT_MOST || workers::OFF_AT_MOST < parted {
            report.bad(
                format!("the clock says {}, and the last time that was believed is {known}", now()),
                "put it right, or run `schoolgate clock confirm`: until then nothing is deleted for its age",
            );
        }
    }
    lists(&mut tx, report).await?;
    let pulses = store::pulse::latest(&mut tx, school.id).await?;
    drop(tx);
    for pulse in pulses.iter().filter(|_| running) {
        if now().duration_since(pulse.seen_at).abs() > PULSE {
            report
                .bad(format!("the gate {} was last heard of at {}", pulse.gate, pulse.seen_at), "restart it");
        }
        if pulse.dropped > 0 {
            note(format!(
                "the gate {} dropped {} records for lack of room; none of a refusal",
                pulse.gate, pulse.dropped
            ));
        }
    }
    let (snapshots, current) = assemble::snapshots(config, db, &school, &workers::Health::default()).await?;
    snapshots.refresh().await;
    let snapshot = current.load_full();
    for fault in &snapshot.faults {
        report.bad(
            fault,
            "the last good rules stay in force while it runs; after a restart everything is refused",
        );
    }
    if snapshot.faults.is_empty() {
        fine(format!("rules, lists and {} people are ready to decide from", snapshot.people.len()));
    }
    Ok(())
}

async fn lists(tx: &mut store::Tx, report: &mut Report) -> anyhow::Result<()> {
    for (source, state) in store::lists::all(tx).await? {
        let name = &source.name;
        let Some(state) = state else {
            note(format!("the list {name} has not been read yet"));
            continue;
        };
        if let Some(fault) = &state.fault {
            report.bad(
                format!("the list {name}: {fault}"),
                "the one before stays in force; put its file right",
            );
        }
        for warning in &state.warnings {
            note(format!("the list {name}: {warning}"));
        }
        match state.loaded_at {
            Some(at) if now().duration_since(at) > STALE => {
                report.bad(format!("the list {name} was last refreshed on {at}"), "fetch it again");
            }
            Some(_) => {
                fine(format!("the list {name}: {} entries, {} bad lines", state.entries, state.bad_lines));
            }
            None => {}
        }
    }
    Ok(())
}
