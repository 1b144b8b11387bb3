//! The console as a whole, through requests in this process, on a throwaway store.
mod agreements;
mod forms;
mod guests;
mod pages;

mod posts;
mod refusals;
mod register;
mod roster;
mod second;
mod sign_in;
mod tree;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Router,
    body::Body,
    http::{
        HeaderMap, Method, Request, StatusCode,
        header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE},
    },
};
use casework::{Concern, NewConcern, Origin};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp, civil::time, tz::TimeZone};
use policy::{
    Because, Carried, Category, CategorySet, Directory, LayerText, Method as Verb, Outcome, Rules, Scheme,
    Seen, Step, lists::Lists,
};
use school::{
    Calendar, Choice, DaySpan, Id, Layer, Person, Role, Roles, School, SchoolDays, Year, settings::Setting,
};
use store::{
    By, Db,
    activity::{self, Activity},
    concerns,
    digests::Digest,
    fresh_id, people,
    plans::Plan,
    rules, schools, sessions,
};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::{Console, Elsewhere, InForce, Rolls, SignIn, Throttle, Token, router};

const START: &str = "2026-11-23T10:00:00Z";
/// Kept cheap: one iteration over 64 KiB. What the console makes itself is Argon2's own default.
const PASSWORD: &str = "three random words";

/// Two schools, each with its people, rules, activity and a concern; all made up.
struct World {
    app: Router,
    db: Db,
    /// As the gate of the same program would count.
    guesses: school::guesses::Shared,
    seconds: Arc<AtomicI64>,
    elm: School,
    oak: School,
    pupil: Person,
    concern: Id<Concern>,
    plan: Id<Plan>,
    /// Of the manager's work, for the head.
    digest: Id<Digest>,
    roster: Id<store::roster::Load>,
    leaver: Id<Person>,
    form: Id<store::agreements::Form>,
    _folder: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

struct Ruling(Rules, Calendar);

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
}

impl World {
    async fn new() -> World {
        World::with_cookies(false).await
    }

    async fn with_cookies(secure_cookies: bool) -> World {
        World::made(secure_cookies, |_, _| None).await
    }

    async fn made(
        secure_cookies: bool,
        elsewhere: impl FnOnce(&Db, &School) -> Option<Arc<dyn Elsewhere>>,
    ) -> World {
        let folder = TempDir::new().expect("a temporary folder");
        let db = Db::open_file(&folder.path().join("schoolgate.db")).await.expect("a store");
        let zone = TimeZone::get("Europe/London").expect("bundled");
        let settings = activity::Settings::new(zone.clone());
        let mut log = Activity::open(&folder.path().join("activity"), settings).expect("a log");
        let elm =
            School { id: Id::from_u128(1), trust: None, name: "Elm Park School".parse().expect("a line") };
        let oak =
            School { id: Id::from_u128(2), trust: None, name: "Oak Hill School".parse().expect("a line") };
        let mut world = None;
        for school in [&elm, &oak] {
            let pupil = person(school, "ada.pupil", "Ada Pupil", Role::Pupil);
            let concern = fill(&db, school, &pupil).await;
            log.append(&[seen(school, &pupil)], now()).expect("kept");
            world.get_or_insert((pupil, concern));
        }
        let (pupil, concern) = world.expect("two schools");
        let plan = planned(&db, &pupil).await;
        let digest = digested(&db, &elm).await;
        let seconds = Arc::new(AtomicI64::new(0));
        let ticking = Arc::clone(&seconds);
        let guesses = school::guesses::Shared::default();
        let console = Console {
            db: db.clone(),
            activity: log.reader(),
            in_force: Arc::new(move |_| {
                Some(Arc::new(Ruling(compiled(), calendar(zone.clone()))) as Arc<dyn InForce>)
            }),
            clock: Arc::new(move || now() + SignedDuration::from_secs(ticking.load(Ordering::Relaxed))),
            secure_cookies,
            throttle: Throttle::counting(Arc::clone(&guesses)),
            rolls: Rolls::default(),
            elsewhere: elsewhere(&db, &elm),
            sign_in: SignIn::new([7; 32], "https://console.test"),
        };
        let (roster, leaver) = roster::fill(&db, &elm).await;
        let by = By { person: None, name: "Set-up".to_owned(), at: now() };
        let mut tx = db.write().await.expect("a transaction");
        let form =
            store::agreements::add_form(&mut tx, &by, elm.id, pupil.id, "a.pdf", "application/pdf", b"%PDF-");
        let form = form.await.expect("a form");
        tx.commit().await.expect("kept");
        let app = router(console);
        World {
            app,
            db,
            guesses,
            seconds,
            elm,
            oak,
            pupil,
            concern,
            plan,
            digest,
            roster,
            leaver,
            form,
            _folder: folder,
        }
    }

    fn wait(&self, time: SignedDuration) {
        self.seconds.fetch_add(time.as_secs(), Ordering::Relaxed);
    }

    fn now(&self) -> Timestamp {
        now() + SignedDuration::from_secs(self.seconds.load(Ordering::Relaxed))
    }

    /// A session of someone with this role, opened behind the sign-in page's back, in which a second credential was just
    /// shown.
    async fn session(&self, school: &School, role: Role) -> Token {
        let token = Token::fresh().expect("chance");
        let mut tx = self.db.write().await.expect("a transaction");
        let all = people::all(&mut tx, school.id).await.expect("people");
        let found = all.into_iter().find(|it| it.person.roles.has(role)).map(|it| it.person);
        let person = if let Some(person) = found {
            person
        } else {
            let person = person(school, role.code(), "Robin Other", role);
            let by = By { person: None, name: "Set-up".to_owned(), at: self.now() };
            people::add(&mut tx, &by, &person).await.expect("a person");
            person
        };
        let until = self.now() + crate::LONGEST;
        sessions::open(&mut tx, &token.hash(), school.id, person.id, self.now(), until)
            .await
            .expect("a session");
        sessions::prove(&mut tx, &token.hash(), self.now()).await.expect("proved");
        tx.commit().await.expect("kept");
        token
    }

    /// What Elm Park says of a setting.
    async fn set(&self, setting: &Setting, value: &str) {
        let by = By { person: None, name: "Set-up".to_owned(), at: self.now() };
        let (school, owner) = (self.elm.id, self.elm.id.to_string());
        let mut tx = self.db.write().await.expect("a transaction");
        let place = (Layer::School, owner.as_str());
        store::settings::set(&mut tx, &by, school, place, setting, value, false).await.expect("set");
        tx.commit().await.expect("kept");
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    async fn get(&self, path: &str, session: Option<&Token>) -> Answer {
        self.send(request(Method::GET, path, session, Body::empty())).await
    }

    /// With the form token of the session, as our own pages send it.
    async fn post(&self, path: &str, session: Option<&Token>, fields: &[(&str, &str)]) -> Answer {
        let token = session.map(Token::form_token).unwrap_or_default();
        let mut all = vec![("token", token.as_str())];
        all.extend(fields);
        let body = serde_html_form::to_string(all).expect("a form");
        self.send(request(Method::POST, path, session, Body::from(body))).await
    }

    async fn audit(&self, school: &School) -> Vec<String> {
        let mut tx = self.db.read().await.expect("a transaction");
        let all = store::audit::recent(&mut tx, school.id, None, 100).await.expect("entries");
        all.into_iter().map(|it| format!("{}: {} {}", it.actor_name, it.act, it.subject)).collect()
    }
}

impl Answer {
    fn location(&self) -> &str {
        self.headers.get(LOCATION).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }
    fn cookie(&self) -> &str {
        self.headers.get(SET_COOKIE).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }
    /// What the page says, a line for each piece of text, without the frame around it.
    fn words(&self) -> String {
        let main =
            self.text.split("<main").nth(1).and_then(|it| it.split("</main>").next()).unwrap_or(&self.text);
        let mut words = String::new();
        for piece in main.split('<').filter_map(|it| it.split_once('>')).map(|(_, text)| text.trim()) {
            if !piece.is_empty() {
                words.push_str(piece);
                words.push('\n');
            }
        }
        words
    }
}

fn request(method: Method, path: &str, session: Option<&Token>, body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("host", "console.test");
    request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some(token) = session {
        request = request.header(COOKIE, format!("schoolgate={}; __Host-schoolgate={0}", token.text()));
    }
    request.body(body).expect("a request")
}

fn now() -> Timestamp {
    START.parse().expect(START)
}

fn person(school: &School, username: &str, name: &str, role: Role) -> Person {
    Person {
        id: fresh_id(now()),
        school: school.id,
        username: username.parse().expect(username),
        name: format!("{name} of {}", school.name).parse().expect(name),
        roles: Roles::NONE.with(role),
        year: if role == Role::Pupil { Year::new(7) } else { None },
        groups: vec![],
        email: None,
        stay: school::Stay::ALWAYS,
    }
}

async fn fill(db: &Db, school: &School, pupil: &Person) -> Id<Concern> {
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    let mut tx = db.write().await.expect("a transaction");
    schools::add(&mut tx, &by, school).await.expect("a school");
    people::add(&mut tx, &by, pupil).await.expect("a pupil");
    for (username, name, role) in [
        ("tom", "Tom Teller", Role::Teacher),
        ("dana", "Dana Lead", Role::Dsl),
        ("nia", "Nia Manager", Role::NetworkManager),
        ("helen", "Helen Head", Role::Head),
    ] {
        let person = person(school, username, name, role);
        people::add(&mut tx, &by, &person).await.expect("a person");
        people::set_password(&mut tx, &by, school.id, person.id, &cheap_hash()).await.expect("a password");
    }
    // Of the first school alone: their numbers are known to the tests.
    if school.id == Id::from_u128(1) {
        guests::fill(&mut tx, &by, school, pupil).await;
    }
    let all = people::all(&mut tx, school.id).await.expect("people");
    let head = all.iter().find(|it| it.person.roles.has(Role::Head)).expect("a head");
    let link = school::roster::ParentLink {
        child: pupil.id,
        parent: head.person.id,
        relation: "mother".to_owned(),
        priority: Some(1),
    };
    store::parents::link(&mut tx, &by, school.id, &link).await.expect("linked");
    let pupils = ::agreements::pupils(fresh_id(now()), school.id);
    let readings = pupils.readings().to_vec();
    store::agreements::publish(&mut tx, &by, school.id, pupils.audience, readings, "First")
        .await
        .expect("published");
    let text = format!("{}\nblock secret-{}.example.org\n", policy::starter(), pupil.school.as_u128());
    rules::save(&mut tx, &by, school.id, school::Place::School, &text, "First").await.expect("rules");
    let new = NewConcern {
        school: school.id,
        at: now(),
        origin: Origin::Search,
        about: Some(pupil.id),
        reporter: None,
        theme: Some("bullying".to_owned()),
        severity: Some("high".to_owned()),
        words: format!("they all hate me at {}", school.name),
        place: Some("search.example.org".to_owned()),
    };
    concerns::raise(&mut tx, &by, &new).await.expect("a concern");
    let concern = concerns::awaiting(&mut tx, school.id).await.expect("concerns")[0].id;
    tx.commit().await.expect("kept");
    concern
}

/// An access plan for the pupil of Elm Park.
async fn planned(db: &Db, pupil: &Person) -> Id<Plan> {
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    let plan = Plan {
        id: fresh_id(now()),
        school: pupil.school,
        person: pupil.id,
        need: "reads with a screen reader".to_owned(),
        decided_by: "Dana Lead of Elm Park School".parse().expect("a line"),
        profile: "Key Stage 5".to_owned(),
        since: now(),
        review_at: now() + SignedDuration::from_hours(24 * 90),
        ended_at: None,
        version: 1,
    };
    let mut tx = db.write().await.expect("a transaction");
    store::plans::make(&mut tx, &by, &plan).await.expect("a plan");
    tx.commit().await.expect("kept");
    plan.id
}

/// What the manager of Elm Park did, for its head.
async fn digested(db: &Db, school: &School) -> Id<Digest> {
    let by = By { person: None, name: "Set-up".to_owned(), at: now() };
    let mut tx = db.write().await.expect("a transaction");
    let mut who = async |name: &str| {
        let found = people::by_username(&mut tx, school.id, &name.parse().expect("a username")).await;
        found.expect("read").expect("somebody").person.id
    };
    let (operator, supervisor) = (who("nia").await, who("helen").await);
    let id = fresh_id(now());
    let since = now() - SignedDuration::from_hours(24 * 7);
    let digest = Digest {
        id,
        school: school.id,
        operator,
        supervisor,
        made_at: now(),
        since,
        until: now(),
        entries: 0,
    };
    store::digests::add(&mut tx, &by, &digest).await.expect("a digest");
    tx.commit().await.expect("kept");
    id
}

fn cheap_hash() -> String {
    use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher};
    let params = Params::new(64, 1, 1, None).expect("good parameters");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password(PASSWORD.as_bytes()).expect("hashed").to_string()
}

fn seen(school: &School, pupil: &Person) -> Seen {
    Seen {
        at: now() - SignedDuration::from_mins(5),
        school: school.id,
        person: Some(pupil.id),
        device: Some("laptop-7".into()),
        address: "10.1.2.3".parse().expect("an address"),
        method: Verb::Get,
        scheme: Scheme::Https,
        host: format!("games-{}.example.org", school.id.as_u128()).into(),
        port: 443,
        path: Some("/play".into()),
        search: Some("=cmd|' /C calc'!A0".into()),
        categories: CategorySet::NONE.with(Category::Games),
        outcome: Outcome::Blocked,
        because: Because {
            step: Step::Category,
            rule: None,
            list: Some("Made-up list".into()),
            category: Some(Category::Games),
            profile: Some("Key Stage 3".into()),
            matched: 0,
        },
        carried: Carried::Inspected,
        status: 403,
        bytes_in: 0,
        bytes_out: 2_048,
        took: 12_000,
    }
}

fn compiled() -> Rules {
    let layers = [LayerText { layer: Layer::School, name: "school", text: policy::starter() }];
    Rules::compile(&layers, &Directory::default(), Arc::new(Lists::empty()))
        .expect("the starter rules are good")
}

fn calendar(zone: TimeZone) -> Calendar {
    Calendar {
        zone,
        terms: vec![],
        days: SchoolDays::MONDAY_TO_FRIDAY,
        day: DaySpan { start: time(8, 30, 0, 0), end: time(15, 30, 0, 0) },
        lessons: vec![],
        closed: vec![],
    }
}
