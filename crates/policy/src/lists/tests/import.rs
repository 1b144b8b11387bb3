use proptest::prelude::*;

use super::*;

/// What was read: entries as text (`!` before exact ones), and the report.
fn read(format: Format, bytes: &[u8]) -> (Vec<String>, Report) {
    let mut entries = Vec::new();
    let report = Import::read(format, bytes, &mut |entry| {
        let mark = if entry.cover == Cover::Exact { "!" } else { "" };
        entries.push(format!("{mark}{}{}", entry.host, entry.path));
    });
    (entries, report)
}

#[test]
fn each_format_is_read() {
    let check = |format: Format, text: &str, expected: &[&str], faults: &[(u64, Fault)]| {
        let (entries, report) = read(format, text.as_bytes());
        assert_eq!(entries, expected, "{format:?}");
        assert_eq!(report.shown, faults, "{format:?}");
        assert_eq!(report.lines, text.lines().count() as u64);
        assert_eq!(report.entries, entries.len() as u64);
        assert_eq!(Format::sniff("list.txt", text.as_bytes()), format, "sniffed");
    };
    check(
        Format::Domains,
        "\u{feff}# ours\none.test\r\n  TWO.test. # why\n\n.three.test\n*.four.test\nco.uk\n*.co.uk\nmünchen.example\n\
         bad name\n-_-.test\nhttp://five.test/\nsix.test/path\n1.2.3.4\n5,6.test",
        &[
            "one.test",
            "two.test",
            "three.test",
            "four.test",
            "!co.uk",
            "co.uk",
            "xn--mnchen-3ya.example",
            "-_-.test",
            "five.test",
            "six.test/path",
            "1.2.3.4",
        ],
        &[(7, Fault::PublicSuffix), (10, Fault::NotAHost), (15, Fault::NotAHost)],
    );
    check(
        Format::Hosts,
        "# hosts\n127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n0.0.0.0 one.test\n127.0.0.1\ttwo.test three.test # x\n\
         fe80::1%lo0 localhost\n0.0.0.0\nfour.test\n0.0.0.0 fi ve!.test\n0.0.0.0 0.0.0.0\n",
        &["one.test", "two.test", "three.test", "!fi"],
        &[
            (7, Fault::NotThisFormat),
            (8, Fault::NotThisFormat),
            (9, Fault::PublicSuffix),
            (9, Fault::NotAHost),
        ],
    );
    check(
        Format::Urls,
        "one.test/a/../b/\n10.0.0.1/~x\nhttps://two.test:8443/?q=1#top\nu:p@three.test/\n//x\nfour.test:80\n[2001:db8::1]:80\n",
        &["one.test/b/", "10.0.0.1/~x", "two.test/?q=1", "three.test", "four.test", "[2001:db8::1]"],
        &[(5, Fault::NotAHost)],
    );
    check(
        Format::Adblock,
        "[Adblock Plus 2.0]\n! Title: x\n||one.test^\n||two.test^$third-party\n||three.test^$important,document\n@@||four.test^\n\
         five.test##.ad\n/banner[0-9]/\n||six.test/path\n||*.seven.test^\neight.test\n&ad_box=\n||nine.*^\n||a b^\n",
        &["one.test", "three.test", "seven.test", "eight.test"],
        &[
            (4, Fault::Options),
            (6, Fault::Exception),
            (7, Fault::Cosmetic),
            (8, Fault::Pattern),
            (9, Fault::Pattern),
            (12, Fault::Pattern),
            (13, Fault::Pattern),
            (14, Fault::NotAHost),
        ],
    );
    check(
        Format::Zone,
        "$TTL 2h\n$ORIGIN rpz.local.\n@ IN SOA localhost. root.localhost. (\n 1 ; serial\n 2h 1h 1w 1h )\n@ IN NS localhost.\n\
         one.test CNAME .\n*.one.test 300 IN CNAME .\ntwo.test.rpz.local. CNAME *.\nthree.test CNAME rpz-passthru.\n\
         24.0.2.0.192.rpz-ip CNAME .\nfour.test A 127.0.0.1\n         AAAA ::1\nfive.test CNAME walled.garden.test.\nsix.test TXT x\nsome nonsense\n",
        &["!one.test", "one.test", "!two.test", "!four.test", "!four.test", "!five.test"],
        &[(10, Fault::Exception), (11, Fault::Trigger), (15, Fault::Trigger), (16, Fault::NotThisFormat)],
    );
    let (entries, report) = read(Format::Expressions, b"(^|[-.])bad\n\n# no\n");
    assert!(entries.is_empty());
    assert_eq!((report.count(Fault::Pattern), report.bad(), report.left_out()), (1, 0, 1));
}

#[test]
fn names_of_files_tell_their_format() {
    let check = |name: &str, format: Format| assert_eq!(Format::sniff(name, b""), format, "{name}");
    check("blacklists/adult/domains", Format::Domains);
    check("adult\\urls", Format::Urls);
    check("expressions", Format::Expressions);
    check("anything.txt", Format::Domains);
}

#[test]
fn binary_rubbish_is_counted_and_never_breaks_the_reader() {
    let mut seed = 1_u32;
    let rubbish: Vec<u8> = (0..200_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        })
        .collect();
    for format in <Format as school::Choice>::ALL {
        let (entries, report) = read(*format, &rubbish);
        assert!(report.bad() + report.left_out() > 100, "{format:?}");
        assert!(report.shown.len() <= FAULTS_SHOWN);
        assert!(entries.len() < 100, "{format:?} {}", entries.len());
    }
}

#[test]
fn a_line_of_a_megabyte_is_one_fault_and_costs_no_memory() {
    let mut import = Import::new(Format::Domains);
    let mut entries = Vec::new();
    let mut into = |entry: Entry<'_>| entries.push(entry.host.to_owned());
    import.feed(b"one.test\n", &mut into);
    for _ in 0..1024 {
        import.feed(&[b'a'; 1024], &mut into);
    }
    import.feed(b"\ntwo.test\n", &mut into);
    import.feed(&vec![b'b'; 1 << 20], &mut into);
    let report = import.finish(&mut into);
    assert_eq!(entries, ["one.test", "two.test"]);
    assert_eq!(report.shown, [(2, Fault::TooLong), (4, Fault::TooLong)]);
    let whole = [&vec![b'c'; 1 << 20][..], b"\nthree.test"].concat();
    let (entries, report) = read(Format::Domains, &whole);
    assert_eq!(entries, ["three.test"]);
    assert_eq!(report.count(Fault::TooLong), 1);
}

#[test]
fn one_bad_line_in_twenty_is_told_and_the_rest_is_read() {
    let text: String = (1..=10_000)
        .map(|i| if i % 20 == 0 { format!("bad line {i}\n") } else { format!("h{i}.test\n") })
        .collect();
    let (entries, report) = read(Format::Domains, text.as_bytes());
    assert_eq!((entries.len(), report.bad(), report.shown.len()), (9_500, 500, FAULTS_SHOWN));
    assert_eq!(report.shown[1], (40, Fault::NotAHost));
}

proptest! {
    #[test]
    fn pieces_read_as_the_whole_does(text in "([a-z.|^/ #]{0,12}\n){0,20}[a-z.]{0,8}", cut in 0_usize..300) {
        for format in <Format as school::Choice>::ALL {
            let whole = read(*format, text.as_bytes());
            let (head, tail) = text.as_bytes().split_at(cut.min(text.len()));
            let mut entries = Vec::new();
            let mut into = |entry: Entry<'_>| entries.push(format!("{}{}", entry.host, entry.path));
            let mut import = Import::new(*format);
            import.feed(head, &mut into);
            import.feed(tail, &mut into);
            let report = import.finish(&mut into);
            prop_assert_eq!(report, whole.1);
            prop_assert_eq!(entries.len(), whole.0.len());
        }
    }

    #[test]
    fn whatever_is_read_is_canonical(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in <Format as school::Choice>::ALL {
            let mut good = true;
            Import::read(*format, &bytes, &mut |entry| {
                good &= crate::Host::parse(entry.host).is_ok_and(|host| host.to_string() == entry.host);
            });
            prop_assert!(good);
        }
    }
}
