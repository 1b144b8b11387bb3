//! The second walk: from a search to a concern and a letter (MON-01, MON-06, REP-03), and what leaves no trace.
use casework::{Concern, Origin};
use policy::{Because, Category, Outcome, Seen, Step};
use store::{activity::Filter, audit, concerns, security, security::Kind};

use crate::{PUPIL, Running, SCHOOL, Small, TEACHER, search, until};

async fn concerns(small: &Small) -> Vec<Concern> {
    let mut tx = small.db.read().await.expect("a transaction");
    concerns::all(&mut tx, SCHOOL, 100).await.expect("concerns")
}

async fn recording(small: &mut Small) -> Running {
    assert!(small.snapshots.refresh().await, "{:?}", small.health.faults());
    // What was seen lies a little in the past.
    small.pass(4_000);
    let mut running = Running::new();
    let (recording, office) = (small.recording(), small.office());
    running.start(recording.run(running.stop.clone()));
    running.start(office.run(running.stop.clone()));
    running
}

#[tokio::test]
async fn a_worrying_search_becomes_a_concern_and_one_letter_that_names_nobody() {
    let mut small = Small::open().await;
    let running = recording(&mut small).await;
    small.recorder.note(search(Some(PUPIL), "how to draw a horse", 0)).await;
    small.recorder.note(search(Some(PUPIL), "i want to kill myself", 1)).await;
    small.recorder.note(search(Some(PUPIL), "I want to KILL myself!!", 60)).await;
    let found = until(async || concerns(&small).await.into_iter().find(|it| it.times == 2)).await;
    assert_eq!((found.origin, found.about), (Origin::Search, Some(PUPIL)));
    assert_eq!((found.theme.as_deref(), found.severity.as_deref()), (Some("self-harm"), Some("high")));
    assert_eq!(found.words, "i want to kill myself");
    assert_eq!(found.place.as_deref(), Some("search.example.org on Trolley A 3"));
    until(async || small.mailbox.letters().into_iter().next()).await;
    running.end().await;
    assert_eq!(concerns(&small).await.len(), 1);

    let letters = small.mailbox.letters();
    assert_eq!(letters.len(), 1);
    let first = &letters[0];
    assert_eq!(first.to, ["lead@elm-park.test"]);
    assert!(first.text.contains("Subject: A concern waits in Schoolgate\n"), "{}", first.text);
    assert!(first.text.contains("https://office.elm-park.test/concerns"));
    let said = first.text.to_lowercase();
    for secret in ["morgan", "birch", "kill", "myself", "self-harm", "suicide", "search", "trolley", "year 8"]
    {
        assert!(!said.contains(secret), "the letter says {secret}: {said}");
    }
    let mut tx = small.db.read().await.expect("a transaction");
    let entries = audit::recent(&mut tx, SCHOOL, None, 50).await.expect("the audit trail");
    assert_eq!(entries.iter().filter(|it| it.act == "raise concern").count(), 1);
    let kept = small.log.search(&Filter::all(SCHOOL), None, 100).expect("a page").rows;
    assert_eq!(kept.len(), 3, "all searches are in the record");
}

#[tokio::test]
async fn a_visit_to_a_help_site_leaves_no_trace() {
    let mut small = Small::open().await;
    let running = recording(&mut small).await;
    // A gate counts it and hands over nothing. Were it to hand something over, it would still be let fall here.
    small.recorder.note_help();
    let mut visit = search(Some(PUPIL), "i want to die", 0);
    visit.because = Because { step: Step::Help, ..visit.because };
    small.recorder.note(visit).await;
    let mut typed = search(Some(PUPIL), "i want to die", 1);
    typed.host = "www.childline.org.uk".into();
    small.recorder.note(typed).await;
    small.recorder.note(search(Some(PUPIL), "nobody likes me", 2)).await;
    until(async || concerns(&small).await.into_iter().next()).await;
    running.end().await;
    let all = concerns(&small).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].theme.as_deref(), Some("bullying"));
    assert_eq!(small.recorder.tally().help, 1);
    let kept = small.log.search(&Filter::all(SCHOOL), None, 100).expect("a page").rows;
    assert!(kept.iter().all(|it| it.seen.because.step != Step::Help));
}

#[tokio::test]
async fn a_search_by_staff_is_told_to_the_head_alone() {
    let mut small = Small::open().await;
    let running = recording(&mut small).await;
    small.recorder.note(search(Some(TEACHER), "how to make a bomb at home", 0)).await;
    let letters = {
        until(async || small.mailbox.letters().into_iter().next()).await;
        running.end().await;
        small.mailbox.letters()
    };
    let to: Vec<&str> = letters.iter().flat_map(|it| &it.to).map(String::as_str).collect();
    assert_eq!(to, ["head@elm-park.test"]);
}

#[tokio::test]
async fn what_can_wait_for_the_week_sends_no_letter() {
    let mut small = Small::open().await;
    let running = recording(&mut small).await;
    small.recorder.note(search(Some(PUPIL), "i have no friends", 0)).await;
    let found = until(async || concerns(&small).await.into_iter().next()).await;
    assert_eq!(found.severity.as_deref(), Some("low"));
    running.end().await;
    assert_eq!(small.mailbox.letters(), []);
}

#[tokio::test]
async fn a_device_that_nobody_signed_in_on_raises_one_concern_an_hour() {
    let mut small = Small::open().await;
    let running = recording(&mut small).await;
    for minute in 0..50 {
        small.recorder.note(search(None, "everyone hates me", minute * 60)).await;
    }
    small.recorder.note(search(None, "everyone hates me", 3_601)).await;
    until(async || (concerns(&small).await.len() == 2).then_some(())).await;
    running.end().await;
    assert_eq!(concerns(&small).await.len(), 2);
}

/// Security alerts of the network manager (issue 3): one for a person and hour, and none of what is open to somebody.
#[tokio::test]
async fn whoever_tries_to_get_round_the_filter_is_told_of_once_an_hour() {
    let mut small = Small::open().await;
    assert!(small.snapshots.refresh().await);
    let running = recording(&mut small).await;
    let tried = |person, outcome, after| Seen {
        categories: [Category::Bypass].into_iter().collect(),
        outcome,
        host: "vpn.test".into(),
        search: None,
        ..search(person, "", after)
    };
    for after in [0, 5, 1800, 3700] {
        small.recorder.note(tried(Some(PUPIL), Outcome::Blocked, after)).await;
    }
    small.recorder.note(tried(Some(TEACHER), Outcome::Allowed, 10)).await;
    small.recorder.note(tried(None, Outcome::Blocked, 20)).await;
    let told = until(async || Some(small.security(Kind::Bypass).await).filter(|it| it.len() == 3)).await;
    running.end().await;
    let of = |subject: &str| told.iter().filter(|it| it.starts_with(subject)).count();
    assert_eq!((of("m.birch: m.birch tried to reach vpn.test"), of("t.ash")), (2, 0), "{told:?}");
}

/// NET-02: the person reads why on the spot, and the network manager gets one letter for a person and hour.
#[tokio::test]
async fn a_programme_that_was_blocked_is_told_to_the_network_manager_once() {
    let mut small = Small::open().await;
    assert!(small.snapshots.refresh().await);
    let running = recording(&mut small).await;
    for after in [0, 5, 900] {
        let mut seen = Seen { outcome: Outcome::Blocked, ..search(Some(PUPIL), "", after) };
        (seen.because.step, seen.search, seen.host) = (Step::FileType, None, "files.test".into());
        seen.path = Some("/setup.exe".into());
        small.recorder.note(seen).await;
    }
    until(async || Some(small.security(Kind::Programme).await).filter(|it| it.len() == 1)).await;
    small.pass(61);
    let letters = until(async || Some(small.mailbox.letters()).filter(|it| it.len() == 1)).await;
    running.end().await;
    assert_eq!(letters[0].to, ["it@example.org"]);
    assert!(
        !letters[0].text.contains("files.test"),
        "where stands in the console alone: {}",
        letters[0].text
    );
}

/// A directory that is down keeps people out, and nobody would look at Today for it: one entry for as long as it lasts.
#[tokio::test]
async fn a_directory_that_is_down_is_told_once_however_long_it_lasts() {
    use workers::identity::{Directory, DirectorySettings, Find};
    let small = Small::open().await;
    let url = "ldap://127.0.0.1:9".to_owned();
    let settings = DirectorySettings { url, start_tls: false, find: Find::Name("uid={}".to_owned()) };
    let fetch = workers::Fetch::new(Vec::new(), None).expect("a client");
    let directory = Directory::new(settings, &fetch, small.health.clone());
    let mut running = Running::new();
    running.start(small.office().run(running.stop.clone()));
    let teacher = {
        let mut tx = small.db.read().await.expect("a transaction");
        store::people::get(&mut tx, SCHOOL, TEACHER).await.expect("read").expect("there").person
    };
    let told = async || {
        let mut tx = small.db.read().await.expect("a transaction");
        let wanted = security::Wanted { kind: Some(Kind::Technical), ..Default::default() };
        security::list(&mut tx, SCHOOL, wanted, 100).await.expect("alerts")
    };
    assert!(directory.is_right(&teacher, "three random words").await.is_err());
    // An hour and twenty minutes.
    for times in 1..9 {
        until(async || Some(told().await).filter(|it| it.first().is_some_and(|it| times <= it.times))).await;
        small.pass(600);
    }
    let letters = until(async || Some(small.mailbox.letters()).filter(|it| !it.is_empty())).await;
    running.end().await;
    let told = told().await;
    assert!(told.len() == 1 && told[0].subject == "the directory", "{told:?}");
    assert_eq!(letters.len(), 1, "{letters:?}");
}
