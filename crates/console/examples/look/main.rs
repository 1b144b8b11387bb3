//! A console full of made-up people and requests, to look at: `cargo run -p console@0.0.0 --example look -- 8099`,
//! then sign in as `dsl`, `manager` or `head` with the password `three random words`.
mod trust;

use std::{
    net::SocketAddr,
    sync::{Arc, LazyLock},
};

use argon2::{Argon2, password_hash::PasswordHasher};
use casework::{NewConcern, Origin};
use console::{Console, InForce, Rolls, SignIn, Throttle};
use jiff::{SignedDuration, Timestamp, civil::time, tz::TimeZone};
use policy::{
    Because, Carried, Category, CategorySet, Directory, LayerText, Method, Outcome, Rules, Scheme, Seen,
    Step, lists::Lists,
};
use school::{
    Calendar, DaySpan, Group, Id, Layer, Person, Role, Roles, School, SchoolDays, Year,
    roster::{NameRule, Place, Rules as Taken, Wanted, WantedPerson, diff},
};
use store::{
    By, Db, Tx, activity,
    activity::Activity,
    concerns, fresh_id, groups, lists,
    lists::{ListSource, ListState},
    people, pulse,
    pulse::Pulse,
    roster,
    roster::NewLoad,
    rules, schools,
};

const NOW: &str = "2026-11-23T14:20:31Z";
const ROWS: i64 = 20_000;

struct Ruling {
    rules: Rules,
    calendar: Calendar,
}

static ROUTES: LazyLock<school::remote::Routes> = LazyLock::new(Default::default);

impl InForce for Ruling {
    fn rules(&self) -> &Rules {
        &self.rules
    }
    fn calendar(&self) -> &Calendar {
        &self.calendar
    }
    fn site(&self) -> Option<Id<school::Site>> {
        None
    }
    fn routes(&self) -> &school::remote::Routes {
        &ROUTES
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).unwrap_or_else(|| "8099".to_owned()).parse()?;
    let folder = tempfile::tempdir()?;
    let db = Db::open_file(&folder.path().join("schoolgate.db")).await?;
    let zone = TimeZone::get("Europe/London")?;
    let mut log = Activity::open(&folder.path().join("activity"), activity::Settings::new(zone.clone()))?;
    let now: Timestamp = NOW.parse()?;

    let school = School { id: fresh_id(now), trust: None, name: "Elm Park School".parse()? };
    let everyone = fill(&db, &school, now).await?;
    let school = trust::put_under(&db, school, now).await?;
    let rows: Vec<Seen> = (0..ROWS).map(|i| seen(i, school.id, &everyone, now)).collect();
    log.append(&rows, now)?;
    log.sync()?;

    let text = policy_text();
    let layers = [LayerText { layer: Layer::School, name: "Elm Park School", text: &text }];
    let art = Group { id: fresh_id(now), school: school.id, name: "9B art".parse()? };
    let directory = Directory::new(&everyone, [&art], []);
    let rules =
        Rules::compile(&layers, &directory, Arc::new(Lists::empty())).map_err(|it| format!("{it:?}"))?;
    let ruling = Arc::new(Ruling { rules, calendar: calendar(zone) });
    let console = Console {
        db,
        activity: log.reader(),
        in_force: Arc::new(move |_| Some(Arc::clone(&ruling) as Arc<dyn InForce>)),
        clock: Arc::new(move || now),
        secure_cookies: false,
        throttle: Throttle::default(),
        rolls: Rolls::default(),
        elsewhere: None,
        sign_in: SignIn::new([7; 32], "http://localhost:8080"),
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("http://127.0.0.1:{port}/");
    let app = console::router(console).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await?;
    Ok(())
}

async fn fill(db: &Db, school: &School, now: Timestamp) -> Result<Vec<Person>, Box<dyn std::error::Error>> {
    let by = By { person: None, name: "Made up for looking".to_owned(), at: now };
    let mut tx = db.write().await?;
    schools::add(&mut tx, &by, school).await?;
    let phc = Argon2::default().hash_password(b"three random words")?.to_string();
    for (username, name, role) in [
        ("dsl", "Dana Shah", Role::Dsl),
        ("manager", "Nia Morgan", Role::NetworkManager),
        ("head", "Helen Head", Role::Head),
        ("accounts", "Amir Accounts", Role::AccountAdministrator),
        ("teacher", "Tom Teller", Role::Teacher),
    ] {
        let person = person(school.id, username, name, role, None)?;
        people::add(&mut tx, &by, &person).await?;
        people::set_password(&mut tx, &by, school.id, person.id, &phc).await?;
    }
    let first = ["Ada", "Ben", "Cara", "Dev", "Ella", "Finn", "Grace", "Hugo", "Isla", "Jay"];
    let last = ["Appleby", "Brook", "Carver", "Dale", "Eastwood"];
    let mut pupils = Vec::new();
    for (i, first) in first.iter().enumerate() {
        for (j, last) in last.iter().enumerate() {
            let year = Year::new(i8::try_from(7 + (i + j) % 5)?);
            let username = format!("{}.{}", first.to_lowercase(), last.to_lowercase());
            let pupil = person(school.id, &username, &format!("{first} {last}"), Role::Pupil, year)?;
            people::add(&mut tx, &by, &pupil).await?;
            pupils.push(pupil);
        }
    }
    let art = Group { id: fresh_id(now), school: school.id, name: "9B art".parse()? };
    groups::add(&mut tx, &by, &art).await?;
    rules::save(
        &mut tx,
        &by,
        school.id,
        school::Place::School,
        policy::starter(),
        "What Schoolgate starts with",
    )
    .await?;
    let manager = By { name: "Nia Morgan".to_owned(), ..by.clone() };
    rules::save(
        &mut tx,
        &manager,
        school.id,
        school::Place::School,
        &policy_text(),
        "Games at break; our own rules",
    )
    .await?;
    pulse::beat(&mut tx, &heartbeat(school.id, now)).await?;
    for (source, state) in sources(now) {
        lists::add_source(&mut tx, &by, school.id, &source).await?;
        lists::set_state(&mut tx, source.id, &state).await?;
    }
    for new in worries(school.id, &pupils, now) {
        let by = By { person: None, name: "The gate".to_owned(), at: new.at };
        concerns::raise(&mut tx, &by, &new).await?;
    }
    rosters(&mut tx, &by, school.id, &pupils).await?;
    tx.commit().await?;
    Ok(pupils)
}

/// One that waits for approval, and somebody who has left.
async fn rosters(
    tx: &mut Tx,
    by: &By,
    school: Id<School>,
    pupils: &[Person],
) -> Result<(), Box<dyn std::error::Error>> {
    for (n, it) in pupils.iter().enumerate().take(40) {
        roster::join_by_hand(tx, by, school, &it.username, ("mis", &format!("{}", 100 + n))).await?;
    }
    people::leave(tx, by, school, pupils[41].id).await?;
    let new =
        NewLoad { school, source: "mis", file_name: "MIS-export-2026-11-23.zip", mapping: "", bytes: b"zip" };
    let id = roster::receive(tx, by, &new).await?;
    roster::start_reading(tx, id, by.at).await?;
    let load = roster::get(tx, id).await?.ok_or("a load")?;
    let person = |n: usize, given: &str, family: &str, year: &str| WantedPerson {
        source_id: n.to_string(),
        given: given.to_owned(),
        family: family.to_owned(),
        roles: vec!["student".to_owned()],
        year: Some(year.to_owned()),
        place: Some(Place { file: "users.csv".to_owned(), line: n as u64 - 90 }),
        ..WantedPerson::default()
    };
    let mut wanted = Wanted::default();
    for (n, it) in pupils.iter().enumerate().take(24) {
        let (given, family) = it.name.as_str().split_once(' ').ok_or("two names")?;
        let year =
            if n % 4 == 0 { "11".to_owned() } else { it.year.map(|it| it.to_string()).unwrap_or_default() };
        wanted.people.push(person(100 + n, given, family, &year));
    }
    wanted.people.push(person(190, "Zoë", "O’Brien", "7"));
    wanted.people.push(person(191, "Kofi", "Mensah", "Form 2"));
    wanted.people.push(WantedPerson {
        username: Some("teacher".to_owned()),
        roles: vec!["teacher".to_owned()],
        ..person(192, "Tom", "Teller", "")
    });
    let found = roster::known(tx, school, by.at).await?;
    let rules = Taken {
        source: "mis".to_owned(),
        usernames: NameRule::default(),
        now: by.at,
        zone: TimeZone::get("Europe/London")?,
    };
    let plan = diff(&found.known, &wanted, &rules);
    roster::write_dry_run(tx, &load, wanted.mode, &plan, 33, None, by.at).await?;
    Ok(())
}

fn policy_text() -> String {
    format!("{}{}", policy::starter(), include_str!("look.policy"))
}

fn heartbeat(school: Id<School>, now: Timestamp) -> Pulse {
    Pulse {
        school,
        gate: "gate-1".to_owned(),
        started_at: now - SignedDuration::from_hours(30),
        seen_at: now - SignedDuration::from_secs(4),
        requests: 182_331,
        blocked: 3_120,
        dropped: 12,
        help: 41,
        snapshot_at: now - SignedDuration::from_mins(22),
        faults: vec!["No e-mail could be sent for an hour: mail.elm-park.test does not answer. Concerns wait in the console; check the mail settings.".to_owned()],
    }
}

fn sources(now: Timestamp) -> Vec<(ListSource, ListState)> {
    let source = |name: &str, kind: &str, location: &str, licence: &str, sealed| ListSource {
        id: fresh_id(now),
        name: name.to_owned(),
        kind: kind.to_owned(),
        location: location.to_owned(),
        licence: licence.to_owned(),
        sealed,
        enabled: true,
        map: String::new(),
    };
    let state = |hours: i64, entries: u64, bad: u64, warnings: &[&str]| ListState {
        tried_at: now - SignedDuration::from_mins(41),
        loaded_at: Some(now - SignedDuration::from_hours(hours)),
        entries,
        size_bytes: entries * 9,
        compiled_path: None,
        added: entries / 311,
        removed: entries / 900,
        bad_lines: bad,
        fault: None,
        warnings: warnings.iter().map(|it| (*it).to_owned()).collect(),
    };
    vec![
        (
            source(
                "Toulouse categories",
                "squidguard",
                "/var/lib/schoolgate/lists/ut1",
                "CC BY-SA 4.0",
                false,
            ),
            state(9, 4_812_331, 37, &[]),
        ),
        (source("Learning and help", "domains", "built in", "Apache-2.0", false), state(30, 412, 0, &[])),
        (
            source("Advertising hosts", "hosts", "https://lists.example.org/hosts.txt", "MIT", false),
            state(
                24 * 19,
                91_204,
                512,
                &["Nothing new for 19 days: the address may have moved. Look for a newer one."],
            ),
        ),
        (source("Member's sealed list", "hashes", "", "Membership", true), state(3, 28_771, 0, &[])),
    ]
}

fn worries(school: Id<School>, pupils: &[Person], now: Timestamp) -> Vec<NewConcern> {
    let new = |minutes: i64,
               who: usize,
               origin,
               theme: Option<&str>,
               severity: Option<&str>,
               words: &str,
               place: Option<&str>| NewConcern {
        school,
        at: now - SignedDuration::from_mins(minutes),
        origin,
        about: Some(pupils[who].id),
        reporter: None,
        theme: theme.map(ToOwned::to_owned),
        severity: severity.map(ToOwned::to_owned),
        words: words.to_owned(),
        place: place.map(ToOwned::to_owned),
    };
    vec![
        new(
            190,
            7,
            Origin::Search,
            Some("bullying"),
            Some("medium"),
            "what to do when everyone in your class hates you",
            Some("www.google.com"),
        ),
        new(
            52,
            12,
            Origin::Search,
            Some("self-harm"),
            Some("high"),
            "i dont want to be here any more",
            Some("www.bing.com"),
        ),
        new(
            44,
            12,
            Origin::Search,
            Some("self-harm"),
            Some("high"),
            "i cant do this any more",
            Some("www.bing.com"),
        ),
        new(
            31,
            23,
            Origin::Report,
            None,
            None,
            "Someone keeps sending messages about me in the year group chat.\nIt has been going on for two weeks and I do not want to say it in class.",
            None,
        ),
    ]
}

fn seen(i: i64, school: Id<School>, everyone: &[Person], now: Timestamp) -> Seen {
    let mut chance = u64::try_from(i).unwrap_or(0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut pick = |n: usize| {
        chance ^= chance >> 29;
        chance = chance.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        usize::try_from((chance >> 33) % n as u64).unwrap_or(0)
    };
    let sites: &[(&str, &str, Category, Outcome)] = &[
        ("www.bbc.co.uk", "/bitesize/topics/zrbwh39", Category::Education, Outcome::Allowed),
        ("en.wikipedia.org", "/wiki/Volcano", Category::Reference, Outcome::Allowed),
        ("classroom.google.com", "/u/0/h", Category::Education, Outcome::Allowed),
        ("www.google.com", "/search?q=volcano+facts&safe=active", Category::SearchEngines, Outcome::Allowed),
        ("maths.example.org", "/year9/algebra?task=12", Category::Education, Outcome::Allowed),
        ("static.example.net", "/bundle.4f2a9c.js", Category::Infrastructure, Outcome::Allowed),
        ("play.unblocked-games.test", "/run/3", Category::Games, Outcome::Blocked),
        ("video.example.com", "/watch?v=8812", Category::VideoSharing, Outcome::Warned),
        ("bet.example.com", "/live", Category::Gambling, Outcome::Blocked),
        ("chat.example.com", "/rooms/7", Category::Chat, Outcome::Blocked),
        ("free-proxy.test", "/", Category::Bypass, Outcome::Blocked),
        ("old.example.org", "/", Category::News, Outcome::Failed),
    ];
    let often = [0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11];
    let (host, path, category, outcome) = sites[often[pick(often.len())]];
    let searched = host == "www.google.com";
    let step = if outcome == Outcome::Allowed { Step::BaseMode } else { Step::Category };
    Seen {
        at: now - SignedDuration::from_millis(i * 1_100 + 900),
        school,
        person: (pick(30) != 0).then(|| everyone[pick(everyone.len())].id),
        device: Some(format!("laptop-{:03}", pick(180)).into()),
        address: format!("10.4.{}.{}", pick(4), 10 + pick(200)).parse().expect("an address"),
        method: Method::Get,
        scheme: Scheme::Https,
        host: host.into(),
        port: 443,
        path: Some(path.into()),
        search: searched.then(|| "volcano facts".into()),
        categories: CategorySet::NONE.with(category),
        outcome,
        because: Because {
            step,
            rule: None,
            list: (step == Step::Category).then(|| "Toulouse categories".into()),
            category: (step == Step::Category).then_some(category),
            profile: Some("Key Stage 3".into()),
            matched: 0,
        },
        carried: Carried::Inspected,
        status: if outcome == Outcome::Blocked { 403 } else { 200 },
        bytes_in: 0,
        bytes_out: 1_024 + pick(90_000) as u64,
        took: 20_000,
    }
}

fn person(
    school: Id<School>,
    username: &str,
    name: &str,
    role: Role,
    year: Option<Year>,
) -> Result<Person, Box<dyn std::error::Error>> {
    Ok(Person {
        id: fresh_id(NOW.parse()?),
        school,
        username: username.parse()?,
        name: name.parse()?,
        roles: Roles::NONE.with(role),
        year,
        groups: Vec::new(),
        email: None,
        stay: school::Stay::ALWAYS,
    })
}

fn calendar(zone: TimeZone) -> Calendar {
    let span = |a, b, c, d| DaySpan { start: time(a, b, 0, 0), end: time(c, d, 0, 0) };
    Calendar {
        zone,
        terms: Vec::new(),
        days: SchoolDays::MONDAY_TO_FRIDAY,
        day: span(8, 30, 15, 30),
        lessons: vec![span(9, 0, 12, 0), span(13, 0, 15, 0)],
        closed: Vec::new(),
    }
}
