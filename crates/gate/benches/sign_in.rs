//! What it costs the gate to know who is asking, once they have signed in, and what a flood of wrong guesses does to
//! those who have: `cargo xtask bench sign-in`.
use std::{
    hint::black_box,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use argon2::{Argon2, PasswordHasher};
use base64::{Engine, engine::general_purpose::STANDARD};
use gate::{
    Bindings, Credentials, Current, Desk, Errands, Known, Passes, Presented, ProxyAddress, Secret, Settings,
    Snapshot,
};
use jiff::{Timestamp, civil::time, tz::TimeZone};
use policy::Rules;
use school::{Calendar, DaySpan, Id, Person, Role, Roles, School, SchoolDays, Stay};

const PEOPLE: u32 = 20_000;
const CHECKS: u32 = 300_000;
/// Of the flood, in a second; spread over many devices and names, as a guesser who means harm would.
const GUESSES: u32 = 1_000;
const FLOOD: Duration = Duration::from_secs(5);
const PASSWORD: &str = "three made-up words";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(bench());
}

async fn bench() {
    let now = Timestamp::from_second(1_790_000_000).expect("in range");
    let desk = Arc::new(desk());
    let snapshot = desk.current.load_full();
    let person = snapshot.people.iter().next().expect("somebody");
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{PASSWORD}", person.person.username)));
    let laptop = IpAddr::from([10, 0, 0, 1]);
    let by_proxy = Some(Presented { header: basic.as_bytes(), at_connect: false });
    assert!(desk.who(&snapshot, laptop, by_proxy, now).await.is_ok_and(|it| it.id().is_some()));
    tell("proxy sign-in, remembered", each(&desk, &snapshot, laptop, by_proxy, now, CHECKS).await);

    let tablet = IpAddr::from([10, 0, 0, 2]);
    desk.bindings.bind(tablet, person, now + Duration::from_hours(8), now);
    let page = each(&desk, &snapshot, tablet, None, now, CHECKS).await;
    tell("page sign-in, bound to the device", page);

    let quiet = rate(&desk, &snapshot, tablet, now, FLOOD).await;
    let (stop, tried) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let flood = {
        let (desk, stop, tried) = (Arc::clone(&desk), Arc::clone(&stop), Arc::clone(&tried));
        async move { flood(&desk, &stop, &tried, now).await }
    };
    let ((), loaded) = tokio::join!(flood, async {
        let loaded = rate(&desk, &snapshot, tablet, now, FLOOD).await;
        stop.store(true, Ordering::Relaxed);
        loaded
    });
    let guesses = tried.load(Ordering::Relaxed);
    println!(
        "signed-in checks a second: {quiet:.0} quiet, {loaded:.0} under {guesses} wrong guesses in {FLOOD:?}"
    );
    println!("ratio {:.2}", loaded / quiet);
}

/// Nanoseconds of one check.
async fn each(
    desk: &Desk,
    snapshot: &Snapshot,
    device: IpAddr,
    presented: Option<Presented<'_>>,
    now: Timestamp,
    times: u32,
) -> f64 {
    let began = Instant::now();
    for _ in 0..times {
        let who = desk.who(black_box(snapshot), device, black_box(presented), now).await;
        assert!(black_box(who).is_ok());
    }
    began.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

/// Checks a second of somebody who has signed in, in turns of a thousand with room for others between them.
async fn rate(desk: &Desk, snapshot: &Snapshot, device: IpAddr, now: Timestamp, time: Duration) -> f64 {
    let (began, mut done) = (Instant::now(), 0.0);
    while began.elapsed() < time {
        each(desk, snapshot, device, None, now, 1_000).await;
        done += 1_000.0;
        tokio::task::yield_now().await;
    }
    done / began.elapsed().as_secs_f64()
}

/// Wrong guesses at this pace, each a task of its own as each connection of the gate is.
async fn flood(desk: &Arc<Desk>, stop: &AtomicBool, tried: &Arc<AtomicU64>, now: Timestamp) {
    let mut tasks = tokio::task::JoinSet::new();
    let mut beat = tokio::time::interval(Duration::from_secs(1) / GUESSES);
    let mut number = 0_u32;
    while !stop.load(Ordering::Relaxed) {
        beat.tick().await;
        number += 1;
        let (desk, tried) = (Arc::clone(desk), Arc::clone(tried));
        let header = format!("Basic {}", STANDARD.encode(format!("p{}:wrong {number}", number % PEOPLE)));
        let device = IpAddr::from((0x0a10_0000 + number % 5_000).to_be_bytes());
        tasks.spawn(async move {
            let snapshot = desk.current.load_full();
            let presented = Some(Presented { header: header.as_bytes(), at_connect: false });
            assert!(desk.who(&snapshot, device, presented, now).await.is_err());
            tried.fetch_add(1, Ordering::Relaxed);
        });
        while tasks.try_join_next().is_some() {}
    }
    tasks.shutdown().await;
}

fn tell(what: &str, nanoseconds: f64) {
    println!("{what}: {nanoseconds:.0} ns");
}

fn desk() -> Desk {
    let hash = Argon2::default().hash_password(PASSWORD.as_bytes()).expect("hashed").to_string();
    let people = (0..PEOPLE).map(|n| known(n, &hash)).collect();
    let proxy = ProxyAddress { host: "gate.school.test".into(), port: 3128, tls_port: None };
    let calendar = Calendar {
        zone: TimeZone::UTC,
        terms: Vec::new(),
        days: SchoolDays::MONDAY_TO_FRIDAY,
        day: DaySpan { start: time(8, 30, 0, 0), end: time(15, 30, 0, 0) },
        lessons: Vec::new(),
        closed: Vec::new(),
    };
    let snapshot = Snapshot {
        site: None,
        remote: std::collections::HashMap::new(),
        chosen: school::settings::Settings::default(),
        school: School { id: Id::from_u128(1), trust: None, name: "Bench".parse().expect("a line") },
        rules: Rules::closed(),
        people,
        agreements: Vec::new(),
        calendar,
        settings: Settings::new("gate.school.test", proxy),
        faults: Vec::new(),
    };
    let secret = Secret::new([0; 32]);
    Desk {
        current: Arc::new(Current::new(snapshot)),
        bindings: Bindings::new(10_000),
        credentials: Credentials::new(&secret, 1),
        passes: Passes::default(),
        errands: Errands::new(10).0,
        secret,
        authority: Box::default(),
    }
}

fn known(n: u32, hash: &str) -> Known {
    let person = Person {
        id: Id::from_u128(u128::from(n) + 100),
        school: Id::from_u128(1),
        username: format!("p{n}").parse().expect("a user name"),
        name: format!("Pupil {n}").parse().expect("a line"),
        roles: Roles::NONE.with(Role::Pupil),
        year: None,
        groups: Vec::new(),
        email: None,
        stay: Stay::ALWAYS,
    };
    let subject = Rules::closed().subject(&person);
    Known {
        subject,
        password: Some(hash.into()),
        change_from: None,
        pictures: None,
        kept_by: school::KeptBy::School,
        missing: Vec::new(),
        held: None,
        person,
    }
}
