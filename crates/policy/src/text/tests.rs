use proptest::prelude::*;

use super::*;

fn canonical(text: &str) -> String {
    match parse(text) {
        Ok(document) => print(&document),
        Err(problems) => panic!("{text}: {problems:?}"),
    }
}

/// Without lines, which printing changes.
fn meaning(text: &str) -> Document {
    let mut document = parse(text).expect("canonical text can be read");
    document.entries.iter_mut().for_each(|it| it.line = 0);
    document
}

#[test]
fn rules_are_read_in_many_spellings_and_printed_in_one() {
    let check = |text: &str, printed: &str| assert_eq!(canonical(text).trim_end(), printed, "{text}");
    check("allow bbc.co.uk", "allow bbc.co.uk");
    check("ALLOW  *.BBC.co.uk.", "allow bbc.co.uk");
    check("allow host www.bbc.co.uk for everyone", "allow host www.bbc.co.uk");
    check("block https://BBC.co.uk:443/sport/../news", "block https://bbc.co.uk/news");
    check("block bbc.co.uk/sport,a", "block \"bbc.co.uk/sport,a\"");
    check("block \"bbc.co.uk/sport,a\"", "block \"bbc.co.uk/sport,a\"");
    check("warn category games for year 7, key stage 4", "warn category games for year 7, key stage 4");
    check("block pattern \"porn|sex\" for unknown", "block pattern \"porn|sex\" for unknown");
    check("allow everything for person A.Head", "allow everything for person \"a.head\"");
    check("tunnel bank.test", "tunnel bank.test");
    check("inspect category health for role pupil", "inspect category health for role pupil");
    check(
        "allow a.test note \"by \"\"us\"\"\" locked until 2026-12-18 15:30 during lessons for group 9B",
        "allow a.test for group \"9B\" during lessons until 2026-12-18 15:30 locked note \"by \"\"us\"\"\"",
    );
    check("allow a.test until 2026-12-18T09:05", "allow a.test until 2026-12-18 09:05");
    check("allow a.test until 2026-12-18", "allow a.test until 2026-12-18");
    check(
        "block a.test during 22:00 to 6:00 on mon to thu and sat",
        "block a.test during 22:00 to 06:00 on monday to thursday and saturday",
    );
    check(
        "block a.test during 9:00 to 24:00 on school days",
        "block a.test during 09:00 to 24:00 on school days",
    );
    check("block a.test during \"Club\"", "block a.test during \"Club\"");
    check("block 0x7f.1", "block 127.0.0.1");
    check("block [::1]", "block [::1]");
    check("block bücher.test", "block xn--bcher-kva.test");
    check("use profile Staff for staff, outsiders", "use profile \"Staff\" for staff, outsiders");
    check(
        "use profile Staff for role head, early years locked",
        "use profile \"Staff\" for role head, early years locked",
    );
    check("# why\nallow a.test # and how", "# why\n# and how\nallow a.test");
    check("# why\n#\n# \0\u{7f}\nallow a.test #\u{1}", "# why\nallow a.test");
}

#[test]
fn blocks_are_indented() {
    let text = "\
profile \"Key Stage 3\" like KS2 locked # first
    session 60 minutes
\tmode block by category
    block news, games
    block hate
    # said within
    search engines none
    do not inspect none
    times lessons, \"Club\", 12:00 to 13:00
schedule \"Club\"
    15:30 to 17:00 on tuesday
    breaks
# the end";
    let printed = "\
# first
# said within
profile \"Key Stage 3\" like \"KS2\" locked
    mode block by category
    block hate, games, news
    search engines none
    times lessons, \"Club\", 12:00 to 13:00
    session 60 minutes
    do not inspect none

schedule \"Club\"
    15:30 to 17:00 on tuesday
    breaks

# the end
";
    assert_eq!(canonical(text), printed);
    assert_eq!(canonical(printed), printed);
}

#[test]
fn every_problem_has_its_line_and_a_remedy() {
    let check = |text: &str, line: u32, what: &str| {
        let problems = parse(text).expect_err(text);
        let [problem] = &problems[..] else { panic!("{text}: {problems:?}") };
        assert_eq!(problem.line, line, "{text}: {problem}");
        assert!(problem.to_string().contains(what), "{text}: {problem}");
        assert!(!problem.remedy.is_empty(), "{text}");
    };
    check("\nblok a.test", 2, "\"blok\" does not begin a line");
    check("block category gamse", 1, "did you mean games?");
    check("block category zzzzzzzz", 1, "write one of: pornography");
    check("allow a.test for role haed", 1, "did you mean head?");
    check("allow a.test for year 14", 1, "write N, R or 1 to 13");
    check("allow a.test for key stage 6", 1, "write 1, 2, 3, 4 or 5");
    check("allow a.test for friends", 1, "does not say whom");
    check("allow", 1, "the address is missing");
    check("allow http://", 1, "the address has no host");
    check("allow ftp://a.test/", 1, "only http and https");
    check("allow host a.test/x", 1, "a host has no path");
    check("allow a.test:8080/x", 1, "every port");
    check("allow a..test", 1, "cannot exist");
    check("allow a.test during noon", 1, "is not a time");
    check("allow a.test during 09:00", 1, "the end of the time is missing");
    check("allow a.test during 25:00 to 26:00", 1, "24-hour clock");
    check("allow a.test during 10:00 to 10:00", 1, "empty");
    check("allow a.test during 20:00 to 06:00 on school days", 1, "past midnight");
    check("allow a.test until 18/12/2026", 1, "write it as 2026-12-18");
    check("allow a.test until 2026-12-18 3pm", 1, "is not a time of day");
    check("allow a.test for year 7 for year 8", 1, "there twice");
    check("allow a.test please", 1, "\"please\" is not understood");
    check("allow a.test note \"open", 1, "not closed");
    check("block pattern \"(\"", 1, "cannot be read");
    check("block pattern a", 1, "not in quotation marks");
    check("block pattern \"(a{1000}){1000}\"", 1, "cannot be read");
    check("    mode deny by default", 1, "no profile or schedule is above");
    check("profile \"A\"\n mode open", 2, "write mode deny by default");
    check("profile \"A\"\n mode deny by default\n mode deny by default", 3, "twice");
    check("profile \"A\"\n block news\n allow news", 3, "set twice");
    check("profile \"A\"\n search engines altavista", 2, "no search engine");
    check("profile \"A\"\n block files a b", 2, "not understood");
    check("profile \"A\"\n block files ../x", 2, "not a kind of file");
    check("profile \"A\"\n session forever", 2, "from 1 to 1440");
    check("profile \"A\"\n allow a.test", 2, "there is no category");
    check("profil \"A\"\n mode open\n mode open", 1, "does not begin a line");
    check("schedule \"A\"", 1, "has no times");
    check("schedule \"A\"\n \"B\"", 2, "cannot hold another");
    check("use profile A", 1, "whom the profile is for");
    check(&format!("allow a.test note \"{}\"", "x".repeat(5000)), 1, "longer than 4096 bytes");
}

#[test]
fn many_problems_are_told_at_once_up_to_a_number() {
    let problems = parse("x\n\ny\nallow a.test\nz").expect_err("three are wrong");
    assert_eq!(problems.iter().map(|it| it.line).collect::<Vec<_>>(), [1, 3, 5]);
    assert_eq!(parse(&"x\n".repeat(10_000)).expect_err("all are wrong").len(), MAX_PROBLEMS);
    assert!(parse(&"# \n".repeat(MAX_TEXT)).is_err(), "too long");
}

#[test]
fn starter_is_read_and_keeps_its_comments() {
    let document = parse(crate::starter()).expect("the starter can be read");
    assert!(document.entries.iter().all(|it| 0 < it.line));
    let printed = print(&document);
    assert!(printed.contains("# Nobody has signed in"));
    assert_eq!(meaning(&printed), meaning(crate::starter()));
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}\\.(test|example)",
        "host [a-z]{1,8}\\.test",
        "(https?://)?[a-z]{1,8}\\.test/[a-zA-Z0-9/._~!*'(),;:@&=+$?%-]{0,20}"
            .prop_map(|it| format!("\"{it}\"")),
        "category (games|news|self-harm)",
        Just("everything".to_owned()),
        "pattern \"[a-z.]{1,9}\"",
    ]
}

fn rule() -> impl Strategy<Value = String> {
    let audience = prop_oneof![
        Just(String::new()),
        " for (year (N|R|7|13)|role head|key stage 2|early years|unknown)",
        " for group \"[A-Za-z0-9 #,]{1,9}x\", person [a-z]{1,5}",
    ];
    let during = prop_oneof![
        Just(String::new()),
        " during (always|lessons|breaks|school time|school days|\"X y\")",
        " during 0[0-9]:[0-5][0-9] to (1[0-9]:[0-5][0-9]|24:00)( on (school days|mon to thu and sun|fri))?",
    ];
    let rest =
        "( until 202[0-9]-0[1-9]-1[0-9]( [01][0-9]:00)?)?( locked)?( note \"[A-Za-z#, ]{1,9}x\")?( # c)?";
    ("(allow|warn|block|inspect|tunnel)", address(), audience, during, rest).prop_map(
        |(verb, address, audience, during, rest)| format!("{verb} {address}{audience}{during}{rest}"),
    )
}

proptest! {
    #[test]
    fn what_is_printed_reads_the_same(rules in prop::collection::vec(rule(), 0..6)) {
        let text = rules.join("\n");
        // An address may turn out to be none, such as one with a bad escape.
        if let Ok(document) = parse(&text) {
            let printed = print(&document);
            prop_assert_eq!(&meaning(&printed), &meaning(&text), "{}", printed);
            prop_assert_eq!(canonical(&printed), printed);
        } else {
            prop_assert!(false, "{:?} {}", parse(&text), text);
        }
    }

    #[test]
    fn nothing_makes_reading_panic(text in "\\PC*|([a-z \"#,/:.\n\t]|block|profile|for|during){0,200}") {
        if let Ok(document) = parse(&text) {
            let printed = print(&document);
            prop_assert_eq!(meaning(&printed), meaning(&text));
        }
    }
}
