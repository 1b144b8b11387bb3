//! A roster that was handed over is read and compared, and waits for approval (ACC-03). Nothing changes yet.
use jiff::Timestamp;
use school::{
    Choice, Id,
    roster::{Known, NameRule, Plan, Rules, Wanted, diff},
    settings::{ROSTER_JUMP, ROSTER_USERNAMES, Settings},
};
use store::{
    jobs::Job,
    roster::{self, Load},
};

use super::{Doing, Failure, Kind, Office};

pub(crate) const KIND: Kind = Kind { name: roster::READ_JOB, every: None, tries: 3, run: boxed };

/// Of reading: read, compared, written down.
const STEPS: u64 = 3;

fn boxed<'a>(office: &'a Office, job: &'a Job) -> Doing<'a> {
    Box::pin(run(office, job))
}

async fn run(office: &Office, job: &Job) -> Result<(), Failure> {
    let id = load_of(job)?;
    let done = read(office, id).await;
    if let Err(err) = &done {
        give_up(office, job, KIND.tries, id, err).await?;
    }
    done
}

async fn read(office: &Office, id: Id<Load>) -> Result<(), Failure> {
    let mut tx = office.db.write().await?;
    if !roster::start_reading(&mut tx, id, (office.clock)()).await? {
        return Ok(());
    }
    roster::set_progress(&mut tx, id, 0, STEPS).await?;
    let Some(load) = roster::get(&mut tx, id).await? else { return Ok(()) };
    tx.commit().await?;
    let Some(wanted) = wanted(office, &load).await? else { return Ok(()) };
    step(office, id, 1).await?;
    let mut tx = office.db.read().await?;
    let found = roster::known(&mut tx, load.school, (office.clock)()).await?;
    let chosen = store::settings::of(&mut tx, load.school, None).await?;
    drop(tx);
    let mode = wanted.mode;
    let plan = plan(office, &load, found.known, wanted, &chosen).await?.0;
    step(office, id, 2).await?;
    let mut tx = office.db.write().await?;
    let percent = chosen.number(&ROSTER_JUMP);
    roster::write_dry_run(&mut tx, &load, mode, &plan, percent, None, (office.clock)()).await?;
    Ok(tx.commit().await?)
}

pub(super) fn load_of(job: &Job) -> Result<Id<Load>, Failure> {
    job.payload.parse().map_err(|_| Failure::Never("it names no roster".to_owned()))
}

/// `None`: nothing of it may be used, and the load says so.
pub(super) async fn wanted(office: &Office, load: &Load) -> Result<Option<Wanted>, Failure> {
    let bytes = roster::bytes(&mut office.db.read().await?, load.id).await?;
    let (zone, now) = (office.current.load().calendar.zone.clone(), (office.clock)());
    let (name, mapping) = (load.file_name.clone(), load.mapping.clone());
    let read =
        tokio::task::spawn_blocking(move || crate::roster::read(&name, &bytes, &mapping, &zone, now)).await;
    let words = match read {
        Ok(Ok(wanted)) => return Ok(Some(wanted)),
        Ok(Err(words)) => words,
        Err(_) => "It cannot be read: it holds what no roster should. Please send it to whoever looks after Schoolgate"
            .to_owned(),
    };
    let mut tx = office.db.write().await?;
    roster::fail(&mut tx, load.id, &words, (office.clock)()).await?;
    tx.commit().await?;
    Ok(None)
}

/// Off the threads that others wait on: twenty thousand people take a moment. Gives back what it compared with.
pub(super) async fn plan(
    office: &Office,
    load: &Load,
    known: Known,
    wanted: Wanted,
    chosen: &Settings,
) -> Result<(Plan, Known), Failure> {
    let rules = Rules {
        source: load.source.clone(),
        usernames: NameRule::from_code(&chosen.text(&ROSTER_USERNAMES)).unwrap_or_default(),
        now: (office.clock)(),
        zone: office.current.load().calendar.zone.clone(),
    };
    let compared = tokio::task::spawn_blocking(move || (diff(&known, &wanted, &rules), known)).await;
    compared.map_err(|err| Failure::NotNow(format!("the roster could not be compared: {err}")))
}

/// After the last try the load says that it failed, or it would seem to go on for ever.
pub(super) async fn give_up(
    office: &Office,
    job: &Job,
    tries: u32,
    id: Id<Load>,
    err: &Failure,
) -> Result<(), Failure> {
    if matches!(err, Failure::NotNow(_)) && job.attempts < tries {
        return Ok(());
    }
    let words = format!("It did not work, and nothing was changed: {err}. Load it again");
    let now: Timestamp = (office.clock)();
    let mut tx = office.db.write().await?;
    roster::fail(&mut tx, id, &words, now).await?;
    Ok(tx.commit().await?)
}

async fn step(office: &Office, id: Id<Load>, done: u64) -> Result<(), Failure> {
    let mut tx = office.db.write().await?;
    roster::set_progress(&mut tx, id, done, STEPS).await?;
    Ok(tx.commit().await?)
}
