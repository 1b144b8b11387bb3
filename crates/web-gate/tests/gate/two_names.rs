//! Tunnels whose beginning does not say what CONNECT said, or says it strangely.
use policy::{Carried, Outcome};
use rustls::{ClientConnection, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use web_gate::Upstreams;

use crate::world::{With, World, usual};

async fn ask(mut stream: TlsStream<TcpStream>, host: &str) -> String {
    let ask = format!("GET /x HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.expect("the gate reads");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn where_both_names_are_open_the_one_in_the_hello_is_reached_and_recorded() {
    let world = World::new().await;
    let stream = world.asker().secure("one.test:443", "two.test").await.unwrap();
    let answer = ask(stream, "two.test").await;
    assert!(answer.ends_with("hello from two.test, /x"), "{answer}");
    assert!(world.internet.reached().iter().all(|it| it.site == "two.test"));
    // A request for the other name does not slip through this one's tunnel.
    let stream = world.asker().secure("one.test:443", "two.test").await.unwrap();
    assert!(ask(stream, "one.test").await.starts_with("HTTP/1.1 421"));
    assert_eq!(&*world.record(1).await[0].host, "two.test");
}

#[tokio::test]
async fn a_site_to_be_opened_stays_opened_under_a_name_that_is_carried() {
    let world = World::new().await;
    for (place, name) in [("one.test:443", "bank.test"), ("bank.test:443", "one.test")] {
        let stream = world.asker().secure(place, name).await.unwrap();
        let answer = ask(stream, name).await;
        assert!(answer.ends_with(&format!("hello from {name}, /x")), "{place}, {name}: {answer}");
    }
    let record = world.record(2).await;
    assert!(record.iter().all(|it| it.carried == Carried::Inspected), "{record:#?}");
}

#[tokio::test]
async fn a_hello_without_a_name_is_taken_for_the_name_that_connect_gave() {
    let world = World::new().await;
    let nameless = async |place: &str| {
        let mut config = (*world.asker().tls()).clone();
        config.enable_sni = false;
        let tcp = world.asker().tunnel(&format!("{place}:443")).await.unwrap();
        let name = ServerName::try_from(place.to_owned()).unwrap();
        TlsConnector::from(std::sync::Arc::new(config)).connect(name, tcp).await.unwrap()
    };
    let answer = ask(nameless("one.test").await, "one.test").await;
    assert!(answer.ends_with("hello from one.test, /x"), "{answer}");
    let answer = ask(nameless("gambling.test").await, "gambling.test").await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    let record = world.record(2).await;
    assert_eq!((&*record[0].host, record[0].carried), ("one.test", Carried::Inspected));
    assert_eq!(record[1].outcome, Outcome::Blocked);
}

/// A hello, in one record.
fn hello(world: &World, name: &str) -> Vec<u8> {
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let mut bytes = Vec::new();
    let mut client = ClientConnection::new(world.asker().tls(), name).expect("sound settings");
    client.write_tls(&mut bytes).expect("memory takes it");
    bytes
}

/// The same, with one byte in each record.
fn cut_up(hello: &[u8]) -> Vec<u8> {
    hello[5..].iter().flat_map(|byte| [hello[0], hello[1], hello[2], 0, 1, *byte]).collect()
}

#[tokio::test]
async fn a_hello_cut_into_records_of_one_byte_hides_no_name() {
    let world = World::new().await;
    let mut tcp = world.asker().tunnel("bank.test:443").await.unwrap();
    tcp.write_all(&cut_up(&hello(&world, "gambling.test"))).await.unwrap();
    // The gate answers by itself or hangs up; either way nothing goes to the bank.
    let _ = tcp.read(&mut [0; 1_000]).await;
    drop(tcp);
    assert_eq!(world.record(1).await[0].outcome, Outcome::Blocked);
    assert!(world.internet.reached().is_empty());
}

#[tokio::test]
async fn what_follows_a_hello_at_once_reaches_a_carried_site_byte_for_byte() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let upstreams = Box::new(move |it: &mut Upstreams| {
        it.pinned.insert("bank.test:443".into(), address);
    });
    let world = World::with(usual().await, With { upstreams, ..With::default() }).await;
    let check = async |what: &str, first: Vec<u8>| {
        // Early data is a record like any other, sent before the site has answered.
        let early = [&[0x17, 3, 3, 0x10, 0][..], &[0x5a; 0x1000]].concat();
        let sent = [first, early.repeat(20)].concat();
        let mut tcp = world.asker().tunnel("bank.test:443").await.unwrap();
        tcp.write_all(&sent).await.unwrap();
        let (mut site, _) = listener.accept().await.unwrap();
        let mut came = vec![0; sent.len()];
        site.read_exact(&mut came).await.unwrap();
        assert!(came == sent, "{what}");
    };
    check("in one record", hello(&world, "bank.test")).await;
    check("a byte a record", cut_up(&hello(&world, "bank.test"))).await;
}
