//! Requests that no honest browser sends, and connections that do not move.
use std::time::{Duration, Instant};

use testkit::asker::Asker;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use web_gate::Limits;

use crate::world::{With, World, usual};

#[tokio::test]
async fn a_head_that_could_be_read_two_ways_is_refused() {
    let short = Duration::from_millis(400);
    let limits = Limits { head_time: short, idle: short, stall: short, ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let check = async |what: &str, head: &str, wanted: &[&str]| {
        let answer =
            world.asker().say(format!("{head}\r\n\r\nGET / HTTP/1.1\r\n\r\n").as_bytes()).await.unwrap();
        let status = answer.get(9..12).unwrap_or("none");
        assert!(wanted.contains(&status), "{what}: {answer}");
    };
    let post = "POST http://plain.test/count HTTP/1.1\r\nHost: plain.test\r\nConnection: close\r\n";
    check("two lengths", &format!("{post}Content-Length: 5\r\nContent-Length: 6"), &["400"]).await;
    check("lengths in a list", &format!("{post}Content-Length: 5, 6"), &["400"]).await;
    check("a length that is none", &format!("{post}Content-Length: +5"), &["400"]).await;
    check("chunked is not last", &format!("{post}Transfer-Encoding: chunked, gzip"), &["400"]).await;
    check("an unknown coding", &format!("{post}Transfer-Encoding: xchunked"), &["400"]).await;
    check("two hosts", "GET http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\nHost: x.test", &["400"]).await;
    check("a space before the colon", "GET http://plain.test/ HTTP/1.1\r\nHost : plain.test", &["400"]).await;
    check("a folded header", "GET http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\nX: a\r\n b", &["400"])
        .await;
    check("a NUL", "GET http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\nX: a\0b", &["400"]).await;
    check("another scheme", "GET ftp://plain.test/ HTTP/1.1\r\nHost: plain.test", &["400"]).await;
    check("no host", "GET http:/// HTTP/1.1\r\nHost: plain.test", &["400"]).await;
    check("CONNECT with a body", "CONNECT one.test:443 HTTP/1.1\r\nContent-Length: 5", &["400"]).await;
    check("CONNECT with chunks", "CONNECT one.test:443 HTTP/1.1\r\nTransfer-Encoding: chunked", &["400"])
        .await;
    check("CONNECT without a port", "CONNECT one.test HTTP/1.1\r\nHost: one.test", &["400"]).await;
    check("CONNECT as someone", "CONNECT me@one.test:443 HTTP/1.1\r\nHost: one.test", &["400"]).await;
    check("CONNECT to port 0", "CONNECT one.test:0 HTTP/1.1\r\nHost: one.test", &["400"]).await;
    let huge = format!("GET http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\nX: {}", "a".repeat(100_000));
    check("a huge header", &huge, &["431"]).await;
    let many = "X-Many: 1\r\n".repeat(150);
    let many = format!("GET http://plain.test/ HTTP/1.1\r\n{many}Host: plain.test");
    check("too many headers", &many, &["431", "400"]).await;
    assert!(world.internet.reached().is_empty());
}

#[tokio::test]
async fn two_lengths_over_http_2_are_refused() {
    let world = World::new().await;
    let mut asker = world.asker_two();
    asker.headers = vec![("content-length", "0".into()), ("content-length", "10".into())];
    // Refused by the gate, or by its HTTP/2 before that.
    if let Ok(got) = asker.get("https://two.test/").await {
        assert_eq!(got.status, 400);
    }
    assert!(world.internet.reached().is_empty());
}

#[tokio::test]
async fn a_site_whose_name_points_at_the_gate_is_not_the_gate() {
    let world = World::new().await;
    let check = async |host: &str, path: &str, wanted: &str| {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = world.asker().say(head.as_bytes()).await.unwrap();
        assert_eq!(answer.get(9..12), Some(wanted), "{host} {path}");
    };
    check("evil.test:3128", "/sign-out", "421").await;
    check("evil.test", "/report", "421").await;
    check("gate.school.test.evil.test", "/", "421").await;
    check("evil.test", "/proxy.pac", "200").await;
    check("gate.school.test", "/sign-out", "200").await;
    check("GATE.school.test.:3128", "/", "200").await;
    check("127.0.0.1:3128", "/", "200").await;
    check("[::1]:3128", "/", "200").await;
    check("wpad", "/wpad.dat", "200").await;
}

/// What a reader that ends a request elsewhere than the gate does would take for a request of its own.
const HIDDEN: &str = "GET http://gambling.test/hidden HTTP/1.1\r\nHost: gambling.test\r\nX-Hidden: 1\r\n\r\n";

/// Sends it, with what may be hidden in it; says what came back, and how many requests reached the site, each of which
/// must be the first.
async fn hides(sent: &str) -> (String, usize) {
    let short = Duration::from_millis(400);
    let limits = Limits { head_time: short, idle: short, stall: short, ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let answer = world.asker().say(sent.as_bytes()).await.expect("a connection");
    let reached = world.internet.reached();
    for it in &reached {
        assert_eq!((&*it.site, &*it.path), ("plain.test", "/count"), "{sent:?}");
        assert_eq!(it.headers["host"], "plain.test", "{sent:?}");
        assert!(!it.headers.contains_key("x-hidden"), "{sent:?}: {:?}", it.headers);
        let both = it.headers.contains_key("content-length") && it.headers.contains_key("transfer-encoding");
        assert!(!both, "{sent:?}: {:?}", it.headers);
    }
    (answer, reached.len())
}

#[tokio::test]
async fn a_length_beside_chunks_cannot_smuggle() {
    let check = async |what: &str, length: usize, body: &str| {
        let sent = format!(
            "POST http://plain.test/count HTTP/1.1\r\nHost: plain.test\r\nContent-Length: {length}\r\n\
             Transfer-Encoding: chunked\r\n\r\n{body}"
        );
        // RFC 9112 section 6.3: refused, or chunked wins and the length does not go on.
        let (answer, reached) = hides(&sent).await;
        assert!(
            matches!((answer.get(9..12), reached), (Some("400"), 0) | (Some("200"), 1)),
            "{what}: {reached} {answer}"
        );
        assert!(!answer.contains("hello"), "{what}: {answer}");
    };
    let whole = format!("{:x}\r\n{HIDDEN}\r\n0\r\n\r\n", HIDDEN.len());
    check("the length ends before it", 4, &whole).await;
    let behind = format!("0\r\n\r\n{HIDDEN}");
    check("the length ends behind it", behind.len(), &behind).await;
    check("a length of nothing", 0, &behind).await;
}

#[tokio::test]
async fn bare_line_feeds_do_not_hide_a_second_request() {
    let check = async |what: &str, sent: &str| {
        let (answer, reached) = hides(sent).await;
        // Refused whole, or the first goes on and the second is judged as what it is.
        assert!(
            matches!((answer.get(9..12), reached), (Some("400"), 0) | (Some("200"), 1)),
            "{what}: {reached} {answer}"
        );
        assert!(!answer.contains("hello"), "{what}: {answer}");
    };
    let get = "GET http://plain.test/count HTTP/1.1";
    check("everywhere", &format!("{get}\nHost: plain.test\n\n{HIDDEN}")).await;
    check("at the end", &format!("{get}\r\nHost: plain.test\n\n{HIDDEN}")).await;
    check("in the head", &format!("{get}\r\nHost: plain.test\r\nX: a\n\n{HIDDEN}\r\n\r\n")).await;
    let length = HIDDEN.len();
    let post = "POST http://plain.test/count HTTP/1.1\r\nHost: plain.test";
    check("before a length", &format!("{post}\r\nX: a\nContent-Length: {length}\r\n\r\n{HIDDEN}")).await;
    check("behind a length", &format!("{post}\r\nContent-Length: {length}\n\n{HIDDEN}")).await;
}

#[tokio::test]
async fn bare_line_feeds_in_chunks_do_not_hide_a_second_request() {
    let head =
        "POST http://plain.test/count HTTP/1.1\r\nHost: plain.test\r\nTransfer-Encoding: chunked\r\n\r\n";
    for body in [
        "5\nabcde\r\n0\r\n\r\n",
        "5\r\nabcde\n0\r\n\r\n",
        "5\r\nabcde\r\n0\n\n",
        "5;a=\nb\r\nabcde\r\n0\r\n\r\n",
    ] {
        let (answer, reached) = hides(&format!("{head}{body}{HIDDEN}")).await;
        // By then its head may have gone on; it is never brought to an end that could be taken for a good one.
        assert!(reached <= 1, "{body:?}: {reached}");
        assert!(!answer.starts_with("HTTP/1.1 2") && !answer.contains("hello"), "{body:?}: {answer}");
    }
}

#[tokio::test]
async fn an_absolute_address_wins_over_a_host_that_disagrees() {
    let world = World::new().await;
    let sent = "GET http://plain.test/x HTTP/1.1\r\nHost: gambling.test\r\nConnection: close\r\n\r\n";
    let answer = world.asker().say(sent.as_bytes()).await.unwrap();
    assert!(answer.ends_with("hello from plain.test, /x"), "{answer}");
    assert_eq!(world.internet.reached()[0].headers["host"], "plain.test");
    let sent = "GET http://gambling.test/x HTTP/1.1\r\nHost: plain.test\r\nConnection: close\r\n\r\n";
    assert!(world.asker().say(sent.as_bytes()).await.unwrap().starts_with("HTTP/1.1 403"));
}

#[tokio::test]
async fn http_1_0_is_answered_and_ended() {
    let world = World::new().await;
    let answer = world.asker().say(b"GET http://plain.test/chunked/2 HTTP/1.0\r\n\r\n").await.unwrap();
    assert!(answer.starts_with("HTTP/1.0 200") && answer.ends_with("yyy"), "{answer}");
    assert!(!answer.to_lowercase().contains("transfer-encoding"), "{answer}");
}

#[tokio::test]
async fn expect_is_answered_before_a_body_is_sent() {
    let world = World::new().await;
    let mut tcp = TcpStream::connect(world.address).await.unwrap();
    let head = "POST http://plain.test/count HTTP/1.1\r\nHost: plain.test\r\nContent-Length: 5\r\n\
        Expect: 100-continue\r\nConnection: close\r\n\r\n";
    tcp.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    tcp.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    tcp.write_all(b"12345").await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n5"), "{answer}");
}

#[tokio::test]
async fn a_body_that_the_site_does_not_want_is_never_asked_for() {
    let mut internet = usual().await;
    let refusal = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nno";
    internet.raw("full.test", 80, Some(refusal)).await;
    let world = World::with(internet, With::default()).await;
    let mut tcp = TcpStream::connect(world.address).await.unwrap();
    let head = "POST http://full.test/ HTTP/1.1\r\nHost: full.test\r\nContent-Length: 5000000\r\n\
        Expect: 100-continue\r\n\r\n";
    tcp.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.ends_with("\r\n\r\nno"), "{answer}");
    assert_eq!(world.record(1).await[0].bytes_in, 0);
}

#[tokio::test]
async fn a_body_for_a_blocked_site_is_never_asked_for() {
    let world = World::new().await;
    let head = "POST http://gambling.test/ HTTP/1.1\r\nHost: gambling.test\r\nContent-Length: 5000000\r\n\
        Expect: 100-continue\r\n\r\n";
    let answer = world.asker().say(head.as_bytes()).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[tokio::test]
async fn a_site_that_knows_no_expectation_gets_the_body_all_the_same() {
    let internet = usual().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let upstreams = Box::new(move |it: &mut web_gate::Upstreams| {
        it.pinned.insert("old.test:80".into(), address);
    });
    let world = World::with(internet, With { upstreams, ..With::default() }).await;
    let site = async {
        let (mut tcp, _) = listener.accept().await.unwrap();
        let mut came = Vec::new();
        while !came.ends_with(b"12345") {
            assert!(tcp.read_buf(&mut came).await.unwrap() > 0);
        }
        tcp.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.unwrap();
    };
    let asker = Asker { headers: vec![("expect", "100-continue".into())], ..world.asker() };
    let (got, ()) = tokio::join!(asker.ask(http::Method::POST, "http://old.test/", "12345"), site);
    assert_eq!(got.unwrap().text(), "ok");
}

#[tokio::test]
async fn trace_is_refused() {
    let world = World::new().await;
    for url in ["http://plain.test/", "https://one.test/", "http://gate.school.test/"] {
        let got = world.asker().ask(http::Method::TRACE, url, "").await.unwrap();
        assert_eq!(got.status, 405, "{url}");
    }
    assert!(world.internet.reached().is_empty());
}

#[tokio::test]
async fn what_does_not_move_is_given_up() {
    let short = Duration::from_millis(150);
    let limits = Limits { head_time: short, idle: short * 2, stall: short, ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let check = async |what: &str, sent: &[u8], wanted: &str| {
        let began = Instant::now();
        let answer = world.asker().say(sent).await.unwrap_or_default();
        assert!(answer.starts_with(wanted), "{what}: {answer}");
        assert!(began.elapsed() < Duration::from_secs(3), "{what}: {:?}", began.elapsed());
    };
    check("nothing is asked", b"", "").await;
    let head = b"GET http://plain.test/x HTTP/1.1\r\nHost: plain.test\r\n\r\n";
    check("a request, and then nothing", head, "HTTP/1.1 200").await;
    check("half a head", b"GET http://plain.test/ HT", "HTTP/1.1 408").await;
    let began = Instant::now();
    let post =
        b"POST http://plain.test/count HTTP/1.1\r\nHost: plain.test\r\nContent-Length: 100\r\n\r\nhalf";
    // Given up with no answer, or told so: never as if the half had been the whole.
    let answer = world.asker().say(post).await.unwrap_or_default();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "half a body: {answer}");
    assert!(began.elapsed() < Duration::from_secs(3), "half a body: {:?}", began.elapsed());
    let [.., seen] = &world.record(2).await[..] else { panic!() };
    assert!(seen.bytes_in == 4 && seen.status != 200, "half a body: {seen:?}");
}

#[tokio::test]
async fn a_trickled_head_is_given_up() {
    let short = Duration::from_millis(150);
    let limits = Limits { head_time: short, ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let mut tcp = TcpStream::connect(world.address).await.unwrap();
    let mut sent = 0;
    for byte in b"GET http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\n".iter().cycle() {
        if tcp.write_all(&[*byte]).await.is_err() || sent > 200 {
            break;
        }
        sent += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(sent < 150, "{sent} bytes were taken");
}

#[tokio::test]
async fn a_person_who_never_reads_is_given_up() {
    let limits = Limits { stall: Duration::from_millis(200), ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let mut tcp = TcpStream::connect(world.address).await.unwrap();
    tcp.write_all(b"GET http://plain.test/big/90000000 HTTP/1.1\r\nHost: plain.test\r\n\r\n").await.unwrap();
    let seen = world.record(1).await;
    assert!(seen[0].bytes_out < 90_000_000);
}

#[tokio::test]
async fn more_connections_than_a_device_may_have_are_closed() {
    let limits = Limits { connections_per_address: 3, ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let mut kept = Vec::new();
    for _ in 0..3 {
        kept.push(TcpStream::connect(world.address).await.unwrap());
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(world.asker().get("http://plain.test/").await.is_err());
    kept.clear();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(world.asker().get("http://plain.test/").await.unwrap().status, 200);
}
