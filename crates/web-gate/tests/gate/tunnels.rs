//! What is carried unopened, and what is not.
use std::time::Duration;

use policy::{Carried, Outcome, Step};
use rustls::RootCertStore;
use testkit::asker::{Asker, NotGot};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{PASSWORD, With, World, unknown_by_proxy, usual};

#[tokio::test]
async fn a_bank_is_carried_unopened() {
    let world = World::new().await;
    // The site's own certificate is seen, so a device that trusts the site's authority and not the school's is content.
    let asker = Asker { trusts: world.internet.root(), ..world.asker() };
    let got = asker.get("https://bank.test/account").await.unwrap();
    assert_eq!(got.text(), "hello from bank.test, /account");
    let [seen] = &world.record(1).await[..] else { panic!() };
    assert_eq!((seen.outcome, seen.carried, seen.path.as_deref()), (Outcome::Allowed, Carried::Tunnel, None));
    assert!(seen.bytes_out > 500 && seen.bytes_in > 100, "{seen:?}");
}

#[tokio::test]
async fn help_is_carried_unopened_and_unrecorded() {
    let world = World::new().await;
    let asker = Asker { trusts: world.internet.root(), ..world.asker() };
    let got = asker.get("https://childline.org.uk/").await.unwrap();
    assert_eq!(got.status, 200);
    world.record(0).await;
    assert_eq!(world.help_visits(), 1);
}

#[tokio::test]
async fn a_name_in_the_hello_that_is_blocked_blocks_the_tunnel() {
    let world = World::new().await;
    let stream = world.asker().secure("bank.test:443", "gambling.test").await.unwrap();
    let certificate = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    let got = say(stream, "GET / HTTP/1.1\r\nHost: gambling.test\r\nConnection: close\r\n\r\n").await;
    assert!(got.starts_with("HTTP/1.1 403"), "{got}");
    assert!(!certificate.is_empty() && world.internet.reached().is_empty());
    assert_eq!(world.record(1).await[0].outcome, Outcome::Blocked);
}

#[tokio::test]
async fn an_open_name_in_the_hello_does_not_open_a_blocked_place() {
    let world = World::new().await;
    // Ends at the gate with a notice for the blocked place, never carried.
    let outcome = world.asker().secure("gambling.test:443", "bank.test").await;
    drop(outcome);
    assert!(world.internet.reached().is_empty());
}

#[tokio::test]
async fn help_named_in_a_hello_is_not_recorded_because_another_place_is_blocked() {
    let world = World::new().await;
    drop(world.asker().secure("gambling.test:443", "childline.org.uk").await);
    assert!(world.internet.reached().is_empty());
    tokio::time::sleep(Duration::from_millis(300)).await;
    for seen in world.all() {
        assert_ne!(&*seen.host, "childline.org.uk", "{seen:?}");
    }
}

#[tokio::test]
async fn a_hello_in_many_pieces_is_read() {
    let world = World::new().await;
    let tcp = world.asker().tunnel("one.test:443").await.unwrap();
    let (near, far) = tokio::io::duplex(64 * 1024);
    let pieces = async {
        let (mut from, mut to) = tokio::io::split(far);
        let (mut site_from, mut site_to) = tcp.into_split();
        let up = async {
            let mut bytes = [0; 7];
            while let Ok(count @ 1..) = from.read(&mut bytes).await {
                if site_to.write_all(&bytes[..count]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
        };
        let down = async {
            let _ = tokio::io::copy(&mut site_from, &mut to).await;
        };
        tokio::join!(up, down);
    };
    let asking = async {
        let connector = tokio_rustls::TlsConnector::from(world.asker().tls());
        let tls = connector.connect("one.test".try_into().unwrap(), near).await.unwrap();
        say(tls, "GET / HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n").await
    };
    let got = tokio::select! {
        () = pieces => panic!("the tunnel ended first"),
        got = asking => got,
    };
    assert!(got.ends_with("hello from one.test, /"), "{got}");
}

#[tokio::test]
async fn what_is_neither_tls_nor_http_does_not_pass() {
    let world = World::new().await;
    for said in [&b"SSH-2.0-OpenSSH_9.9\r\n"[..], b"", b"\x16\x03\x01\x00\x04\x02\x00\x00\x00"] {
        let mut tcp = world.asker().tunnel("one.test:443").await.unwrap();
        tcp.write_all(said).await.unwrap();
        let mut answer = Vec::new();
        let _ = tcp.read_to_end(&mut answer).await;
        assert!(answer.is_empty(), "{said:?}");
    }
    let record = world.record(3).await;
    assert!(record.iter().all(|it| it.outcome == Outcome::Blocked));
    // The rule that lets one.test be opened is not what refused it.
    assert!(record.iter().all(|it| it.because.step == Step::Unseen && it.because.rule.is_none()));
    assert!(world.internet.reached().is_empty());
}

#[tokio::test]
async fn plain_http_inside_a_tunnel_is_judged_request_by_request() {
    let world = World::new().await;
    let tcp = world.asker().tunnel("plain.test:80").await.unwrap();
    let got = say(tcp, "GET /x HTTP/1.1\r\nHost: plain.test\r\nConnection: close\r\n\r\n").await;
    assert!(got.ends_with("hello from plain.test, /x"), "{got}");
    let tcp = world.asker().tunnel("gambling.test:80").await.unwrap();
    let got = say(tcp, "GET /x HTTP/1.1\r\nHost: gambling.test\r\nConnection: close\r\n\r\n").await;
    assert!(got.starts_with("HTTP/1.1 403"), "{got}");
    let record = world.record(2).await;
    assert_eq!((record[0].carried, record[0].path.as_deref()), (Carried::Plain, Some("/x")));
    assert_eq!(record[1].outcome, Outcome::Blocked);
}

#[tokio::test]
async fn a_tunnel_to_a_private_address_is_refused_in_every_disguise() {
    let world = World::new().await;
    for place in [
        "127.0.0.1:22",
        "2130706433:22",
        "0x7f000001:22",
        "[::1]:22",
        "[::ffff:10.0.0.1]:22",
        "017700000001:22",
    ] {
        let refused = world.asker().tunnel(place).await;
        assert!(matches!(refused, Err(NotGot::Refused(400..=599))), "{place}: {refused:?}");
    }
}

#[tokio::test]
async fn nobody_gets_a_tunnel_before_they_say_who_they_are() {
    let world = World::with(usual().await, With { settings: unknown_by_proxy, ..With::default() }).await;
    assert!(matches!(world.asker().get("https://one.test/").await, Err(NotGot::Refused(407))));
    let basic = wire::Basic { username: "a.rahman".into(), password: PASSWORD.into() };
    let asker = Asker { headers: vec![("proxy-authorization", basic.header())], ..world.asker() };
    assert_eq!(asker.get("https://one.test/").await.unwrap().status, 200);
    let reached = world.internet.reached();
    assert!(reached.len() == 1);
}

#[tokio::test]
async fn a_device_that_does_not_trust_the_school_learns_nothing_and_is_recorded() {
    let world = World::new().await;
    let asker = Asker { trusts: world.internet.root(), ..world.asker() };
    assert!(asker.get("https://gambling.test/").await.is_err());
    assert!(asker.get("https://one.test/").await.is_err());
    let record = world.record(2).await;
    assert_eq!(record[0].outcome, Outcome::Blocked);
    assert_eq!(record[1].outcome, Outcome::Failed);
    assert!(world.internet.reached().is_empty());
}

#[tokio::test]
async fn tls_1_2_is_still_understood() {
    let world = World::new().await;
    let mut roots = RootCertStore::empty();
    roots.add(world.authority.certificate().clone()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tcp = world.asker().tunnel("one.test:443").await.unwrap();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    let tls = connector.connect("one.test".try_into().unwrap(), tcp).await.unwrap();
    let got = say(tls, "GET / HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n").await;
    assert!(got.ends_with("hello from one.test, /"), "{got}");
}

/// Sends and reads to the end.
async fn say<S: AsyncReadExt + AsyncWriteExt + Unpin>(mut stream: S, what: &str) -> String {
    stream.write_all(what.as_bytes()).await.expect("it is still there");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}
