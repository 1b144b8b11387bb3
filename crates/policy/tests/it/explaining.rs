use std::sync::LazyLock;

use policy::{Ask, Rules, Stage, Step, Target, Verdict, decide, trace};
use proptest::prelude::*;
use school::{Choice, Layer};

use crate::small_school::*;

#[test]
fn a_trace_tells_every_step_and_every_rule_that_was_looked_at() {
    let rules = rules(
        "profile P\n mode block by category\n block games\nuse profile P for everyone\n\
         block games.test for year 7\nallow games.test during breaks\nallow games.test for year 9",
    );
    let trace = Question::new(&rules, "pupil-9", "www.games.test/a").trace();
    assert_eq!(trace.steps.iter().map(|it| it.step).collect::<Vec<_>>(), Step::ORDER);
    assert_eq!((&*trace.profile, trace.profile_from.as_deref()), ("P", Some("school line 4")));
    let rule = trace.steps.iter().find(|it| it.step == Step::Rule).expect("every step is there");
    assert_eq!(rule.verdict, Some(Verdict::Allow));
    assert_eq!(
        rule.rules,
        [
            "school line 5: block games.test for year 7 (is for other people)",
            "school line 7: allow games.test for year 9 (counts)",
            "school line 6: allow games.test during breaks (does not count at this time)",
        ]
    );
    let text = trace.to_string();
    for words in
        ["Allowed: https://www.games.test/a", "because: Rule: school line 7", "(list games)", "Not reached"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn staff_are_told_all_and_pupils_what_is_safe_to_know() {
    let rules = layers(&[
        (Layer::Trust, "block secret.test for person teacher\nblock hidden.test"),
        (Layer::School, policy::starter()),
    ]);
    let check = |who: &str, url: &str, staff: &str, pupil: &str| {
        let because = Question::new(&rules, who, url).decide().because;
        assert_eq!(because.for_staff(), staff, "{url}");
        assert_eq!(because.for_pupil(), pupil, "{url}");
    };
    check(
        "pupil-7",
        "gambling.test",
        "Gambling (list gambling), by the profile Key Stage 3",
        "This site is for gambling.",
    );
    check(
        "teacher",
        "secret.test",
        "Rule: trust line 1: block secret.test for person \"teacher\"",
        "Your school has decided about this site.",
    );
    check(
        "-",
        "never-heard-of.test",
        "Nothing speaks of it, so the base mode of the profile Not signed in decides",
        "This site is not on the list of sites that are open to you.",
    );
    check(
        "pupil-7",
        "sealed.test",
        "The sealed list Sealed holds the address; nothing opens it",
        "This address is closed to everyone.",
    );
}

#[test]
fn a_pupil_is_never_told_of_rules_lists_or_people() {
    let rules =
        layers(&[(Layer::Trust, "block a.test for person pupil-7"), (Layer::School, policy::starter())]);
    for category in policy::Category::ALL {
        let because = Question::new(&rules, "pupil-7", &format!("{}.test", category.code())).decide().because;
        let words = because.for_pupil();
        for hidden in [because.rule.as_deref(), because.list.as_deref().filter(|it| it.contains('-'))] {
            assert!(hidden.is_none_or(|it| !words.contains(it)), "{words}");
        }
        assert!(words.ends_with('.') && words.len() < 200, "{words}");
    }
}

static MANY: LazyLock<Rules> = LazyLock::new(|| {
    layers(&[
        (
            Layer::Trust,
            "block everything for year 8\nallow a.test locked\nallow pattern \"c\" for role pupil",
        ),
        (
            Layer::School,
            &format!(
                "{}\nwarn b.test for key stage 3 during breaks\nblock a.test/b\nallow news.test/b locked\n\
                 tunnel category news\ninspect b.test\nallow https://extremism.test/b",
                policy::starter()
            ),
        ),
        (Layer::Site, "block news.test\nallow category games until 2026-10-05"),
    ])
});

proptest! {
    #[test]
    fn what_is_explained_is_what_was_decided(
        host in prop_oneof!["(a|b|www\\.a|news|games|extremism|mixed|sealed|host|banking|help)\\.test",
            Just("www.google.com".to_owned()), Just("10.0.0.1".to_owned()), Just("[::1]".to_owned())],
        path in "/(b|c|sealed|news|search)?(/x\\.exe)?(\\?(q|tbm)=[a-z]{0,4})?",
        who in "(-|pupil-(1|7|8|9-9B|12)|teacher|head|parent)",
        at in "2026-10-0[3-6]T(0[0-9]|1[0-9]):[0-5]0",
        stage in 0..4,
        at_site: bool,
    ) {
        let target = Target::parse(&format!("https://{host}{path}")).expect("an address");
        let subject = if who == "-" { MANY.unknown().clone() } else { MANY.subject(&person(&who)) };
        let stage = match stage {
            0 => Stage::Connect,
            1 => Stage::Request,
            2 => Stage::Response { media_type: Some("application/x-msi"), file_name: None },
            _ => Stage::Response { media_type: None, file_name: Some("x.exe") },
        };
        let ask = Ask { who: &subject, site: at_site.then_some(SITE), target: &target, stage, when: moment(&at) };
        let decision = decide(&MANY, &ask);
        let traced = trace(&MANY, &ask);
        prop_assert_eq!(&traced.decision, &decision);
        let last = traced.steps.iter().rfind(|it| it.verdict.is_some()).expect("some step spoke");
        if stage != Stage::Connect {
            prop_assert_eq!((last.step, last.verdict), (decision.because.step, Some(decision.verdict)));
        }
        // Nothing opens what is sealed, and nothing closes help.
        if host == "sealed.test" {
            prop_assert_eq!(decision.verdict, Verdict::Block);
        }
        if host == "help.test" {
            prop_assert_eq!(decision.verdict, Verdict::Allow);
        }
        // A host is never refused of which the same person may open an address.
        if stage == Stage::Request && decision.verdict != Verdict::Block {
            let bare = Target::parse(&format!("https://{host}/")).expect("an address");
            let connect = decide(&MANY, &Ask { target: &bare, stage: Stage::Connect, ..ask });
            prop_assert_eq!(connect.verdict, Verdict::Allow, "{:?} against {:?}", connect, decision);
        }
        // What is carried unopened could not have been refused later.
        if stage == Stage::Request && decision.verdict == Verdict::Block && decision.because.step != Step::Sealed {
            let bare = Target::parse(&format!("https://{host}/")).expect("an address");
            let connect = decide(&MANY, &Ask { target: &bare, stage: Stage::Connect, ..ask });
            let unopened = connect.verdict == Verdict::Allow && connect.inspect == policy::Inspect::Tunnel;
            let judged_by_path = matches!(decision.because.step, Step::FileType | Step::Rule | Step::LockedRule);
            prop_assert!(!unopened || judged_by_path, "{:?} against {:?}", connect, decision);
        }
    }
}
