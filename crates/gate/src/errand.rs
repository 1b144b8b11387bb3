use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use agreements::{Agreement, TextHash};
use jiff::Timestamp;
use school::{Id, NotLetIn, Person, RoundTrip, Username};
use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

/// Something a person did at a gate that the office must write down. A gate has no database: it hands the errand
/// over and waits for the answer.
#[derive(Debug)]
pub enum Errand {
    /// Someone accepted an agreement. Answered when the signature is stored and a snapshot that knows it stands.
    Sign {
        person: Id<Person>,
        agreement: Id<Agreement>,
        hash: TextHash,
        at: Timestamp,
        done: oneshot::Sender<Result<(), NotTaken>>,
    },
    /// The short confidential form (REP-02), or a site reported (CHG-07).
    Report { report: Report, done: oneshot::Sender<Result<(), NotTaken>> },
    /// Somebody else is to be asked who this is. It takes as long as they take, and holds up nothing else.
    Elsewhere(Asked),
    /// Somebody typed a name that nobody of this school has: it may be one of another school (ACC-17). It may as well be
    /// a password in the wrong box, and is forgotten unless it is such a name. Nobody waits for it.
    Stranger { username: Username, address: IpAddr, at: Timestamp },
    /// For the audit: signed in, signed out, refused, declined (LOG-03). Nobody waits for it.
    SignIn {
        person: Option<Id<Person>>,
        username: Box<str>,
        address: IpAddr,
        what: &'static str,
        at: Timestamp,
    },
}

/// What is asked of those who keep accounts outside of Schoolgate (ACC-05).
#[derive(Debug)]
pub enum Asked {
    /// Whether the directory takes this password for this person's.
    Password {
        person: Box<Person>,
        password: Zeroizing<String>,
        done: oneshot::Sender<Result<bool, NotLetIn>>,
    },
    /// Where the browser goes to sign in.
    Address { trip: RoundTrip, done: oneshot::Sender<Result<String, NotLetIn>> },
    /// Whose the code is that the browser brought back.
    Whose { trip: RoundTrip, code: String, done: oneshot::Sender<Result<Id<Person>, NotLetIn>> },
}

/// What someone wrote in the report form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// `None`: they chose not to say, or had not signed in.
    pub person: Option<Id<Person>>,
    /// 1 to 4,000 characters.
    pub words: String,
    /// The address it is about, where it came from a notice.
    pub place: Option<String>,
    /// Whom it is about, as they wrote it: a name or a sign-in name. Whether anybody is meant is found out by the
    /// office, so that the form tells nobody who is known here.
    pub about: Option<String>,
    /// True: this site should not be open or should not be closed; false: a worry about a person.
    pub about_site: bool,
    pub at: Timestamp,
}

/// The office could not write it down; the person is asked to try again, and nothing they typed is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the office did not take it")]
pub struct NotTaken;

/// How long a person is kept waiting for the office.
const LONGEST: Duration = Duration::from_secs(10);

/// The gate's end of the way to the office. Bounded.
#[derive(Debug, Clone)]
pub struct Errands(mpsc::Sender<Errand>, Missed);

/// How many sign-ins found no room on the way to the office. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Missed(Arc<AtomicU64>);

impl Missed {
    /// Those since it was last asked.
    pub fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Errands {
    /// At most `waiting` errands wait.
    pub fn new(waiting: usize) -> (Errands, mpsc::Receiver<Errand>) {
        let (send, receive) = mpsc::channel(waiting);
        (Errands(send, Missed::default()), receive)
    }

    /// For the office, which says in the audit trail how many are missing there.
    pub fn missed(&self) -> Missed {
        self.1.clone()
    }

    /// # Errors
    /// [`NotTaken`].
    pub async fn sign(
        &self,
        person: Id<Person>,
        agreement: Id<Agreement>,
        hash: TextHash,
        at: Timestamp,
    ) -> Result<(), NotTaken> {
        self.ask(|done| Errand::Sign { person, agreement, hash, at, done }).await
    }

    /// # Errors
    /// [`NotTaken`].
    pub async fn report(&self, report: Report) -> Result<(), NotTaken> {
        self.ask(|done| Errand::Report { report, done }).await
    }

    /// # Errors
    /// [`NotLetIn::Down`]: nobody said.
    pub async fn is_right(&self, person: &Person, password: &str) -> Result<bool, NotLetIn> {
        let (person, password) = (Box::new(person.clone()), Zeroizing::new(password.to_owned()));
        self.elsewhere(|done| Asked::Password { person, password, done }).await
    }

    /// # Errors
    /// [`NotLetIn`].
    pub async fn address(&self, trip: RoundTrip) -> Result<String, NotLetIn> {
        self.elsewhere(|done| Asked::Address { trip, done }).await
    }

    /// # Errors
    /// [`NotLetIn`].
    pub async fn whose(&self, trip: RoundTrip, code: String) -> Result<Id<Person>, NotLetIn> {
        self.elsewhere(|done| Asked::Whose { trip, code, done }).await
    }

    async fn elsewhere<T>(
        &self,
        asked: impl FnOnce(oneshot::Sender<Result<T, NotLetIn>>) -> Asked,
    ) -> Result<T, NotLetIn> {
        let (done, answer) = oneshot::channel();
        let whole = async {
            self.0.send(Errand::Elsewhere(asked(done))).await.map_err(|_| NotLetIn::Down)?;
            answer.await.map_err(|_| NotLetIn::Down)?
        };
        tokio::time::timeout(LONGEST, whole).await.unwrap_or(Err(NotLetIn::Down))
    }

    /// Hands it over and waits for the answer, but not for ever: an office that hangs must not hang a browser.
    async fn ask(
        &self,
        errand: impl FnOnce(oneshot::Sender<Result<(), NotTaken>>) -> Errand,
    ) -> Result<(), NotTaken> {
        let (done, answer) = oneshot::channel();
        let whole = async {
            self.0.send(errand(done)).await.map_err(|_| NotTaken)?;
            answer.await.map_err(|_| NotTaken)?
        };
        tokio::time::timeout(LONGEST, whole).await.unwrap_or(Err(NotTaken))
    }

    /// Never waits; lost when the office is far behind.
    pub fn stranger(&self, username: Username, address: IpAddr, at: Timestamp) {
        // Nothing is said of it in the log: what was typed may be a password.
        let _ = self.0.try_send(Errand::Stranger { username, address, at });
    }

    /// Never waits; lost, and counted, when the office is far behind.
    pub fn sign_in(
        &self,
        person: Option<Id<Person>>,
        username: &str,
        address: IpAddr,
        what: &'static str,
        at: Timestamp,
    ) {
        let errand = Errand::SignIn { person, username: username.into(), address, what, at };
        if self.0.try_send(errand).is_err() {
            self.1.0.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(what, "the office is too far behind to note a sign-in");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::at;

    fn report() -> Report {
        Report { person: None, words: "x".into(), place: None, about: None, about_site: false, at: at(0) }
    }

    #[tokio::test]
    async fn an_office_that_has_gone_or_forgets_takes_nothing() {
        let (errands, inbox) = Errands::new(1);
        drop(inbox);
        assert_eq!(errands.report(report()).await, Err(NotTaken));

        let (errands, mut inbox) = Errands::new(1);
        let (answer, ()) = tokio::join!(errands.report(report()), async { drop(inbox.recv().await) });
        assert_eq!(answer, Err(NotTaken), "it dropped the errand without an answer");
    }

    #[tokio::test]
    async fn noting_a_sign_in_never_waits() {
        let (errands, mut inbox) = Errands::new(1);
        for _ in 0..3 {
            errands.sign_in(None, "a.rahman", [192, 0, 2, 1].into(), "refused", at(0));
        }
        assert!(inbox.recv().await.is_some());
        assert!(inbox.try_recv().is_err(), "only as many as there is room for");
        assert_eq!((errands.missed().take(), errands.missed().take()), (2, 0), "the others are counted");
    }
}
