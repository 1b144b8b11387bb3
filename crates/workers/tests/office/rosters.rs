//! A roster that is left in the watched folder: taken when it stands still, told, applied when approved.
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, time::SystemTime};

use jiff::SignedDuration;
use school::{Id, Role};
use store::roster::{Approval, Filter, Stage, approve, recent, rows};
use testkit::roster::MadeUp;
use workers::{
    Office,
    jobs::{Looks, RosterFolder, Schedule},
};

use crate::{
    SCHOOL, Small, at, by,
    letters::{hides, in_a_small_school_on_both, to, words},
};

async fn look(small: &Small, office: &Office) {
    small.pass(60);
    let mut tx = small.db.write().await.unwrap();
    let now = (office.clock)();
    store::jobs::enqueue(&mut tx, "watch roster", "", now).await.unwrap();
    tx.commit().await.unwrap();
    office.work_off().await.unwrap();
}

fn leave(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::from(at(-600))).unwrap();
}

fn watched(folder: &Path) -> RosterFolder {
    RosterFolder {
        path: folder.to_owned(),
        schedule: Schedule::Every(SignedDuration::from_mins(1)),
        zone: jiff::tz::TimeZone::UTC,
        source: "MIS".to_owned(),
        mapping: String::new(),
        looks: Looks::default(),
    }
}

#[tokio::test]
async fn a_roster_that_cannot_be_moved_away_is_loaded_once() {
    let small = Small::open().await;
    let folder = small.folder.path().join("roster");
    fs::create_dir(&folder).unwrap();
    let mut office = small.office();
    office.roster = Some(watched(&folder));
    let file = folder.join("export.zip");
    leave(&file, &MadeUp::SMALL.zip());
    // Where it would go is no folder.
    fs::write(folder.join("reading"), "").unwrap();
    for _ in 0..5 {
        look(&small, &office).await;
    }
    let loads = async || recent(&mut small.db.read().await.unwrap(), SCHOOL, 9).await.unwrap().len();
    assert!(file.exists());
    assert_eq!(loads().await, 1);
    fs::remove_file(folder.join("reading")).unwrap();
    for _ in 0..3 {
        look(&small, &office).await;
    }
    assert!(!file.exists());
    assert_eq!((loads().await, names(&folder.join("done")).len()), (1, 2));

    // Kept for its owner alone, and not for ever.
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let report = fs::read_dir(folder.join("done")).unwrap().map(|it| it.unwrap().path());
    let report = report.into_iter().find(|it| it.to_str().unwrap().ends_with(".report.txt")).unwrap();
    assert_eq!((mode(&folder.join("done")), mode(&report)), (0o700, 0o600));
    let old = |days: i64| {
        let file = fs::File::options().append(true).open(&report).unwrap();
        file.set_modified(SystemTime::from(small.clock()() - SignedDuration::from_hours(24 * days))).unwrap();
    };
    old(89);
    look(&small, &office).await;
    assert_eq!(names(&folder.join("done")).len(), 2);
    old(91);
    look(&small, &office).await;
    assert_eq!(names(&folder.join("done")), Vec::<String>::new());
}

#[tokio::test]
async fn a_watched_folder_hands_over_what_has_stopped_growing() {
    let small = Small::open().await;
    let folder = small.folder.path().join("roster");
    fs::create_dir(&folder).unwrap();
    let mut office = small.office();
    office.roster = Some(watched(&folder));
    let whole = MadeUp::SMALL.zip();
    let file = folder.join("export.zip");

    // Half written, then whole: neither is taken at the first look at it.
    leave(&file, &whole[..whole.len() / 2]);
    look(&small, &office).await;
    leave(&file, &whole);
    look(&small, &office).await;
    assert!(
        file.exists() && recent(&mut small.db.read().await.unwrap(), SCHOOL, 9).await.unwrap().is_empty()
    );

    look(&small, &office).await;
    look(&small, &office).await;
    assert!(!file.exists());
    let loads = recent(&mut small.db.read().await.unwrap(), SCHOOL, 9).await.unwrap();
    assert_eq!(
        (loads.len(), loads[0].stage, loads[0].counts.joiners),
        (1, Stage::Ready, 146),
        "{:?}",
        loads[0]
    );
    let done: Vec<String> = names(&folder.join("done"));
    assert_eq!(done.len(), 2, "the roster and its report: {done:?}");

    let mut tx = small.db.write().await.unwrap();
    assert_eq!(approve(&mut tx, &by(), SCHOOL, &loads[0], None).await.unwrap(), Approval::Given);
    tx.commit().await.unwrap();
    office.work_off().await.unwrap();
    let people = store::people::all(&mut small.db.read().await.unwrap(), SCHOOL).await.unwrap();
    assert_eq!(people.len(), 4 + 146);

    // One that cannot be read goes aside, with the reason beside it.
    leave(&folder.join("broken.zip"), &whole[..whole.len() / 2]);
    for _ in 0..3 {
        look(&small, &office).await;
    }
    let failed = names(&folder.join("failed"));
    assert_eq!(failed.len(), 2, "{failed:?}");
    let report = failed.iter().find(|it| it.ends_with("report.txt")).unwrap();
    let report = fs::read_to_string(folder.join("failed").join(report)).unwrap();
    assert!(report.contains("copy it again"), "{report}");
}

/// ACC-03: once for each roster, to those alone who may approve it, with counts and no names.
#[tokio::test]
async fn those_who_may_approve_a_roster_are_told_that_one_waits() {
    in_a_small_school_on_both(async |small| {
        for (id, username, name, role) in [
            (41, "a.heron", "Ash Heron", Role::AccountAdministrator),
            (42, "o.teal", "Olive Teal", Role::Office),
            (43, "l.swan", "Lou Swan", Role::AdminTeam),
        ] {
            small.join(Id::from_u128(id), username, name, role).await;
        }
        small.change(Id::from_u128(43), |it| it.stay.until = Some(at(0))).await;
        let folder = small.folder.path().join("roster");
        fs::create_dir(&folder).unwrap();
        let mut office = small.office();
        office.roster = Some(watched(&folder));
        leave(&folder.join("export.zip"), &MadeUp::SMALL.zip());
        for _ in 0..4 {
            look(&small, &office).await;
        }
        let letters = small.mailbox.letters();
        assert_eq!(to(&letters), ["a.heron@elm-park.test"], "not the office, nor who has left");
        let text = words(&letters[0]);
        assert!(text.contains("waits for your approval") && text.contains("146"), "{text}");
        assert!(text.contains("https://office.elm-park.test/roster"), "{text}");
        let mut tx = small.db.read().await.unwrap();
        let load = recent(&mut tx, SCHOOL, 9).await.unwrap()[0].id;
        let rows = rows(&mut tx, SCHOOL, load, Filter::default(), 0, 5).await.unwrap();
        assert!(!rows.is_empty() && !rows[0].name.is_empty());
        for it in &rows {
            hides(&letters, &[&it.name]);
        }
        drop(tx);
        for _ in 0..3 {
            look(&small, &office).await;
        }
        assert_eq!(small.mailbox.letters().len(), 1, "once");

        leave(&folder.join("broken.zip"), b"PK\x03\x04 cut off");
        for _ in 0..4 {
            look(&small, &office).await;
        }
        let letters = small.mailbox.letters().split_off(1);
        assert_eq!(to(&letters), ["a.heron@elm-park.test"]);
        assert!(words(&letters[0]).contains("could not be read"));
    })
    .await;
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// 20,000 people and 60,000 enrolments on both engines: `cargo xtask bench roster`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a bench"]
async fn bench_of_an_import() {
    testkit::databases::on_both(async |db| {
        let engine = if db.has_many_writers() { "PostgreSQL" } else { "SQLite" };
        let small = Small::open_on(tempfile::TempDir::new().unwrap(), db).await;
        let office = small.office();
        let bytes = MadeUp::TRUST.zip();
        let began = std::time::Instant::now();
        let roster = wire::roster::read("trust.zip", &bytes);
        println!("{engine}: read alone {:.2?}, {} people", began.elapsed(), roster.people.len());
        let began = std::time::Instant::now();
        let mut tx = small.db.write().await.unwrap();
        let new = store::roster::NewLoad {
            school: SCHOOL,
            source: "MIS",
            file_name: "trust.zip",
            mapping: "",
            bytes: &bytes,
        };
        let id = store::roster::receive(&mut tx, &by(), &new).await.unwrap();
        tx.commit().await.unwrap();
        office.work_off().await.unwrap();
        let load = store::roster::get(&mut small.db.read().await.unwrap(), id).await.unwrap().unwrap();
        println!("{engine}: dry run {:.2?}: {}", began.elapsed(), load.words());
        let began = std::time::Instant::now();
        let mut tx = small.db.write().await.unwrap();
        approve(&mut tx, &by(), SCHOOL, &load, None).await.unwrap();
        tx.commit().await.unwrap();
        office.work_off().await.unwrap();
        let load = store::roster::get(&mut small.db.read().await.unwrap(), id).await.unwrap().unwrap();
        println!("{engine}: applied {:.2?}: {:?} {:?}", began.elapsed(), load.stage, load.remark);
        assert_eq!(load.stage, Stage::Applied);
    })
    .await;
}
