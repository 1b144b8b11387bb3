//! The console as a whole, through requests in this process, on a throwaway store.
mod agreements;
mod forms;
mod guests;
mod looks;
mod made_up;
mod outside;
mod pages;
mod placements;
mod posts;
mod powers;
mod refusals;
mod register;
mod roster;
mod second;
mod shared;
mod sheets;
mod sign_in;
mod tree;
mod trust;
mod twice;

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
use casework::Concern;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use school::{Choice, Id, Layer, Person, Placement, Role, School, settings::Setting};
use store::{
    By, Db,
    activity::{self, Activity},
    digests::Digest,
    people,
    plans::Plan,
    sessions,
};
use tempfile::TempDir;
use tower::ServiceExt;

use self::made_up::{Ruling, calendar, compiled, digested, fill, person, placed, planned, seen};
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
    /// Cai's own, of which there is nothing else.
    ash: School,
    pupil: Person,
    concern: Id<Concern>,
    plan: Id<Plan>,
    /// Of the manager's work, for the head.
    digest: Id<Digest>,
    /// Of Cai Central of Ash Lane, who is a technician at Elm Park.
    placement: Id<Placement>,
    roster: Id<store::roster::Load>,
    leaver: Id<Person>,
    form: Id<store::agreements::Form>,
    _folder: TempDir,
}

#[derive(Default)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
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
        let elm = made_up::school(1, "Elm Park School");
        let oak = made_up::school(2, "Oak Hill School");
        let ash = made_up::school(3, "Ash Lane School");
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
        let placement = placed(&db, &ash, &elm).await;
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
            ash,
            pupil,
            concern,
            plan,
            digest,
            placement,
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
        let token = self.session_by_password(school, role).await;
        self.prove(&token).await;
        token
    }

    /// A second credential is shown, again.
    async fn prove(&self, session: &Token) {
        let mut tx = self.db.write().await.expect("a transaction");
        sessions::prove(&mut tx, &session.hash(), self.now()).await.expect("proved");
        tx.commit().await.expect("kept");
    }

    async fn session_by_password(&self, school: &School, role: Role) -> Token {
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

    /// The newest entry of the audit trail.
    async fn newest(&self, school: &School) -> store::audit::Entry {
        let mut tx = self.db.read().await.expect("a transaction");
        store::audit::recent(&mut tx, school.id, None, 1).await.expect("entries").remove(0)
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
        self.post_at(None, path, session, fields).await
    }

    /// As the pages of a school send it where the session acts, unless that is their own.
    async fn post_at(
        &self,
        acting: Option<&School>,
        path: &str,
        session: Option<&Token>,
        fields: &[(&str, &str)],
    ) -> Answer {
        let token = session.map(|it| it.form_token(acting.map(|it| it.id))).unwrap_or_default();
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
