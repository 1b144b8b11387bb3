use std::sync::Arc;

use policy::{CategorySet, Inspect};

use super::*;
use crate::{
    Known,
    sample::{decision, due, pupil},
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Door {
    Proceed,
    Warn,
    Refuse,
    SignIn,
    Password,
    Agree,
    Hold,
}

const DEVICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

fn door(decision: Decision, who: &Who, open_unknown: bool) -> Door {
    match settle(decision, who, open_unknown, crate::sample::at(0)) {
        Ruling::Proceed(_) => Door::Proceed,
        Ruling::Warn(_) => Door::Warn,
        Ruling::Refuse(_) => Door::Refuse,
        Ruling::SignIn(_) => Door::SignIn,
        Ruling::Password(_) => Door::Password,
        Ruling::Agree(_) => Door::Agree,
        Ruling::Hold(..) => Door::Hold,
    }
}

/// The order of the doors, in full: help, what nobody may have, sign-in, agreement, the verdict.
#[test]
fn which_door_for_whom() {
    use Door::{Agree, Hold, Proceed, Refuse, SignIn, Warn};
    let nobody = Who::Nobody;
    let agreed = Who::Known(Arc::new(pupil()));
    let not_agreed = Who::Known(Arc::new(Known { missing: vec![due()], ..pupil() }));
    let waiting = |missing| Who::Known(Arc::new(Known { missing, held: Some(Held::Waiting), ..pupil() }));
    let help = || Decision { protected: true, ..decision(Verdict::Allow, Step::Help) };
    let check = |asked: Decision, doors: [Door; 3], unknown_may: Door| {
        let name = format!("{:?} by {:?}", asked.verdict, asked.because.step);
        assert_eq!(door(asked.clone(), &nobody, false), doors[0], "{name}, nobody");
        assert_eq!(door(asked.clone(), &not_agreed, false), doors[1], "{name}, not agreed");
        assert_eq!(door(asked.clone(), &agreed, false), doors[2], "{name}, agreed");
        // ACC-19: whoever waits for approval has signed first, and then gets nothing that asks who they are.
        let waits = if doors[1] == Agree { Hold } else { doors[1] };
        assert_eq!(door(asked.clone(), &waiting(vec![due()]), false), doors[1], "{name}, held, not agreed");
        assert_eq!(door(asked.clone(), &waiting(vec![]), false), waits, "{name}, held, agreed");
        assert_eq!(
            door(asked, &nobody, true),
            unknown_may,
            "{name}, nobody, where they may open what is open"
        );
    };
    check(help(), [Proceed, Proceed, Proceed], Proceed);
    check(decision(Verdict::Block, Step::Sealed), [Refuse, Refuse, Refuse], Refuse);
    check(decision(Verdict::Block, Step::AlwaysBlocked), [Refuse, Refuse, Refuse], Refuse);
    check(decision(Verdict::Block, Step::Fault), [Refuse, Refuse, Refuse], Refuse);
    check(decision(Verdict::Block, Step::LockedRule), [SignIn, Agree, Refuse], SignIn);
    check(decision(Verdict::Block, Step::Category), [SignIn, Agree, Refuse], SignIn);
    check(decision(Verdict::Block, Step::BaseMode), [SignIn, Agree, Refuse], SignIn);
    check(decision(Verdict::Warn, Step::Category), [SignIn, Agree, Warn], Warn);
    check(decision(Verdict::Allow, Step::Rule), [SignIn, Agree, Proceed], Proceed);
    check(decision(Verdict::Allow, Step::BaseMode), [SignIn, Agree, Proceed], Proceed);
}

/// Being on the help list opens nothing that was refused all the same.
#[test]
fn protected_but_blocked_is_not_waved_through() {
    let odd = Decision { protected: true, ..decision(Verdict::Block, Step::Sealed) };
    assert_eq!(door(odd, &Who::Nobody, true), Door::Refuse);
}

/// Design decision 9, and what the help page promises: each of its addresses opens for everyone, signed in or
/// not, agreed or not, and even while rules and lists cannot be read; and none of it is inspected or recorded.
#[test]
fn every_help_line_that_we_show_is_open_to_all_and_never_watched() {
    let who = [
        Who::Nobody,
        Who::Known(Arc::new(pupil())),
        Who::Known(Arc::new(Known { missing: vec![due()], ..pupil() })),
    ];
    let mut snapshots = [crate::sample::snapshot(), crate::sample::snapshot()];
    snapshots[1].rules = crate::sample::rules();
    for url in crate::pages::help::addresses() {
        let target = Target::parse(url).expect(url);
        for (snapshot, who) in snapshots.iter().flat_map(|it| who.iter().map(move |who| (it, who))) {
            for stage in [Stage::Connect, Stage::Request] {
                let ruling = judge(snapshot, who, DEVICE, &target, stage, crate::sample::at(0));
                let Ruling::Proceed(decision) = &ruling else { panic!("{url}: {ruling:?}") };
                assert!(decision.protected && decision.inspect == Inspect::Tunnel, "{url}: {decision:?}");
            }
        }
    }
}

/// PWD-01 and AUP-07, with real rules: a page that is open to a pupil is not open to nobody, nor before agreeing.
#[test]
fn nothing_else_opens_before_signing_in_and_agreeing() {
    let mut snapshot = crate::sample::snapshot();
    snapshot.rules = crate::sample::rules();
    let check = |url: &str, who: &Who, door: Door| {
        let target = Target::parse(url).expect(url);
        let known = match who {
            Who::Known(it) => {
                let subject = snapshot.rules.subject(&it.person);
                let known = Known { subject, missing: it.missing.clone(), ..pupil() };
                Who::Known(Arc::new(known))
            }
            Who::Nobody => Who::Nobody,
        };
        let got = match judge(&snapshot, &known, DEVICE, &target, Stage::Request, crate::sample::at(0)) {
            Ruling::Proceed(_) => Door::Proceed,
            Ruling::Warn(_) => Door::Warn,
            Ruling::Refuse(_) => Door::Refuse,
            Ruling::SignIn(_) => Door::SignIn,
            Ruling::Password(_) => Door::Password,
            Ruling::Agree(_) => Door::Agree,
            Ruling::Hold(..) => Door::Hold,
        };
        assert_eq!(got, door, "{url}");
    };
    let agreed = Who::Known(Arc::new(pupil()));
    let not_agreed = Who::Known(Arc::new(Known { missing: vec![due()], ..pupil() }));
    check("https://open.example.org/", &Who::Nobody, Door::SignIn);
    check("https://open.example.org/", &not_agreed, Door::Agree);
    check("https://open.example.org/", &agreed, Door::Proceed);
    check("https://shut.example.org/", &Who::Nobody, Door::SignIn);
    check("https://shut.example.org/", &not_agreed, Door::Agree);
    check("https://shut.example.org/", &agreed, Door::Refuse);
}

#[test]
fn rules_that_cannot_be_read_close_everything() {
    let snapshot = crate::sample::snapshot();
    let target = Target::parse("https://example.org/").expect("an address");
    for who in [Who::Nobody, Who::Known(Arc::new(pupil()))] {
        let ruling = judge(&snapshot, &who, DEVICE, &target, Stage::Request, crate::sample::at(0));
        assert!(matches!(&ruling, Ruling::Refuse(it) if it.because.step == Step::Fault), "{ruling:?}");
        assert_eq!(ruling.outcome(), Outcome::Blocked);
    }
    let seen = Decision {
        categories: CategorySet::NONE,
        inspect: Inspect::Open,
        ..decision(Verdict::Allow, Step::Rule)
    };
    assert_eq!(Ruling::Proceed(seen.clone()).decision(), &seen);
}

/// PWD-03: a password that is too old or was given opens help and the console, where it is changed, and nothing else.
#[test]
fn a_password_that_has_to_be_changed_opens_only_the_console() {
    let mut snapshot = crate::sample::snapshot();
    snapshot.rules = crate::sample::compiled(
        "allow open.example.org\nblock shut.example.org\nallow console.school.test\n",
    );
    snapshot.settings.console_url = Some("https://console.school.test:8443".into());
    let check = |url: &str, minute: i64, door: Door| {
        let target = Target::parse(url).expect(url);
        let subject = snapshot.rules.subject(&pupil().person);
        let known =
            Known { subject, missing: vec![due()], change_from: Some(crate::sample::at(10)), ..pupil() };
        let who = Who::Known(Arc::new(known));
        let got = match judge(&snapshot, &who, DEVICE, &target, Stage::Request, crate::sample::at(minute)) {
            Ruling::Proceed(_) => Door::Proceed,
            Ruling::Password(_) => Door::Password,
            Ruling::Agree(_) => Door::Agree,
            other => panic!("{url}: {other:?}"),
        };
        assert_eq!(got, door, "{url} {minute}");
    };
    check("https://open.example.org/", 9, Door::Agree);
    check("https://open.example.org/", 10, Door::Password);
    check("https://shut.example.org/", 10, Door::Password);
    check("https://console.school.test:8443/account/password", 10, Door::Proceed);
    check("https://console.school.test/", 10, Door::Password);
    check("https://www.childline.org.uk/", 10, Door::Proceed);
}

/// ACC-22, ACC-23: a school that lets strangers in its rooms open a little lets nobody unknown in from outside.
#[test]
fn from_outside_nothing_opens_to_nobody() {
    let mut snapshot = crate::sample::snapshot();
    snapshot.rules = crate::sample::compiled(
        "profile U\n mode block by category\nuse profile U for unknown\nallow open.example.org\n",
    );
    snapshot.settings.open_unknown = true;
    snapshot.settings.routes = crate::sample::routes();
    let target = Target::parse("https://open.example.org/").expect("an address");
    let check = |device: &str, expected: Outcome| {
        let device = device.parse().expect(device);
        let ruling = judge(&snapshot, &Who::Nobody, device, &target, Stage::Request, crate::sample::at(0));
        assert_eq!(ruling.outcome(), expected, "{device}");
    };
    check("192.0.2.1", Outcome::Allowed);
    check("203.0.113.7", Outcome::AskedToSignIn);
}
