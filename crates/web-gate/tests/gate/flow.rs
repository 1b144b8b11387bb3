//! Bodies of any length pass through a gate that holds only a little of them.
use std::time::{Duration, Instant};

use policy::Carried;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use web_gate::Limits;

use crate::{
    many::resident,
    world::{With, World, usual},
};

const LONG: usize = 256 * 1024 * 1024;
/// KiB that all ends together (person, gate and site) may grow by meanwhile.
const ROOM: usize = 48 * 1024;

/// The most that was resident at once, beyond what was at its beginning.
struct Growth {
    before: usize,
    most: usize,
}

impl Growth {
    fn begin() -> Growth {
        let before = resident();
        Growth { before, most: before }
    }

    fn look(&mut self) {
        self.most = self.most.max(resident());
    }

    fn check(&self, what: &str) {
        let grown = self.most - self.before;
        println!("{what}: {grown} KiB more at most");
        assert!(grown < ROOM, "{what}: {grown} KiB");
    }
}

async fn down<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, what: &str, ask: &str) {
    stream.write_all(ask.as_bytes()).await.expect("the gate reads");
    let mut growth = Growth::begin();
    let (mut room, mut came, mut looked) = (vec![0; 256 * 1024], 0, 0);
    loop {
        // An end without close_notify is an end here: the length tells.
        let count = stream.read(&mut room).await.unwrap_or(0);
        came += count;
        if came - looked > LONG / 32 {
            looked = came;
            growth.look();
        }
        if count == 0 {
            break;
        }
    }
    assert!(came >= LONG, "{what}: {came} bytes");
    growth.check(what);
}

async fn up<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, what: &str, head: &str) {
    let head = format!("{head}Content-Length: {LONG}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("the gate reads");
    let mut growth = Growth::begin();
    let piece = vec![b'z'; 256 * 1024];
    for number in 0..LONG / piece.len() {
        stream.write_all(&piece).await.expect("the gate reads on");
        if number % 32 == 0 {
            growth.look();
        }
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.ends_with(&LONG.to_string()), "{what}: {answer}");
    growth.check(what);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quarter_of_a_gibibyte_passes_either_way_without_being_held() {
    let world = World::new().await;
    let plain = TcpStream::connect(world.address).await.unwrap();
    let ask = format!(
        "GET http://plain.test/stream/{LONG} HTTP/1.1\r\nHost: plain.test\r\nConnection: close\r\n\r\n"
    );
    down(plain, "down, plain", &ask).await;
    let plain = TcpStream::connect(world.address).await.unwrap();
    up(plain, "up, plain", "POST http://plain.test/count HTTP/1.1\r\nHost: plain.test\r\n").await;
    let record = world.record(2).await;
    assert!(record[0].bytes_out >= LONG as u64 && record[1].bytes_in == LONG as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_passes_through_an_opened_site() {
    let world = World::new().await;
    let opened = world.asker().secure("one.test:443", "one.test").await.unwrap();
    let ask = format!("GET /stream/{LONG} HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n");
    down(opened, "down, opened", &ask).await;
    let opened = world.asker().secure("one.test:443", "one.test").await.unwrap();
    up(opened, "up, opened", "POST /count HTTP/1.1\r\nHost: one.test\r\n").await;
    assert!(world.record(2).await.iter().all(|it| it.carried == Carried::Inspected));
}

/// Never reads what comes, and is given up in time without the gate having kept much of it.
async fn never_read(world: &World, what: &str, kept: impl Sized) {
    let (began, mut growth) = (Instant::now(), Growth::begin());
    while began.elapsed() < Duration::from_millis(300) {
        tokio::time::sleep(Duration::from_millis(20)).await;
        growth.look();
    }
    let seen = world.record(1).await;
    assert!(began.elapsed() < Duration::from_secs(3), "{what}: {:?}", began.elapsed());
    assert!(seen[0].bytes_out > 0, "{what}: {:?}", seen[0]);
    growth.check(what);
    drop(kept);
}

#[tokio::test]
async fn an_endless_answer_that_is_not_read_is_given_up_and_not_kept() {
    let limits = Limits { stall: Duration::from_millis(300), ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let mut tcp = TcpStream::connect(world.address).await.unwrap();
    tcp.write_all(b"GET http://plain.test/stream/900000000000 HTTP/1.1\r\nHost: plain.test\r\n\r\n")
        .await
        .unwrap();
    never_read(&world, "plain", tcp).await;
    let mut tls = world.asker().secure("one.test:443", "one.test").await.unwrap();
    tls.write_all(b"GET /stream/900000000000 HTTP/1.1\r\nHost: one.test\r\n\r\n").await.unwrap();
    never_read(&world, "opened", tls).await;
}

#[tokio::test]
async fn an_endless_answer_over_http_2_is_given_up_and_not_kept() {
    let limits = Limits { stall: Duration::from_millis(300), ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let tls = world.asker_two().secure("two.test:443", "two.test").await.unwrap();
    let executor = hyper_util::rt::TokioExecutor::new();
    let io = hyper_util::rt::TokioIo::new(tls);
    let (mut send, connection) = hyper::client::conn::http2::handshake(executor.clone(), io).await.unwrap();
    hyper::rt::Executor::execute(&executor, async {
        let _ = connection.await;
    });
    let request = http::Request::get("https://two.test/stream/900000000000");
    let request = request.body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
    // The connection goes on answering pings; only this answer is left lying.
    let answer = send.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    never_read(&world, "HTTP/2", (answer, send)).await;
}
