//! The ways to a site: over IPv6, by a safe name, through a parent proxy.
use std::{net::SocketAddr, time::Duration};

use policy::{Carried, Outcome};
use testkit::{
    asker::Asker,
    internet::{Flaw, Internet, Speaks},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use web_gate::{Parent, Reachable, Upstreams};

use crate::world::{PASSWORD, PUPIL, With, World, unknown_by_proxy, usual};

/// An address on IPv6 that leads to one on IPv4.
async fn on_six(to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("[::1]:0").await.expect("loopback");
    let address = listener.local_addr().expect("an address");
    hyper::rt::Executor::execute(&hyper_util::rt::TokioExecutor::new(), async move {
        let mut kept = tokio::task::JoinSet::new();
        while let Ok((mut from, _)) = listener.accept().await {
            kept.spawn(async move {
                let mut to = TcpStream::connect(to).await.expect("loopback");
                let _ = copy_bidirectional(&mut from, &mut to).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn the_gate_and_the_sites_are_reached_over_ipv6_alike() {
    let internet = usual().await;
    let mut moved = internet.pinned();
    for (name, address) in internet.pinned() {
        moved.insert(name, on_six(address).await);
    }
    let plain = moved["plain.test:80"];
    let upstreams = Box::new(|it: &mut Upstreams| {
        it.pinned = moved;
        it.reach = Reachable::new(vec!["::1/128".parse().unwrap()]);
    });
    let world = World::with(internet, With { upstreams, six: true, ..With::default() }).await;
    assert!(world.address.is_ipv6());
    let got = world.asker().get("http://plain.test/x").await.unwrap();
    assert_eq!(got.text(), "hello from plain.test, /x");
    for asker in [world.asker(), world.asker_two()] {
        assert_eq!(asker.get("https://two.test/y").await.unwrap().text(), "hello from two.test, /y");
    }
    let asker = Asker { trusts: world.internet.root(), ..world.asker() };
    assert_eq!(asker.get("https://bank.test/z").await.unwrap().text(), "hello from bank.test, /z");
    let got = world.asker().get(&format!("http://[::1]:{}/literal", plain.port())).await.unwrap();
    assert_eq!(got.text(), "hello from plain.test, /literal");
    assert_eq!(world.browser().get("https://gambling.test/").await.unwrap().status, 403);
    let record = world.record(6).await;
    assert!(record.iter().all(|it| it.person == Some(PUPIL) && it.address.is_ipv6()));
    assert_eq!(record[4].host.trim_matches(['[', ']']), "::1");
}

#[tokio::test]
async fn a_search_engine_that_is_not_opened_is_reached_at_its_safe_name() {
    let mut internet = usual().await;
    // Its certificate is good for the name that was asked for, as the real one's is.
    let safe = internet.secure("www.bing.com", Speaks::One, Flaw::None).await;
    internet.absent("www.bing.com", 443).await;
    let upstreams = Box::new(move |it: &mut Upstreams| {
        it.pinned.insert("strict.bing.com:443".into(), safe);
    });
    let world = World::with(internet, With { upstreams, ..With::default() }).await;
    let asker = Asker { trusts: world.internet.root(), ..world.asker() };
    let got = asker.get("https://www.bing.com/search?q=cats").await.unwrap();
    assert_eq!(got.text(), "hello from www.bing.com, /search?q=cats");
    let [seen] = &world.record(1).await[..] else { panic!() };
    assert_eq!((&*seen.host, seen.carried), ("www.bing.com", Carried::Tunnel));
}

/// A gate behind this parent.
async fn behind(parent: SocketAddr) -> World {
    let parent = Parent { host: parent.ip().to_string().into(), port: parent.port(), credentials: None };
    let upstreams = Box::new(|it: &mut Upstreams| it.parent = Some(parent));
    World::with(Internet::new(), With { upstreams, ..With::default() }).await
}

#[tokio::test]
async fn a_parent_proxy_that_does_not_serve_gets_its_own_notice() {
    let check = async |what: &str, says: Option<&'static [u8]>| {
        let mut internet = Internet::new();
        let parent = internet.raw("parent.test", 8080, says).await;
        let world = behind(parent).await;
        let got = world.browser().get("https://one.test/").await.unwrap();
        assert_eq!(got.status, 502, "{what}");
        assert!(got.text().contains("The way to the internet is not working"), "{what}: {}", got.text());
        assert_eq!(world.record(1).await[0].outcome, Outcome::Failed, "{what}");
    };
    check("refuses", Some(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")).await;
    check(
        "wants a password",
        Some(b"HTTP/1.1 407 Who?\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n"),
    )
    .await;
    check("hangs up", Some(b"")).await;
    check("is no proxy", Some(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")).await;
}

#[tokio::test]
async fn a_parent_proxy_that_wants_a_password_never_asks_the_person_for_it() {
    let outer = World::with(usual().await, With { settings: unknown_by_proxy, ..With::default() }).await;
    let world = behind(outer.address).await;
    for url in ["http://plain.test/", "https://one.test/"] {
        let basic = wire::Basic { username: "a.rahman".into(), password: PASSWORD.into() };
        let mut asker = world.browser();
        // What a person sends to this gate is not for the next one.
        asker.headers.push(("proxy-authorization", basic.header()));
        let got = asker.get(url).await.unwrap();
        assert_eq!(got.status, 502, "{url}");
        assert!(!got.headers.contains_key("proxy-authenticate"), "{url}");
        assert!(got.text().contains("The way to the internet is not working"), "{url}: {}", got.text());
    }
    assert!(outer.internet.reached().is_empty());
}

#[tokio::test]
async fn a_parent_proxy_that_is_not_there_or_says_nothing_gets_a_notice() {
    let mut internet = Internet::new();
    internet.absent("parent.test", 8080).await;
    let world = behind(internet.pinned()["parent.test:8080"]).await;
    for url in ["http://plain.test/", "https://one.test/"] {
        let got = world.browser().get(url).await.unwrap();
        assert!(got.text().contains("The way to the internet is not working"), "{url}: {}", got.text());
    }
    let silent = internet.raw("silent.test", 8080, None).await;
    let parent = Parent { host: "127.0.0.1".into(), port: silent.port(), credentials: None };
    let upstreams = Box::new(|it: &mut Upstreams| it.parent = Some(parent));
    let limits = web_gate::Limits { connect: Duration::from_millis(200), ..web_gate::Limits::default() };
    let world = World::with(Internet::new(), With { limits, upstreams, ..With::default() }).await;
    assert_eq!(world.browser().get("https://one.test/").await.unwrap().status, 504);
}

#[tokio::test]
async fn a_site_cannot_ask_for_the_proxys_password() {
    let world = World::new().await;
    for url in ["http://plain.test/status/407", "https://one.test/status/407"] {
        assert_eq!(world.browser().get(url).await.unwrap().status, 502, "{url}");
    }
}
