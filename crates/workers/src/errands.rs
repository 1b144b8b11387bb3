//! Writes down what people did at a gate: signed, reported, signed in.
use std::{net::IpAddr, sync::Arc, time::Duration};

use agreements::{Agreement, Signature, Standing, TextHash};
use casework::{NewConcern, Origin};
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use gate::{Current, Errand, Missed, NotTaken, Report};
use jiff::Timestamp;
use school::{Choice, Id, Person, Role, Roles, School, Username};
use store::{
    By, Db, StoreError,
    agreements::{Method, Signing},
    placements,
};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{
    Alerts, Clock, Health,
    health::told,
    identity::Accounts,
    places::{Entry, Places},
    sign_in_notes::Notes,
    snapshots::Snapshots,
};

pub struct Clerk {
    pub errands: mpsc::Receiver<Errand>,
    pub db: Db,
    pub current: Arc<Current>,
    pub snapshots: Snapshots,
    pub alerts: Alerts,
    /// Who is asked about people whose accounts are not kept here.
    pub accounts: Accounts,
    /// Sign-ins that the gate could not hand over.
    pub missed: Missed,
    pub health: Health,
    pub clock: Clock,
}

/// A class signs in one minute: taken together they need one snapshot, not thirty.
const AT_ONCE: usize = 100;
/// Asked of others at the same time; beyond it people are told to try again.
const ASKED_AT_ONCE: usize = 256;
/// As the form allows, in characters.
const LONGEST_REPORT: usize = 4_000;

/// While the database is away.
const TRY_AGAIN: Duration = Duration::from_secs(2);

type Answer = oneshot::Sender<Result<(), NotTaken>>;

impl Clerk {
    pub async fn run(mut self, stop: CancellationToken) {
        let mut errands = Vec::with_capacity(AT_ONCE);
        // Others answer when they answer: nothing else waits for them.
        let mut asked = FuturesUnordered::new();
        let mut notes = Notes::new(self.missed.clone(), self.health.clone());
        loop {
            tokio::select! {
                biased;
                taken = self.errands.recv_many(&mut errands, AT_ONCE) => {
                    if taken == 0 {
                        // The gate has closed first; that is no reason to call this a failure.
                        stop.cancelled().await;
                        return self.end(notes).await;
                    }
                }
                Some(()) = asked.next(), if !asked.is_empty() => continue,
                () = tokio::time::sleep(TRY_AGAIN), if !notes.is_empty() => {}
                () = stop.cancelled() => return self.end(notes).await,
            }
            for errand in errands.extract_if(.., |it| matches!(it, Errand::Elsewhere(_))) {
                // Where there is no room it is dropped, and whoever asked is told that nobody said.
                if let (Errand::Elsewhere(it), true) = (errand, asked.len() < ASKED_AT_ONCE) {
                    asked.push(self.accounts.clone().answer(it));
                }
            }
            self.serve(&mut errands, &mut notes).await;
        }
    }

    async fn end(self, mut notes: Notes) {
        notes.write(&self.db, self.current.load().school.id, (self.clock)()).await;
        notes.end();
    }

    async fn serve(&self, errands: &mut Vec<Errand>, notes: &mut Notes) {
        let school = self.current.load().school.clone();
        let mut signed: Vec<Answer> = Vec::new();
        for errand in errands.drain(..) {
            match errand {
                Errand::Sign { person, agreement, hash, at, done } => {
                    match self.sign(school.id, person, agreement, hash, at).await {
                        Ok(()) => signed.push(done),
                        Err(err) => refuse(done, "a signature", &err),
                    }
                }
                Errand::Report { report, done } => match self.report(&school, report).await {
                    Ok(()) => answer(done, Ok(())),
                    Err(err) => refuse(done, "a report", &err),
                },
                // Taken out before.
                Errand::Elsewhere(_) => {}
                Errand::Stranger { username, address, at } => {
                    if let Err(err) = self.stranger(notes.places(), (username, address, at)).await {
                        tracing::error!("a sign-in of another school is not noted: {}", told(&err));
                    }
                }
                Errand::SignIn { person, username, address, what, at } => {
                    let username = &*username;
                    let entry = Entry { person, username, address, what, at };
                    notes.take(&self.current.load_full(), &entry);
                }
            }
        }
        if !signed.is_empty() {
            // Answered only when the gate knows: the next request must not meet the same page again.
            let stands = self.snapshots.refresh().await;
            for done in signed {
                answer(done, if stands { Ok(()) } else { Err(NotTaken) });
            }
        }
        // After what somebody waits for.
        notes.write(&self.db, school.id, (self.clock)()).await;
    }

    async fn sign(
        &self,
        school: Id<School>,
        person: Id<Person>,
        agreement: Id<Agreement>,
        hash: TextHash,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.db.write().await?;
        let stands = placements::standing(&mut tx, school, person, at).await?;
        let kept = stands.ok_or(StoreError::Stale)?;
        let by = By { person: Some(person), name: kept.name.to_string(), at };
        // Of staff, what they are as then (AUP-11): the gate's page asks for no more.
        let titles: Vec<&str> = kept.roles.iter().filter(|it| it.is_staff()).map(Role::label).collect();
        let title = titles.join(", ");
        let standing = Standing::Own;
        let signing = Signing {
            signature: Signature { agreement, hash, person, signer: Some(person), standing, at },
            signer_name: kept.name.as_str(),
            method: Method::Gate,
            job_title: (!title.is_empty()).then_some(title.as_str()),
            appointed_on: None,
            form: None,
        };
        // An older text may still be open on a screen; accepting it accepts nothing that stands.
        store::agreements::sign(&mut tx, &by, school, &signing).await?;
        tx.commit().await
    }

    /// What someone writes in the report form goes to the leads alone (REP-02, REP-03); there is nothing in it but
    /// words, so no picture can come this way (REP-12).
    async fn report(&self, school: &School, report: Report) -> Result<(), StoreError> {
        let meant = report.about.as_deref().and_then(|it| self.meant(it));
        let (about, roles) = meant.map_or((None, Roles::NONE), |it| (Some(it.0), it.1));
        let mut words: String = report.words.chars().take(LONGEST_REPORT).collect();
        if let (None, Some(name)) = (about, &report.about) {
            words = format!("{words}\n\nAbout: {name}");
        }
        let new = NewConcern {
            school: school.id,
            at: report.at,
            origin: if report.about_site { Origin::SiteReport } else { Origin::Report },
            about,
            reporter: report.person,
            theme: None,
            severity: None,
            words,
            place: report.place,
        };
        let mut tx = self.db.write().await?;
        self.alerts.raise(&mut tx, school, &new, roles).await?;
        tx.commit().await
    }

    /// Somebody of the school by sign-in name or whole name, where it is one person's alone: a report about a member
    /// of staff goes to the head (REP-08).
    fn meant(&self, name: &str) -> Option<(Id<Person>, Roles)> {
        let snapshot = self.current.load();
        let is = |it: &str| it.to_lowercase() == name.trim().to_lowercase();
        let mut found = snapshot
            .people
            .iter()
            .map(|it| &it.person)
            .filter(|it| is(it.username.as_str()) || is(it.name.as_str()));
        let one = found.next().filter(|_| found.next().is_none())?;
        Some((one.id, one.roles))
    }

    async fn stranger(
        &self,
        places: &mut Places,
        it: (Username, IpAddr, Timestamp),
    ) -> Result<(), StoreError> {
        let snapshot = self.current.load_full();
        let mut tx = self.db.write().await?;
        places.stranger(&mut tx, &snapshot, it).await?;
        tx.commit().await
    }
}

fn answer(done: Answer, taken: Result<(), NotTaken>) {
    // Whoever asked has gone; what they asked for is done all the same.
    let _ = done.send(taken);
}

fn refuse(done: Answer, what: &str, err: &StoreError) {
    tracing::error!("{what} is not written down: {}", told(err));
    answer(done, Err(NotTaken));
}
