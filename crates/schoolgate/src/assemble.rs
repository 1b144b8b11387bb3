//! The list of what a school's installation is made of. Each part says what it needs; here it is handed over.
use std::{sync::Arc, thread};

use anyhow::Context as _;
use console::{Console, InForce, Rolls, SignIn, Throttle};
use gate::{Bindings, Credentials, Current, Desk, Errands, Passes, Recorder, Secret, Snapshot};
use policy::Rules;
use school::{Calendar, School};
use signals::Lexicon;
use store::{Db, activity, activity::Activity};
use web_gate::{Doors, ListenError, Parts, WebGate};
use workers::{
    BackUps, Clerk, Compaction, Health, Heart, LastKnown, Office, Recording, Snapshots, Watch,
    jobs::{AuditCare, ListFolder, Log},
    snapshots,
};

use crate::{
    authority, clock::clock, commands, config::Config, console_server, data_folder::DataFolder, elsewhere,
    first_start, listen::listen, seal, settings, supervise::Supervisor,
};

/// Devices that are bound to a person, and passes given for warned pages, at once.
const DEVICES: usize = 50_000;
const PASSES: usize = 50_000;
/// How long somebody who was warned may go on.
const PASS_LASTS: std::time::Duration = std::time::Duration::from_mins(10);
/// Passwords hashed at once, for each processor.
const HASHING: usize = 1;
const ERRANDS: usize = 1_000;

/// Puts everything in its place and listens; nothing is answered before the supervisor runs.
#[expect(clippy::too_many_lines, reason = "a list of what an installation is made of")]
pub(crate) async fn assemble(
    config: &Config,
    folder: &DataFolder,
    db: Db,
    school: School,
) -> anyhow::Result<Supervisor> {
    let clock = clock();
    let health = Health::default();
    let mut supervisor = Supervisor::new();

    // Doors first: that a port is used is known at once. Whoever comes now waits until the rest stands.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let doors = Doors::open(&settings::doors(config), cores).map_err(door_words)?;
    let pages = listen(&config.console.listen, "console.listen")?;

    // What is kept.
    let log = Activity::open(
        &folder.join("activity"),
        activity::Settings::new(config.school.calendar.zone.clone()),
    )
    .context("the record of activity cannot be opened")?;
    let reader = log.reader();

    // What is decided from. A gate that has not read its lists would open what they refuse.
    let (snapshots, current) = snapshots(config, &db, &school, &health).await?;
    let office = office(config, &db, &current, &snapshots, &health, reader.clone())?;
    office.load_lists().await;
    snapshots.refresh().await;

    // Who keeps the accounts that are not kept here.
    let accounts = elsewhere::accounts(
        config,
        current.load().school.id,
        settings::fetch(config)?,
        &db,
        &health,
        &clock,
    )?;

    // The gate.
    let recorder = Recorder::new(config.gate.record_queue);
    let (errands, waiting) = Errands::new(ERRANDS);
    let missed = errands.missed();
    let authority = Arc::new(authority::load(config)?);
    let secret = Secret::new(seal::chance()?);
    // One count for both doors.
    let guesses = school::guesses::Shared::default();
    let gate = WebGate::new(Parts {
        desk: Arc::new(Desk {
            current: Arc::clone(&current),
            bindings: Bindings::new(DEVICES),
            credentials: Credentials::new(&secret, HASHING * cores)
                .asking(errands.clone())
                .counting(Arc::clone(&guesses)),
            passes: Passes::new(PASSES, PASS_LASTS),
            errands,
            secret,
            authority: authority.certificate().as_ref().into(),
        }),
        recorder: recorder.clone(),
        authority: Arc::clone(&authority),
        upstreams: settings::upstreams(config)?,
        limits: settings::limits(config),
        clock: clock.clone(),
    })?;
    supervisor.listener("web gate", |stop| async move {
        if let Err(fault) = gate.serve(doors, stop).await {
            tracing::error!("the web gate: {fault}");
        }
    });

    // The console.
    let router = console::router(Console {
        db: db.clone(),
        activity: reader.clone(),
        in_force: in_force(&current),
        clock: clock.clone(),
        secure_cookies: config.console.tls,
        throttle: Throttle::counting(guesses),
        rolls: Rolls::default(),
        elsewhere: accounts.clone().map(|it| Arc::new(it) as Arc<dyn console::Elsewhere>),
        sign_in: SignIn::new(seal::of_sign_in(&config.data)?, &config.console.url),
    });
    for listener in pages {
        let tls = config
            .console
            .tls
            .then(|| console_server::tls(Arc::clone(&authority), &config.console.url, clock.clone()));
        let (router, tls) = (router.clone(), tls.transpose()?);
        supervisor.listener("console", |stop| console_server::serve(router, listener, tls, stop));
    }

    // The office.
    let alerts = settings::alerts(config);
    let lexicon = Arc::new(Lexicon::ours().map_err(|it| anyhow::anyhow!("the lexicon: {it:?}"))?);
    let watch = Watch { lexicon, db: db.clone(), current: Arc::clone(&current), alerts: alerts.clone() };
    let recording = Recording {
        gate: recorder.clone(),
        activity: log,
        left_over: folder.join("concerns-wait"),
        watch,
        health: health.clone(),
        clock: clock.clone(),
    };
    supervisor.once("recorder", |stop| recording.run(stop));
    let clerk = Clerk {
        errands: waiting,
        db: db.clone(),
        current: Arc::clone(&current),
        snapshots: snapshots.clone(),
        alerts: alerts.clone(),
        accounts: accounts.map(|it| it.asked).unwrap_or_default(),
        missed,
        health: health.clone(),
        clock: clock.clone(),
    };
    supervisor.once("errands", |stop| clerk.run(stop));
    supervisor.once("jobs", |stop| office.run(stop));
    if let Some(set) = &config.backup {
        let back_ups = BackUps {
            what: commands::backup::of(config, &db),
            folder: set.folder.clone(),
            time: set.time,
            zone: config.school.calendar.zone.clone(),
            keep: set.keep.into(),
            health: health.clone(),
            clock: clock.clone(),
        };
        supervisor.worker("backups", move |stop| back_ups.clone().run(stop));
    }
    let heart =
        Heart { db, current, recorder, health: health.clone(), gate: config.gate.name.clone(), clock };
    supervisor.worker("pulse", move |stop| heart.clone().run(stop));
    supervisor.worker("snapshots", move |stop| snapshots.clone().run(stop));
    supervisor.worker("compaction", move |stop| {
        Compaction { log: reader.clone(), health: health.clone() }.run(stop)
    });
    Ok(supervisor)
}

/// The jobs, and what they need.
pub(crate) fn office(
    config: &Config,
    db: &Db,
    current: &Arc<Current>,
    snapshots: &Snapshots,
    health: &Health,
    reader: activity::Reader,
) -> anyhow::Result<Office> {
    Ok(Office {
        db: db.clone(),
        current: Arc::clone(current),
        snapshots: snapshots.clone(),
        health: health.clone(),
        alerts: settings::alerts(config),
        post: settings::post(config)?,
        log: Log { reader, keep_days: config.keep.activity },
        lists: ListFolder { path: config.data.join("lists"), seal: seal::of(&config.data)? },
        roster: settings::roster(config),
        audit: AuditCare {
            folder: config.data.join("checkpoints"),
            signer: seal::signer(&config.data)?,
            copy: config.audit.copy.clone(),
            mail: config.audit.mail.clone(),
        },
        fetch: settings::fetch(config)?,
        clock: clock(),
        last_known: LastKnown::default(),
    })
}

/// The gate's own words say what is wrong; which key to change is known here.
fn door_words(fault: ListenError) -> anyhow::Error {
    anyhow::Error::new(fault)
        .context("gate.listen and gate.listen_tls in the configuration say where the gate listens")
}

/// What gates decide from, and what builds it. Closed until it is refreshed.
pub(crate) async fn snapshots(
    config: &Config,
    db: &Db,
    school: &School,
    health: &Health,
) -> anyhow::Result<(Snapshots, Arc<Current>)> {
    let settings = settings::gate(config, db, school.id).await?;
    let calendar = config.school.calendar.clone();
    let closed = snapshots::closed(school.clone(), settings.clone(), calendar.clone());
    let current = Arc::new(Current::new(closed));
    let snapshots = Snapshots::new(snapshots::Parts {
        db: db.clone(),
        school: school.id,
        site: first_start::site(db, config, school, clock()()).await?,
        current: Arc::clone(&current),
        settings,
        calendar,
        seal: seal::of(&config.data)?,
        health: health.clone(),
        clock: clock(),
    });
    Ok((snapshots, current))
}

/// What the console may see of what the gate decides from.
struct Now(Arc<Snapshot>);

impl InForce for Now {
    fn rules(&self) -> &Rules {
        &self.0.rules
    }
    fn calendar(&self) -> &Calendar {
        &self.0.calendar
    }
    fn site(&self) -> Option<school::Id<school::Site>> {
        self.0.site
    }
    fn routes(&self) -> &school::remote::Routes {
        &self.0.settings.routes
    }
}

type InForceOf = Arc<dyn Fn(school::Id<School>) -> Option<Arc<dyn InForce>> + Send + Sync>;

fn in_force(current: &Arc<Current>) -> InForceOf {
    let current = Arc::clone(current);
    Arc::new(move |school| {
        let snapshot = current.load_full();
        (snapshot.school.id == school).then(|| Arc::new(Now(snapshot)) as Arc<dyn InForce>)
    })
}
