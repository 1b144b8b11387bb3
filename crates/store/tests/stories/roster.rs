//! A roster from the file to the people, and what stops it.
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Instant,
};

use jiff::{Timestamp, tz::TimeZone};
use school::{
    Choice, Group, Id, Person, Role, School,
    roster::{
        Field, Kind, Mode, NameRule, Plan, Rules, Wanted, WantedGroup, WantedLink, WantedMembership,
        WantedPerson, diff,
    },
};
use store::{
    By, Db, StoreError, access, audit, fresh_id, groups, jobs, leavers, parents, people, roster,
    roster::{Applied, Approval, Filter, Found, Load, NewLoad, Stage},
    sessions,
};
use tempfile::TempDir;
use testkit::databases::on_both;

use crate::{at, by, small, write};

const FILE: &str = "SCHOOLGATE_TEST_ROSTER";

fn rules(now: Timestamp) -> Rules {
    Rules { source: "mis".to_owned(), usernames: NameRule::default(), now, zone: TimeZone::UTC }
}

fn pupil(n: usize, year: &str) -> WantedPerson {
    WantedPerson {
        source_id: format!("p{n}"),
        given: format!("Given{n}"),
        family: "Family".to_owned(),
        roles: vec!["student".to_owned()],
        year: Some(year.to_owned()),
        ..WantedPerson::default()
    }
}

/// So many pupils of year 7, all in one class, and a parent of the first two.
fn wanted(count: usize) -> Wanted {
    let mut people: Vec<WantedPerson> = (0..count).map(|n| pupil(n, "7")).collect();
    people.push(WantedPerson {
        source_id: "g1".to_owned(),
        roles: vec!["parent".to_owned()],
        email: Some("gail@example.org".to_owned()),
        year: None,
        ..pupil(9_999_999, "7")
    });
    let joins = |n: usize| WantedMembership { person: format!("p{n}"), group: "c1".to_owned(), gone: false };
    let link = |n: usize| WantedLink {
        child: format!("p{n}"),
        parent: "g1".to_owned(),
        relation: "guardian".to_owned(),
        priority: Some(1),
        ..WantedLink::default()
    };
    Wanted {
        people,
        groups: vec![WantedGroup {
            source_id: "c1".to_owned(),
            name: "7X".to_owned(),
            ..WantedGroup::default()
        }],
        memberships: (0..count).map(joins).collect(),
        links: (0..count.min(2)).map(link).collect(),
        ..Wanted::default()
    }
}

async fn load(db: &Db, school: Id<School>, now: &By) -> Id<Load> {
    let mut tx = write(db).await;
    let bytes = vec![7; 900_000];
    let new = NewLoad { school, source: "mis", file_name: "roster.zip", mapping: "", bytes: &bytes };
    let id = roster::receive(&mut tx, now, &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// As the worker does it: read, compared, written down.
async fn dry_run(db: &Db, id: Id<Load>, wanted: &Wanted, now: Timestamp) -> Load {
    let mut tx = write(db).await;
    assert!(roster::start_reading(&mut tx, id, now).await.unwrap());
    let load = roster::get(&mut tx, id).await.unwrap().unwrap();
    let found = roster::known(&mut tx, load.school, now).await.unwrap();
    let plan = diff(&found.known, wanted, &rules(now));
    roster::write_dry_run(&mut tx, &load, wanted.mode, &plan, 33, None, now).await.unwrap();
    let load = roster::get(&mut tx, id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    load
}

async fn compared(tx: &mut store::Tx, load: &Load, wanted: &Wanted, now: Timestamp) -> (Found, Plan) {
    let found = roster::known(tx, load.school, now).await.unwrap();
    let plan = diff(&found.known, wanted, &rules(now));
    (found, plan)
}

async fn apply(db: &Db, id: Id<Load>, wanted: &Wanted, by: &By) -> Result<Applied, StoreError> {
    let mut tx = write(db).await;
    assert!(roster::start_applying(&mut tx, id, by.at).await?);
    let load = roster::get(&mut tx, id).await?.unwrap();
    let (found, plan) = compared(&mut tx, &load, wanted, by.at).await;
    let applied = roster::apply(&mut tx, by, &load, &found, &plan, &mut |_| {}).await?;
    if applied == Applied::Done {
        tx.commit().await?;
    }
    Ok(applied)
}

/// From file to people, approved without a question.
async fn whole(db: &Db, school: Id<School>, wanted: &Wanted, by: &By) -> Load {
    let id = load(db, school, by).await;
    let ready = dry_run(db, id, wanted, by.at).await;
    let mut tx = write(db).await;
    let typed = ready.jump.as_ref().map(|it| it.1);
    assert_eq!(roster::approve(&mut tx, by, school, &ready, typed).await.unwrap(), Approval::Given);
    tx.commit().await.unwrap();
    assert_eq!(apply(db, id, wanted, by).await.unwrap(), Applied::Done);
    ready
}

async fn names(db: &Db, school: Id<School>) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    people::all(&mut tx, school).await.unwrap().into_iter().map(|it| it.person.username.to_string()).collect()
}

async fn find(db: &Db, school: Id<School>, username: &str) -> people::Kept {
    let mut tx = db.read().await.unwrap();
    people::by_username(&mut tx, school, &username.parse().unwrap()).await.unwrap().expect(username)
}

#[tokio::test]
async fn a_roster_is_loaded_looked_over_approved_and_applied() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, now) = (small.school.id, by("2026-11-22T10:00:00Z"));
        let id = load(&db, school, &now).await;
        let mut tx = write(&db).await;
        assert_eq!(roster::bytes(&mut tx, id).await.unwrap(), vec![7; 900_000], "whole");
        let job = jobs::take(&mut tx, now.at).await.unwrap().unwrap();
        assert_eq!((job.name.as_str(), job.payload), (roster::READ_JOB, id.to_string()));
        tx.commit().await.unwrap();

        let roster = wanted(3);
        let ready = dry_run(&db, id, &roster, now.at).await;
        assert_eq!(
            (ready.stage, ready.words().as_str()),
            (Stage::Ready, "4 join, 0 move, 0 leave; no problems")
        );
        assert_eq!(names(&db, school).await.len(), 2, "nothing has changed yet");
        let mut tx = write(&db).await;
        let all = roster::rows(&mut tx, school, id, Filter::default(), 0, 99).await.unwrap();
        assert_eq!(all.len(), 4);
        assert_eq!((all[0].kind, all[0].username.as_str()), (Kind::Joiner, "given0.family"));
        assert_eq!(
            all[0].changes.last().map(|it| (it.field, it.after.as_str())),
            Some((Field::Classes, "7X"))
        );
        let filter = Filter { kind: Some(Kind::Joiner), words: "GIVEN1." };
        assert_eq!(roster::rows(&mut tx, school, id, filter, 0, 99).await.unwrap().len(), 1);
        let filter = Filter { kind: Some(Kind::Leaver), words: "" };
        assert_eq!(roster::rows(&mut tx, school, id, filter, 0, 99).await.unwrap(), []);
        assert_eq!(
            roster::rows(&mut tx, school, id, Filter::default(), all[2].seq, 99).await.unwrap().len(),
            1
        );

        let lead = By { person: Some(small.lead.id), name: "Lee Lead".to_owned(), at: now.at };
        assert_eq!(roster::approve(&mut tx, &lead, school, &ready, None).await.unwrap(), Approval::Given);
        let twice = roster::approve(&mut tx, &lead, school, &ready, None).await;
        assert!(matches!(twice, Err(StoreError::Stale)), "posted twice: {twice:?}");
        tx.commit().await.unwrap();
        assert_eq!(apply(&db, id, &roster, &lead).await.unwrap(), Applied::Done);

        let first = find(&db, school, "given0.family").await.person;
        let mut tx = db.read().await.unwrap();
        let all = groups::all(&mut tx, school).await.unwrap();
        assert_eq!(all.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["7B", "7X"]);
        assert_eq!(first.groups, [all[1].id]);
        let links = parents::of_child(&mut tx, school, first.id).await.unwrap();
        assert_eq!((links[0].relation.as_str(), links[0].priority), ("guardian", Some(1)));
        assert_eq!(parents::children(&mut tx, school, links[0].parent).await.unwrap().len(), 2);
        assert!(parents::is_parent_of(&mut tx, school, links[0].parent, first.id).await.unwrap());
        let applied = roster::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((applied.stage, applied.decided_by_name.as_deref()), (Stage::Applied, Some("Lee Lead")));
        assert_eq!(roster::bytes(&mut tx, id).await.unwrap(), [], "what was uploaded is gone");
        let entries = audit::recent(&mut tx, school, None, 6).await.unwrap();
        let acts: Vec<_> = entries.iter().map(|it| (it.act.as_str(), it.subject.as_str())).collect();
        assert_eq!(acts[5], ("approve roster", "roster.zip"));
        assert_eq!(acts[4], ("apply roster", "roster.zip"));
        assert_eq!(acts[3], ("add person", "given0.family"));
        assert_eq!(audit::verify(&mut tx, school, &[], None).await.unwrap().breaks.len(), 0);
        // They stand in the access register: pupils may use the internet and the network, a parent neither.
        let granted = access::of(&mut tx, school, first.id).await.unwrap();
        let told = granted.iter().map(|it| (it.what.as_str(), it.given_by.as_str(), it.basis.as_str()));
        let expected = [("Internet", "Lee Lead", "roster mis"), ("Network", "Lee Lead", "roster mis")];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert_eq!(access::of(&mut tx, school, links[0].parent).await.unwrap(), []);
        drop(tx);

        // One leaves: theirs ends then, and only theirs.
        let later = by("2026-11-23T10:00:00Z");
        whole(&db, school, &wanted(2), &later).await;
        let mut tx = db.read().await.unwrap();
        let left = leavers::held(&mut tx, school, "", 0, 9).await.unwrap();
        assert_eq!(left.len(), 1);
        let granted = access::of(&mut tx, school, left[0].id).await.unwrap();
        assert_eq!(granted.iter().map(|it| it.until).collect::<Vec<_>>(), [Some(later.at); 2]);
        let granted = access::of(&mut tx, school, first.id).await.unwrap();
        assert_eq!(granted.iter().map(|it| it.until).collect::<Vec<_>>(), [None; 2]);
    })
    .await;
}

#[tokio::test]
async fn people_move_leave_and_come_back_and_those_made_by_hand_stay() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, now) = (small.school.id, by("2026-11-22T10:00:00Z"));
        whole(&db, school, &wanted(4), &now).await;
        let before = find(&db, school, "given2.family").await.person;
        let club = Group { id: fresh_id(now.at), school, name: "Chess".parse().unwrap() };
        let mut tx = write(&db).await;
        groups::add(&mut tx, &now, &club).await.unwrap();
        let kept = people::get(&mut tx, school, before.id).await.unwrap().unwrap();
        let mut in_club = kept.person.clone();
        in_club.groups.push(club.id);
        people::save(&mut tx, &now, &kept, &in_club).await.unwrap();
        people::set_password(&mut tx, &now, school, before.id, "$argon2id$made-up").await.unwrap();
        let until = at("2026-11-23T10:00:00Z");
        sessions::open(&mut tx, &[5; 32], school, before.id, now.at, until).await.unwrap();
        tx.commit().await.unwrap();

        // One of everybody: p3 moves up, p2 is missing.
        let mut next = wanted(4);
        next.people.retain(|it| it.source_id != "p2");
        next.people[2].year = Some("8".to_owned());
        let day2 = by("2026-11-23T09:00:00Z");
        let ready = whole(&db, school, &next, &day2).await;
        assert_eq!(ready.words(), "0 join, 1 moves, 1 leaves; no problems");
        assert_eq!(find(&db, school, "given3.family").await.person.year, school::Year::new(8));
        let mut tx = db.read().await.unwrap();
        assert_eq!(people::get(&mut tx, school, before.id).await.unwrap(), None);
        assert_eq!(
            sessions::find(&mut tx, &[5; 32], day2.at).await.unwrap(),
            None,
            "their session is closed"
        );
        drop(tx);
        assert!(names(&db, school).await.contains(&"ada.pupil".to_owned()), "made by hand");

        // Changes only: nobody leaves by being missing, p2 is back as they were.
        let delta = Wanted { mode: Mode::Delta, people: vec![pupil(2, "8")], ..Wanted::default() };
        let ready = whole(&db, school, &delta, &by("2026-11-24T09:00:00Z")).await;
        assert_eq!(ready.words(), "0 join, 0 move, 0 leave, 1 returns; no problems");
        let back = find(&db, school, "given2.family").await;
        assert_eq!((back.person.id, back.person.year), (before.id, school::Year::new(8)));
        assert!(back.person.groups.contains(&club.id), "the club was made by hand");
        assert_eq!(back.password.as_deref(), Some("$argon2id$made-up"));
        assert_eq!(back.person.stay, school::Stay::ALWAYS);

        // And one that is to be deleted.
        let mut gone = pupil(0, "7");
        gone.gone = true;
        let delta = Wanted { mode: Mode::Delta, people: vec![gone], ..Wanted::default() };
        let ready = whole(&db, school, &delta, &by("2026-11-25T09:00:00Z")).await;
        assert_eq!(ready.counts.leavers, 1);
        assert!(!names(&db, school).await.contains(&"given0.family".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn people_who_changed_since_are_looked_over_again() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, now) = (small.school.id, by("2026-11-22T10:00:00Z"));
        whole(&db, school, &wanted(6), &now).await;
        let mut next = wanted(6);
        next.people[3].year = Some("8".to_owned());
        let id = load(&db, school, &now).await;
        let ready = dry_run(&db, id, &next, now.at).await;
        let mut tx = write(&db).await;
        roster::approve(&mut tx, &now, school, &ready, None).await.unwrap();
        tx.commit().await.unwrap();
        // Somebody makes p3 a trip leader, and p3 is about to be written.
        let mut tx = write(&db).await;
        let kept =
            people::by_username(&mut tx, school, &"given3.family".parse().unwrap()).await.unwrap().unwrap();
        let changed = Person { roles: kept.person.roles.with(Role::TripLeader), ..kept.person.clone() };
        people::save(&mut tx, &now, &kept, &changed).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(apply(&db, id, &next, &now).await.unwrap(), Applied::Changed);
        let still = find(&db, school, "given3.family").await.person;
        assert_eq!((still.year, still.roles), (school::Year::new(7), changed.roles), "nothing was written");

        // What was compared is older than what is stored: it is not written over.
        let mut tx = write(&db).await;
        assert!(roster::start_applying(&mut tx, id, now.at).await.unwrap());
        let load = roster::get(&mut tx, id).await.unwrap().unwrap();
        let (found, plan) = compared(&mut tx, &load, &next, now.at).await;
        let load = Load { digest: Some(roster::digest(&plan)), ..load };
        people::set_password(&mut tx, &now, school, still.id, "$argon2id$new").await.unwrap();
        let stale = roster::apply(&mut tx, &now, &load, &found, &plan, &mut |_| {}).await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
    })
    .await;
}

#[tokio::test]
async fn a_jump_asks_and_a_refusal_ends_it() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, now) = (small.school.id, by("2026-11-22T10:00:00Z"));
        whole(&db, school, &wanted(6), &now).await;
        let id = load(&db, school, &now).await;
        let ready = dry_run(&db, id, &Wanted::default(), now.at).await;
        let (words, leavers) = ready.jump.clone().expect("a jump");
        assert!(
            words.starts_with("The roster names nobody, so all 7 who came from it would leave"),
            "{words}"
        );
        assert_eq!(leavers, 7);
        let mut tx = write(&db).await;
        for typed in [None, Some(6)] {
            assert_eq!(roster::approve(&mut tx, &now, school, &ready, typed).await.unwrap(), Approval::Asks);
        }
        roster::refuse(&mut tx, &now, school, &ready, "The export was empty").await.unwrap();
        let late = roster::approve(&mut tx, &now, school, &ready, Some(7)).await;
        assert!(matches!(late, Err(StoreError::Stale)));
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let refused = roster::get(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(
            (refused.stage, refused.reason.as_deref()),
            (Stage::Refused, Some("The export was empty"))
        );
        assert_eq!(roster::bytes(&mut tx, id).await.unwrap(), []);
        drop(tx);
        assert_eq!(names(&db, school).await.len(), 9);

        // A newer one of everybody takes the place of one that nobody has decided on.
        let older = load(&db, school, &now).await;
        dry_run(&db, older, &wanted(6), now.at).await;
        let newer = load(&db, school, &by("2026-11-22T11:00:00Z")).await;
        dry_run(&db, newer, &wanted(6), at("2026-11-22T11:00:00Z")).await;
        let mut tx = db.read().await.unwrap();
        assert_eq!(roster::get(&mut tx, older).await.unwrap().unwrap().stage, Stage::Replaced);
        assert_eq!(roster::get(&mut tx, newer).await.unwrap().unwrap().stage, Stage::Ready);
    })
    .await;
}

#[tokio::test]
async fn a_load_is_of_one_school_and_two_schools_may_use_the_same_ids() {
    on_both(async |db| {
        let (hill, vale) = (small(&db, "Hill School").await, small(&db, "Vale School").await);
        let now = by("2026-11-22T10:00:00Z");
        let ready = whole(&db, hill.school.id, &wanted(3), &now).await;
        whole(&db, vale.school.id, &wanted(3), &now).await;
        let mut tx = write(&db).await;
        let none = roster::rows(&mut tx, vale.school.id, ready.id, Filter::default(), 0, 99).await.unwrap();
        assert_eq!(none, []);
        let refused = roster::refuse(&mut tx, &now, vale.school.id, &ready, "not ours").await;
        assert!(matches!(refused, Err(StoreError::Stale)));
        assert_eq!(roster::recent(&mut tx, vale.school.id, 9).await.unwrap().len(), 1);

        // Somebody made by hand is joined with what the source calls them.
        let username = hill.pupil.username.clone();
        roster::join_by_hand(&mut tx, &now, hill.school.id, &username, ("mis", "p77")).await.unwrap();
        let again = roster::join_by_hand(&mut tx, &now, hill.school.id, &username, ("mis", "p78")).await;
        assert!(matches!(again, Err(StoreError::Stale)));
        let found = roster::known(&mut tx, hill.school.id, now.at).await.unwrap();
        let joined = found.known.people.iter().find(|it| it.person.id == hill.pupil.id).unwrap();
        assert_eq!(joined.origin.as_ref().map(|it| it.id.as_str()), Some("p77"));
        tx.commit().await.unwrap();
    })
    .await;
}

/// Not a test: what the test below starts and kills while it writes.
#[tokio::test]
#[ignore = "run by the test that kills it"]
async fn applies_until_it_is_killed() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let db = Db::open_file(file.as_ref()).await.unwrap();
    let now = by("2026-11-22T10:00:00Z");
    let mut tx = write(&db).await;
    let school = store::schools::all(&mut tx).await.unwrap()[0].id;
    let id = roster::recent(&mut tx, school, 1).await.unwrap()[0].id;
    assert!(roster::start_applying(&mut tx, id, now.at).await.unwrap());
    tx.commit().await.unwrap();
    let roster = wanted(5_000);
    let mut tx = write(&db).await;
    let load = roster::get(&mut tx, id).await.unwrap().unwrap();
    let (found, plan) = compared(&mut tx, &load, &roster, now.at).await;
    let mut told = |rows: u64| println!("written {rows}");
    roster::apply(&mut tx, &now, &load, &found, &plan, &mut told).await.unwrap();
    println!("all written, not yet kept");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn killed_in_the_middle_of_applying_nothing_is_half_done() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("schoolgate.db");
    let db = Db::open_file(&file).await.unwrap();
    let (small, now) = (small(&db, "Hill School").await, by("2026-11-22T10:00:00Z"));
    let (school, roster) = (small.school.id, wanted(5_000));
    let id = load(&db, school, &now).await;
    let ready = dry_run(&db, id, &roster, now.at).await;
    let mut tx = write(&db).await;
    roster::approve(&mut tx, &now, school, &ready, None).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    for until in ["written 1000", "written 4000", "all written"] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "roster::applies_until_it_is_killed", "--ignored", "--nocapture"])
            .env(FILE, &file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let seen = lines.by_ref().map_while(Result::ok).any(|it| it.starts_with(until));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(seen, "it came to {until}");
        let db = Db::open_file(&file).await.unwrap();
        assert_eq!(names(&db, school).await.len(), 2, "{until}: nothing of it stands");
        let mut tx = db.read().await.unwrap();
        assert_eq!(roster::get(&mut tx, id).await.unwrap().unwrap().stage, Stage::Applying);
        assert_eq!(groups::all(&mut tx, school).await.unwrap().len(), 1);
        drop(tx);
        db.close().await;
    }
    // The job is taken again, and does the whole.
    let db = Db::open_file(&file).await.unwrap();
    assert_eq!(apply(&db, id, &roster, &now).await.unwrap(), Applied::Done);
    assert_eq!(names(&db, school).await.len(), 5_003);
}

/// Twenty thousand people in three classes each: `cargo test -p store --release --test stories -- --ignored
/// twenty_thousand --nocapture`.
#[tokio::test]
#[ignore = "a measurement"]
async fn twenty_thousand_people_with_sixty_thousand_enrolments() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, now) = (small.school.id, by("2026-11-22T10:00:00Z"));
        let mut roster = wanted(20_000);
        roster.groups = (0..700)
            .map(|n| WantedGroup {
                source_id: format!("c{n}"),
                name: format!("Class {n}"),
                ..WantedGroup::default()
            })
            .collect();
        roster.memberships = (0..60_000)
            .map(|n| WantedMembership {
                person: format!("p{}", n / 3),
                group: format!("c{}", n * 7 % 700),
                gone: false,
            })
            .collect();
        let timed = async |what: &str, wanted: &Wanted, by: &By| {
            let id = load(&db, school, by).await;
            let start = Instant::now();
            let ready = dry_run(&db, id, wanted, by.at).await;
            let looked = start.elapsed();
            let mut tx = write(&db).await;
            let typed = ready.jump.as_ref().map(|it| it.1);
            roster::approve(&mut tx, by, school, &ready, typed).await.unwrap();
            tx.commit().await.unwrap();
            let start = Instant::now();
            assert_eq!(apply(&db, id, wanted, by).await.unwrap(), Applied::Done);
            println!("{what}: {}: dry run {looked:.1?}, applied {:.1?}", ready.words(), start.elapsed());
        };
        timed("first", &roster, &now).await;
        for it in &mut roster.people {
            it.year = Some("8".to_owned());
        }
        for it in &mut roster.memberships {
            it.group = format!("c{}", it.group[1..].parse::<usize>().unwrap() * 3 % 700);
        }
        timed("a new school year", &roster, &by("2026-11-23T10:00:00Z")).await;
        timed("nothing new", &roster, &by("2026-11-24T10:00:00Z")).await;
        roster.people.truncate(10_000);
        timed("half leave", &roster, &by("2026-11-25T10:00:00Z")).await;
        let start = Instant::now();
        let mut tx = db.read().await.unwrap();
        let all = people::all(&mut tx, school).await.unwrap().len();
        println!("people::all of {all}: {:.1?}", start.elapsed());
    })
    .await;
}

#[test]
fn stages_have_one_code_each() {
    for stage in Stage::ALL {
        assert_eq!(Stage::from_code(stage.code()), Some(*stage));
    }
}
