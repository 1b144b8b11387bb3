mod folder;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use casework::Notice;
use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use school::{Choice as _, Id, Right, Rights, roster::Kind as RowKind};
use store::{
    By, Tx, jobs, people,
    roster::{Filter, Load, NewLoad, Stage, get, receive, rows},
};

pub use self::folder::Looks;
use self::folder::{Item, keep, make};
use super::{Doing, Failure, Kind, Office, send_mail};

/// Takes what has been left in the watched folder, once it has stopped growing and its time has come; says what came
/// of it in a report beside it, and asks those who may approve (ACC-03). Nothing takes effect by itself.
pub(crate) const KIND: Kind =
    Kind { name: "watch roster", every: Some(SignedDuration::from_mins(1)), tries: 1, run: boxed };

/// The folder that the school's management information system writes to.
#[derive(Clone)]
pub struct RosterFolder {
    pub path: PathBuf,
    pub schedule: Schedule,
    /// The school's, for the time of day.
    pub zone: TimeZone,
    /// Whose people it speaks of.
    pub source: String,
    /// As text; empty: `OneRoster`, or guessed from the headings.
    pub mapping: String,
    pub looks: Looks,
}

/// When what lies in the folder is looked at. What was left there later waits for the next time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    Every(SignedDuration),
    Daily(Time),
}

/// Taken, and waiting for its dry run.
const READING: &str = "reading";
const DONE: &str = "done";
const FAILED: &str = "failed";
/// Packed, of one roster.
const MOST_BYTES: u64 = 128 << 20;
/// Problems that a report names; the console shows all.
const MOST_PROBLEMS: u32 = 500;
const FINDER: &str = "roster folder";
const REPORT: &str = ".report.txt";
/// So long rosters that were dealt with, and their reports, stay in the folder.
const KEEP: SignedDuration = SignedDuration::from_hours(90 * 24);

fn boxed<'a>(office: &'a Office, _job: &'a super::Job) -> Doing<'a> {
    Box::pin(office.watch_roster())
}

impl Office {
    pub(crate) async fn watch_roster(&self) -> Result<(), Failure> {
        let Some(folder) = &self.roster else { return Ok(()) };
        let now = (self.clock)();
        let (looking, slot) = (folder.clone(), folder.schedule.last(now, &folder.zone));
        let found = blocking(move || looking.look(slot)).await;
        let ready = match found {
            Ok(ready) => ready,
            Err(err) => {
                let fault = format!("the roster folder {} cannot be read: {err}", folder.path.display());
                self.health.set(FINDER, vec![fault]);
                return Ok(());
            }
        };
        let mut faults = Vec::new();
        for (item, loaded) in ready {
            let name = item.name.clone();
            if let Err(err) = self.take_roster(folder, item, loaded, now).await {
                faults.push(format!("the roster {name} could not be taken from its folder: {err}"));
            }
        }
        for (path, load) in folder.waiting().map_err(|err| Failure::NotNow(err.to_string()))? {
            if let Err(err) = self.settle_roster(folder, &path, load, now).await {
                faults.push(format!("the roster {} cannot be put away: {err}", path.display()));
            }
        }
        if self.may_destroy(now).await? {
            let (old, before) = (folder.clone(), now.saturating_sub(KEEP).unwrap_or(Timestamp::MIN));
            if let Err(err) = blocking(move || old.forget(before)).await {
                faults.push(format!("old rosters cannot be removed from {}: {err}", folder.path.display()));
            }
        }
        self.health.set(FINDER, faults);
        Ok(())
    }

    /// Into the store, and out of the way of the next look.
    async fn take_roster(
        &self,
        folder: &RosterFolder,
        item: Item,
        loaded: Option<Id<Load>>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let load = match loaded {
            Some(load) => load,
            None => self.load_roster(folder, &item, now).await?,
        };
        let into = folder.path.join(READING).join(format!("{load} {}", item.name));
        let moving = item.clone();
        blocking(move || moving.move_to(&into)).await.map_err(|err| Failure::NotNow(err.to_string()))?;
        folder.known().taken.remove(&item.key(folder));
        Ok(())
    }

    async fn load_roster(
        &self,
        folder: &RosterFolder,
        item: &Item,
        now: Timestamp,
    ) -> Result<Id<Load>, Failure> {
        let school = self.current.load().school.id;
        let reading = item.clone();
        let bytes = blocking(move || reading.read()).await.map_err(|err| Failure::NotNow(err.to_string()))?;
        let by = By { person: None, name: "Roster folder".to_owned(), at: now };
        let mut tx = self.db.write().await?;
        let new = NewLoad {
            school,
            source: &folder.source,
            file_name: &item.name,
            mapping: &folder.mapping,
            bytes: &bytes,
        };
        let load = receive(&mut tx, &by, &new).await?;
        tx.commit().await?;
        // Should it not get out of the way: it is loaded, and loaded once.
        folder.known().taken.insert(item.key(folder), (item.seen.clone(), load));
        Ok(load)
    }

    /// To `done` or `failed` with its report, when the dry run has come to something.
    async fn settle_roster(
        &self,
        folder: &RosterFolder,
        path: &Path,
        id: Id<Load>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let school = self.current.load().school.clone();
        let mut tx = self.db.write().await?;
        let load = get(&mut tx, id).await?;
        let (kept, report) = match &load {
            None => (FAILED, "The database knows nothing of it: leave it in the folder again.\n".to_owned()),
            Some(load) if matches!(load.stage, Stage::Waiting | Stage::Reading) => return Ok(()),
            Some(load) => {
                let kept = if load.stage == Stage::Failed { FAILED } else { DONE };
                let report = report(&mut tx, load).await?;
                let notice = notice(school.name.as_str(), load, self.alerts.console.as_deref());
                if let Some(notice) = notice {
                    self.tell_approvers(&mut tx, school.id, &notice, now).await?;
                }
                (kept, report)
            }
        };
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default().to_owned();
        let (from, into) = (path.to_owned(), folder.path.join(kept).join(&name));
        blocking(move || {
            make(into.parent())?;
            keep(&into.with_file_name(format!("{name}{REPORT}")), &report)?;
            fs::rename(from, into)
        })
        .await
        .map_err(|err| Failure::NotNow(err.to_string()))?;
        // Last: a letter twice is better than none, and none is better than one about what is still in the folder.
        Ok(tx.commit().await?)
    }

    async fn tell_approvers(
        &self,
        tx: &mut Tx,
        school: Id<school::School>,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<(), Failure> {
        for kept in people::all(tx, school).await? {
            let person = kept.person;
            let may = Rights::of(person.roles).has(Right::ApproveRoster) && person.stay.covers(now);
            if let Some(email) = person.email.as_ref().filter(|_| may) {
                let payload = send_mail::payload(&email.to_string(), notice);
                jobs::enqueue(tx, send_mail::KIND.name, &payload, now).await?;
            }
        }
        Ok(())
    }
}

/// `None`: there is nothing to decide.
fn notice(school: &str, load: &Load, console: Option<&str>) -> Option<Notice> {
    let place = match console {
        Some(url) => format!("Sign in to see it: {}/roster", url.trim_end_matches('/')),
        None => "Sign in to the Schoolgate console and open Roster to see it.".to_owned(),
    };
    if load.stage == Stage::Failed {
        let body = format!(
            "A roster that was left in the watched folder of {school} could not be read, so nothing changes.\n\n\
             Its report lies beside it in the folder “{FAILED}”.\n\n{place}\n"
        );
        return Some(Notice { subject: "A roster could not be read".to_owned(), body });
    }
    let nothing = load.counts.joiners + load.counts.movers + load.counts.leavers + load.counts.returners == 0;
    if load.stage != Stage::Ready || nothing {
        return None;
    }
    let jump = match &load.jump {
        Some(_) => "\n\nFar more people would leave than usual. Look closely before you approve it.",
        None => "",
    };
    let body = format!(
        "A roster of {school} waits for your approval: {}.{jump}\n\nNothing changes before somebody approves it.\n\n{place}\n",
        load.words()
    );
    Some(Notice { subject: "A roster waits for approval in Schoolgate".to_owned(), body })
}

/// What came of it, and what was wrong, as a text.
async fn report(tx: &mut Tx, load: &Load) -> Result<String, Failure> {
    let mut lines = vec![format!("{}: {}", load.file_name, load.stage.label()), load.words()];
    lines.extend(load.jump.iter().map(|(words, _)| words.clone()));
    lines.extend(load.remark.clone());
    let filter = Filter { kind: Some(RowKind::Problem), words: "" };
    for row in rows(tx, load.school, load.id, filter, 0, MOST_PROBLEMS).await? {
        let place = row.place.map(|it| format!("{}, line {}: ", it.file, it.line)).unwrap_or_default();
        lines.push(format!("{place}{}", row.words));
    }
    if u64::from(MOST_PROBLEMS) < load.counts.problems {
        lines.push("The console shows the other problems.".to_owned());
    }
    Ok(lines.join("\n") + "\n")
}

impl Schedule {
    /// The latest time to look that is not after `now`.
    fn last(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Schedule::Every(span) => {
                let span = span.as_secs().max(1);
                Timestamp::from_second(now.as_second().div_euclid(span) * span).unwrap_or(now)
            }
            Schedule::Daily(time) => {
                let today = now.to_zoned(zone.clone()).date();
                let days = [Some(today), today.yesterday().ok()];
                let at = |day: jiff::civil::Date| day.to_datetime(time).to_zoned(zone.clone()).ok();
                let slots = days.into_iter().flatten().filter_map(at).map(|it| it.timestamp());
                slots.into_iter().find(|it| *it <= now).unwrap_or(now)
            }
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests;
