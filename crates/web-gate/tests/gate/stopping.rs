//! The gate closes.
use std::time::{Duration, Instant};

use testkit::asker::Asker;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use web_gate::Limits;

use crate::world::{With, World, usual};

#[tokio::test]
async fn answers_that_are_on_their_way_are_finished_and_nobody_new_is_let_in() {
    let world = World::new().await;
    let mut running = TcpStream::connect(world.address).await.unwrap();
    running
        .write_all(b"GET http://plain.test/big/20000000 HTTP/1.1\r\nHost: plain.test\r\n\r\n")
        .await
        .unwrap();
    let mut first = [0; 12];
    running.read_exact(&mut first).await.unwrap();
    let mut idle = TcpStream::connect(world.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    world.stop();
    // What waits for a request is closed at once.
    let began = Instant::now();
    assert_eq!(timeout(Duration::from_secs(5), idle.read(&mut [0; 16])).await.unwrap().unwrap_or(0), 0);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    for _ in 0..100 {
        if TcpStream::connect(world.address).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(TcpStream::connect(world.address).await.is_err(), "the port is closed");
    let mut rest = Vec::new();
    running.read_to_end(&mut rest).await.unwrap();
    assert!(rest.len() > 20_000_000, "{} bytes came", rest.len());
    assert_eq!(world.record(1).await[0].bytes_out, 20_000_000);
}

#[tokio::test]
async fn an_opened_site_over_http_2_finishes_its_answer_too() {
    let world = World::new().await;
    let asking = {
        let asker = world.asker_two();
        async move { asker.get("https://two.test/big/20000000").await }
    };
    let stopping = async {
        while world.internet.reached().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        world.stop();
    };
    let (got, ()) = tokio::join!(asking, stopping);
    let got = got.unwrap();
    assert!(got.whole && got.body.len() == 20_000_000, "{} bytes came", got.body.len());
}

#[tokio::test]
async fn what_never_ends_is_cut_after_the_farewell_and_recorded() {
    let limits = Limits { farewell: Duration::from_millis(300), ..Limits::default() };
    let world = World::with(usual().await, With { limits, ..With::default() }).await;
    let trusts = Asker { trusts: world.internet.root(), ..world.asker() };
    let mut tunnel = trusts.secure("bank.test:443", "bank.test").await.unwrap();
    let mut endless = TcpStream::connect(world.address).await.unwrap();
    endless
        .write_all(b"GET http://plain.test/stream/900000000000 HTTP/1.1\r\nHost: plain.test\r\n\r\n")
        .await
        .unwrap();
    endless.read_exact(&mut vec![0; 100_000]).await.unwrap();
    world.stop();
    let began = Instant::now();
    let ended = async {
        let mut room = vec![0; 64 * 1024];
        while !matches!(endless.read(&mut room).await, Ok(0) | Err(_)) {}
        let _ = tunnel.read(&mut room).await;
    };
    timeout(Duration::from_secs(5), ended).await.expect("both end");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(world.record(2).await.len(), 2);
}
