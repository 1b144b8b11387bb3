//! The trail is read through and signed each night, and everything is backed up.
use std::fs;

use jiff::{civil::time, tz::TimeZone};
use store::{audit, audit::Signer, backup};
use workers::BackUps;

use crate::{Running, SCHOOL, Small, at, until};

#[tokio::test]
async fn the_trail_is_checked_and_signed_and_a_break_stands_on_today() {
    let small = Small::open().await;
    let folder = small.folder.path().join("checkpoints");
    let mut office = small.office();
    office.audit.mail = vec!["governor@elm-park.test".to_owned()];
    let mut running = Running::new();
    running.start(office.run(running.stop.clone()));
    let letter = until(async || small.mailbox.letters().into_iter().next()).await;
    assert_eq!(letter.to, ["governor@elm-park.test"]);
    let (made, bad) = audit::checkpoints_in(&folder).expect("a folder");
    assert!(made.len() == 1 && bad.is_empty(), "{made:?} {bad:?}");
    assert_eq!(audit::checkpoints_in(&small.folder.path().join("elsewhere")).expect("a copy").0, made);
    assert!(letter.text.contains("schoolgate audit checkpoint 1"), "{}", letter.text);
    let check = audit::last_check(&mut small.db.read().await.expect("a read"), SCHOOL).await.expect("read");
    let check = check.expect("looked");
    assert_eq!((check.faults.len(), check.checkpoint), (0, Some((made[0].made, made[0].entries))));
    assert_eq!(small.health.faults(), Vec::<String>::new());

    // Someone has signed for more than is there: the database was put back.
    let school = small.current.load().school.clone();
    let signer = Signer::new(&[7; 32]).expect("a key");
    audit::put_checkpoint(&folder, &signer.sign(&school, 9_999, [1; 32], at(60))).expect("put");
    small.pass(24 * 60 * 60);
    // It looks each hour by itself.
    let mut tx = small.db.write().await.expect("a transaction");
    store::jobs::enqueue(&mut tx, "check audit", "", small.clock()()).await.expect("enqueued");
    tx.commit().await.expect("kept");
    until(async || {
        small.health.faults().into_iter().find(|it| it.contains("the audit trail of Elm Park School"))
    })
    .await;
    running.end().await;
    let check = audit::last_check(&mut small.db.read().await.expect("a read"), SCHOOL).await.expect("read");
    let check = check.expect("looked");
    assert!(check.faults[0].contains("put back to an older state"), "{check:?}");
    assert_eq!(check.checkpoint.map(|it| it.1), Some(made[0].entries), "a broken trail is not signed for");
}

#[tokio::test]
async fn everything_is_backed_up_once_a_day_and_what_fails_is_told() {
    let small = Small::open().await;
    let data = small.folder.path().to_owned();
    let folder = data.join("kept/backups");
    let back_ups = BackUps {
        what: backup::Backup {
            db: small.db.clone(),
            database: Some(data.join("records.db")),
            data: data.clone(),
            configuration: None,
            others: Vec::new(),
            recipient: None,
        },
        folder: folder.clone(),
        time: time(2, 30, 0, 0),
        zone: TimeZone::UTC,
        keep: 2,
        health: small.health.clone(),
        clock: small.clock(),
    };
    let count = || fs::read_dir(&folder).map_or(0, Iterator::count);
    for day in 0..3 {
        small.pass(if day == 0 { 0 } else { 24 * 60 * 60 });
        for _ in 0..2 {
            let mut running = Running::new();
            running.start(back_ups.clone().run(running.stop.clone()));
            let newest = until(async || {
                backup::newest(&folder, at(day * 86_400 + 86_399))
                    .ok()
                    .flatten()
                    .filter(|it| at(day * 86_400) <= *it)
            })
            .await;
            running.end().await;
            assert_eq!(newest, at(day * 86_400), "one a day, however often it is started");
        }
    }
    assert_eq!(count(), 2, "so many are kept");
    let file = folder.join(backup::file_name(at(2 * 86_400), false));
    let made = backup::verify(&file, None).expect("whole");
    assert!(!made.files.keys().any(|it| it.contains(".zst")), "no backup in a backup");
    assert!(!made.files.contains_key("records.db"), "the records are there once");
    let new = small.folder.path().join("new");
    backup::restore(&file, &new, None, None).await.expect("restored");

    // A place that cannot be written: told at once.
    let broken = BackUps { folder: data.join("records.db/backups"), ..back_ups };
    let mut running = Running::new();
    running.start(broken.clone().run(running.stop.clone()));
    until(async || small.health.faults().into_iter().find(|it| it.contains("the backup failed"))).await;
    running.end().await;
}

#[tokio::test]
async fn a_whole_data_folder_that_is_put_back_is_found_by_the_checkpoints_kept_elsewhere() {
    let small = Small::open().await;
    let (folder, elsewhere) =
        (small.folder.path().join("checkpoints"), small.folder.path().join("elsewhere"));
    let office = small.office();
    let note = async |count: i64| {
        let mut tx = small.db.write().await.expect("a transaction");
        for _ in 0..count {
            audit::note(&mut tx, &crate::by(), SCHOOL, "act", "x", None, None).await.expect("noted");
        }
        store::jobs::enqueue(&mut tx, "check audit", "", small.clock()()).await.expect("enqueued");
        tx.commit().await.expect("kept");
        office.work_off().await.expect("worked off");
    };
    let told = || small.health.faults().into_iter().find(|it| it.contains("is not as it was written"));
    note(5).await;
    // A later state, of which only the checkpoint elsewhere is left: database and folder are as before.
    let school = small.current.load().school.clone();
    let signer = Signer::new(&[7; 32]).expect("a key");
    audit::put_checkpoint(&elsewhere, &signer.sign(&school, 999, [1; 32], at(60))).expect("put");
    let checkpoints = fs::read_dir(&folder).expect("a folder").count();
    small.pass(24 * 60 * 60);
    note(0).await;
    assert!(told().is_some(), "{:?}", small.health.faults());
    let check = audit::last_check(&mut small.db.read().await.expect("a read"), SCHOOL).await.expect("read");
    assert!(check.expect("looked").faults[0].contains("put back to an older state"));
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), checkpoints, "nothing is signed over it");

    // The other place is away for a night: told of, and what it missed is put there when it is back.
    fs::remove_dir_all(&elsewhere).expect("removed");
    fs::write(&elsewhere, "no folder").expect("a file in its place");
    small.pass(24 * 60 * 60);
    note(1).await;
    assert!(told().is_none(), "{:?}", small.health.faults());
    assert!(
        small.health.faults().iter().any(|it| it.contains("cannot be used")),
        "{:?}",
        small.health.faults()
    );
    fs::remove_file(&elsewhere).expect("removed");
    note(0).await;
    assert_eq!(small.health.faults(), Vec::<String>::new());
    let (all, _) = audit::checkpoints_in(&folder).expect("a folder");
    assert_eq!(audit::checkpoints_in(&elsewhere).expect("a copy").0.last(), all.last());
}
