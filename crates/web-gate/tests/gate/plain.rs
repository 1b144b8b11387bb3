//! Plain HTTP through the proxy.
use http::Method;
use policy::{Carried, Outcome};
use testkit::{asker::Asker, internet::Internet};
use web_gate::{Limits, Parent};

use crate::world::{PASSWORD, PUPIL, With, World, unknown_by_page, unknown_by_proxy, usual};

#[tokio::test]
async fn a_page_comes_through_and_is_recorded_once() {
    let world = World::new().await;
    let got = world.asker().get("http://plain.test/maths?x=1").await.unwrap();
    assert_eq!((got.status, got.text().as_str()), (200, "hello from plain.test, /maths?x=1"));
    let [seen] = &world.record(1).await[..] else { panic!() };
    assert_eq!((&*seen.host, seen.port, seen.path.as_deref()), ("plain.test", 80, Some("/maths?x=1")));
    assert_eq!((seen.outcome, seen.carried, seen.status), (Outcome::Allowed, Carried::Plain, 200));
    assert_eq!((seen.person, seen.device.as_deref()), (Some(PUPIL), Some("Laptop 7")));
    assert_eq!((seen.bytes_in, seen.bytes_out), (0, got.body.len() as u64));
}

#[tokio::test]
async fn connections_to_a_site_are_used_again() {
    let world = World::new().await;
    for _ in 0..5 {
        assert_eq!(world.asker().get("http://plain.test/").await.unwrap().status, 200);
    }
    assert!(world.internet.reached().iter().all(|it| it.connection == 0));
}

#[tokio::test]
async fn bodies_of_every_kind_pass_both_ways() {
    let world = World::new().await;
    let asker = world.asker();
    assert_eq!(asker.get("http://plain.test/big/3000000").await.unwrap().body.len(), 3_000_000);
    assert_eq!(asker.get("http://plain.test/chunked/50").await.unwrap().body.len(), 50_000);
    let sent = vec![b'z'; 2_000_000];
    let got = asker.ask(Method::POST, "http://plain.test/echo", sent.clone()).await.unwrap();
    assert!(got.body == sent, "{} bytes came back", got.body.len());
    let got = asker.ask(Method::PUT, "http://plain.test/count", sent).await.unwrap();
    assert_eq!(got.text(), "2000000");
    let got = asker.ask(Method::HEAD, "http://plain.test/big/1000", "").await.unwrap();
    assert_eq!((got.headers["content-length"].to_str().unwrap(), got.body.len()), ("1000", 0));
    let got = asker.get("http://plain.test/status/204").await.unwrap();
    assert_eq!((got.status, got.body.len()), (204, 0));
    assert_eq!(asker.get("http://plain.test/status/304").await.unwrap().status, 304);
    let record = world.record(7).await;
    assert_eq!(record[2].bytes_in, 2_000_000);
    assert_eq!(record[2].bytes_out, 2_000_000);
}

#[tokio::test]
async fn trailers_pass() {
    let world = World::new().await;
    let asker = Asker { headers: vec![("te", "trailers".into())], ..world.asker() };
    let got = asker.get("http://plain.test/trailers").await.unwrap();
    assert_eq!(got.trailers.unwrap()["x-sum"], "2000");
}

#[tokio::test]
async fn what_is_blocked_never_reaches_the_site() {
    let world = World::new().await;
    let got = world.browser().get("http://gambling.test/").await.unwrap();
    assert_eq!(got.status, 403);
    assert!(got.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    let got = world.browser().get("http://careful.test/").await.unwrap();
    assert!(got.status != 200, "{}", got.status);
    assert!(world.internet.reached().is_empty());
    let record = world.record(2).await;
    assert_eq!((record[0].outcome, record[0].status), (Outcome::Blocked, 403));
    assert_eq!(record[1].outcome, Outcome::Warned);
}

#[tokio::test]
async fn a_kind_of_file_is_refused_by_its_answer() {
    let world = World::new().await;
    let url = "http://plain.test/header/content-disposition/attachment;filename=game.exe";
    let got = world.browser().get(url).await.unwrap();
    assert_eq!(got.status, 403);
    assert_eq!(world.record(1).await[0].outcome, Outcome::Blocked);
}

#[tokio::test]
async fn a_search_is_made_safe_on_its_way_and_its_term_is_recorded() {
    let world = World::new().await;
    world.asker().get("http://www.google.com/search?q=fluffy+cats&safe=off").await.unwrap();
    let reached = world.internet.reached();
    assert_eq!(reached[0].path, "/search?q=fluffy+cats&safe=active");
    assert_eq!(world.record(1).await[0].search.as_deref(), Some("fluffy cats"));
}

#[tokio::test]
async fn help_is_open_to_everyone_and_leaves_no_record() {
    let with = With { settings: unknown_by_page, ..With::default() };
    let world = World::with(usual().await, with).await;
    assert_eq!(world.asker().get("http://childline.org.uk/").await.unwrap().status, 200);
    world.record(0).await;
    assert_eq!(world.help_visits(), 1);
}

#[tokio::test]
async fn what_is_for_the_gate_alone_never_reaches_the_site() {
    let with = With { settings: unknown_by_proxy, ..With::default() };
    let world = World::with(usual().await, with).await;
    let mut asker = world.asker();
    let basic = wire::Basic { username: "a.rahman".into(), password: PASSWORD.into() };
    asker.headers = vec![
        ("proxy-authorization", basic.header()),
        ("connection", "x-mine".into()),
        ("x-mine", "1".into()),
    ];
    assert_eq!(asker.get("http://plain.test/").await.unwrap().status, 200);
    let reached = &world.internet.reached()[0];
    for name in ["proxy-authorization", "connection", "x-mine", "via", "x-forwarded-for"] {
        assert!(!reached.headers.contains_key(name), "{name}");
    }
    assert_eq!(world.record(1).await[0].person, Some(PUPIL));
}

#[tokio::test]
async fn nobody_is_asked_who_they_are() {
    let with = With { settings: unknown_by_proxy, ..With::default() };
    let world = World::with(usual().await, with).await;
    let got = world.browser().get("http://plain.test/").await.unwrap();
    assert_eq!(got.status, 407);
    assert!(got.headers["proxy-authenticate"].to_str().unwrap().starts_with("Basic realm="));
    let mut wrong = world.browser();
    let basic = wire::Basic { username: "a.rahman".into(), password: "guess".into() };
    wrong.headers.push(("proxy-authorization", basic.header()));
    assert_eq!(wrong.get("http://plain.test/").await.unwrap().status, 407);
    assert!(world.internet.reached().is_empty());
    assert!(world.record(2).await.iter().all(|it| it.outcome == Outcome::AskedToSignIn));
}

/// LOG-03, PWD-09: whoever guesses with no browser at all is heard of, and a browser's every request is not.
#[tokio::test]
async fn the_office_hears_of_those_who_sign_in_at_the_proxy() {
    let with = With { settings: unknown_by_proxy, ..With::default() };
    let world = World::with(usual().await, with).await;
    let check = async |password: &str, status: u16, told: &[&'static str]| {
        let basic = wire::Basic { username: "a.rahman".into(), password: password.into() };
        let mut asker = world.browser();
        asker.headers.push(("proxy-authorization", basic.header()));
        assert_eq!(asker.get("http://plain.test/").await.unwrap().status, status, "{password}");
        let told: Vec<_> = told.iter().map(|it| ("a.rahman".to_owned(), *it)).collect();
        assert_eq!(world.told(), told, "{password}");
    };
    check(PASSWORD, 200, &["signed in"]).await;
    check(PASSWORD, 200, &[]).await;
    for guess in 1..=5 {
        check(&format!("guess {guess}"), 407, &["refused"]).await;
    }
    check("guess 5", 407, &[]).await;
    check("guess 6", 429, &["slowed down"]).await;
    check(PASSWORD, 200, &[]).await;
}

#[tokio::test]
async fn nobody_is_shown_to_the_sign_in_page() {
    let with = With { settings: unknown_by_page, ..With::default() };
    let world = World::with(usual().await, with).await;
    let got = world.browser().get("http://plain.test/maths").await.unwrap();
    assert!(got.status == 511 && got.text().contains("gate.school.test/sign-in"), "{}", got.text());
    let got = world.asker().get("http://plain.test/picture.png").await.unwrap();
    assert!(matches!(got.status, 403 | 511), "{}", got.status);
    assert!(world.internet.reached().is_empty());
}

#[tokio::test]
async fn nothing_opens_before_the_agreement() {
    let world = World::with(usual().await, With { missing: true, ..With::default() }).await;
    let got = world.browser().get("http://plain.test/").await.unwrap();
    assert_ne!(got.status, 200);
    assert!(world.internet.reached().is_empty());
    assert_eq!(world.record(1).await[0].outcome, Outcome::AskedToAgree);
}

#[tokio::test]
async fn the_gate_answers_for_itself_through_the_proxy_and_without() {
    let world = World::new().await;
    let got = world.browser().get("http://gate.school.test/proxy.pac").await.unwrap();
    assert_eq!(got.status, 200);
    assert!(got.text().contains("FindProxyForURL"), "{}", got.text());
    let said = world.asker().say(b"GET /proxy.pac HTTP/1.0\r\nHost: gate.school.test\r\n\r\n").await.unwrap();
    assert!(said.starts_with("HTTP/1.0 200") || said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(said.contains("FindProxyForURL"));
}

#[tokio::test]
async fn a_site_that_fails_gets_its_page() {
    let mut internet = usual().await;
    internet.absent("gone.test", 80).await;
    internet.raw("garbled.test", 80, Some(b"\x01\x02 nonsense\r\n\r\n")).await;
    internet.raw("stops.test", 80, Some(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nonly this")).await;
    internet.raw("hangs-up.test", 80, Some(b"")).await;
    internet.raw("silent.test", 80, None).await;
    let limits = Limits { answer_head: std::time::Duration::from_millis(300), ..Limits::default() };
    let world = World::with(internet, With { limits, ..With::default() }).await;
    for name in ["gone.test", "garbled.test", "hangs-up.test", "silent.test", "nowhere.invalid"] {
        let got = world.browser().get(&format!("http://{name}/")).await.unwrap();
        assert!((502..=504).contains(&got.status), "{name}: {}", got.status);
    }
    let got = world.browser().get("http://stops.test/").await.unwrap();
    assert_eq!((got.text().as_str(), got.whole), ("only this", false));
    let record = world.record(6).await;
    assert!(record[..5].iter().all(|it| it.outcome == Outcome::Failed));
    assert_eq!(record[5].bytes_out, 9);
}

#[tokio::test]
async fn a_stale_connection_is_noticed_and_made_anew() {
    let mut internet = usual().await;
    internet.raw("closes.test", 80, Some(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")).await;
    let world = World::with(internet, With::default()).await;
    for _ in 0..3 {
        let got = world.asker().get("http://closes.test/").await.unwrap();
        assert_eq!((got.status, got.text().as_str()), (200, "ok"));
    }
}

#[tokio::test]
async fn private_addresses_are_refused_in_every_disguise() {
    let world = World::new().await;
    for place in
        ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"]
    {
        let got = world.browser().get(&format!("http://{place}:9/")).await.unwrap();
        assert_eq!(got.status, 403, "{place}");
    }
    assert!(world.record(7).await.iter().all(|it| it.outcome == Outcome::Failed));
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_after_it_is_resolved() {
    let world = World::new().await;
    let got = world.browser().get("http://localhost:9/").await.unwrap();
    assert_eq!(got.status, 403);
}

#[tokio::test]
async fn alt_svc_is_taken_out() {
    let world = World::new().await;
    let got = world.asker().get("http://plain.test/header/alt-svc/h3").await.unwrap();
    assert_eq!(got.status, 200);
    assert!(!got.headers.contains_key("alt-svc"));
}

#[tokio::test]
async fn a_connection_that_someone_signed_in_over_is_nobody_elses() {
    let world = World::new().await;
    let ask = |header: &str| format!("GET http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\n{header}\r\n");
    let two = ask("Authorization: NTLM x\r\n") + &ask("Connection: close\r\n");
    world.asker().say(two.as_bytes()).await.unwrap();
    world.asker().get("http://plain.test/").await.unwrap();
    let over: Vec<_> = world.internet.reached().iter().map(|it| it.connection).collect();
    assert_eq!(over, [0, 0, 1]);
}

#[tokio::test]
async fn a_websocket_passes() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::new().await;
    let mut tcp = tokio::net::TcpStream::connect(world.address).await.unwrap();
    tcp.write_all(
        b"GET http://plain.test/ws HTTP/1.1\r\nHost: plain.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    )
    .await
    .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    tcp.write_all(b"ping").await.unwrap();
    let mut back = [0; 4];
    tcp.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"ping");
    drop(tcp);
    let record = world.record(1).await;
    assert_eq!((record[0].status, record[0].bytes_in, record[0].bytes_out), (101, 4, 4));
}

#[tokio::test]
async fn the_proxy_is_reached_over_tls_too() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::new().await;
    let tcp = tokio::net::TcpStream::connect(world.secure_address).await.unwrap();
    let name = "gate.school.test".try_into().unwrap();
    let mut tls = tokio_rustls::TlsConnector::from(world.asker().tls()).connect(name, tcp).await.unwrap();
    let ask = b"GET http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\nConnection: close\r\n\r\n";
    tls.write_all(ask).await.unwrap();
    let mut answer = String::new();
    let _ = tls.read_to_string(&mut answer).await;
    assert!(answer.ends_with("hello from plain.test, /"), "{answer}");
}

#[tokio::test]
async fn a_parent_proxy_carries_everything() {
    let outer = World::with(usual().await, With { settings: unknown_by_proxy, ..With::default() }).await;
    let parent = Parent {
        host: "127.0.0.1".into(),
        port: outer.address.port(),
        credentials: Some(wire::Basic { username: "a.rahman".into(), password: PASSWORD.into() }),
    };
    let (root, school) = (outer.internet.root(), outer.authority.certificate().clone());
    let upstreams = Box::new(move |it: &mut web_gate::Upstreams| {
        it.parent = Some(parent);
        it.trust = web_gate::Trust::Only(vec![root, school]);
    });
    let inner = World::with(Internet::new(), With { upstreams, ..With::default() }).await;
    let got = inner.asker().get("http://plain.test/x").await.unwrap();
    assert_eq!(got.text(), "hello from plain.test, /x");
    let got = inner.asker().get("https://one.test/y").await.unwrap();
    assert_eq!(got.text(), "hello from one.test, /y");
    assert_eq!(outer.record(2).await.len(), 2);
}

#[tokio::test]
async fn a_parent_proxy_is_not_asked_for_what_lies_inside() {
    let outer = World::new().await;
    let port = outer.address.port();
    let upstreams = Box::new(move |it: &mut web_gate::Upstreams| {
        it.parent = Some(Parent { host: "127.0.0.1".into(), port, credentials: None });
    });
    let inner = World::with(Internet::new(), With { upstreams, ..With::default() }).await;
    let mut entries = 0;
    for place in
        ["169.254.169.254", "127.0.0.1:8080", "[::ffff:10.0.0.1]", "0x7f.1", "localhost", "a.localhost"]
    {
        for scheme in ["http", "https"] {
            let got = inner.browser().get(&format!("{scheme}://{place}/")).await;
            assert!(got.is_err() || got.is_ok_and(|it| it.status != 200), "{scheme} {place}");
            entries += 1;
        }
    }
    assert!(entries > 0);
    outer.record(0).await;
}
