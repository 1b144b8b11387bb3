use proptest::prelude::*;

use super::*;

fn block16(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], bytes].concat()
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &block16(data)].concat()
}

fn name(name: &[u8]) -> Vec<u8> {
    extension(0, &block16(&[&[0], &block16(name)[..]].concat()))
}

fn alpn(protocols: &[&[u8]]) -> Vec<u8> {
    let list: Vec<u8> =
        protocols.iter().flat_map(|it| [&[u8::try_from(it.len()).unwrap()], *it].concat()).collect();
    extension(16, &block16(&list))
}

/// The handshake message.
fn message(extensions: &[Vec<u8>]) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.push(0);
    body.extend([0, 2, 0x13, 0x01]);
    body.extend([1, 0]);
    body.extend(block16(&extensions.concat()));
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[1], &length[1..], &body].concat()
}

/// In records of at most `piece` bytes.
fn records(message: &[u8], piece: usize) -> Vec<u8> {
    message.chunks(piece).flat_map(|it| [&[22, 3, 1], &block16(it)[..]].concat()).collect()
}

fn usual() -> Vec<u8> {
    message(&[
        extension(0x0a0a, &[]),
        name(b"www.bbc.example"),
        alpn(&[b"h2", b"http/1.1"]),
        extension(43, &[6, 0x1a, 0x1a, 3, 4, 3, 3]),
        extension(0xfe0d, &[0; 20]),
    ])
}

fn expected() -> Hello {
    Hello {
        name: Some("www.bbc.example".into()),
        alpn: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        versions: vec![0x0304, 0x0303],
        ech: true,
    }
}

#[test]
fn a_usual_hello_is_read() {
    let Glimpse::Hello(hello) = Glimpse::of(&records(&usual(), 16_384)) else { panic!("no hello") };
    assert_eq!(hello, expected());
    assert!(hello.offers(b"h2") && !hello.offers(b"h3"));
}

#[test]
fn every_cut_of_a_hello_asks_for_more_and_every_split_reads_the_same() {
    for piece in [1, 2, 3, 5, 50, 1_000] {
        let bytes = records(&usual(), piece);
        for cut in 0..bytes.len() {
            assert_eq!(Glimpse::of(&bytes[..cut]), Glimpse::More, "records of {piece}, cut at {cut}");
        }
        assert_eq!(Glimpse::of(&bytes), Glimpse::Hello(expected()), "records of {piece}");
        let more = [bytes, b"and what follows".to_vec()].concat();
        assert_eq!(Glimpse::of(&more), Glimpse::Hello(expected()), "records of {piece}, with more");
    }
}

#[test]
fn unusual_hellos_are_told_apart() {
    let check = |what: &str, bytes: &[u8], wanted: Glimpse| assert_eq!(Glimpse::of(bytes), wanted, "{what}");
    check("nothing", b"", Glimpse::More);
    check("plain HTTP", b"GET / HTTP/1.1\r\n", Glimpse::NotTls);
    check("SSH", b"SSH-2.0-x", Glimpse::NotTls);
    check("SSL 2", &[0x80, 0x2e, 1, 3, 1], Glimpse::NotTls);
    check("another major version", &[22, 9, 1], Glimpse::NotTls);
    check("an empty record", &[22, 3, 1, 0, 0], Glimpse::Broken("a record has a length that cannot be"));
    check("a huge record", &[22, 3, 1, 255, 255], Glimpse::Broken("a record has a length that cannot be"));
    check(
        "another message",
        &[22, 3, 1, 0, 4, 2, 0, 0, 0],
        Glimpse::Broken("the first message is not a hello"),
    );
    check("a huge hello", &[22, 3, 1, 0, 4, 1, 255, 0, 0], Glimpse::Broken("the hello is too long"));
    let mut interrupted = records(&usual(), 20);
    interrupted[25] = 21;
    check("an alert between", &interrupted, Glimpse::Broken("something else interrupts the hello"));
    let plain = |extensions: &[Vec<u8>]| Glimpse::of(&records(&message(extensions), 16_384));
    let bare = Hello { versions: vec![0x0303], ..Hello::default() };
    assert_eq!(plain(&[]), Glimpse::Hello(bare.clone()), "no name");
    assert_eq!(plain(&[name(b"a b")]), Glimpse::Broken("its server name is not sound"));
    assert_eq!(plain(&[name(b"")]), Glimpse::Broken("its server name is not sound"));
    assert_eq!(plain(&[name(b"x\0.example.org")]), Glimpse::Broken("its server name is not sound"));
    assert_eq!(plain(&[extension(0, &[0, 9])]), Glimpse::Broken("its server name is not sound"));
    assert_eq!(plain(&[extension(16, &[0, 9])]), Glimpse::Broken("its list of protocols is not sound"));
    assert_eq!(plain(&[extension(43, &[9])]), Glimpse::Broken("its list of versions is not sound"));
    assert_eq!(plain(&[vec![0, 1, 9]]), Glimpse::Broken("the hello stops short"));
}

proptest! {
    #[test]
    fn no_bytes_at_all_upset_it(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = Glimpse::of(&bytes);
    }

    #[test]
    fn no_change_to_a_sound_hello_upsets_it(at in 0_usize..200, to in any::<u8>(), piece in 1_usize..100) {
        let mut bytes = records(&usual(), piece);
        let place = at % bytes.len();
        bytes[place] = to;
        let _ = Glimpse::of(&bytes);
    }

    #[test]
    fn a_name_reads_back(wanted in "[a-z0-9-]{1,63}(\\.[a-z0-9-]{1,63}){0,3}", piece in 1_usize..500) {
        prop_assume!(wanted.len() <= 255);
        let bytes = records(&message(&[name(wanted.as_bytes())]), piece);
        let Glimpse::Hello(hello) = Glimpse::of(&bytes) else { panic!("no hello") };
        prop_assert_eq!(hello.name, Some(wanted));
    }
}
