//! Many at once.
use std::time::{Duration, Instant};

use testkit::asker::Asker;
use tokio::net::TcpStream;
use web_gate::Limits;

use crate::world::{With, World, usual};

/// As many as wanted, or as this machine lets one process open, at `each` files.
fn affordable(wanted: usize, each: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits.lines().find(|it| it.starts_with("Max open files"));
    let files =
        files.and_then(|it| it.split_whitespace().nth(3)).and_then(|it| it.parse().ok()).unwrap_or(1_024);
    // Other tests may run beside this one in the same process.
    wanted.min(files / 4 * 3 / each)
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
    let wanted = affordable(10_000, 2);
    let before = resident();
    let mut idle = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        idle.push(TcpStream::connect(world.address).await.unwrap());
    }
    let began = Instant::now();
    assert_eq!(world.asker().get("http://plain.test/").await.unwrap().status, 200);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let each = resident().saturating_sub(before) * 1024 / wanted;
    println!("{wanted} idle connections, {each} bytes each, both ends");
    assert!(each < 60_000, "{each} bytes for each connection");
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
