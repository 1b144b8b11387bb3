use std::{
    net::{IpAddr, Ipv4Addr},
    sync::atomic::{AtomicU64, Ordering},
};

use policy::{Because, Carried, CategorySet, Method, Scheme, Step};
use school::{Calendar, DaySpan, Id, School, SchoolDays};
use store::Db;
use tempfile::TempDir;

use super::*;
use crate::snapshots::closed;

/// A log whose disk is full for its first writes.
struct Full {
    refusals: u64,
    writes: u64,
    kept: Arc<AtomicU64>,
}

impl Log for Full {
    fn append(&mut self, seen: &[Seen], _now: Timestamp) -> Result<(), ActivityError> {
        self.writes += 1;
        if self.writes <= self.refusals {
            let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
            return Err(ActivityError::Io { path: "activity".into(), source });
        }
        self.kept.fetch_add(seen.len() as u64, Ordering::Relaxed);
        Ok(())
    }
    fn sync(&mut self) -> Result<(), ActivityError> {
        Ok(())
    }
}

fn seen(n: u16, outcome: Outcome) -> Seen {
    Seen {
        at: Timestamp::from_second(1_790_000_000 + i64::from(n)).expect("in range"),
        school: Id::from_u128(1),
        person: None,
        device: None,
        address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5)),
        method: Method::Get,
        scheme: Scheme::Http,
        host: "site.test".into(),
        port: 80,
        path: None,
        search: None,
        categories: CategorySet::NONE,
        outcome,
        because: Because {
            step: Step::BaseMode,
            rule: None,
            list: None,
            category: None,
            profile: None,
            matched: 0,
        },
        carried: Carried::Plain,
        status: 200,
        bytes_in: 0,
        bytes_out: 0,
        took: 0,
    }
}

async fn desk(folder: &TempDir, room: usize, full: u64) -> (Desk, Arc<AtomicU64>) {
    let db = Db::open_file(&folder.path().join("records.db")).await.expect("a database");
    let school = School { id: Id::from_u128(1), trust: None, name: "Elm Park".parse().expect("a line") };
    let span = DaySpan { start: jiff::civil::time(8, 0, 0, 0), end: jiff::civil::time(16, 0, 0, 0) };
    let calendar = Calendar {
        zone: jiff::tz::TimeZone::UTC,
        terms: Vec::new(),
        days: SchoolDays::MONDAY_TO_FRIDAY,
        day: span,
        lessons: Vec::new(),
        closed: Vec::new(),
    };
    let proxy = gate::ProxyAddress { host: "gate.test".into(), port: 3128, tls_port: None };
    let snapshot = closed(school, gate::Settings::new("gate.test", proxy), calendar);
    let watch = Watch {
        lexicon: Arc::new(signals::Lexicon::ours().expect("our own lexicon")),
        db,
        current: Arc::new(gate::Current::new(snapshot)),
        alerts: crate::Alerts::default(),
    };
    let kept = Arc::new(AtomicU64::new(0));
    let log = Box::new(Full { refusals: full, writes: 0, kept: Arc::clone(&kept) });
    let clock: Clock = Arc::new(|| Timestamp::UNIX_EPOCH);
    (Desk::new(gate::Recorder::new(room), log, watch, Health::default(), clock), kept)
}

#[tokio::test]
async fn nothing_drained_is_lost_while_the_disk_is_full() {
    let folder = TempDir::new().expect("a folder");
    let (mut desk, kept) = desk(&folder, 1_000, 3).await;
    for turn in 0..3 {
        desk.gate.note(seen(turn, Outcome::Blocked)).await;
        assert!(!desk.turn(false).await);
        assert_eq!(desk.health.faults().len(), 1, "{:?}", desk.health.faults());
        assert!(desk.health.faults()[0].starts_with("the record cannot be written; what is seen waits"));
    }
    desk.gate.note(seen(3, Outcome::Allowed)).await;
    assert!(desk.turn(false).await);
    assert_eq!(kept.load(Ordering::Relaxed), 4);
    assert_eq!((desk.health.faults().len(), desk.health.blocked()), (0, 3));
}

#[tokio::test]
async fn what_waits_is_bounded_and_what_is_refused_stays_at_the_gate() {
    let folder = TempDir::new().expect("a folder");
    let (mut desk, kept) = desk(&folder, 4, 1).await;
    held(&desk.ledger).waiting = vec![seen(0, Outcome::Allowed); BACKLOG];
    for n in 0..4 {
        desk.gate.note(seen(n, Outcome::Blocked)).await;
    }
    desk.gate.note(seen(4, Outcome::Allowed)).await;
    assert!(!desk.turn(false).await);
    assert_eq!(held(&desk.ledger).waiting.len(), BACKLOG);
    assert_eq!(desk.gate.tally().dropped, 1);
    assert!(desk.turn(false).await && desk.turn(false).await);
    assert_eq!(kept.load(Ordering::Relaxed), BACKLOG as u64 + 4);
}

#[tokio::test]
async fn the_last_of_it_is_taken_at_the_end() {
    let folder = TempDir::new().expect("a folder");
    let (desk, kept) = desk(&folder, 1_000, 2).await;
    desk.gate.note(seen(1, Outcome::Allowed)).await;
    desk.gate.note(seen(2, Outcome::Blocked)).await;
    desk.finish().await;
    assert_eq!(kept.load(Ordering::Relaxed), 2);
}
