use jiff::SignedDuration;
use store::{Db, jobs};
use testkit::databases::on_both;

use crate::{at, write};

async fn take(db: &Db, now: &str) -> Option<jobs::Job> {
    let mut tx = write(db).await;
    let job = jobs::take(&mut tx, at(now)).await.expect("a look at the jobs");
    tx.commit().await.expect("commits");
    job
}

#[tokio::test]
async fn a_job_is_done_once_and_tried_again_when_it_fails() {
    on_both(async |db| {
        let mut tx = write(&db).await;
        jobs::enqueue(&mut tx, "send-mail", "second", at("2026-11-22T10:01:00Z")).await.unwrap();
        jobs::enqueue(&mut tx, "send-mail", "first", at("2026-11-22T10:00:00Z")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(take(&db, "2026-11-22T09:59:59Z").await, None, "not yet");
        let first = take(&db, "2026-11-22T10:02:00Z").await.unwrap();
        let second = take(&db, "2026-11-22T10:02:00Z").await.unwrap();
        assert_eq!((first.payload.as_str(), second.payload.as_str()), ("first", "second"));
        assert_eq!(take(&db, "2026-11-22T10:02:00Z").await, None, "both are held");

        let mut tx = write(&db).await;
        jobs::done(&mut tx, first.id, at("2026-11-22T10:03:00Z")).await.unwrap();
        let again = Some(at("2026-11-22T10:05:00Z"));
        jobs::failed(&mut tx, second.id, "no answer", again, at("2026-11-22T10:03:00Z")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(take(&db, "2026-11-22T10:04:00Z").await, None, "waits for its next time");
        let retry = take(&db, "2026-11-22T10:05:00Z").await.unwrap();
        assert_eq!((retry.attempts, retry.last_error.as_deref()), (2, Some("no answer")));
        // Its worker was killed: another takes it over.
        assert_eq!(take(&db, "2026-11-22T10:14:59Z").await, None);
        assert_eq!(take(&db, "2026-11-22T10:15:00Z").await.unwrap().attempts, 3);
        let mut tx = write(&db).await;
        jobs::failed(&mut tx, second.id, "gave up", None, at("2026-11-22T10:16:00Z")).await.unwrap();
        assert_eq!(jobs::waiting(&mut tx).await.unwrap(), (0, 1));
        let later = at("2026-11-22T10:16:00Z") + SignedDuration::from_secs(1);
        assert_eq!(jobs::prune(&mut tx, later).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_a_clock_that_ran_ahead_put_off_is_done_when_it_is_put_right() {
    on_both(async |db| {
        let mut tx = write(&db).await;
        let wrong = at("2031-11-22T10:00:00Z");
        jobs::enqueue_once(&mut tx, "watch", "watch", "", wrong).await.unwrap();
        jobs::enqueue_once(&mut tx, "leavers", "leavers", "", wrong - SignedDuration::from_hours(1))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let held = take(&db, "2031-11-22T10:00:00Z").await.unwrap();
        assert_eq!(held.name, "leavers");
        // Put right, with one of them held and one waiting; each is taken once.
        let names = [take(&db, "2026-11-22T10:00:00Z").await, take(&db, "2026-11-22T10:00:00Z").await];
        assert_eq!(names.map(|it| it.unwrap().name), ["leavers", "watch"]);
        assert_eq!(take(&db, "2026-11-22T10:00:01Z").await, None);
        // A clock put back by a minute takes nothing from who is at it.
        assert_eq!(take(&db, "2026-11-22T09:59:00Z").await, None);
        let mut tx = write(&db).await;
        jobs::failed(&mut tx, held.id, "no", Some(at("2026-11-22T12:00:00Z")), at("2026-11-22T10:01:00Z"))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(take(&db, "2026-11-22T10:02:00Z").await, None, "an honest wait is waited for");
    })
    .await;
}

#[tokio::test]
async fn the_same_work_does_not_wait_twice() {
    on_both(async |db| {
        let mut tx = write(&db).await;
        let now = at("2026-11-22T10:00:00Z");
        assert!(jobs::enqueue_once(&mut tx, "refresh-list", "a", "", now).await.unwrap());
        assert!(!jobs::enqueue_once(&mut tx, "refresh-list", "a", "", now).await.unwrap());
        assert!(jobs::enqueue_once(&mut tx, "refresh-list", "b", "", now).await.unwrap());
        let job = jobs::take(&mut tx, now).await.unwrap().unwrap();
        jobs::done(&mut tx, job.id, now).await.unwrap();
        let again = jobs::enqueue_once(&mut tx, "refresh-list", "a", "", now).await.unwrap();
        let again = again || jobs::enqueue_once(&mut tx, "refresh-list", "b", "", now).await.unwrap();
        assert!(again, "what is done may be asked for again");
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_two_workers_take_one_job() {
    on_both(async |db| {
        let mut tx = write(&db).await;
        for n in 0..40 {
            jobs::enqueue(&mut tx, "count", &n.to_string(), at("2026-11-22T10:00:00Z")).await.unwrap();
        }
        tx.commit().await.unwrap();
        let worker = async || {
            let mut mine = vec![];
            while mine.len() < 40 {
                match take(&db, "2026-11-22T10:00:00Z").await {
                    Some(job) => mine.push(job.payload),
                    // Another was quicker, or none is left.
                    None if jobs_left(&db).await == 0 => break,
                    None => {}
                }
            }
            mine
        };
        let (a, b, c) = tokio::join!(worker(), worker(), worker());
        let mut all = [a, b, c].concat();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 40);
    })
    .await;
}

/// Those that nobody holds.
async fn jobs_left(db: &Db) -> usize {
    let mut tx = write(db).await;
    let mut left = 0;
    while jobs::take(&mut tx, at("2026-11-22T10:00:00Z")).await.expect("a look at the jobs").is_some() {
        left += 1;
    }
    left
}
