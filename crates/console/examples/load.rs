//! What the console takes with 20,000 people in the school and 200 of them at work in it (`cargo xtask bench console`):
//! fills a throwaway database through the store, starts the console in a process of its own, and reads its main pages
//! from this one. Each of the 200 opens a page every five seconds or so. On `SQLite`, and on a private `PostgreSQL`
//! where one is installed; `sqlite` or `postgres` as the first argument takes one of them, a number as the second the
//! seconds to measure for, and a third part of a path leaves the other pages out.
use std::{
    collections::BTreeMap,
    error::Error,
    net::SocketAddr,
    path::Path,
    process::{Child, Stdio},
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use casework::{NewConcern, Origin};
use console::{Console, InForce, Rolls, SignIn, Throttle};
use jiff::{SignedDuration, Timestamp, civil::time, tz::TimeZone};
use policy::{
    Because, Carried, Category, CategorySet, Directory, LayerText, Method, Outcome, Rules, Scheme, Seen,
    Step, lists::Lists,
};
use school::{Calendar, DaySpan, Group, Id, Layer, Person, Role, Roles, School, SchoolDays, Stay, Year};
use sha2::{Digest as _, Sha256};
use store::{
    By, Db, activity, activity::Activity, agreements as kept, concerns, fresh_id, groups, people, rules,
    schools, sessions,
};
use testkit::databases::Postgres;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc::{UnboundedSender, unbounded_channel},
    task::JoinSet,
    time::sleep,
};

type Fault = Box<dyn Error + Send + Sync>;

const NOW: &str = "2026-11-23T10:20:31Z";
const PUPILS: u64 = 18_000;
const STAFF: u64 = 1_800;
const USERS: u64 = 200;
const CLASSES: u64 = 600;
/// People added in one transaction.
const AT_ONCE: u64 = 1_000;
const ROWS: u64 = 20_000;
/// Milliseconds from one page of a user to the next: at least, and how much more by chance.
const THINK: (u64, u64) = (2_000, 6_000);

struct Ruling(Rules, Calendar);

static ROUTES: LazyLock<school::remote::Routes> = LazyLock::new(Default::default);

impl InForce for Ruling {
    fn rules(&self) -> &Rules {
        &self.0
    }
    fn calendar(&self) -> &Calendar {
        &self.1
    }
    fn site(&self) -> Option<Id<school::Site>> {
        None
    }
    fn routes(&self) -> &school::remote::Routes {
        &ROUTES
    }
}

/// Ends with us, whatever happens.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::main]
async fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |n: usize| arguments.get(n).map_or("", String::as_str);
    if argument(0) == "serve" {
        return serve(argument(1), Path::new(argument(2))).await;
    }
    let seconds = argument(1).parse().unwrap_or(60);
    let only = argument(2);
    if argument(0) != "postgres" {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("schoolgate.db").display());
        measure("SQLite", &url, folder.path(), seconds, only).await?;
    }
    if argument(0) != "sqlite" {
        match Postgres::start() {
            None => println!("PostgreSQL: not measured, none is installed"),
            Some(server) => {
                let folder = tempfile::tempdir()?;
                measure("PostgreSQL", &server.url(), folder.path(), seconds, only).await?;
            }
        }
    }
    Ok(())
}

async fn measure(engine: &str, url: &str, folder: &Path, seconds: u64, only: &str) -> Result<(), Fault> {
    let start = Instant::now();
    let db = Db::open(url).await?;
    let mut pages = fill(&db, folder).await?;
    db.analyze().await?;
    pages.retain(|it| it.contains(only));
    let pages = Arc::new(pages);
    db.close().await;
    println!("{engine}: {} people filled in within {:.0?}", PUPILS + STAFF + USERS, start.elapsed());
    let mut child = std::process::Command::new(std::env::current_exe()?)
        .args(["serve", url])
        .arg(folder)
        .stdout(Stdio::piped())
        .spawn()?;
    let said = child.stdout.take().ok_or("no output")?;
    let _running = Running(child);
    let mut address = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(said), &mut address)?;
    let address: SocketAddr = address.trim().parse()?;
    let (sender, mut receiver) = unbounded_channel();
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut users = JoinSet::new();
    for user in 0..USERS {
        users.spawn(work(user, address, Arc::clone(&pages), end, sender.clone()));
    }
    drop(sender);
    let mut all: BTreeMap<usize, (Vec<Duration>, u64)> = BTreeMap::new();
    while let Some((page, took)) = receiver.recv().await {
        let of = all.entry(page).or_default();
        match took {
            Some(took) => of.0.push(took),
            None => of.1 += 1,
        }
    }
    println!("{:<44} {:>6} {:>9} {:>9} {:>9} {:>7}", "page", "times", "p50 ms", "p95 ms", "p99 ms", "failed");
    let mut whole = Vec::new();
    for (page, (mut times, failed)) in all {
        whole.extend_from_slice(&times);
        line(&pages[page], &mut times, failed);
    }
    line("all pages", &mut whole, 0);
    Ok(())
}

fn line(name: &str, times: &mut [Duration], failed: u64) {
    times.sort_unstable();
    let at = |part: usize| {
        let place = (times.len() * part / 100).min(times.len().saturating_sub(1));
        times.get(place).map_or(f64::NAN, |it| it.as_secs_f64() * 1_000.0)
    };
    println!("{name:<44} {:>6} {:>9.1} {:>9.1} {:>9.1} {failed:>7}", times.len(), at(50), at(95), at(99));
}

/// One person at work: a page, some thought, another page.
async fn work(
    user: u64,
    address: SocketAddr,
    pages: Arc<Vec<String>>,
    end: Instant,
    sender: UnboundedSender<(usize, Option<Duration>)>,
) {
    let cookie = format!("schoolgate={}", URL_SAFE_NO_PAD.encode(secret(user)));
    let mut chance = user + 1;
    let mut connection = None;
    sleep(Duration::from_millis(pick(&mut chance, THINK.0 + THINK.1 / 2))).await;
    for turn in 0.. {
        if end <= Instant::now() {
            return;
        }
        let page = usize::try_from(user * 7 + turn).unwrap_or(0) % pages.len();
        let start = Instant::now();
        let took = match read(&mut connection, address, &pages[page], &cookie).await {
            Ok(200) => Some(start.elapsed()),
            other => {
                if user == 0 || turn == 0 {
                    eprintln!("{}: {other:?}", pages[page]);
                }
                connection = None;
                None
            }
        };
        let _ = sender.send((page, took));
        sleep(Duration::from_millis(THINK.0 + pick(&mut chance, THINK.1))).await;
    }
}

/// The status, once the whole answer is here.
async fn read(
    kept: &mut Option<TcpStream>,
    address: SocketAddr,
    path: &str,
    cookie: &str,
) -> Result<u16, Fault> {
    let stream = match kept {
        Some(stream) => stream,
        None => kept.insert(TcpStream::connect(address).await?),
    };
    let asked = format!("GET {path} HTTP/1.1\r\nhost: console.test\r\ncookie: {cookie}\r\n\r\n");
    stream.write_all(asked.as_bytes()).await?;
    let mut answer = Vec::with_capacity(65_536);
    let head = loop {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err("the console hung up".into());
        }
        if let Some(end) = answer.windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = std::str::from_utf8(&answer[..head])?.to_lowercase();
    let length: usize = text
        .lines()
        .find_map(|it| it.strip_prefix("content-length:"))
        .ok_or("an answer without a length")?
        .trim()
        .parse()?;
    while answer.len() < head + length {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err("the answer was cut off".into());
        }
    }
    Ok(text.split(' ').nth(1).ok_or("no status")?.parse()?)
}

async fn serve(url: &str, folder: &Path) -> Result<(), Fault> {
    let db = Db::open(url).await?;
    let zone = TimeZone::get("Europe/London")?;
    let log = Activity::open(&folder.join("activity"), activity::Settings::new(zone.clone()))?;
    let text = LayerText { layer: Layer::School, name: "Elm Park School", text: policy::starter() };
    let rules = Rules::compile(&[text], &Directory::default(), Arc::new(Lists::empty()))
        .map_err(|it| format!("{it:?}"))?;
    let calendar = Calendar {
        zone,
        terms: Vec::new(),
        days: SchoolDays::MONDAY_TO_FRIDAY,
        day: DaySpan { start: time(8, 30, 0, 0), end: time(15, 30, 0, 0) },
        lessons: Vec::new(),
        closed: Vec::new(),
    };
    let ruling = Arc::new(Ruling(rules, calendar));
    let (now, start): (Timestamp, _) = (NOW.parse()?, Instant::now());
    let console = Console {
        db,
        activity: log.reader(),
        in_force: Arc::new(move |_| Some(Arc::clone(&ruling) as Arc<dyn InForce>)),
        clock: Arc::new(move || {
            now + SignedDuration::try_from(start.elapsed()).unwrap_or(SignedDuration::ZERO)
        }),
        secure_cookies: false,
        throttle: Throttle::default(),
        rolls: Rolls::default(),
        elsewhere: None,
        sign_in: SignIn::new([7; 32], "http://localhost:8080"),
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?);
    let app = console::router(console).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await?;
    Ok(())
}

/// A school at work, and the pages that are read of it.
#[expect(clippy::too_many_lines, reason = "one kind of row after the other")]
async fn fill(db: &Db, folder: &Path) -> Result<Vec<String>, Fault> {
    let now: Timestamp = NOW.parse()?;
    let by = By { person: None, name: "Bench".to_owned(), at: now };
    let school = School { id: fresh_id(now), trust: None, name: "Elm Park School".parse()? };
    let mut tx = db.write().await?;
    schools::add(&mut tx, &by, &school).await?;
    let mut classes = Vec::new();
    for n in 0..CLASSES {
        let class = Group { id: fresh_id(now), school: school.id, name: format!("Class {n}").parse()? };
        groups::add(&mut tx, &by, &class).await?;
        classes.push(class.id);
    }
    let of_school = school::Place::School;
    rules::save(&mut tx, &by, school.id, of_school, policy::starter(), "What Schoolgate starts with").await?;
    let text = agreements::pupils(fresh_id(now), school.id);
    let readings = text.readings().to_vec();
    let agreement = kept::publish(&mut tx, &by, school.id, text.audience, readings, "First").await?;
    tx.commit().await?;

    let mut everyone = Vec::new();
    for batch in 0..(PUPILS + STAFF + USERS).div_ceil(AT_ONCE) {
        let mut tx = db.write().await?;
        for n in batch * AT_ONCE..((batch + 1) * AT_ONCE).min(PUPILS + STAFF + USERS) {
            let person = person(n, &school, &classes, now)?;
            people::add(&mut tx, &by, &person).await?;
            if n < PUPILS && n % 2 == 0 {
                let signing = kept::Signing {
                    signature: agreements::Signature {
                        agreement: agreement.id,
                        hash: agreement.readings()[0].hash(),
                        person: person.id,
                        signer: Some(person.id),
                        standing: agreements::Standing::Own,
                        at: now,
                    },
                    signer_name: person.name.as_str(),
                    method: kept::Method::Paper,
                    job_title: None,
                    appointed_on: None,
                    form: None,
                };
                kept::sign(&mut tx, &by, school.id, &signing).await?;
            }
            everyone.push(person);
        }
        tx.commit().await?;
    }
    let mut tx = db.write().await?;
    let until = now + SignedDuration::from_hours(8);
    for (user, person) in (0..).zip(&everyone[usize::try_from(PUPILS + STAFF)?..]) {
        let hash: [u8; 32] = Sha256::digest(secret(user)).into();
        sessions::open(&mut tx, &hash, school.id, person.id, now, until).await?;
        sessions::prove(&mut tx, &hash, now).await?;
    }
    for n in 0..50_usize {
        let new = NewConcern {
            school: school.id,
            at: now,
            origin: Origin::Report,
            about: Some(everyone[n * 31].id),
            reporter: None,
            theme: None,
            severity: None,
            words: format!("Made-up worry {n}"),
            place: None,
        };
        concerns::raise(&mut tx, &by, &new).await?;
    }
    tx.commit().await?;
    let zone = TimeZone::get("Europe/London")?;
    let mut log = Activity::open(&folder.join("activity"), activity::Settings::new(zone))?;
    let rows: Vec<Seen> = (0..ROWS).map(|n| seen(n, school.id, &everyone, now)).collect::<Result<_, _>>()?;
    log.append(&rows, now)?;
    log.sync()?;

    let one = everyone[4_321].id;
    let paths = [
        "/today",
        "/concerns",
        "/activity",
        "/activity?person=pupil4321",
        "/activity?person=Brook",
        "/explain",
        "/explain?url=www.bbc.co.uk&person=pupil77",
        "/people",
        "/people?words=brook",
        "/people?page=300",
        "/access",
        "/plans",
        "/posts",
        "/roster",
        "/leavers",
        "/guests",
        "/remote",
        "/agreements",
        "/profiles",
        "/lists",
        "/settings",
        "/audit",
    ];
    let mut pages: Vec<String> = paths.iter().map(|it| (*it).to_owned()).collect();
    pages.push(format!("/people/{one}"));
    pages.push(format!("/agreements/person/{one}"));
    Ok(pages)
}

fn person(n: u64, school: &School, classes: &[Id<Group>], now: Timestamp) -> Result<Person, Fault> {
    const FIRST: [&str; 8] = ["Ada", "Ben", "Cara", "Dev", "Ella", "Finn", "Grace", "Hugo"];
    const LAST: [&str; 7] = ["Appleby", "Brook", "Carver", "Dale", "Eastwood", "Fielding", "Marsh"];
    let place = usize::try_from(n)?;
    let name = format!("{} {} {n}", FIRST[place % FIRST.len()], LAST[place / 3 % LAST.len()]);
    let (username, roles) = if n < PUPILS {
        (format!("pupil{n}"), Roles::NONE.with(Role::Pupil))
    } else if n < PUPILS + STAFF {
        (format!("staff{n}"), Roles::NONE.with(Role::Teacher))
    } else {
        let all = [Role::Dsl, Role::Head, Role::NetworkManager, Role::AccountAdministrator];
        (format!("user{n}"), all.into_iter().collect())
    };
    let is_pupil = n < PUPILS;
    Ok(Person {
        id: fresh_id(now),
        school: school.id,
        username: username.parse()?,
        name: name.parse()?,
        roles,
        year: if is_pupil { Year::new(i8::try_from(7 + n % 7)?) } else { None },
        groups: if is_pupil { vec![classes[place % classes.len()]] } else { Vec::new() },
        email: None,
        stay: Stay::ALWAYS,
    })
}

fn seen(n: u64, school: Id<School>, everyone: &[Person], now: Timestamp) -> Result<Seen, Fault> {
    let mut chance = n + 1;
    let who = usize::try_from(pick(&mut chance, everyone.len() as u64))?;
    let blocked = n.is_multiple_of(13);
    Ok(Seen {
        at: now - SignedDuration::from_millis(i64::try_from(n)? * 400),
        school,
        person: Some(everyone[who].id),
        device: Some(format!("laptop-{:03}", n % 900).into()),
        address: format!("10.4.{}.{}", n % 8, 10 + n % 200).parse()?,
        method: Method::Get,
        scheme: Scheme::Https,
        host: format!("www.site-{}.test", n % 400).into(),
        port: 443,
        path: Some("/page".into()),
        search: None,
        categories: CategorySet::NONE.with(if blocked { Category::Games } else { Category::Education }),
        outcome: if blocked { Outcome::Blocked } else { Outcome::Allowed },
        because: Because {
            step: if blocked { Step::Category } else { Step::BaseMode },
            rule: None,
            list: None,
            category: blocked.then_some(Category::Games),
            profile: Some("Key Stage 3".into()),
            matched: 0,
        },
        carried: Carried::Inspected,
        status: if blocked { 403 } else { 200 },
        bytes_in: 0,
        bytes_out: 9_000,
        took: 20_000,
    })
}

/// What the cookie of this user holds.
fn secret(user: u64) -> [u8; 32] {
    let mut all = [7; 32];
    all[..8].copy_from_slice(&user.to_be_bytes());
    all
}

/// The same on every run.
fn pick(chance: &mut u64, below: u64) -> u64 {
    *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*chance >> 33) % below
}
