//! Admitted until 15:00, and out at 15:01 (ACC-14, ACC-18): new requests, connections that are kept, tunnels and answers
//! that are still coming.
use std::time::Duration;

use http::header::LOCATION;
use jiff::Timestamp;
use school::Stay;
use testkit::asker::Asker;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use web_gate::Limits;

use crate::world::{With, World, usual};

/// At 14:57; the pupil's time ends at 15:00.
async fn until_three() -> World {
    let opens = World::shortly_before(15);
    let limits = Limits {
        hello_time: Duration::from_millis(500),
        look: Duration::from_millis(50),
        // Makes the clock of a connection beat quickly.
        stall: Duration::from_millis(300),
        ..Limits::default()
    };
    let stay = Stay { from: None, until: Some(opens + Duration::from_mins(3)) };
    World::with(usual().await, With { opens: Some(opens), stay, limits, ..With::default() }).await
}

const TO_TWO_MINUTES_PAST: Duration = Duration::from_mins(4);
const ASK: &[u8] = b"GET http://plain.test/ HTTP/1.1\r\nHost: plain.test\r\nAccept: text/html\r\n\r\n";

/// The head of an answer, and its body where its length is told.
async fn answer<S: AsyncReadExt + Unpin>(stream: &mut S) -> String {
    let mut all = Vec::new();
    while !all.ends_with(b"\r\n\r\n") {
        all.push(stream.read_u8().await.expect("a head"));
    }
    let head = String::from_utf8_lossy(&all).to_ascii_lowercase();
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.expect("a body");
    all.extend(body);
    String::from_utf8_lossy(&all).into_owned()
}

/// Whether the other side hangs up soon.
async fn is_closed<S: AsyncReadExt + Unpin>(stream: &mut S) -> bool {
    let mut buffer = vec![0; 1 << 16];
    let gone = async { while stream.read(&mut buffer).await.is_ok_and(|count| 0 < count) {} };
    timeout(Duration::from_secs(5), gone).await.is_ok()
}

#[tokio::test]
async fn admitted_until_three_and_out_a_minute_later_on_a_kept_connection() {
    let world = until_three().await;
    let mut plain = TcpStream::connect(world.address).await.unwrap();
    plain.write_all(ASK).await.unwrap();
    assert!(answer(&mut plain).await.starts_with("HTTP/1.1 200"));
    let mut opened = world.asker().secure("one.test:443", "one.test").await.unwrap();
    let inside = b"GET / HTTP/1.1\r\nHost: one.test\r\nAccept: text/html\r\n\r\n";
    opened.write_all(inside).await.unwrap();
    assert!(answer(&mut opened).await.starts_with("HTTP/1.1 200"));

    world.wait(TO_TWO_MINUTES_PAST);
    plain.write_all(ASK).await.unwrap();
    let got = answer(&mut plain).await;
    assert!(got.starts_with("HTTP/1.1 511"), "{got}");
    assert!(got.contains("Your access ended at 15:00"), "{got}");
    opened.write_all(inside).await.unwrap();
    let got = answer(&mut opened).await;
    assert!(got.starts_with("HTTP/1.1 302") && got.contains("gate.school.test/sign-in"), "{got}");
    assert_eq!(world.internet.reached().len(), 2, "no site was asked again");
}

#[tokio::test]
async fn a_browser_in_mid_session_is_told_when_it_ended() {
    let world = until_three().await;
    assert_eq!(world.browser().get("https://one.test/").await.unwrap().status, 200);
    world.wait(TO_TWO_MINUTES_PAST);
    // Of a site that would be carried unopened too.
    for url in ["https://one.test/", "https://two.test/", "https://bank.test/"] {
        let got = world.browser().get(url).await.unwrap();
        let place = got.headers[LOCATION].to_str().unwrap().to_owned();
        assert!(got.status == 302 && place.starts_with("https://gate.school.test/sign-in?"), "{url} {place}");
        let page = world.browser().get(&place).await.unwrap();
        assert!(page.text().contains("Your access ended at 15:00"), "{url}: {}", page.text());
    }
    assert_eq!(world.browser().get("http://childline.org.uk/").await.unwrap().status, 200, "help stays open");
}

#[tokio::test]
async fn nobody_is_in_before_their_time() {
    let opens = World::shortly_before(15);
    let stay = Stay { from: Some(opens + Duration::from_mins(3)), until: Some(Timestamp::MAX) };
    let with = With { opens: Some(opens), stay, ..With::default() };
    let world = World::with(usual().await, with).await;
    let got = world.browser().get("http://plain.test/").await.unwrap();
    assert!(got.status == 511 && got.text().contains("Your access begins at 15:00"), "{}", got.text());
    world.wait(Duration::from_mins(3));
    assert_eq!(world.browser().get("http://plain.test/").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_tunnel_and_a_websocket_end_with_the_persons_time() {
    let world = until_three().await;
    let asker = Asker { trusts: world.internet.root(), ..world.asker() };
    let mut tunnel = asker.secure("bank.test:443", "bank.test").await.unwrap();
    let mut help = asker.secure("childline.org.uk:443", "childline.org.uk").await.unwrap();
    let mut socket = TcpStream::connect(world.address).await.unwrap();
    socket
        .write_all(
            b"GET http://plain.test/ws HTTP/1.1\r\nHost: plain.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        )
        .await
        .unwrap();
    assert!(answer(&mut socket).await.starts_with("HTTP/1.1 101"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    socket.write_all(b"ping").await.unwrap();
    let mut back = [0; 4];
    socket.read_exact(&mut back).await.unwrap();

    world.wait(TO_TWO_MINUTES_PAST);
    assert!(is_closed(&mut tunnel).await, "the tunnel");
    assert!(is_closed(&mut socket).await, "the WebSocket");
    let still = timeout(Duration::from_millis(300), help.read_u8()).await;
    assert!(still.is_err(), "a help line is not hung up: {still:?}");
}

#[tokio::test]
async fn an_answer_that_is_still_coming_ends_with_the_persons_time() {
    let world = until_three().await;
    let mut running = TcpStream::connect(world.address).await.unwrap();
    running
        .write_all(b"GET http://plain.test/stream/4000000000 HTTP/1.1\r\nHost: plain.test\r\n\r\n")
        .await
        .unwrap();
    let mut some = vec![0; 1 << 20];
    running.read_exact(&mut some).await.unwrap();
    world.wait(TO_TWO_MINUTES_PAST);
    assert!(is_closed(&mut running).await);
}
