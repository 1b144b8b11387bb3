use store::{
    Db, StoreError, audit,
    carry::{Beside, CarryError, carry},
    jobs, lists,
    lists::ListSource,
    people, schools, sessions,
};
use testkit::databases::Postgres;

use crate::{Small, at, by, person, raw, small, write};

/// A database of `SQLite` with a school in it that has a bit of everything.
async fn lived_in(folder: &tempfile::TempDir, name: &str) -> (Db, String, Small) {
    let file = folder.path().join(format!("{name}.db"));
    let db = Db::open_file(&file).await.unwrap();
    let small = small(&db, name).await;
    let by = by("2026-11-22T10:00:00Z");
    let mut tx = write(&db).await;
    for n in 0..1_200 {
        let mut pupil =
            person(small.school.id, &format!("pupil.{n}"), "A Püpil, \"made up\"", school::Role::Pupil);
        pupil.groups = vec![small.group.id];
        people::add(&mut tx, &by, &pupil).await.unwrap();
    }
    sessions::open(
        &mut tx,
        &[u8::try_from(name.len()).unwrap(); 32],
        small.school.id,
        small.lead.id,
        by.at,
        at("2027-11-22T10:00:00Z"),
    )
    .await
    .unwrap();
    let list = ListSource {
        id: store::fresh_id(by.at),
        name: "Everybody's list".to_owned(),
        kind: "domains".to_owned(),
        location: "/lists/x".to_owned(),
        licence: "ours".to_owned(),
        sealed: false,
        enabled: true,
        map: String::new(),
    };
    lists::add_source(&mut tx, &by, small.school.id, &list).await.unwrap();
    jobs::enqueue_once(&mut tx, "check audit", "check audit", "", by.at).await.unwrap();
    jobs::enqueue(&mut tx, "send mail", "a\nb\nc", by.at).await.unwrap();
    store::stamp::bump(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    (db, format!("sqlite://{}", file.display()), small)
}

async fn is_whole(db: &Db, small: &Small) {
    let mut tx = db.read().await.unwrap();
    assert_eq!(people::all(&mut tx, small.school.id).await.unwrap().len(), 1_202);
    let report = audit::verify(&mut tx, small.school.id, &[], None).await.unwrap();
    assert!(report.is_good() && report.entries > 1_200, "{report:?}");
}

#[tokio::test]
async fn a_school_moves_to_postgres_and_back_and_a_second_beside_it() {
    let Some(postgres) = Postgres::wanted() else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let (hill, hill_url, hill_school) = lived_in(&folder, "Hill School").await;
    let (vale, _, vale_school) = lived_in(&folder, "Vale").await;
    let target = Db::open(&postgres.url()).await.unwrap();

    let moved = carry(&hill, &target, Beside::Nobody).await.unwrap();
    assert!(!moved.was_there);
    let rows = |name: &str| moved.tables.iter().find(|it| it.name == name).unwrap().rows;
    assert_eq!((rows("person"), rows("membership"), rows("school")), (1_202, 1_201, 1));
    is_whole(&target, &hill_school).await;
    is_whole(&hill, &hill_school).await;

    // Again: nothing is doubled.
    let again = carry(&hill, &target, Beside::Nobody).await.unwrap();
    assert!(again.was_there);
    assert_eq!(again.tables, moved.tables);
    is_whole(&target, &hill_school).await;

    // Another school comes only where that was meant.
    let refused = carry(&vale, &target, Beside::Nobody).await;
    assert!(matches!(&refused, Err(CarryError::Others(names)) if names == "Hill School"), "{refused:?}");
    carry(&vale, &target, Beside::Others).await.unwrap();
    is_whole(&target, &hill_school).await;
    is_whole(&target, &vale_school).await;
    let mut tx = target.read().await.unwrap();
    assert_eq!(lists::sources(&mut tx).await.unwrap().len(), 1, "a list of the same name is the same list");
    drop(tx);
    assert!(carry(&vale, &target, Beside::Others).await.unwrap().was_there);

    // What has gone on since is never written over.
    let mut tx = write(&target).await;
    people::set_password(
        &mut tx,
        &by("2026-11-23T10:00:00Z"),
        hill_school.school.id,
        hill_school.lead.id,
        "phc",
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let differs = carry(&hill, &target, Beside::Others).await;
    assert!(matches!(differs, Err(CarryError::Differs { .. })), "{differs:?}");

    // The way back, as a backup goes.
    let copy = folder.path().join("back.db");
    target.copy_to(&copy).await.unwrap();
    let back = Db::open_file(&copy).await.unwrap();
    is_whole(&back, &hill_school).await;
    is_whole(&back, &vale_school).await;

    // A second school under a name that is taken.
    raw::run(&hill_url, "update school set name = 'Vale'").await;
    let taken = carry(&hill, &target, Beside::Others).await;
    assert!(matches!(&taken, Err(CarryError::Differs { .. } | CarryError::SameName(_))), "{taken:?}");
}

#[tokio::test]
async fn a_move_that_is_cut_off_has_never_been() {
    let Some(mut postgres) = Postgres::wanted() else { return };
    let folder = tempfile::TempDir::new().unwrap();
    let (hill, _, hill_school) = lived_in(&folder, "Hill School").await;
    let target = Db::open(&postgres.url()).await.unwrap();
    // Dropped in mid-work, as when the program is killed.
    for millis in [5, 40, 120] {
        let cut = tokio::time::timeout(
            std::time::Duration::from_millis(millis),
            carry(&hill, &target, Beside::Nobody),
        );
        let _ = cut.await;
    }
    // And the server goes.
    let moving = carry(&hill, &target, Beside::Nobody);
    let stopping = async {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        postgres.stop();
    };
    let (moved, ()) = tokio::join!(moving, stopping);
    postgres.start_again();
    let again = carry(&hill, &target, Beside::Nobody).await.unwrap();
    assert_eq!(again.was_there, moved.is_ok());
    is_whole(&target, &hill_school).await;
}

#[tokio::test]
async fn a_server_that_restarts_in_mid_transaction_is_said_to_be_away_and_is_found_again() {
    let Some(mut postgres) = Postgres::wanted() else { return };
    let db = Db::open(&postgres.url()).await.unwrap();
    let school = small(&db, "Hill School").await.school.id;
    let mut tx = write(&db).await;
    let now = by("2026-11-22T10:00:00Z");
    jobs::enqueue(&mut tx, "half", "", now.at).await.unwrap();
    audit::note(&mut tx, &now, school, "act", "lost", None, None).await.unwrap();
    postgres.stop();
    let lost = tx.commit().await.expect_err("the server is gone");
    assert!(lost.is_away(), "{lost:?}");
    assert!(!StoreError::Stale.is_away());
    postgres.start_again();
    let mut tx = db.write().await.expect("the pool finds it again by itself");
    assert_eq!(jobs::waiting(&mut tx).await.unwrap().0, 0, "half a transaction is none");
    audit::note(&mut tx, &now, school, "act", "kept", None, None).await.unwrap();
    tx.commit().await.unwrap();
    let report = audit::verify(&mut db.read().await.unwrap(), school, &[], None).await.unwrap();
    assert_eq!((report.entries, report.is_good()), (5, true));
}

#[tokio::test]
async fn connections_that_were_idle_when_the_server_restarted_are_not_handed_out_dead() {
    let Some(mut postgres) = Postgres::wanted() else { return };
    let db = Db::open(&postgres.url()).await.unwrap();
    small(&db, "Hill School").await;
    let all_ten = async || {
        let mut open = Vec::new();
        for n in 0..10 {
            let mut tx = db.read().await.unwrap_or_else(|err| panic!("connection {n}: {err:?}"));
            assert_eq!(schools::all(&mut tx).await.unwrap().len(), 1, "connection {n}");
            open.push(tx);
        }
    };
    all_ten().await;
    postgres.stop();
    postgres.start_again();
    all_ten().await;
}
