//! A clock that jumps destroys nothing before somebody has said that it is right.
use policy::Seen;
use school::Person;
use store::{By, activity::Filter, audit, last_known, leavers};

use workers::Office;

use crate::{PUPIL, Running, SCHOOL, Small, TEACHER, by, search, until};

const DAY: i64 = 24 * 60 * 60;
const FAULT: &str = "the clock of this computer may be wrong";

impl Small {
    /// Somebody left; somebody has a last day; something was recorded.
    async fn with_what_ends(&mut self) -> Running {
        let mut tx = self.db.write().await.expect("a transaction");
        store::people::leave(&mut tx, &by(), SCHOOL, PUPIL).await.expect("left");
        let teacher = store::people::get(&mut tx, SCHOOL, TEACHER).await.expect("readable").expect("there");
        let mut person: Person = teacher.person.clone();
        person.stay.until = Some(crate::at(10 * DAY));
        store::people::save(&mut tx, &by(), &teacher, &person).await.expect("changed");
        last_known::keep(&mut tx, crate::at(0)).await.expect("kept");
        tx.commit().await.expect("kept");
        let mut running = Running::new();
        running.start(self.recording().run(running.stop.clone()));
        let seen: Seen = search(Some(PUPIL), "volcanoes", 0);
        self.recorder.note_now(seen);
        until(async || (self.recorded() == 1).then_some(())).await;
        running
    }

    fn recorded(&self) -> usize {
        self.log.rows(Filter::all(SCHOOL)).count()
    }

    async fn held(&self) -> usize {
        let mut tx = self.db.read().await.expect("a transaction");
        leavers::held(&mut tx, SCHOOL, "", 0, 100).await.expect("readable").len()
    }

    /// What ends and deletes takes its turn in this office.
    async fn a_turn(&self, office: &Office) {
        let mut tx = self.db.write().await.expect("a transaction");
        for job in ["leavers", "prune activity", "lapse guests"] {
            store::jobs::enqueue(&mut tx, job, "", self.clock()()).await.expect("enqueued");
        }
        tx.commit().await.expect("kept");
        office.work_off().await.expect("worked off");
    }

    fn told(&self) -> bool {
        self.health.faults().iter().any(|it| it.starts_with(FAULT))
    }
}

#[tokio::test]
async fn a_jump_of_two_years_destroys_nothing_before_it_is_confirmed() {
    let mut small = Small::open().await;
    let running = small.with_what_ends().await;
    small.pass(2 * 365 * DAY);
    for _ in 0..2 {
        // A restart with the same clock knows no less.
        small.a_turn(&small.office()).await;
        assert_eq!((small.held().await, small.recorded()), (1, 1));
        assert!(small.told(), "{:?}", small.health.faults());
    }
    // Put right: all is well again by itself, and what is of today goes on.
    small.pass(-2 * 365 * DAY + 11 * DAY);
    small.a_turn(&small.office()).await;
    assert!(!small.told());
    assert_eq!(small.held().await, 2, "the teacher's last day is over");
    // Two years on, and right.
    small.pass(2 * 365 * DAY);
    small.a_turn(&small.office()).await;
    assert!(small.told());
    let mut tx = small.db.write().await.expect("a transaction");
    last_known::confirm(&mut tx, &By { at: small.clock()(), ..by() }).await.expect("confirmed");
    tx.commit().await.expect("kept");
    small.a_turn(&small.office()).await;
    assert!(!small.told());
    assert_eq!((small.held().await, small.recorded()), (0, 0), "what was held back is done");
    let mut tx = small.db.read().await.expect("a transaction");
    let trail = audit::recent(&mut tx, SCHOOL, None, 100).await.expect("readable");
    assert!(trail.iter().any(|it| it.act == "confirm clock"), "who said so is known");
    drop(tx);
    running.end().await;
}

#[tokio::test]
async fn a_jump_while_it_runs_is_seen_as_well_and_so_is_one_back() {
    let mut small = Small::open().await;
    let running = small.with_what_ends().await;
    let office = small.office();
    small.a_turn(&office).await;
    // Less than a start bears, more than a running clock jumps.
    for (jump, held) in [(12 * DAY, true), (-12 * DAY, false), (-2 * 60 * 60, true), (2 * 60 * 60, false)] {
        small.pass(jump);
        small.a_turn(&office).await;
        assert_eq!(small.told(), held, "{jump}");
        let mut tx = small.db.read().await.expect("a transaction");
        assert_eq!(last_known::get(&mut tx).await.expect("readable"), Some(crate::at(0)), "{jump}");
        drop(tx);
        assert_eq!(small.held().await, 1, "{jump}: the teacher stays");
    }
    running.end().await;
}

#[tokio::test]
async fn a_record_that_does_not_read_keeps_no_other_leaver() {
    let mut small = Small::open().await;
    let running = small.with_what_ends().await;
    // The teacher's last day is over; so is that of somebody whose record is damaged, a day before.
    let mut tx = small.db.write().await.expect("a transaction");
    let lead =
        store::people::get(&mut tx, SCHOOL, school::Id::from_u128(13)).await.expect("read").expect("there");
    let mut person = lead.person.clone();
    person.stay.until = Some(crate::at(9 * DAY));
    store::people::save(&mut tx, &by(), &lead, &person).await.expect("saved");
    tx.commit().await.expect("kept");
    by_hand(&small, include_str!("clock/damaged.sql")).await;
    small.pass(11 * DAY);
    let office = small.office();
    small.a_turn(&office).await;
    let held = async || {
        let mut tx = small.db.read().await.expect("a transaction");
        leavers::get(&mut tx, SCHOOL, TEACHER).await.expect("readable").is_some()
    };
    assert!(held().await, "the teacher's account ended");
    let told = || {
        small
            .health
            .faults()
            .into_iter()
            .find(|it| it.contains(&school::Id::<Person>::from_u128(13).to_string()))
    };
    assert!(told().is_some_and(|it| it.contains("wizard")), "{:?}", small.health.faults());
    by_hand(&small, include_str!("clock/mended.sql")).await;
    small.a_turn(&office).await;
    assert_eq!(told(), None);
    running.end().await;
}

/// With a tool that is not ours.
async fn by_hand(small: &Small, sql: &str) {
    let file = small.folder.path().join("records.db");
    let done =
        tokio::process::Command::new("sqlite3").arg(file).arg(sql).status().await.expect("sqlite3 runs");
    assert!(done.success());
}
