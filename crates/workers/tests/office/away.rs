//! What happens while the database is away is written down when it is back.
use std::{net::IpAddr, time::Duration};

use casework::Concern;
use gate::Errands;
use store::{Db, audit, concerns};
use tempfile::TempDir;
use testkit::databases::Postgres;

use crate::{PUPIL, Running, SCHOOL, Small, at, search, until};

const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 5));

impl Small {
    async fn entries(&self, act: &str) -> Vec<audit::Entry> {
        let Ok(mut tx) = self.db.read().await else { return Vec::new() };
        let all = audit::recent(&mut tx, SCHOOL, None, 100).await.unwrap_or_default();
        all.into_iter().filter(|it| it.act == act).collect()
    }

    async fn concerns(&self) -> Vec<Concern> {
        let mut tx = self.db.read().await.expect("a transaction");
        concerns::all(&mut tx, SCHOOL, 100).await.expect("concerns")
    }
}

#[tokio::test]
async fn sign_ins_of_a_morning_without_a_database_are_in_the_trail_when_it_is_back() {
    let Some(mut postgres) = Postgres::wanted() else { return };
    let db = Db::open(&postgres.url()).await.expect("PostgreSQL opens");
    let small = Small::open_on(TempDir::new().expect("a folder"), db).await;
    let (errands, receiver) = Errands::new(10);
    let mut running = Running::new();
    running.start(small.clerk(receiver).run(running.stop.clone()));
    postgres.stop();
    for n in 0..5 {
        errands.sign_in(Some(PUPIL), "m.birch", ADDRESS, "signed in", at(n));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    postgres.start_again();
    let found = until(async || Some(small.entries("signed in").await).filter(|it| it.len() == 5)).await;
    let mut times: Vec<_> = found.iter().map(|it| it.at).collect();
    times.sort();
    assert_eq!(times, (0..5).map(at).collect::<Vec<_>>(), "with the times they had");
    running.end().await;
}

#[tokio::test]
async fn sign_ins_that_found_no_room_are_counted_in_the_trail() {
    let small = Small::open().await;
    let (errands, receiver) = Errands::new(2);
    for n in 0..7 {
        errands.sign_in(Some(PUPIL), "m.birch", ADDRESS, "signed in", at(n));
    }
    let mut clerk = small.clerk(receiver);
    clerk.missed = errands.missed();
    let mut running = Running::new();
    running.start(clerk.run(running.stop.clone()));
    let lost = until(async || small.entries("sign-ins lost").await.pop()).await;
    assert!(lost.after.as_deref().is_some_and(|it| it.starts_with("5 sign-ins")), "{lost:?}");
    running.end().await;
    assert_eq!((small.entries("signed in").await.len(), small.entries("sign-ins lost").await.len()), (2, 1));
}

#[tokio::test]
async fn a_search_whose_concern_was_waiting_at_a_restart_is_not_lost() {
    let mut small = Small::open().await;
    assert!(small.snapshots.refresh().await);
    small.pass(4_000);
    let mut running = Running::new();
    running.start(small.recording().run(running.stop.clone()));
    small.recorder.note(search(Some(PUPIL), "i have no friends", 0)).await;
    until(async || small.concerns().await.pop()).await;
    small.db.close().await;
    small.recorder.note(search(Some(PUPIL), "i want to kill myself", 1)).await;
    small.recorder.note(search(Some(PUPIL), "how to draw a horse", 2)).await;
    until(async || small.health.faults().into_iter().find(|it| it.starts_with("concerns cannot"))).await;
    running.end().await;
    for start in 0..3 {
        if start == 2 {
            // As if the last run had been killed before it could take the mark away: what is known stays as it is.
            let mark = small.folder.path().join("concerns-wait");
            std::fs::write(mark, at(0).to_string()).expect("a mark");
        }
        small = Small::reopen(small).await;
        assert!(small.snapshots.refresh().await);
        small.pass(4_000);
        let mut running = Running::new();
        running.start(small.recording().run(running.stop.clone()));
        let found = until(async || Some(small.concerns().await).filter(|it| it.len() == 2)).await;
        until(async || (!small.folder.path().join("concerns-wait").exists()).then_some(())).await;
        running.end().await;
        let mut themes: Vec<_> = found.iter().filter_map(|it| it.theme.clone()).collect();
        themes.sort();
        assert!(themes.contains(&"self-harm".to_owned()), "{themes:?}");
        assert!(small.concerns().await.iter().all(|it| it.times == 1), "start {start}: once each");
    }
}
