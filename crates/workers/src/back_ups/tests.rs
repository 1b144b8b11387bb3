use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::civil::time;
use store::Db;
use tempfile::TempDir;

use super::*;

struct Shelf {
    /// Held, so that it stays.
    _folder: TempDir,
    back_ups: BackUps,
    /// Unix seconds.
    now: Arc<AtomicI64>,
}

impl Shelf {
    /// At ten in the morning, with good backups of the three nights before.
    async fn open() -> Shelf {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        let db = Db::open_file(&data.join(backup::DATABASE)).await.unwrap();
        let now = Arc::new(AtomicI64::new(at("2026-11-25T10:00:00Z").as_second()));
        let clock = Arc::clone(&now);
        let back_ups = BackUps {
            what: Backup {
                db,
                data,
                database: None,
                configuration: None,
                others: Vec::new(),
                recipient: None,
            },
            folder: folder.path().join("kept"),
            time: time(2, 30, 0, 0),
            zone: TimeZone::UTC,
            keep: 14,
            health: Health::default(),
            clock: Arc::new(move || Timestamp::from_second(clock.load(Ordering::SeqCst)).unwrap()),
        };
        let shelf = Shelf { _folder: folder, back_ups, now };
        fs::create_dir(&shelf.back_ups.folder).unwrap();
        for day in 22..=24 {
            shelf.put(at(&format!("2026-11-{day}T02:30:00Z")));
        }
        shelf
    }

    fn put(&self, made: Timestamp) {
        let path = self.back_ups.folder.join(backup::file_name(made, false));
        fs::write(&path, "good").unwrap();
        fs::set_permissions(path, PermissionsExt::from_mode(0o600)).unwrap();
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(&self.back_ups.folder)
            .unwrap()
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Looks so often, half a minute apart.
    async fn turns(&self, count: usize) {
        let (mut failed, began) = (None, (self.back_ups.clock)());
        for _ in 0..count {
            self.back_ups.turn(began, &mut failed).await;
            self.now.fetch_add(30, Ordering::SeqCst);
        }
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_backup_of_the_future_makes_no_others_and_takes_none_away() {
    let shelf = Shelf::open().await;
    shelf.put(at("2027-12-30T02:30:00Z"));
    let before = shelf.names();
    shelf.turns(20).await;
    let after = shelf.names();
    assert_eq!(after.len(), before.len() + 1, "one for today: {after:?}");
    assert!(before.iter().all(|it| after.contains(it)), "{after:?}");
    let told = shelf.back_ups.health.faults();
    assert!(told.iter().any(|it| it.contains("made in the future")), "{told:?}");
}

#[tokio::test]
async fn the_oldest_goes_when_there_are_enough_of_today_and_before() {
    let mut shelf = Shelf::open().await;
    shelf.back_ups.keep = 3;
    for day in 20..=24 {
        shelf.put(at(&format!("2026-11-{day}T02:30:00Z")));
    }
    shelf.put(at("2027-12-30T02:30:00Z"));
    shelf.turns(3).await;
    let names = shelf.names();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names[0].contains("2026-11-23") && names[2].contains("2026-11-25"), "{names:?}");
    assert!(names[3].contains("2027-12-30"), "{names:?}");
}

#[tokio::test]
async fn one_that_fails_is_tried_again_and_after_two_days_there_is_no_good_one() {
    let mut shelf = Shelf::open().await;
    let (folder, mut failed, began) = (shelf.back_ups.folder.clone(), None, (shelf.back_ups.clock)());
    shelf.back_ups.folder = shelf.back_ups.what.data.join(backup::DATABASE).join("kept");
    let told = |shelf: &Shelf, words| shelf.back_ups.health.faults().iter().any(|it| it.contains(words));
    shelf.back_ups.turn(began, &mut failed).await;
    assert!(told(&shelf, "the backup failed") && !told(&shelf, "no good backup"));
    shelf.now.fetch_add(49 * 60 * 60, Ordering::SeqCst);
    shelf.back_ups.turn(began, &mut failed).await;
    assert!(told(&shelf, "the backup failed") && told(&shelf, "no good backup"));
    shelf.back_ups.folder = folder;
    shelf.now.fetch_add(16 * 60, Ordering::SeqCst);
    shelf.back_ups.turn(began, &mut failed).await;
    assert_eq!(shelf.back_ups.health.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn what_others_could_read_is_told_of_and_what_is_sealed_is_not() {
    let mut shelf = Shelf::open().await;
    shelf.turns(1).await;
    assert_eq!(shelf.back_ups.health.faults(), Vec::<String>::new());
    let made = shelf.back_ups.folder.join(shelf.names().pop().unwrap());
    fs::set_permissions(&made, PermissionsExt::from_mode(0o644)).unwrap();
    shelf.turns(1).await;
    assert!(shelf.back_ups.health.faults()[0].contains("can read the backups"));
    // From tomorrow on they are sealed, and those of both kinds are one row.
    let identity = backup::Identity::fresh().unwrap();
    shelf.back_ups.what.recipient = Some(identity.recipient().unwrap());
    shelf.back_ups.keep = 2;
    shelf.now.fetch_add(24 * 60 * 60, Ordering::SeqCst);
    shelf.turns(2).await;
    assert_eq!(shelf.back_ups.health.faults(), Vec::<String>::new());
    let names = shelf.names();
    let ends: Vec<_> = names.iter().map(|it| it.rsplit_once(".tar").map(|(_, end)| end)).collect();
    assert_eq!(ends, [Some(".zst"), Some(".zst.age")], "{names:?}");
    let file = shelf.back_ups.folder.join(&names[1]);
    assert!(matches!(backup::verify(&file, None), Err(BackupError::Sealed(_))));
    assert!(backup::verify(&file, Some(&identity)).is_ok());
}

#[tokio::test]
async fn the_folder_is_made_for_its_owner_alone() {
    let mut shelf = Shelf::open().await;
    shelf.back_ups.folder = shelf.back_ups.folder.join("deeper/still");
    shelf.turns(1).await;
    for folder in [shelf.back_ups.folder.clone(), shelf.back_ups.folder.join("..")] {
        assert_eq!(
            fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
            0o700,
            "{}",
            folder.display()
        );
    }
}
