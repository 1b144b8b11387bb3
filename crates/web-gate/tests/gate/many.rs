//! Many at once.
use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use testkit::asker::Asker;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpStream,
    process::Command,
};
use web_gate::Limits;

use crate::world::{With, World, usual};

/// Whether this must hold here as it does for a school: a machine that cannot is told so instead of trying less.
fn is_required() -> bool {
    ["CI", "SCHOOLGATE_WALKS"].iter().any(|it| std::env::var_os(it).is_some())
}

/// As many as wanted, or as this machine lets one process open, at `each` files. What the system allows is made use of.
fn affordable(wanted: usize, each: usize) -> usize {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    assert!(raised.is_ok(), "a process may raise what it may open to what the system allows");
    let files = maximum.map_or(usize::MAX, |it| usize::try_from(it).expect("files fit into memory"));
    // The rest of the test, and others beside it, have files too.
    let possible = files.saturating_sub(500) / each;
    assert!(wanted <= possible || !is_required(), "{possible} of {wanted}: raise the limit of open files");
    wanted.min(possible)
}

/// Resident memory of this process, both ends of every connection, in KiB.
pub(crate) fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with("VmRSS"));
    line.and_then(|it| it.split_whitespace().nth(1)).and_then(|it| it.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn ten_thousand_idle_connections_keep_nobody_else_out() {
    let limits = Limits { connections_per_address: 20_000, ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let wanted = affordable(10_000, 1);
    let before = resident();
    // Their other ends are in a process of their own, so that no more than the gate's own are open in this one.
    let mut others = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "many::the_other_ends_of_idle_connections", "--ignored", "--nocapture"])
        .env("GATE", world.address.to_string())
        .env("WANTED", wanted.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(others.stdout.take().unwrap()).lines();
    let mut held = None;
    while let Some(line) = said.next_line().await.unwrap() {
        held = line.strip_prefix("held ").map(|it| it.parse::<usize>().unwrap());
        if held.is_some() {
            break;
        }
    }
    assert_eq!(held, Some(wanted), "connections that stand");
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    for _ in 0..500 {
        if wanted <= open() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(wanted <= open(), "the gate has taken {} of {wanted}", open());
    let began = Instant::now();
    assert_eq!(world.asker().get("http://plain.test/").await.unwrap().status, 200);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let each = resident().saturating_sub(before) * 1024 / wanted;
    println!("{wanted} idle connections, {each} bytes each");
    assert!(each < 30_000, "{each} bytes for each connection");
}

/// Not a test: the other process of the one above. Holds its connections until its standard input ends.
#[tokio::test]
#[ignore = "is begun by another test"]
async fn the_other_ends_of_idle_connections() {
    let said = |name| std::env::var_os(name).and_then(|it| it.into_string().ok());
    let (Some(gate), Some(wanted)) = (said("GATE"), said("WANTED")) else { return };
    let wanted = affordable(wanted.parse().unwrap(), 1);
    let mut idle = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        idle.push(TcpStream::connect(&gate).await.unwrap());
    }
    println!("\nheld {}", idle.len());
    let _ = tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin())).await;
}

#[tokio::test]
async fn an_idle_tunnel_holds_no_buffers() {
    let world = World::new().await;
    let asker = Asker { trusts: world.internet.root(), ..world.asker() };
    // The first few make what all share.
    let mut idle = vec![asker.secure("bank.test:443", "bank.test").await.unwrap()];
    let wanted = affordable(500, 4);
    let before = resident();
    for _ in 0..wanted {
        idle.push(asker.secure("bank.test:443", "bank.test").await.unwrap());
    }
    let each = resident().saturating_sub(before) * 1024 / wanted;
    println!("{wanted} idle tunnels, {each} bytes each, with both of its TLS ends and the site's HTTP");
    // Loose, for other tests may run in this process; two buffers of the relay would be half a megabyte.
    assert!(each < 400_000, "{each} bytes for each tunnel");
}
