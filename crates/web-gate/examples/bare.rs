//! The gate alone, without the house, for profiling: everyone may do everything but see `blocked.test`.
//!
//! `bare PORT AUTHORITY_CERTIFICATE AUTHORITY_KEY TRUSTED_ROOT`, the files in PEM. Reaches loopback.
use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use gate::{
    Bindings, Credentials, Current, Desk, Errands, Passes, People, ProxyAddress, Recorder, Secret, Settings,
    Snapshot,
};
use jiff::{Timestamp, civil::time, tz::TimeZone};
use policy::{Directory, LayerText, Rules, lists::Lists};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use school::{Calendar, DaySpan, Id, Layer, School, SchoolDays};
use tokio_util::sync::CancellationToken;
use web_gate::{Authority, AuthorityFiles, Door, Doors, Limits, Parts, Reachable, Trust, Upstreams, WebGate};

const RULES: &str = r#"
profile "Everyone"
    mode block by category
use profile "Everyone" for everyone
use profile "Everyone" for unknown
block blocked.test
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [port, certificate, key, root] = &arguments[..] else {
        return Err("bare PORT AUTHORITY_CERTIFICATE AUTHORITY_KEY TRUSTED_ROOT".into());
    };
    let certificate_pem = std::fs::read_to_string(certificate)?;
    let files = AuthorityFiles { certificate_pem, key_pem: std::fs::read_to_string(key)? };
    let authority = Arc::new(Authority::load(&files)?);
    let secret = Secret::new([0; 32]);
    let recorder = Recorder::new(100_000);
    let desk = Desk {
        current: Arc::new(Current::new(snapshot())),
        bindings: Bindings::new(100),
        credentials: Credentials::new(&secret, 1),
        passes: Passes::default(),
        errands: Errands::new(10).0,
        secret,
        authority: authority.certificate().to_vec().into(),
    };
    let gate = WebGate::new(Parts {
        desk: Arc::new(desk),
        recorder: recorder.clone(),
        authority,
        upstreams: Upstreams {
            pinned: HashMap::new(),
            reach: Reachable::new(vec!["127.0.0.0/8".parse()?]),
            trust: Trust::Only(vec![CertificateDer::from_pem_file(root)?]),
            parent: None,
        },
        limits: Limits { connections_per_address: 20_000, ..Limits::default() },
        clock: Arc::new(now),
    })?;
    let threads = std::thread::available_parallelism()?.get();
    let doors = Doors::open(&[Door { address: format!("127.0.0.1:{port}").parse()?, tls: false }], threads)?;
    std::thread::spawn(move || {
        let mut drained = Vec::new();
        loop {
            std::thread::sleep(Duration::from_millis(200));
            recorder.drain(&mut drained);
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(gate.serve(doors, CancellationToken::new()))?;
    Ok(())
}

fn snapshot() -> Snapshot {
    let text = LayerText { layer: Layer::School, name: "Bare", text: RULES };
    let rules =
        Rules::compile(&[text], &Directory::default(), Arc::new(Lists::empty())).expect("sound rules");
    let proxy = ProxyAddress { host: "gate.school.test".into(), port: 3128, tls_port: None };
    let mut settings = Settings::new("gate.school.test", proxy);
    settings.open_unknown = true;
    settings.devices.insert(IpAddr::from([127, 0, 0, 1]), ("Bench".into(), None));
    Snapshot {
        site: None,
        remote: HashMap::new(),
        chosen: school::settings::Settings::default(),
        school: School { id: Id::from_u128(1), trust: None, name: "Bare".parse().expect("a line") },
        rules,
        people: People::default(),
        agreements: Vec::new(),
        calendar: Calendar {
            zone: TimeZone::UTC,
            terms: Vec::new(),
            days: SchoolDays::MONDAY_TO_FRIDAY,
            day: DaySpan { start: time(8, 30, 0, 0), end: time(15, 30, 0, 0) },
            lessons: Vec::new(),
            closed: Vec::new(),
        },
        settings,
        faults: Vec::new(),
    }
}

#[expect(clippy::disallowed_methods, reason = "a programme of its own reads its own clock")]
fn now() -> Timestamp {
    Timestamp::now()
}
