use std::time::{Duration, Instant};

use policy::{Because, Carried, CategorySet, Method, Outcome, Scheme, Step};
use school::Id;

use super::*;
use crate::sample::at;

fn seen(outcome: Outcome, search: Option<&str>) -> Seen {
    let because =
        Because { step: Step::BaseMode, rule: None, list: None, category: None, profile: None, matched: 0 };
    Seen {
        at: at(0),
        school: Id::from_u128(9),
        person: None,
        device: None,
        address: [192, 0, 2, 1].into(),
        method: Method::Get,
        scheme: Scheme::Https,
        host: "example.org".into(),
        port: 443,
        path: Some("/".into()),
        search: search.map(Into::into),
        categories: CategorySet::NONE,
        outcome,
        because,
        carried: Carried::Inspected,
        status: 200,
        bytes_in: 0,
        bytes_out: 1024,
        took: 900,
    }
}

fn drained(recorder: &Recorder) -> usize {
    let mut room = Vec::new();
    recorder.drain(&mut room);
    room.len()
}

#[tokio::test]
async fn a_full_queue_drops_and_counts_what_was_allowed() {
    let recorder = Recorder::new(2);
    for _ in 0..5 {
        recorder.note(seen(Outcome::Allowed, None)).await;
    }
    recorder.note_now(seen(Outcome::Allowed, None));
    assert_eq!(recorder.tally(), Tally { taken: 2, dropped: 4, help: 0 });
    assert_eq!(drained(&recorder), 2);
}

#[tokio::test]
async fn what_must_be_kept_waits_for_room_and_is_never_dropped() {
    for must in [seen(Outcome::Blocked, None), seen(Outcome::Warned, None), seen(Outcome::Allowed, Some("x"))]
    {
        let recorder = Recorder::new(1);
        recorder.note(seen(Outcome::Allowed, None)).await;
        let mut waiting = std::pin::pin!(recorder.note(must.clone()));
        let soon = tokio::time::timeout(Duration::from_millis(20), &mut waiting).await;
        assert!(soon.is_err(), "there was no room, yet {must:?} did not wait");
        assert_eq!(drained(&recorder), 1);
        tokio::time::timeout(Duration::from_secs(5), waiting).await.expect("room woke it");
        let mut room = Vec::new();
        recorder.drain(&mut room);
        assert_eq!(room, [must]);
        assert_eq!(recorder.tally().dropped, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_of_many_at_once_arrives() {
    let recorder = Recorder::new(8);
    let mut askers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let recorder = recorder.clone();
        askers.spawn(async move {
            for _ in 0..50 {
                recorder.note(seen(Outcome::Blocked, None)).await;
            }
        });
    }
    let (mut room, mut got, start) = (Vec::new(), 0, Instant::now());
    while got < 1000 && start.elapsed() < Duration::from_secs(20) {
        recorder.drain(&mut room);
        got += room.len();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!((got, recorder.tally().taken, recorder.tally().dropped), (1000, 1000, 0));
}

#[test]
fn a_refusal_that_cannot_wait_goes_in_beyond_the_bound() {
    let recorder = Recorder::new(1);
    for _ in 0..3 {
        recorder.note_now(seen(Outcome::Blocked, None));
    }
    assert_eq!(recorder.tally(), Tally { taken: 3, dropped: 0, help: 0 });
    assert_eq!(drained(&recorder), 3);
}

#[tokio::test]
async fn memory_is_bounded_though_nothing_is_drained() {
    let recorder = Recorder::new(2);
    for _ in 0..3 {
        recorder.room().await;
        recorder.note_now(seen(Outcome::Blocked, None));
    }
    recorder.room().await;
    recorder.note_now(seen(Outcome::Blocked, None));
    let mut told = std::pin::pin!(recorder.room());
    let soon = tokio::time::timeout(Duration::from_millis(20), &mut told).await;
    assert!(soon.is_err(), "somebody was refused though twice the bound waits");
    for _ in 0..20 {
        recorder.note_now(seen(Outcome::Blocked, None));
    }
    assert_eq!(recorder.tally(), Tally { taken: 8, dropped: 16, help: 0 });
    assert_eq!(drained(&recorder), 8);
    tokio::time::timeout(Duration::from_secs(5), told).await.expect("room woke it");
}

#[test]
fn of_help_only_the_number_is_kept() {
    let recorder = Recorder::new(1);
    recorder.note_help();
    recorder.note_help();
    assert_eq!(recorder.tally(), Tally { taken: 0, dropped: 0, help: 2 });
    assert_eq!(drained(&recorder), 0);
}

#[test]
fn draining_keeps_the_order_and_clears_what_was_in_the_room() {
    let recorder = Recorder::new(10);
    let mut room = vec![seen(Outcome::Allowed, None)];
    for status in [200, 304, 404] {
        recorder.note_now(Seen { status, ..seen(Outcome::Allowed, None) });
    }
    recorder.drain(&mut room);
    assert_eq!(room.iter().map(|it| it.status).collect::<Vec<_>>(), [200, 304, 404]);
}

/// An upper bound, unoptimised: `cargo test -p gate -- --ignored --nocapture what_noting_costs`.
#[tokio::test]
#[ignore = "measures"]
async fn what_noting_costs() {
    let (recorder, mut room) = (Recorder::new(100_000), Vec::new());
    for _ in 0..3 {
        let all: Vec<Seen> = (0..50_000).map(|_| seen(Outcome::Allowed, None)).collect();
        let start = Instant::now();
        for seen in all {
            recorder.note(seen).await;
        }
        println!("noting one: {} ns", start.elapsed().as_nanos() / 50_000);
        recorder.drain(&mut room);
    }
}
