//! A school of three, and a gate that stands before a pretend internet.
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use agreements::{Due, What};
use gate::{
    Bindings, Credentials, Current, Desk, Errand, Errands, Known, Passes, People, ProxyAddress, Recorder,
    Secret, Settings, SignInBy, Snapshot,
};
use jiff::{Timestamp, civil::time, tz::TimeZone};
use policy::{Directory, LayerText, Rules, Seen, lists::Lists};
use school::{
    Calendar, DaySpan, Id, Layer, Person, Role, Roles, School, SchoolDays, Year, exceptional::Held,
    remote::RemoteAccess,
};
use testkit::{
    asker::Asker,
    internet::{Flaw, Internet, Speaks},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use web_gate::{Authority, Door, Doors, Limits, Parts, Reachable, Trust, Upstreams, WebGate};

pub(crate) const PUPIL: Id<Person> = Id::from_u128(1);
pub(crate) const PASSWORD: &str = "open sesame";

/// What the rules say in all these tests.
const RULES: &str = r#"
profile "Everyone"
    mode block by category
    block files exe
    search engines google, bing
use profile "Everyone" for everyone
use profile "Everyone" for unknown
block gambling.test
warn careful.test
tunnel bank.test
block bad-cat.test/cats
tunnel www.bing.com
"#;

pub(crate) struct World {
    pub(crate) internet: Internet,
    pub(crate) address: SocketAddr,
    pub(crate) secure_address: SocketAddr,
    pub(crate) authority: Arc<Authority>,
    recorder: Recorder,
    errands: Mutex<mpsc::Receiver<Errand>>,
    stop: CancellationToken,
    seconds: Arc<AtomicI64>,
}

/// What differs from one test to the next.
pub(crate) struct With {
    pub(crate) limits: Limits,
    pub(crate) settings: fn(&mut Settings),
    pub(crate) upstreams: Box<dyn FnOnce(&mut Upstreams) + Send>,
    pub(crate) missing: bool,
    /// The gate listens on IPv6.
    pub(crate) six: bool,
    /// What the gate's clock says when it opens; the machine's time where it is not given.
    pub(crate) opens: Option<Timestamp>,
    /// The pupil's time at the school.
    pub(crate) stay: school::Stay,
    pub(crate) role: Role,
    /// They wait for the head, or were refused.
    pub(crate) held: Option<Held>,
    /// Their approvals of access from outside.
    pub(crate) approvals: Vec<RemoteAccess>,
}

impl Default for With {
    fn default() -> With {
        let limits = Limits { hello_time: Duration::from_millis(500), ..Limits::default() };
        With {
            limits,
            settings: |_| {},
            upstreams: Box::new(|_| {}),
            missing: false,
            six: false,
            opens: None,
            stay: school::Stay::ALWAYS,
            role: Role::Pupil,
            held: None,
            approvals: Vec::new(),
        }
    }
}

impl World {
    /// The device is the pupil's; the usual sites are there.
    pub(crate) async fn new() -> World {
        World::with(usual().await, With::default()).await
    }

    #[expect(clippy::unused_async, reason = "starts what needs a runtime")]
    pub(crate) async fn with(internet: Internet, with: With) -> World {
        let current = Arc::new(Current::new(snapshot(&with)));
        let recorder = Recorder::new(1_000);
        let files =
            Authority::generate("Marsh Lane School", Timestamp::now_for_test()).expect("an authority");
        let authority = Arc::new(Authority::load(&files).expect("it loads"));
        let secret = Secret::new([7; 32]);
        let (errands, office) = Errands::new(100);
        let desk = Desk {
            current: Arc::clone(&current),
            bindings: Bindings::new(100),
            credentials: Credentials::new(&secret, 1),
            passes: Passes::default(),
            errands,
            secret,
            authority: authority.certificate().to_vec().into(),
        };
        let seconds = Arc::new(AtomicI64::new(0));
        let waited = Arc::clone(&seconds);
        let clock = Arc::new(move || {
            with.opens.unwrap_or_else(Timestamp::now_for_test)
                + Duration::from_secs(waited.load(Ordering::Relaxed).unsigned_abs())
        });
        let mut upstreams = Upstreams {
            pinned: internet.pinned(),
            reach: Reachable::new(Vec::new()),
            trust: Trust::Only(vec![internet.root()]),
            parent: None,
        };
        (with.upstreams)(&mut upstreams);
        let gate = WebGate::new(Parts {
            desk: Arc::new(desk),
            recorder: recorder.clone(),
            authority: Arc::clone(&authority),
            upstreams,
            limits: with.limits,
            clock,
        })
        .expect("a gate");
        let local = if with.six { "[::1]:0" } else { "127.0.0.1:0" }.parse().expect("an address");
        let doors = [Door { address: local, tls: false }, Door { address: local, tls: true }];
        let doors = Doors::open(&doors, 1).expect("free ports");
        let (address, secure_address) = (doors.addresses()[0], doors.addresses()[1]);
        let stop = CancellationToken::new();
        let serving = gate.serve(doors, stop.clone());
        hyper::rt::Executor::execute(&hyper_util::rt::TokioExecutor::new(), async {
            serving.await.expect("the gate serves");
        });
        let errands = Mutex::new(office);
        World { internet, address, secure_address, authority, recorder, errands, stop, seconds }
    }

    pub(crate) fn asker(&self) -> Asker {
        Asker::new(self.address, self.authority.certificate().clone())
    }

    pub(crate) fn asker_two(&self) -> Asker {
        Asker { h2: true, ..self.asker() }
    }

    /// A pupil's browser opening a page.
    pub(crate) fn browser(&self) -> Asker {
        Asker { headers: vec![("accept", "text/html".into())], ..self.asker() }
    }

    /// The record so far, once `count` entries are there.
    pub(crate) async fn record(&self, count: usize) -> Vec<Seen> {
        let mut all = Vec::new();
        let mut room = Vec::new();
        for _ in 0..200 {
            self.recorder.drain(&mut room);
            all.append(&mut room);
            if all.len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(all.len(), count, "entries in the record: {all:#?}");
        all
    }

    /// The gate's clock goes on.
    pub(crate) fn wait(&self, time: Duration) {
        self.seconds.fetch_add(i64::try_from(time.as_secs()).expect("a short while"), Ordering::Relaxed);
    }

    /// Three minutes to this hour, by the school's clock, on the machine's day: certificates are checked against it.
    pub(crate) fn shortly_before(hour: i8) -> Timestamp {
        let zone = TimeZone::get("Europe/London").expect("bundled");
        let today = Timestamp::now_for_test().to_zoned(zone.clone()).date();
        let hour = today.at(hour, 0, 0, 0).to_zoned(zone).expect("no change of clocks at that hour");
        hour.timestamp() - Duration::from_mins(3)
    }

    /// Whom the office was told of since it was last asked, and what of them.
    pub(crate) fn told(&self) -> Vec<(String, &'static str)> {
        let mut office = self.errands.lock().expect("no test has failed before");
        let all = std::iter::from_fn(|| office.try_recv().ok());
        let sign_in = |it| match it {
            Errand::SignIn { username, what, .. } => Some((username.into(), what)),
            _ => None,
        };
        all.filter_map(sign_in).collect()
    }

    /// The gate closes.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// The record so far, however long.
    pub(crate) fn all(&self) -> Vec<Seen> {
        let mut all = Vec::new();
        self.recorder.drain(&mut all);
        all
    }

    pub(crate) fn help_visits(&self) -> u64 {
        self.recorder.tally().help
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(crate) async fn usual() -> Internet {
    let mut internet = Internet::new();
    for name in
        ["plain.test", "gambling.test", "careful.test", "bad-cat.test", "www.google.com", "childline.org.uk"]
    {
        internet.plain(name).await;
    }
    for (name, speaks) in [
        ("one.test", Speaks::One),
        ("two.test", Speaks::Two),
        ("bank.test", Speaks::Two),
        ("gambling.test", Speaks::Two),
        ("bad-cat.test", Speaks::One),
        ("childline.org.uk", Speaks::Two),
    ] {
        internet.secure(name, speaks, Flaw::None).await;
    }
    internet
}

fn snapshot(with: &With) -> Snapshot {
    let text = LayerText { layer: Layer::School, name: "Marsh Lane School", text: RULES };
    let person = Person {
        id: PUPIL,
        school: Id::from_u128(9),
        username: "a.rahman".parse().expect("a user name"),
        name: "Amina Rahman".parse().expect("a line"),
        roles: Roles::NONE.with(with.role),
        year: Year::new(7),
        groups: Vec::new(),
        email: None,
        stay: with.stay,
    };
    let directory = Directory::new([&person], [], []);
    let rules = Rules::compile(&[text], &directory, Arc::new(Lists::empty())).expect("sound rules");
    let agreement = agreements::pupils(Id::from_u128(30), Id::from_u128(9));
    let known = Known {
        subject: rules.subject(&person),
        person,
        password: Some(hash(PASSWORD)),
        change_from: None,
        pictures: None,
        kept_by: school::KeptBy::School,
        missing: if with.missing {
            vec![Due { agreement: agreement.id, what: What::Own, since: Timestamp::MIN, last_given: None }]
        } else {
            Vec::new()
        },
        held: with.held,
    };
    let proxy = ProxyAddress { host: "gate.school.test".into(), port: 3128, tls_port: None };
    let mut settings = Settings::new("gate.school.test", proxy);
    for address in ["127.0.0.1", "::1"] {
        settings.devices.insert(address.parse().expect("an address"), ("Laptop 7".into(), Some(PUPIL)));
    }
    (with.settings)(&mut settings);
    Snapshot {
        site: None,
        remote: [(PUPIL, with.approvals.clone())].into(),
        chosen: school::settings::Settings::default(),
        school: School {
            id: Id::from_u128(9),
            trust: None,
            name: "Marsh Lane School".parse().expect("a line"),
        },
        rules,
        people: [known].into_iter().collect::<People>(),
        agreements: vec![agreement],
        calendar: Calendar {
            zone: TimeZone::get("Europe/London").expect("bundled"),
            terms: Vec::new(),
            days: SchoolDays::MONDAY_TO_FRIDAY,
            day: DaySpan { start: time(8, 30, 0, 0), end: time(15, 30, 0, 0) },
            lessons: Vec::new(),
            closed: Vec::new(),
        },
        settings,
        faults: Vec::new(),
    }
}

/// Nobody's device, and the browser's own sign-in.
pub(crate) fn unknown_by_proxy(settings: &mut Settings) {
    settings.devices.clear();
    settings.sign_in = SignInBy::Proxy;
}

/// Nobody's device, and the gate's sign-in page.
pub(crate) fn unknown_by_page(settings: &mut Settings) {
    settings.devices.clear();
    settings.sign_in = SignInBy::Page;
}

/// Argon2id, cheap: for tests alone.
fn hash(password: &str) -> Box<str> {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let params = Params::new(64, 1, 1, None).expect("small but lawful");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2
        .hash_password_with_salt(password.as_bytes(), b"salt for a test!")
        .expect("hashes")
        .to_string()
        .into()
}

/// Tests run today: certificates are checked against the machine's clock.
trait NowForTest {
    fn now_for_test() -> Timestamp;
}

impl NowForTest for Timestamp {
    #[expect(clippy::disallowed_methods, reason = "rustls checks certificates against the machine's clock")]
    fn now_for_test() -> Timestamp {
        Timestamp::now()
    }
}
