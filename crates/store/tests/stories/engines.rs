use store::{Db, StoreError, jobs, schools};
use testkit::databases::on_both;

use crate::{at, by, small, write};

#[tokio::test]
async fn what_is_not_committed_never_was() {
    on_both(async |db| {
        let mut tx = write(&db).await;
        let school = school::School {
            id: store::fresh_id(at("2026-11-22T10:00:00Z")),
            trust: None,
            name: "Hill School".parse().unwrap(),
        };
        schools::add(&mut tx, &by("2026-11-22T10:00:00Z"), &school).await.unwrap();
        drop(tx);
        let mut tx = db.read().await.unwrap();
        assert_eq!(schools::all(&mut tx).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_read_sees_one_moment_and_cannot_write() {
    on_both(async |db| {
        small(&db, "Hill School").await;
        let mut reading = db.read().await.unwrap();
        assert_eq!(schools::all(&mut reading).await.unwrap().len(), 1);
        small(&db, "Vale School").await;
        assert_eq!(schools::all(&mut reading).await.unwrap().len(), 1, "as it was when it began");
        drop(reading);
        let mut reading = db.read().await.unwrap();
        assert_eq!(schools::all(&mut reading).await.unwrap().len(), 2);
        let refused = jobs::enqueue(&mut reading, "x", "", at("2026-11-22T10:00:00Z")).await;
        assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn an_existing_database_opens_again() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("a folder with spaces & signs?.db");
    for expected in [0, 1] {
        let db = Db::open_file(&path).await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(schools::all(&mut tx).await.unwrap().len(), expected);
        drop(tx);
        if expected == 0 {
            small(&db, "Hill School").await;
        }
        db.close().await;
    }
    let url = format!("sqlite://{}", folder.path().join("by-address.db").display());
    Db::open(&url).await.unwrap().close().await;
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "for its owner alone");
    let wrong = Db::open("mysql://somewhere").await;
    assert!(matches!(wrong, Err(StoreError::Address(_))), "{wrong:?}");
}

#[tokio::test]
async fn two_who_wait_for_each_other_are_told_so_and_one_goes_on() {
    on_both(async |db| {
        if !db.has_many_writers() {
            return;
        }
        let mut tx = db.write().await.unwrap();
        let now = at("2026-11-22T10:00:00Z");
        let one = jobs::enqueue(&mut tx, "one", "", now).await.unwrap();
        let other = jobs::enqueue(&mut tx, "other", "", now).await.unwrap();
        tx.commit().await.unwrap();
        let (mut first, mut second) = (db.write().await.unwrap(), db.write().await.unwrap());
        jobs::done(&mut first, one, now).await.unwrap();
        jobs::done(&mut second, other, now).await.unwrap();
        let crossed = tokio::join!(jobs::done(&mut first, other, now), jobs::done(&mut second, one, now));
        let (good, bad): (Vec<_>, Vec<_>) = [crossed.0, crossed.1].into_iter().partition(Result::is_ok);
        assert_eq!(good.len(), 1);
        let err = bad.into_iter().find_map(Result::err).unwrap();
        assert!(err.is_clash() && !err.is_away(), "{err:?}");
    })
    .await;
}
