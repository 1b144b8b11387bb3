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
    backup::{self, Backup, BackupError, Identity},
    carry::CarryError,
    people, sessions, sign_in_links,
};
use testkit::databases::{Postgres, on_both_at};

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
        let what = Backup {
            db: db.clone(),
            data: data.clone(),
            database: None,
            configuration: None,
            others: Vec::new(),
            recipient: None,
        };
        let file = folder.path().join(backup::file_name(now, false));
        let made = what.make(&file, now).await.unwrap();
        stop.store(true, Ordering::Relaxed);
        while let Some(done) = acting.join_next().await {
            done.unwrap();
        }
        drop((writing.join().unwrap(), reader));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(backup::verify(&file, None).unwrap(), made);
        assert_eq!(backup::newest(folder.path(), now).unwrap(), Some(now));
        for name in ["schoolgate.lock", "lists/two.sglist.new", "activity/lock"] {
            assert!(!made.files.contains_key(name), "{name}");
        }

        let new = folder.path().join("new");
        backup::restore(&file, &new, None, None).await.unwrap();
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
        let again = backup::restore(&file, &new, None, None).await;
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
    let what = Backup { db, data, database, configuration: None, others: Vec::new(), recipient: None };
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
        let refused = backup::restore(&file, &new, None, None).await;
        assert!(matches!(refused, Err(BackupError::NotWhole(..))), "{cut}: {refused:?}");
        assert!(!new.exists() && !folder.path().join("new.part").exists(), "{cut}");
    }
    fs::write(&file, good).unwrap();
    backup::restore(&file, &new, None, None).await.unwrap();
}

#[tokio::test]
async fn a_backup_that_finds_no_room_leaves_the_one_before() {
    let folder = tempfile::TempDir::new().unwrap();
    let (what, file) = small_backup(folder.path()).await;
    let before = fs::read(&file).unwrap();
    // What is written there finds the disk full.
    let part = folder.path().join("schoolgate-2026-11-22T100000Z.tar.zst.part");
    std::os::unix::fs::symlink("/dev/full", &part).unwrap();
    let failed = what.make(&file, at("2026-11-23T10:00:00Z")).await;
    let full = |err: &BackupError| matches!(err, BackupError::Io(_, it) if it.kind() == std::io::ErrorKind::StorageFull);
    assert!(failed.as_ref().is_err_and(full), "{failed:?}");
    assert_eq!(fs::read(&file).unwrap(), before);
    assert!(fs::symlink_metadata(&part).is_err(), "nothing half stays");
    // Killed half-way: what it left is written over.
    fs::write(&part, "half").unwrap();
    what.make(&file, at("2026-11-23T10:00:00Z")).await.unwrap();
    assert!(!part.exists());
    assert_eq!(backup::verify(&file, None).unwrap().made, at("2026-11-23T10:00:00Z"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "the data and one backup");
}

/// An archive that leads out of the folder, made by hand: as it is packed by ours, but for one entry.
fn archive(entry: &[u8; 100], kind: tar::EntryType) -> Vec<u8> {
    let mut builder = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..100].copy_from_slice(entry);
    header.set_entry_type(kind);
    header.set_mode(0o600);
    if kind.is_file() {
        header.set_size(4);
    } else {
        header.set_link_name("/etc").unwrap();
        header.set_size(0);
    }
    header.set_cksum();
    builder.append(&header, if kind.is_file() { &b"gone"[..] } else { b"" }).unwrap();
    builder.into_inner().unwrap().finish().unwrap()
}

#[tokio::test]
async fn an_archive_that_leads_elsewhere_writes_nothing_there() {
    let folder = tempfile::TempDir::new().unwrap();
    let (file, new) = (folder.path().join("a.tar.zst"), folder.path().join("deep/new"));
    fs::create_dir(folder.path().join("deep")).unwrap();
    let name = |text: &str| {
        let mut name = [0; 100];
        name[..text.len()].copy_from_slice(text.as_bytes());
        name
    };
    let absolute = folder.path().join("out").display().to_string();
    let regular = tar::EntryType::Regular;
    for (entry, kind) in [
        ("../out", regular),
        ("../../out", regular),
        ("lists/../../../out", regular),
        (absolute.as_str(), regular),
        ("./out", regular),
        ("link", tar::EntryType::Symlink),
        ("link", tar::EntryType::Link),
        ("pipe", tar::EntryType::Fifo),
        ("folder", tar::EntryType::Directory),
    ] {
        fs::write(&file, archive(&name(entry), kind)).unwrap();
        for refused in
            [backup::verify(&file, None).map(drop), backup::restore(&file, &new, None, None).await.map(drop)]
        {
            let words = match refused {
                Err(BackupError::NotWhole(_, words)) => words,
                other => panic!("{entry} {kind:?}: {other:?}"),
            };
            assert!(words.contains("has no place"), "{entry} {kind:?}: {words}");
        }
        let left: Vec<_> = fs::read_dir(folder.path().join("deep")).unwrap().collect();
        assert!(left.is_empty() && !folder.path().join("out").exists(), "{entry} {kind:?}");
    }
}

#[tokio::test]
async fn a_sealed_backup_opens_for_its_key_alone_and_signs_everybody_out() {
    let folder = tempfile::TempDir::new().unwrap();
    let (plain, file) = small_backup(folder.path()).await;
    let school = store::schools::all(&mut plain.db.read().await.unwrap()).await.unwrap().remove(0).id;
    let person = people::all(&mut plain.db.read().await.unwrap(), school).await.unwrap().remove(0).person.id;
    let now = at("2026-11-22T10:00:00Z");
    let mut tx = write(&plain.db).await;
    sessions::open(&mut tx, &[1; 32], school, person, now, at("2026-11-23T10:00:00Z")).await.unwrap();
    let link = sign_in_links::Link { school, person };
    sign_in_links::offer(&mut tx, &by("2026-11-22T10:00:00Z"), link, &[2; 32], at("2026-11-23T10:00:00Z"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (identity, other) = (Identity::fresh().unwrap(), Identity::fresh().unwrap());
    let what = Backup { recipient: Some(identity.recipient().unwrap()), ..plain };
    let made = what.make(&file, now).await.unwrap();
    let bytes = fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n") && !bytes.windows(5).any(|it| it == b"a key"));
    let new = folder.path().join("new");
    let closed = backup::restore(&file, &new, None, None).await;
    assert!(matches!(closed, Err(BackupError::Sealed(_))), "{closed:?}");
    let stranger = backup::restore(&file, &new, Some(&other), None).await;
    assert!(matches!(stranger, Err(BackupError::NotWhole(..))), "{stranger:?}");
    assert!(!new.exists() && !folder.path().join("new.part").exists());
    assert_eq!(backup::restore(&file, &new, Some(&identity), None).await.unwrap(), made);
    let restored = Db::open_file(&new.join(backup::DATABASE)).await.unwrap();
    let mut tx = restored.read().await.unwrap();
    assert_eq!(sessions::find(&mut tx, &[1; 32], now).await.unwrap(), None);
    assert_eq!(sign_in_links::find(&mut tx, &[2; 32], now).await.unwrap(), None);
    assert_eq!(people::all(&mut tx, school).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_backup_is_put_back_into_postgres() {
    let Some(postgres) = Postgres::wanted() else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let (what, file) = small_backup(folder.path()).await;
    let school = store::schools::all(&mut what.db.read().await.unwrap()).await.unwrap().remove(0).id;
    let new = folder.path().join("new");
    let target = Db::open(&postgres.url()).await.unwrap();
    backup::restore(&file, &new, None, Some(&target)).await.unwrap();
    assert!(new.join("authority.key").is_file() && !new.join(backup::DATABASE).exists());
    assert_eq!(
        fs::read_dir(&new)
            .unwrap()
            .filter(|it| it.as_ref().unwrap().file_name().to_str().unwrap().starts_with(backup::DATABASE))
            .count(),
        0
    );
    let mut tx = target.read().await.unwrap();
    assert_eq!(people::all(&mut tx, school).await.unwrap().len(), 2);
    assert!(audit::verify(&mut tx, school, &[], None).await.unwrap().is_good());
    drop(tx);
    // Not over what is there.
    let again = backup::restore(&file, &folder.path().join("again"), None, Some(&target)).await;
    assert!(matches!(again, Err(BackupError::Records(CarryError::NotEmpty))), "{again:?}");
    assert!(!folder.path().join("again").exists());
}

#[test]
fn only_the_newest_are_kept() {
    let folder = tempfile::TempDir::new().unwrap();
    for day in 1..=5 {
        let made = at(&format!("2026-11-0{day}T02:30:00Z"));
        fs::write(folder.path().join(backup::file_name(made, false)), "x").unwrap();
    }
    fs::write(folder.path().join("holiday.jpg"), "x").unwrap();
    let ahead = folder.path().join(backup::file_name(at("2027-12-05T02:30:00Z"), false));
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
