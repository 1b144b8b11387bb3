//! Killed at any moment, the activity log loses nothing that was synced and opens again clean.
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::Arc,
    thread::sleep,
    time::Duration,
};

use jiff::{SignedDuration, tz::TimeZone};
use policy::{Because, Carried, CategorySet, Method, Outcome, Scheme, Seen, Step};
use school::Id;
use store::activity::{Activity, Filter, Settings};
use tempfile::TempDir;

use crate::at;

const FOLDER: &str = "SCHOOLGATE_TEST_ACTIVITY";

pub(crate) fn seen(n: u64) -> Seen {
    let because =
        Because { step: Step::BaseMode, rule: None, list: None, category: None, profile: None, matched: 0 };
    Seen {
        at: at("2026-11-22T09:00:00Z") + SignedDuration::from_millis(n.cast_signed()),
        school: Id::from_u128(1),
        person: None,
        device: Some(Arc::from("laptop-1")),
        address: [10, 0, 0, 1].into(),
        method: Method::Get,
        scheme: Scheme::Https,
        host: "www.example.org".into(),
        port: 443,
        path: Some(format!("/{n}").into()),
        search: None,
        categories: CategorySet::NONE,
        outcome: Outcome::Allowed,
        because,
        carried: Carried::Inspected,
        status: 200,
        bytes_in: n,
        bytes_out: 0,
        took: 0,
    }
}

fn settings() -> Settings {
    Settings { roll_rows: 400, ..Settings::new(TimeZone::UTC) }
}

/// Not a test: what the test below starts and kills. Says how many rows are synced, after each sync.
#[test]
#[ignore = "run by the test that kills it"]
fn records_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let mut activity = Activity::open(folder.as_ref(), settings()).expect("opens");
    let reader = activity.reader();
    let mut n = reader.rows(Filter::all(Id::from_u128(1))).count() as u64;
    loop {
        for _ in 0..3 {
            let rows: Vec<Seen> = (n..n + 37).map(seen).collect();
            activity.append(&rows, at("2026-11-22T09:00:00Z")).expect("appends");
            n += 37;
        }
        activity.sync().expect("syncs");
        println!("synced {n}");
        if n.is_multiple_of(5) {
            reader.compact().expect("compacts");
        }
    }
}

#[test]
fn killed_while_recording_it_loses_nothing_that_was_synced() {
    let folder = TempDir::new().unwrap();
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::records_until_it_is_killed", "--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut synced = 0;
        let mut note = |line: std::io::Result<String>| {
            if let Some(n) = line.ok().and_then(|it| it.strip_prefix("synced ")?.parse::<u64>().ok()) {
                synced = n;
            }
        };
        lines.by_ref().take(3 + round).for_each(&mut note);
        sleep(Duration::from_millis(7 * round as u64));
        child.kill().unwrap();
        child.wait().unwrap();
        lines.for_each(&mut note);

        let activity = Activity::open(folder.path(), settings()).unwrap();
        assert_eq!(activity.recovered().damaged_bytes, 0);
        let rows = activity.reader().rows(Filter::all(Id::from_u128(1)));
        let mut kept: Vec<u64> = rows.map(|it| it.unwrap().seen.bytes_in).collect();
        kept.sort_unstable();
        assert!(synced <= kept.len() as u64, "round {round}: {synced} were synced, {} are kept", kept.len());
        assert!(kept.iter().copied().eq(0..kept.len() as u64), "round {round}: one is missing or doubled");
        assert!(0 < synced, "round {round}: it did record");
    }
}
