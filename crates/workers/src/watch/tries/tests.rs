use std::sync::Arc;

use policy::{Because, Carried, CategorySet, Method, Scheme};

use super::*;

const MAYA: Id<Person> = Id::from_u128(1);

fn seen(host: &str, step: Step, categories: &[Category], second: i64) -> Seen {
    Seen {
        at: Timestamp::from_second(1_790_000_000 + second).expect("in range"),
        school: Id::from_u128(9),
        person: Some(MAYA),
        device: None,
        address: [10, 0, 0, 5].into(),
        method: Method::Get,
        scheme: Scheme::Https,
        host: host.into(),
        port: 443,
        path: None,
        search: None,
        categories: categories.iter().copied().collect::<CategorySet>(),
        outcome: Outcome::Blocked,
        because: Because {
            step,
            rule: None,
            list: None,
            category: None,
            profile: Some(Arc::from("Pupils")),
            matched: 0,
        },
        carried: Carried::Tunnel,
        status: 403,
        bytes_in: 0,
        bytes_out: 0,
        took: 0,
    }
}

/// FIL-22: every kind of way round, told once an hour, however long it goes on.
#[test]
fn a_run_of_refused_bypass_attempts_is_told_once() {
    let check = |host: &str, step: Step, categories: &[Category], apart: i64, told_at: &[i64], quiet| {
        let mut tried = Tried::default();
        let told: Vec<_> = (0..20)
            .filter_map(|n| {
                let seen = seen(host, step, categories, n * apart);
                Some((n, tried.attempt(&seen, |_| Some("maya".to_owned()))?))
            })
            .collect();
        let at: Vec<i64> = told.iter().map(|(n, _)| *n).collect();
        assert_eq!(at, told_at, "{host} {step:?}: {told:?}");
        for (_, it) in told {
            assert_eq!((it.kind, it.quiet), (Kind::Bypass, quiet), "{host}");
            assert_eq!(it.subject, if quiet { host } else { "maya" });
            assert!(it.words.contains(host) && it.words.contains("10.0.0.5"), "{}", it.words);
        }
    };
    check("vpn.test", Step::Category, &[Category::Bypass], 60, &[0], false);
    check("vpn.test", Step::Category, &[Category::Bypass], 600, &[0, 6, 12, 18], false);
    check("dns.test", Step::Category, &[Category::EncryptedDns], 60, &[0], true);
    check("odd.test", Step::Unseen, &[], 60, &[4], false);
    check("odd.test", Step::Unseen, &[], 300, &[], false);
    check("203.0.113.7", Step::BaseMode, &[], 30, &[4], false);
    check("[2001:db8::7]", Step::BaseMode, &[], 30, &[4], false);
    check("203.0.113.7", Step::Category, &[Category::Games], 30, &[], false);
    check("site.test", Step::BaseMode, &[], 30, &[], false);
}

/// NET-02: one for a person and hour.
#[test]
fn a_programme_that_is_refused_is_told_once_an_hour() {
    let check = |path: Option<&str>, expected: bool| {
        let mut tried = Tried::default();
        let of = |minute: i64| {
            let seen = seen("files.test", Step::FileType, &[], minute * 60);
            Seen { path: path.map(Into::into), ..seen }
        };
        let mut at = |minute: i64| tried.attempt(&of(minute), |_| Some("maya".to_owned()));
        let first = at(0);
        assert_eq!(first.as_ref().map(|it| it.kind), expected.then_some(Kind::Programme), "{path:?}");
        assert!(first.is_none_or(|it| it.words.contains("files.test") && !it.quiet));
        assert_eq!([at(1), at(59)], [None, None], "{path:?}");
        assert_eq!(at(61).is_some(), expected, "{path:?}");
    };
    check(Some("/a/setup.EXE?x=1"), true);
    check(Some("/get.php?id=7"), true);
    check(None, true);
    check(Some("/song.mp3"), false);
    check(Some("/a.zip"), false);
}

#[test]
fn what_was_let_through_is_no_attempt() {
    let open = Seen { outcome: Outcome::Allowed, ..seen("vpn.test", Step::Rule, &[Category::Bypass], 0) };
    assert_eq!(Tried::default().attempt(&open, |_| None), None);
}
