use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::tz::TimeZone;
use store::{
    Db,
    activity::{Activity, Filter, Settings},
    audit,
    backup::{self, Backup, BackupError},
    people,
};
use testkit::databases::on_both_at;

use crate::{at, by, kill::seen, small, write};

fn data_of(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    fs::create_dir_all(data.join("lists")).unwrap();
    fs::create_dir_all(data.join("checkpoints")).unwrap();
    fs::write(data.join("authority.key"), "a key").unwrap();
    fs::write(data.join("lists/one.sglist"), [7; 10_000]).unwrap();
    fs::write(data.join("lists/two.sglist.new"), "half").unwrap();
    fs::write(data.join("schoolgate.lock"), "1").unwrap();
    data
}

#[tokio::test]
async fn a_backup_made_while_all_goes_on_is_whole_and_opens() {
    on_both_at(async |db, _| {
        let folder = tempfile::TempDir::new().unwrap();
        let data = data_of(folder.path());
        let school = small(&db, "Hill School").await.school.id;
        let mut log = Activity::open(
            &data.join("activity"),
            Settings { roll_rows: 50, ..Settings::new(TimeZone::UTC) },
        )
        .unwrap();
        let now = at("2026-11-22T10:00:00Z");
        for n in 0..40 {
            log.append(&(0..10).map(|it| seen(n * 10 + it)).collect::<Vec<_>>(), now).unwrap();
        }
        log.reader().compact().unwrap();
        log.append(&[seen(400)], now).unwrap();
        // From here on nothing more was promised to be in it; writing and tidying go on while it is made.
        let stop = Arc::new(AtomicBool::new(false));
        let (reader, stopping) = (log.reader(), Arc::clone(&stop));
        let writing = std::thread::spawn(move || {
            let mut n = 401;
            while !stopping.load(Ordering::Relaxed) {
                log.append(&[seen(n)], now).unwrap();
                n += 1;
                if n % 60 == 0 {
                    log.reader().compact().unwrap();
                }
            }
            log
        });
        let writer = db.clone();
        let stopping = Arc::clone(&stop);
        let mut acting = tokio::task::JoinSet::new();
        acting.spawn(async move {
            while !stopping.load(Ordering::Relaxed) {
                let mut tx = write(&writer).await;
                audit::note(&mut tx, &by("2026-11-22T10:00:00Z"), school, "act", "x", None, None)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            }
        });
        let what = Backup { db: db.clone(), data: data.clone(), database: None, configuration: None };
        let file = folder.path().join(backup::file_name(now));
        let made = what.make(&file, now).await.unwrap();
        stop.store(true, Ordering::Relaxed);
        while let Some(done) = acting.join_next().await {
            done.unwrap();
        }
        drop((writing.join().unwrap(), reader));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(backup::verify(&file).unwrap(), made);
        assert_eq!(backup::newest(folder.path(), now).unwrap(), Some(now));
        for name in ["schoolgate.lock", "lists/two.sglist.new", "activity/lock"] {
            assert!(!made.files.contains_key(name), "{name}");
        }

        let new = folder.path().join("new");
        backup::restore(&file, &new).await.unwrap();
        assert_eq!(fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(fs::read(new.join("authority.key")).unwrap(), b"a key");
        let restored = Db::open_file(&new.join(backup::DATABASE)).await.unwrap();
        let mut tx = restored.read().await.unwrap();
        assert_eq!(people::all(&mut tx, school).await.unwrap().len(), 2);
        assert!(audit::verify(&mut tx, school, &[], None).await.unwrap().is_good());
        drop(tx);
        let log = Activity::open(&new.join("activity"), Settings::new(TimeZone::UTC)).unwrap();
        let mut numbers: Vec<u64> = log
            .reader()
            .rows(Filter::all(school::Id::from_u128(1)))
            .map(|it| it.unwrap().seen.bytes_in)
            .collect();
        numbers.sort_unstable();
        assert!(numbers.len() > 400, "{}", numbers.len());
        assert!(numbers.iter().copied().eq(0..numbers.len() as u64), "all from before, in order, none twice");
        let again = backup::restore(&file, &new).await;
        assert!(matches!(again, Err(BackupError::NotEmpty(_))), "{again:?}");
    })
    .await;
}

async fn small_backup(folder: &Path) -> (Backup, PathBuf) {
    let data = data_of(folder);
    let db = Db::open_file(&data.join(backup::DATABASE)).await.unwrap();
    small(&db, "Hill School").await;
    let file = folder.join("schoolgate-2026-11-22T100000Z.tar.zst");
    let database = Some(data.join(backup::DATABASE));
    let what = Backup { db, data, database, configuration: None };
    what.make(&file, at("2026-11-22T10:00:00Z")).await.unwrap();
    (what, file)
}

#[tokio::test]
async fn a_backup_that_was_changed_or_cut_off_touches_nothing() {
    let folder = tempfile::TempDir::new().unwrap();
    let (_, file) = small_backup(folder.path()).await;
    let good = fs::read(&file).unwrap();
    let new = folder.path().join("new");
    for (cut, change) in
        [(good.len() / 2, None), (good.len() - 3, None), (good.len(), Some(good.len() / 3)), (4, None)]
    {
        let mut bad = good[..cut].to_vec();
        if let Some(at) = change {
            bad[at] ^= 1;
        }
        fs::write(&file, bad).unwrap();
        let refused = backup::restore(&file, &new).await;
        assert!(matches!(refused, Err(BackupError::NotWhole(..))), "{cut}: {refused:?}");
        assert!(!new.exists(), "{cut}");
    }
    fs::write(&file, good).unwrap();
    backup::restore(&file, &new).await.unwrap();
}

#[tokio::test]
async fn a_backup_that_finds_no_room_leaves_the_one_before() {
    let folder = tempfile::TempDir::new().unwrap();
    let (what, file) = small_backup(folder.path()).await;
    let before = fs::read(&file).unwrap();
    // No room stands for whatever stops it half-way: the place of the half-written file cannot be written.
    let part = folder.path().join("schoolgate-2026-11-22T100000Z.tar.zst.part");
    fs::create_dir(&part).unwrap();
    let failed = what.make(&file, at("2026-11-23T10:00:00Z")).await;
    assert!(matches!(failed, Err(BackupError::Io(..))), "{failed:?}");
    assert_eq!(fs::read(&file).unwrap(), before);
    // Killed half-way: what it left is written over.
    fs::remove_dir(&part).unwrap();
    fs::write(&part, "half").unwrap();
    what.make(&file, at("2026-11-23T10:00:00Z")).await.unwrap();
    assert!(!part.exists());
    assert_eq!(backup::verify(&file).unwrap().made, at("2026-11-23T10:00:00Z"));
}

#[test]
fn only_the_newest_are_kept() {
    let folder = tempfile::TempDir::new().unwrap();
    for day in 1..=5 {
        let made = at(&format!("2026-11-0{day}T02:30:00Z"));
        fs::write(folder.path().join(backup::file_name(made)), "x").unwrap();
    }
    fs::write(folder.path().join("holiday.jpg"), "x").unwrap();
    let ahead = folder.path().join(backup::file_name(at("2027-12-05T02:30:00Z")));
    fs::write(&ahead, "x").unwrap();
    let now = at("2026-11-06T02:30:00Z");
    assert_eq!(backup::prune(folder.path(), 2, now).unwrap(), 3);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        4,
        "and what is not ours, or not of today, stays"
    );
    assert_eq!(backup::newest(folder.path(), now).unwrap(), Some(at("2026-11-05T02:30:00Z")));
    assert_eq!(backup::ahead(folder.path(), now).unwrap(), [ahead]);
    assert_eq!(backup::newest(&folder.path().join("nowhere"), now).unwrap(), None);
}
