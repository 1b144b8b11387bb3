use proptest::prelude::*;

use super::*;

fn url(text: &str) -> String {
    Target::parse(text).map_or_else(|fault| format!("{fault:?}"), |target| target.to_string())
}

#[test]
fn spellings_of_one_place_are_equal() {
    let check = |canonical: &str, spellings: &[&str]| {
        assert_eq!(url(canonical), canonical, "the canonical spelling stays");
        for spelling in spellings {
            assert_eq!(url(spelling), canonical, "{spelling}");
        }
    };
    check(
        "http://example.org/",
        &[
            "HTTP://EXAMPLE.ORG",
            "http://example.org.",
            "http://example.org:80/",
            "http://example.org:/",
            "http://example.org:00080",
            "http://someone:secret@example.org/",
            "http://good.test@example.org/",
            "http://a@b@example.org/",
            "http://%65xample%2Eorg/",
            "http://ｅｘａｍｐｌｅ．ｏｒｇ/",
            "http://example。org/",
            "http://exam\u{ad}ple.org/",
            "  http://example.org/#top",
            "http:\\\\example.org\\",
            "http:///example.org",
            "ht\ntp://exa\tmple.org/",
            "http://example.org/?",
            "http://example.org/a/..",
            "http://example.org/./%2e/",
            "http://example.org/a/%2E%2e/",
            "http://example.org/../..",
            "http://example.org///",
        ],
    );
    check(
        "https://example.org/a/b?q=1",
        &[
            "https://example.org:443/a/b?q=1",
            "https://example.org/a//b?q=1",
            "https://example.org/a/./b?q=1",
            "https://example.org/x/../a/b?q=1",
            "https://example.org/a\\b?q=1",
            "https://example.org/%61/%62?q=1",
            "https://example.org/a/b?%71=1",
            "https://example.org/a/b?q=1#part",
        ],
    );
    check(
        "http://example.org/%C3%A9%2F%20a",
        &["http://example.org/é%2f a", "http://example.org/%c3%a9%2f%20a"],
    );
    check("http://example.org/a(1)!", &["http://example.org/a%281%29%21"]);
    check("http://example.org/?a=b%26c%2B%27", &["http://example.org/?a=b%26c%2b'"]);
    check("http://example.org/%25/%2525?%25", &["http://example.org/%/%2525?%"]);
    check("http://example.org/?u=http://x//y/../z", &[]);
    check("http://xn--mnchen-3ya.example/", &["http://MÜNCHEN.example", "http://mu\u{308}nchen.example/"]);
    check(
        "http://127.0.0.1/",
        &[
            "http://127.1",
            "http://2130706433",
            "http://0x7f000001",
            "http://0x7f.1",
            "http://0177.0.0.01",
            "http://127.0.0.1.",
            "http://１２７.0.0.1",
            "http://%31%32%37.0.0.1",
            "http://[::ffff:127.0.0.1]/",
            "http://[::FFFF:7f00:1]/",
        ],
    );
    check(
        "https://[2001:db8::1]:8443/",
        &["https://[2001:DB8:0:0:0:0:0:1]:8443", "https://[2001:0db8:0000::0001]:08443/"],
    );
}

#[test]
fn what_is_no_place_is_refused() {
    let check = |text: &str, fault: NotATarget| assert_eq!(Target::parse(text), Err(fault), "{text}");
    check("example.org", NotATarget::BadScheme);
    check("ftp://example.org", NotATarget::BadScheme);
    check("http://", NotATarget::NoHost);
    check("http://user@/", NotATarget::NoHost);
    check("http://:80/", NotATarget::NoHost);
    check("http://example.org:0", NotATarget::BadPort);
    check("http://example.org:65536", NotATarget::BadPort);
    check("http://example.org:+80", NotATarget::BadPort);
    check("http://example.org:8 0", NotATarget::BadPort);
    let long = format!("http://{}.test", "a".repeat(64));
    let longer = format!("http://{}test", "abc.".repeat(63));
    for host in [
        "http://a..b",
        "http://.a",
        "http://a..",
        "http://a b",
        "http://a%00b",
        "http://a%2Fb",
        "http://%2565xample.org",
        "http://%ff",
        "http://1.2.3.256",
        "http://1.2.3.4.5",
        "http://08.1.1.1",
        "http://a.0x1",
        "http://4294967296",
        "http://[fe80::1%25eth0]",
        "http://[fe80::1%eth0]",
        "http://[::1",
        "http://[1.2.3.4]",
        "http://::1/",
        "http://xn--a",
        "http://a$b.test",
        &long,
        &longer,
        &format!("http://{}.test", "ü".repeat(1 << 20)),
    ] {
        check(host, NotATarget::BadHost);
    }
}

#[test]
fn parts_read_as_the_whole_does() {
    let check = |authority: &str, path: &str, canonical: &str| {
        let target = Target::from_parts(Scheme::Https, authority, path).expect(authority);
        assert_eq!(target.to_string(), canonical);
    };
    check("example.org:443", "", "https://example.org/");
    check("example.org", "*", "https://example.org/");
    check("example.org", "?a", "https://example.org/?a");
    check("EXAMPLE.org:8443", "a/../b", "https://example.org:8443/b");
    for authority in ["example.org/x", "example.org?x", "example.org#x", "example.org\\x", "exa mple"] {
        let target = Target::from_parts(Scheme::Https, authority, "/");
        assert_eq!(target, Err(NotATarget::BadHost), "{authority}");
    }
}

#[test]
fn private_addresses_are_seen_through_every_disguise() {
    let check = |reach: Reach, hosts: &[&str]| {
        for host in hosts {
            let parsed = Host::parse(host).unwrap_or_else(|fault| panic!("{host}: {fault}"));
            assert_eq!(parsed.reach(), reach, "{host}");
            assert_eq!(parsed.is_private(), reach != Reach::Public, "{host}");
        }
    };
    check(
        Reach::Public,
        &["example.org", "8.8.8.8", "[2a00:1450::1]", "[64:ff9b::808:808]", "[2002:808:808::1]"],
    );
    check(
        Reach::Loopback,
        &[
            "127.0.0.1",
            "127.255.1.1",
            "0x7f.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[::ffff:0:127.0.0.1]",
            "localhost",
            "LOCALHOST.",
            "a.localhost",
        ],
    );
    check(
        Reach::Private,
        &[
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.1",
            "0300.0250.1",
            "[fd00::1]",
            "[fec0::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::a00:1]",
            "[64:ff9b:1::808:808]",
            "[2002:c0a8:1::1]",
        ],
    );
    check(Reach::LinkLocal, &["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "printer.local"]);
    check(Reach::CarrierNat, &["100.64.0.1", "100.127.255.255"]);
    check(Reach::Multicast, &["224.0.0.1", "239.1.1.1", "[ff02::1]"]);
    check(Reach::Unspecified, &["0.0.0.0", "0", "0.1.2.3", "255.255.255.255", "[::]", "[::ffff:0.0.0.0]"]);
    check(
        Reach::Reserved,
        &["192.0.2.1", "198.18.0.1", "250.1.1.1", "[2001:db8::1]", "[2001::1]", "[4000::1]"],
    );
}

#[test]
fn suffixes_go_up_label_by_label() {
    let host = Host::parse("a.b.example.co.uk").expect("a name");
    let all: Vec<_> = host.suffixes().collect();
    assert_eq!(all, ["a.b.example.co.uk", "b.example.co.uk", "example.co.uk", "co.uk", "uk"]);
    assert_eq!(host.registrable_domain(), Some("example.co.uk"));
    assert!(host.is_within("example.co.uk") && host.is_within("a.b.example.co.uk"));
    assert!(!host.is_within("ample.co.uk") && !host.is_within("x.a.b.example.co.uk"));
    assert_eq!(Host::parse("10.0.0.1").expect("an address").suffixes().count(), 0);
}

#[test]
fn public_suffixes_are_told_from_services_that_register_names() {
    let check = |name: &str, suffix: bool| {
        assert_eq!(Host::parse(name).expect(name).is_public_suffix(), suffix, "{name}");
    };
    check("uk", true);
    check("co.uk", true);
    check("test", true);
    check("bbc.co.uk", false);
    check("blogspot.com", false);
    check("github.io", false);
}

proptest! {
    #[test]
    fn reading_a_canonical_address_changes_nothing(text in "(?s)http(s)?://.{1,60}") {
        if let Ok(once) = Target::parse(&text) {
            prop_assert_eq!(Target::parse(&once.to_string()), Ok(once));
        }
    }

    #[test]
    fn a_canonical_path_stays(path in "[/.%?a2eE5cC#\\\\ é:;&=+'*]{0,40}") {
        let once = path::canonical(&path);
        prop_assert!(once.starts_with('/') && once.is_ascii());
        prop_assert_eq!(path::canonical(&once), once);
    }

    #[test]
    fn a_canonical_host_stays(text in "[a-zA-Z0-9.%xX\\-_:ß。ａ\\[\\]]{1,40}") {
        if let Ok(once) = Host::parse(&text) {
            prop_assert_eq!(Host::parse(&once.to_string()), Ok(once));
        }
    }

    #[test]
    fn case_and_escapes_never_change_a_place(name in "[a-z]{1,10}\\.test", path in "(/[a-z0-9]{1,5}){0,4}") {
        let plain = Target::from_parts(Scheme::Http, &name, &path).expect("plain");
        let escaped: String = path.bytes().map(|b| if b == b'/' { "/".into() } else { format!("%{b:02x}") }).collect();
        let other = Target::from_parts(Scheme::Http, &name.to_uppercase(), &escaped).expect("escaped");
        prop_assert_eq!(plain, other);
    }
}
