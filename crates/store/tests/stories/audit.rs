use school::{Id, School};
use store::{
    Db,
    audit::{self, Break, Checkpoint, NotACheckpoint, Note, Report, Signer, Wanted},
};
use testkit::databases::{on_both, on_both_at};

use crate::{at, by, raw, small, write};

async fn entries(db: &Db, school: Id<School>, count: usize) {
    let mut tx = write(db).await;
    for i in 0..count {
        let note = Note { act: "view activity", subject: &format!("pupil {i}"), ..Note::default() };
        audit::add(&mut tx, &by("2026-11-22T10:00:00Z"), school, note).expect("done");
    }
    tx.commit().await.expect("done");
}

async fn look(db: &Db, school: Id<School>, checkpoints: &[Checkpoint]) -> Report {
    audit::verify(&mut db.read().await.expect("done"), school, checkpoints, None).await.expect("done")
}

fn sign(school: &School, report: &Report) -> Checkpoint {
    let signer = Signer::new(&[7; 32]).expect("a key");
    signer.sign(school, report.last, report.hash, at("2026-11-22T12:00:00Z"))
}

/// Tampers with a trail of ten entries, and says what is found without and with a checkpoint of entry ten.
async fn tampered(sql: &[&str], found: &[Break], with_checkpoint: &[Break]) {
    on_both_at(async |db, url| {
        let small = small(&db, "Hill School").await;
        let id = small.school.id;
        entries(&db, id, 6).await;
        let before = look(&db, id, &[]).await;
        assert_eq!((before.entries, before.last, before.breaks.as_slice()), (10, 10, &[][..]));
        let checkpoint = sign(&small.school, &before);
        assert!(look(&db, id, std::slice::from_ref(&checkpoint)).await.is_good());
        for sql in sql {
            raw::run(url, sql).await;
        }
        assert_eq!(look(&db, id, &[]).await.breaks, found, "{sql:?}");
        assert_eq!(look(&db, id, &[checkpoint]).await.breaks, with_checkpoint, "{sql:?}");
        // Whatever was done to it, what happens now is still written down.
        entries(&db, id, 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_entry_is_found() {
    let changed = [Break::Changed { seq: 7 }];
    tampered(&["update audit set hash = null where seq = 7"], &changed, &changed).await;
    on_both_at(async |db, url| {
        let id = small(&db, "Hill School").await.school.id;
        entries(&db, id, 6).await;
        let columns = ["act", "subject", "actor_name", "before", "after", "reason", "at"];
        for column in columns {
            let other = if column == "at" { "at + 1" } else { "'x'" };
            raw::run(url, "create table kept as select * from audit where seq = 7").await;
            raw::run(url, &format!("update audit set {column} = {other} where seq = 7")).await;
            assert_eq!(look(&db, id, &[]).await.breaks, changed, "{column}");
            raw::run(url, "delete from audit where seq = 7; insert into audit select * from kept").await;
            raw::run(url, "drop table kept").await;
            assert!(look(&db, id, &[]).await.is_good());
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_absent_differs_from_what_is_empty() {
    let changed = [Break::Changed { seq: 7 }];
    tampered(&["update audit set before = '' where seq = 7"], &changed, &changed).await;
}

#[tokio::test]
async fn an_entry_taken_out_of_the_middle_is_found() {
    let found = [Break::Missing { first: 6, last: 7 }, Break::Changed { seq: 8 }];
    tampered(&["delete from audit where seq in (6, 7)"], &found, &found).await;
}

#[tokio::test]
async fn two_entries_that_changed_places_are_found() {
    let swap = [
        "update audit set seq = 99 where seq = 6",
        "update audit set seq = 6 where seq = 7",
        "update audit set seq = 7 where seq = 99",
    ];
    let found = [Break::Changed { seq: 6 }, Break::Changed { seq: 7 }, Break::Changed { seq: 8 }];
    tampered(&swap, &found, &found).await;
}

#[tokio::test]
async fn an_entry_put_in_is_found() {
    let put_in = "insert into audit (school, seq, at, actor, actor_name, act, subject, before, after, reason, hash) \
                  select school, 11, at, actor, actor_name, act, subject, before, after, reason, hash \
                  from audit where seq = 10";
    let found = [Break::Changed { seq: 11 }, Break::Added { last: 11, given: 10 }];
    tampered_without_more(put_in, &found).await;
    let moved = [
        "update audit set seq = -seq where seq > 5",
        "update audit set seq = 1 - seq where seq < 0",
        "insert into audit (school, seq, at, actor, actor_name, act, subject, before, after, reason, hash) \
         select school, 6, at, actor, actor_name, act, 'put in', before, after, reason, hash from audit where seq = 7",
        "update counter set value = value + 1 where name like 'audit %' and value > 1",
    ];
    let changed = |seq| Break::Changed { seq };
    let found: Vec<Break> = (6..=11).map(changed).collect();
    let made = at("2026-11-22T12:00:00Z");
    let mut with = found.clone();
    with.insert(5, Break::Differs { seq: 10, made });
    tampered(&moved, &found, &with).await;
}

/// As [`tampered`], where the next entry has no number to take.
async fn tampered_without_more(sql: &str, found: &[Break]) {
    on_both_at(async |db, url| {
        let id = small(&db, "Hill School").await.school.id;
        entries(&db, id, 6).await;
        raw::run(url, sql).await;
        assert_eq!(look(&db, id, &[]).await.breaks, found, "{sql}");
    })
    .await;
}

#[tokio::test]
async fn a_cut_at_the_end_is_found_by_the_numbers_or_by_a_checkpoint() {
    let made = at("2026-11-22T12:00:00Z");
    let behind = Break::Behind { last: 8, signed: 10, made };
    let cut = Break::Cut { last: 8, given: 10 };
    tampered(
        &["delete from audit where seq > 8"],
        std::slice::from_ref(&cut),
        &[cut.clone(), behind.clone()],
    )
    .await;
    let careful = ["delete from audit where seq > 8", "update counter set value = 8 where value = 10"];
    tampered(&careful, &[], &[behind]).await;
}

#[tokio::test]
async fn a_database_put_back_to_an_older_state_is_found() {
    on_both_at(async |db, url| {
        let small = small(&db, "Hill School").await;
        let id = small.school.id;
        entries(&db, id, 2).await;
        raw::run(url, "create table older as select * from audit").await;
        raw::run(url, "create table older_counter as select * from counter").await;
        entries(&db, id, 4).await;
        let checkpoint = sign(&small.school, &look(&db, id, &[]).await);
        raw::run(url, "delete from audit; insert into audit select * from older").await;
        raw::run(url, "delete from counter; insert into counter select * from older_counter").await;
        assert!(look(&db, id, &[]).await.is_good(), "by itself it is a whole trail");
        let made = at("2026-11-22T12:00:00Z");
        let behind = Break::Behind { last: 6, signed: 10, made };
        assert_eq!(look(&db, id, std::slice::from_ref(&checkpoint)).await.breaks, [behind]);
        // Going on from there does not hide it.
        let mut tx = write(&db).await;
        audit::note(&mut tx, &by("2026-11-22T10:00:00Z"), id, "act", "another", None, None).await.unwrap();
        tx.commit().await.unwrap();
        entries(&db, id, 9).await;
        assert_eq!(look(&db, id, &[checkpoint]).await.breaks, [Break::Differs { seq: 10, made }]);
    })
    .await;
}

#[tokio::test]
async fn many_writers_make_one_chain() {
    on_both(async |db| {
        let first = small(&db, "Hill School").await.school.id;
        let second = small(&db, "Vale School").await.school.id;
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..24 {
            let db = db.clone();
            tasks.spawn(async move {
                for i in 0..10 {
                    let mut tx = write(&db).await;
                    let note = Note { act: "act", subject: &format!("{task} {i}"), ..Note::default() };
                    // Each in another order, and in between something that others wait for too.
                    let order = if task % 2 == 0 { [first, second] } else { [second, first] };
                    for school in order {
                        audit::add(&mut tx, &by("2026-11-22T10:00:00Z"), school, note).unwrap();
                        store::stamp::bump(&mut tx).await.unwrap();
                    }
                    if i % 5 == 4 { drop(tx) } else { tx.commit().await.unwrap() }
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        for school in [first, second] {
            let report = look(&db, school, &[]).await;
            assert_eq!((report.entries, report.last), (4 + 24 * 8, 4 + 24 * 8));
            assert!(report.is_good(), "{:?}", report.breaks);
        }
    })
    .await;
}

#[tokio::test]
async fn many_entries_at_once_are_cheap() {
    on_both(async |db| {
        let id = small(&db, "Hill School").await.school.id;
        let start = std::time::Instant::now();
        entries(&db, id, 20_000).await;
        let took = start.elapsed();
        eprintln!("20,000 entries in {took:?}");
        assert!(look(&db, id, &[]).await.is_good());
        assert!(took.as_secs() < 60, "{took:?}");
    })
    .await;
}

#[tokio::test]
async fn order_is_by_number_when_the_clock_goes_backwards() {
    on_both(async |db| {
        let id = small(&db, "Hill School").await.school.id;
        for (subject, time) in [("one", "2026-11-22T12:00:00Z"), ("two", "2026-11-22T11:00:00Z")] {
            let mut tx = write(&db).await;
            audit::note(&mut tx, &by(time), id, "act", subject, None, None).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = db.read().await.unwrap();
        let newest = audit::recent(&mut tx, id, None, 2).await.unwrap();
        assert_eq!(newest.iter().map(|it| it.subject.as_str()).collect::<Vec<_>>(), ["two", "one"]);
        drop(tx);
        assert!(look(&db, id, &[]).await.is_good());
    })
    .await;
}

#[tokio::test]
async fn the_trail_is_searched_by_person_act_subject_and_time() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let id = small.school.id;
        let mut tx = write(&db).await;
        let mut who = by("2026-11-22T10:00:00Z");
        who.name = "Dana Lead".to_owned();
        who.person = Some(small.lead.id);
        let reason = Some("a parent asked");
        let note = Note { act: "view activity", subject: "person ada_pupil", reason, ..Note::default() };
        audit::add(&mut tx, &who, id, note).unwrap();
        tx.commit().await.unwrap();
        let found = async |wanted: Wanted| {
            let mut tx = db.read().await.unwrap();
            audit::search(&mut tx, id, &wanted, None, 99).await.unwrap().len()
        };
        let text = |it: &str| it.to_owned();
        assert_eq!(found(Wanted::default()).await, 5);
        assert_eq!(found(Wanted { who: text("dana"), ..Wanted::default() }).await, 1);
        assert_eq!(found(Wanted { actor: Some(small.lead.id), ..Wanted::default() }).await, 1);
        assert_eq!(found(Wanted { act: text("ADD P"), ..Wanted::default() }).await, 2);
        assert_eq!(
            found(Wanted { words: text("ada_"), ..Wanted::default() }).await,
            1,
            "no pattern of the engine"
        );
        assert_eq!(found(Wanted { words: text("parent asked"), ..Wanted::default() }).await, 1);
        let late = Some(at("2026-11-22T09:30:00Z"));
        assert_eq!(found(Wanted { from: late, ..Wanted::default() }).await, 1);
        assert_eq!(found(Wanted { to: late, ..Wanted::default() }).await, 4);
    })
    .await;
}

#[test]
fn a_checkpoint_is_what_was_signed_or_nothing() {
    let school =
        School { id: Id::new(uuid::Uuid::from_u128(1)), trust: None, name: "Hill = School".parse().unwrap() };
    let signer = Signer::new(&[7; 32]).unwrap();
    let made = signer.sign(&school, 12, [9; 32], at("2026-11-22T12:00:00Z"));
    let text = made.to_string();
    assert_eq!(text.parse(), Ok(made.clone()));
    assert_eq!(format!("Dear head,\r\n\r\n{}\r\nBye", text.replace('\n', "\r\n")).parse(), Ok(made));
    let forged = text.replace("entries 12", "entries 11");
    assert_eq!(forged.parse::<Checkpoint>(), Err(NotACheckpoint::Forged));
    assert_eq!(text[..100].parse::<Checkpoint>(), Err(NotACheckpoint::Unreadable));
    assert_eq!("".parse::<Checkpoint>(), Err(NotACheckpoint::Unreadable));
}

#[tokio::test]
async fn without_its_mark_a_changed_trail_is_not_chained_anew() {
    on_both_at(async |db, url| {
        let id = small(&db, "Hill School").await.school.id;
        entries(&db, id, 6).await;
        raw::run(url, "update audit set subject = 'a lie' where seq = 4").await;
        raw::run(url, "delete from counter where name = 'audit chained'").await;
        // As the next start does.
        for _ in 0..2 {
            let again = Db::open(url).await.unwrap();
            assert_eq!(look(&again, id, &[]).await.breaks, [Break::Changed { seq: 4 }, Break::Unmarked]);
            again.close().await;
        }
    })
    .await;
}
