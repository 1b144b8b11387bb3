//! The office at work on a small made-up school, with a database, an activity log and a mail server of its own.
#![expect(clippy::unwrap_used, reason = "what stories share is test code too")]
mod agreements;
mod audit;
mod away;
mod clock;
mod directory;
mod errands;
mod fetched_lists;
mod letters;
mod lists;
mod mail;
mod outside;
mod overseeing;
mod oversight_letters;
mod places;
mod powers;
mod roster_jobs;
mod rosters;
mod snapshots;
mod walk;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use gate::{Current, ProxyAddress, Settings};
use jiff::{Timestamp, civil::time, tz::TimeZone};
use policy::{Because, Carried, CategorySet, Method, Outcome, Scheme, Seen, Step};
use rustls_pki_types::CertificateDer;
use school::{Calendar, DaySpan, Id, Person, Role, School, SchoolDays, Site};
use signals::Lexicon;
use store::{
    By, Db,
    activity::{self, Activity},
};
use tempfile::TempDir;
use testkit::smtp::Mailbox;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use workers::{
    Alerts, Clerk, Clock, Fetch, Health, Heart, LastKnown, MailServer, MailTls, Office, Post, Recording,
    Snapshots, Watch,
    jobs::{AuditCare, ListFolder, Log},
    snapshots::{Parts, closed},
};

pub(crate) const SCHOOL: Id<School> = Id::from_u128(1);
pub(crate) const PUPIL: Id<Person> = Id::from_u128(11);
pub(crate) const TEACHER: Id<Person> = Id::from_u128(12);

/// A school with its office, none of whose workers has begun.
pub(crate) struct Small {
    pub(crate) folder: TempDir,
    pub(crate) db: Db,
    pub(crate) current: Arc<Current>,
    pub(crate) recorder: gate::Recorder,
    pub(crate) snapshots: Snapshots,
    pub(crate) health: Health,
    pub(crate) mailbox: Mailbox,
    pub(crate) log: activity::Reader,
    /// Unix seconds.
    pub(crate) time: Arc<AtomicI64>,
    /// Trusted when lists are fetched.
    pub(crate) roots: Vec<CertificateDer<'static>>,
    activity: Option<Activity>,
}

pub(crate) fn by() -> By {
    By { person: None, name: "A test".to_owned(), at: at(0) }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).expect("in range")
}

impl Small {
    pub(crate) async fn open() -> Small {
        let folder = TempDir::new().expect("a folder");
        let db = Db::open_file(&folder.path().join("records.db")).await.expect("a database");
        Small::open_on(folder, db).await
    }

    pub(crate) async fn open_on(folder: TempDir, db: Db) -> Small {
        let school = School { id: SCHOOL, trust: None, name: "Elm Park School".parse().expect("a line") };
        let mut tx = db.write().await.expect("a transaction");
        store::schools::add(&mut tx, &by(), &school).await.expect("a school");
        let people = [
            (PUPIL, "m.birch", "Morgan Birch", Role::Pupil),
            (TEACHER, "t.ash", "Terry Ash", Role::Teacher),
            (Id::from_u128(13), "l.oak", "Lee Oak", Role::Dsl),
            (Id::from_u128(14), "h.elm", "Harper Elm", Role::Head),
        ];
        for (id, username, name, role) in people {
            let person = Person {
                id,
                school: SCHOOL,
                username: username.parse().expect("a username"),
                name: name.parse().expect("a line"),
                roles: [role].into_iter().collect(),
                year: (role == Role::Pupil).then(|| "8".parse().expect("a year")),
                groups: Vec::new(),
                email: None,
                stay: school::Stay::ALWAYS,
            };
            store::people::add(&mut tx, &by(), &person).await.expect("a person");
        }
        store::rules::save(&mut tx, &by(), SCHOOL, school::Place::School, policy::starter(), "first")
            .await
            .expect("rules");
        tx.commit().await.expect("kept");
        Small::with(folder, db, school)
    }

    /// As after a crash: another process on the same folder.
    pub(crate) async fn reopen(small: Small) -> Small {
        let school = small.current.load().school.clone();
        small.db.close().await;
        let folder = small.into_folder();
        let db = Db::open_file(&folder.path().join("records.db")).await.expect("a database");
        Small::with(folder, db, school)
    }

    /// Lets go of everything else, the activity log's lock too.
    fn into_folder(self) -> TempDir {
        self.folder
    }

    fn with(folder: TempDir, db: Db, school: School) -> Small {
        let proxy = ProxyAddress { host: "gate.test".into(), port: 3128, tls_port: None };
        let settings = Settings::new("gate.test", proxy);
        let calendar = Calendar {
            zone: TimeZone::UTC,
            terms: Vec::new(),
            days: SchoolDays::MONDAY_TO_FRIDAY,
            day: DaySpan { start: time(8, 0, 0, 0), end: time(16, 0, 0, 0) },
            lessons: Vec::new(),
            closed: Vec::new(),
        };
        let current = Arc::new(Current::new(closed(school, settings.clone(), calendar.clone())));
        let seconds = Arc::new(AtomicI64::new(0));
        let health = Health::default();
        let snapshots = Snapshots::new(Parts {
            db: db.clone(),
            school: SCHOOL,
            site: None,
            current: Arc::clone(&current),
            settings,
            calendar,
            seal: [7; 32],
            health: health.clone(),
            clock: clock(&seconds),
        });
        let log = Activity::open(&folder.path().join("activity"), activity::Settings::new(TimeZone::UTC));
        let activity = log.expect("an activity log");
        Small {
            db,
            current,
            recorder: gate::Recorder::new(10_000),
            snapshots,
            health,
            mailbox: Mailbox::open(),
            log: activity.reader(),
            time: seconds,
            roots: Vec::new(),
            activity: Some(activity),
            folder,
        }
    }

    /// As a gate at this site of the school.
    pub(crate) fn stand_at(&mut self, site: Option<Id<Site>>) {
        self.rebuild(site, self.current.load_full().settings.clone());
    }

    /// The device at this address belongs to somebody.
    pub(crate) fn give_device(&mut self, address: IpAddr, name: &str, person: Id<Person>) {
        let mut settings = self.current.load_full().settings.clone();
        settings.devices.insert(address, (name.into(), Some(person)));
        self.rebuild(None, settings);
    }

    fn rebuild(&mut self, site: Option<Id<Site>>, settings: Settings) {
        let now = self.current.load_full();
        self.snapshots = Snapshots::new(Parts {
            db: self.db.clone(),
            school: SCHOOL,
            site,
            current: Arc::clone(&self.current),
            settings,
            calendar: now.calendar.clone(),
            seal: [7; 32],
            health: self.health.clone(),
            clock: self.clock(),
        });
    }

    pub(crate) fn clock(&self) -> Clock {
        clock(&self.time)
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.time.fetch_add(seconds, Ordering::SeqCst);
    }

    /// What the network manager is told of this kind, newest first: subject and words.
    pub(crate) async fn security(&self, kind: store::security::Kind) -> Vec<String> {
        let mut tx = self.db.read().await.expect("a transaction");
        let wanted = store::security::Wanted { kind: Some(kind), ..Default::default() };
        let all = store::security::list(&mut tx, SCHOOL, wanted, 100).await.expect("alerts");
        all.into_iter().map(|it| format!("{}: {}", it.subject, it.words)).collect()
    }

    pub(crate) fn alerts() -> Alerts {
        Alerts {
            leads: vec!["lead@elm-park.test".to_owned()],
            heads: vec!["head@elm-park.test".to_owned()],
            technical: vec!["it@example.org".to_owned()],
            console: Some("https://office.elm-park.test".to_owned()),
        }
    }

    pub(crate) fn recording(&mut self) -> Recording {
        let watch = Watch {
            lexicon: Arc::new(Lexicon::ours().expect("our own lexicon")),
            db: self.db.clone(),
            current: Arc::clone(&self.current),
            alerts: Small::alerts(),
        };
        Recording {
            gate: self.recorder.clone(),
            activity: self.activity.take().expect("one recorder"),
            left_over: self.folder.path().join("concerns-wait"),
            watch,
            health: self.health.clone(),
            clock: self.clock(),
        }
    }

    pub(crate) fn heart(&self) -> Heart {
        Heart {
            db: self.db.clone(),
            current: Arc::clone(&self.current),
            recorder: self.recorder.clone(),
            health: self.health.clone(),
            gate: "gate.test".to_owned(),
            clock: self.clock(),
        }
    }

    pub(crate) fn clerk(&self, errands: tokio::sync::mpsc::Receiver<gate::Errand>) -> Clerk {
        Clerk {
            errands,
            db: self.db.clone(),
            current: Arc::clone(&self.current),
            snapshots: self.snapshots.clone(),
            alerts: Small::alerts(),
            accounts: workers::identity::Accounts::default(),
            missed: gate::Missed::default(),
            health: self.health.clone(),
            clock: self.clock(),
        }
    }

    pub(crate) fn office(&self) -> Office {
        let server = MailServer {
            host: "127.0.0.1".to_owned(),
            port: self.mailbox.port(),
            tls: MailTls::None,
            from: "Schoolgate <schoolgate@elm-park.test>".to_owned(),
            login: None,
        };
        Office {
            db: self.db.clone(),
            current: Arc::clone(&self.current),
            snapshots: self.snapshots.clone(),
            health: self.health.clone(),
            alerts: Small::alerts(),
            post: Some(Post::new(&server).expect("a server")),
            log: Log { reader: self.log.clone(), keep_days: 90 },
            lists: ListFolder { path: self.folder.path().join("lists"), seal: [7; 32] },
            roster: None,
            audit: AuditCare {
                folder: self.folder.path().join("checkpoints"),
                signer: store::audit::Signer::new(&[7; 32]).expect("a key"),
                copy: Some(self.folder.path().join("elsewhere")),
                mail: Vec::new(),
            },
            fetch: Fetch::new(self.roots.clone(), None).expect("a client").at_most(1_000_000),
            clock: self.clock(),
            last_known: LastKnown::default(),
        }
    }
}

fn clock(seconds: &Arc<AtomicI64>) -> Clock {
    let seconds = Arc::clone(seconds);
    Arc::new(move || at(seconds.load(Ordering::SeqCst)))
}

/// What a gate saw of a search.
pub(crate) fn search(person: Option<Id<Person>>, words: &str, after: i64) -> Seen {
    Seen {
        at: at(after),
        school: SCHOOL,
        person,
        device: Some("Trolley A 3".into()),
        address: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 5)),
        method: Method::Get,
        scheme: Scheme::Https,
        host: "search.example.org".into(),
        port: 443,
        path: None,
        search: Some(words.into()),
        categories: CategorySet::NONE,
        outcome: Outcome::Allowed,
        because: Because {
            step: Step::BaseMode,
            rule: None,
            list: None,
            category: None,
            profile: None,
            matched: 0,
        },
        carried: Carried::Inspected,
        status: 200,
        bytes_in: 0,
        bytes_out: 4_000,
        took: 9_000,
    }
}

/// Workers that are stopped, and waited for, at the end.
pub(crate) struct Running {
    pub(crate) stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Running {
    pub(crate) fn new() -> Running {
        Running { stop: CancellationToken::new(), tasks: JoinSet::new() }
    }
    pub(crate) fn start(&mut self, worker: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(worker);
    }
    pub(crate) async fn end(mut self) {
        self.stop.cancel();
        while let Some(done) = self.tasks.join_next().await {
            done.expect("no worker panics");
        }
    }
}

/// Waits, at most ten seconds, until what is asked for is so.
pub(crate) async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..500 {
        if let Some(it) = ask().await {
            return it;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not happen within ten seconds");
}
