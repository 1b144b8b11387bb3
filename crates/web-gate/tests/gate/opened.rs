//! Encrypted sites, opened.
use http::{Method, Version};
use policy::{Carried, Outcome};
use x509_parser::prelude::*;

use crate::world::{With, World, unknown_by_page, usual};

#[tokio::test]
async fn an_encrypted_page_is_opened_and_recorded_with_its_path() {
    let world = World::new().await;
    let got = world.asker().get("https://one.test/maths").await.unwrap();
    assert_eq!((got.status, got.text().as_str()), (200, "hello from one.test, /maths"));
    let [seen] = &world.record(1).await[..] else { panic!() };
    assert_eq!((&*seen.host, seen.port, seen.path.as_deref()), ("one.test", 443, Some("/maths")));
    assert_eq!((seen.outcome, seen.carried), (Outcome::Allowed, Carried::Inspected));
}

#[tokio::test]
async fn the_certificate_shown_is_narrow_fresh_and_the_schools() {
    let world = World::new().await;
    let got = world.asker().get("https://one.test/").await.unwrap();
    let der = got.certificate.unwrap();
    let (_, leaf) = X509Certificate::from_der(&der).unwrap();
    let names = leaf.subject_alternative_name().unwrap().unwrap();
    assert_eq!(names.value.general_names, [GeneralName::DNSName("one.test")]);
    let days = (leaf.validity().not_after.timestamp() - leaf.validity().not_before.timestamp()) / 86_400;
    assert!(days <= 31, "{days} days");
    assert!(leaf.raw_serial().len() >= 16);
    assert!(leaf.basic_constraints().unwrap().is_none_or(|it| !it.value.ca));
    for oid in ["1.3.6.1.5.5.7.1.1", "2.5.29.31", "1.3.6.1.4.1.11129.2.4.2"] {
        assert!(!leaf.extensions().iter().any(|it| it.oid.to_id_string() == oid), "{oid}");
    }
    let again = world.asker().get("https://one.test/").await.unwrap();
    assert_eq!(again.certificate.unwrap(), der);
}

#[tokio::test]
async fn http2_is_spoken_where_both_sides_do() {
    let world = World::new().await;
    let check = async |h2: bool, site: &str, wanted: Version| {
        let asker = if h2 { world.asker_two() } else { world.asker() };
        let got = asker.get(&format!("https://{site}/")).await.unwrap();
        assert_eq!((got.status, got.version), (200, wanted), "{site}, h2 offered: {h2}");
        let reached = world.internet.reached();
        assert_eq!(reached.last().unwrap().version, wanted, "{site}, h2 offered: {h2}");
    };
    check(true, "two.test", Version::HTTP_2).await;
    check(true, "one.test", Version::HTTP_11).await;
    check(false, "two.test", Version::HTTP_11).await;
    check(false, "one.test", Version::HTTP_11).await;
    check(true, "two.test", Version::HTTP_2).await;
}

#[tokio::test]
async fn bodies_and_trailers_pass_over_http2() {
    let world = World::new().await;
    let asker = world.asker_two();
    assert_eq!(asker.get("https://two.test/big/3000000").await.unwrap().body.len(), 3_000_000);
    let sent = vec![b'z'; 2_000_000];
    let got = asker.ask(Method::POST, "https://two.test/echo", sent.clone()).await.unwrap();
    assert!(got.body == sent);
    assert_eq!(asker.get("https://two.test/trailers").await.unwrap().trailers.unwrap()["x-sum"], "2000");
    let got = world.asker().get("https://one.test/big/3000000").await.unwrap();
    assert_eq!(got.body.len(), 3_000_000);
}

#[tokio::test]
async fn new_connections_share_the_verified_one_to_the_site() {
    let world = World::new().await;
    for _ in 0..4 {
        assert_eq!(world.asker().get("https://one.test/").await.unwrap().status, 200);
        assert_eq!(world.asker_two().get("https://two.test/").await.unwrap().status, 200);
    }
    assert!(world.internet.reached().iter().all(|it| it.connection == 0));
}

#[tokio::test]
async fn a_blocked_site_shows_its_notice_inside_tls() {
    let world = World::new().await;
    for asker in [world.browser(), world.asker_two()] {
        let got = asker.get("https://gambling.test/roulette").await.unwrap();
        assert_eq!(got.status, 403);
    }
    assert!(world.internet.reached().is_empty());
    let record = world.record(2).await;
    assert!(
        record.iter().all(|it| it.outcome == Outcome::Blocked && it.path.as_deref() == Some("/roulette"))
    );
}

#[tokio::test]
async fn a_blocked_path_is_found_inside_an_open_site() {
    let world = World::new().await;
    assert_eq!(world.browser().get("https://bad-cat.test/dogs").await.unwrap().status, 200);
    assert_eq!(world.browser().get("https://bad-cat.test/cats").await.unwrap().status, 403);
}

#[tokio::test]
async fn nobody_is_sent_to_sign_in_from_inside_tls() {
    let with = With { settings: unknown_by_page, ..With::default() };
    let world = World::with(usual().await, with).await;
    let got = world.browser().get("https://one.test/maths").await.unwrap();
    assert!(matches!(got.status, 302 | 303 | 307), "{}", got.status);
    assert!(got.headers["location"].to_str().unwrap().contains("gate.school.test/sign-in"));
    assert!(world.internet.reached().is_empty());
    assert_eq!(world.record(1).await[0].outcome, Outcome::AskedToSignIn);
}

#[tokio::test]
async fn the_gate_answers_for_itself_inside_tls() {
    let world = World::new().await;
    let got = world.browser().get("https://gate.school.test/proxy.pac").await.unwrap();
    assert_eq!(got.status, 200);
    assert!(got.text().contains("FindProxyForURL"));
}

#[tokio::test]
async fn a_request_for_another_site_inside_a_tunnel_is_misdirected() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::new().await;
    let mut tls = world.asker().secure("one.test:443", "one.test").await.unwrap();
    tls.write_all(b"GET / HTTP/1.1\r\nHost: gambling.test\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let _ = tls.read_to_string(&mut answer).await;
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
    assert!(world.internet.reached().is_empty());
}

#[tokio::test]
async fn an_encrypted_websocket_passes() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::new().await;
    let mut tls = world.asker().secure("one.test:443", "one.test").await.unwrap();
    tls.write_all(b"GET /ws HTTP/1.1\r\nHost: one.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await
        .unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tls.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    let sent: Vec<u8> = (0..=255).cycle().take(200_000).collect();
    let (mut from, mut to) = tokio::io::split(tls);
    let writing = async {
        to.write_all(&sent).await.unwrap();
        to.flush().await.unwrap();
    };
    let mut back = vec![0; sent.len()];
    let reading = async { from.read_exact(&mut back).await.unwrap() };
    tokio::join!(writing, reading);
    assert!(back == sent);
}

#[tokio::test]
async fn a_site_that_stops_in_the_middle_is_not_taken_for_whole() {
    let world = World::new().await;
    for (asker, url) in [
        (world.asker(), "http://plain.test/stops/3"),
        (world.asker(), "https://one.test/stops/3"),
        (world.asker(), "https://two.test/stops/3"),
        (world.asker_two(), "https://one.test/stops/3"),
        (world.asker_two(), "https://two.test/stops/3"),
    ] {
        let got = asker.get(url).await.unwrap();
        assert_eq!((got.status, got.body.len(), got.whole), (200, 3_000, false), "{url}, h2: {}", asker.h2);
        let [seen] = &world.record(1).await[..] else { panic!() };
        assert_eq!((seen.status, seen.bytes_out), (200, 3_000), "{url}");
        // Whoever asks next is not given what is left of that connection.
        let url = url.replace("stops/3", "big/10");
        let got = asker.get(&url).await.unwrap();
        assert_eq!((got.status, got.text().as_str(), got.whole), (200, "xxxxxxxxxx", true), "{url}");
        world.record(1).await;
    }
}

/// A film that is gone on with, and a download that was broken off (RFC 9110, section 14).
#[tokio::test]
async fn parts_of_a_file_pass_as_parts() {
    let world = World::new().await;
    let film: Vec<u8> = (0..=255).cycle().take(200_000).collect();
    world.internet.publish("/film", film.clone());
    for (asker, url) in [
        (world.asker(), "http://plain.test/film"),
        (world.asker(), "https://one.test/film"),
        (world.asker_two(), "https://two.test/film"),
    ] {
        let etag = asker.get(url).await.unwrap().headers["etag"].to_str().unwrap().to_owned();
        let check =
            async |range: &str, if_range: Option<&str>, status: u16, place: Option<&str>, body: &[u8]| {
                let mut asker = asker.clone();
                asker.headers.push(("range", range.to_owned()));
                asker.headers.extend(if_range.map(|it| ("if-range", it.to_owned())));
                let got = asker.get(url).await.unwrap();
                let found = got.headers.get("content-range").map(|it| it.to_str().unwrap());
                assert_eq!((got.status, found), (status, place), "{url} {range} {if_range:?}");
                // HTTP/2 ends an empty body without it.
                let length = got.headers.get("content-length").map(|it| it.to_str().unwrap().to_owned());
                assert!(length.is_none_or(|it| it == body.len().to_string()), "{url} {range}");
                assert!(got.whole && got.body == body, "{url} {range}: {} bytes", got.body.len());
            };
        let tail = "bytes 150000-199999/200000";
        check("bytes=0-99", None, 206, Some("bytes 0-99/200000"), &film[..100]).await;
        check("bytes=150000-", None, 206, Some(tail), &film[150_000..]).await;
        check("bytes=150000-", Some(&etag), 206, Some(tail), &film[150_000..]).await;
        // It has changed since: all of it, from the beginning.
        check("bytes=150000-", Some("\"another\""), 200, None, &film).await;
        check("bytes=200000-", None, 416, Some("bytes */200000"), b"").await;
    }
}
