use std::net::IpAddr;

use agreements::{Agreement, TextHash};
use jiff::Timestamp;
use school::{Id, Person};
use tokio::sync::{mpsc, oneshot};

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
    /// For the audit: signed in, signed out, refused, declined (LOG-03). Nobody waits for it.
    SignIn {
        person: Option<Id<Person>>,
        username: Box<str>,
        address: IpAddr,
        what: &'static str,
        at: Timestamp,
    },
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
    /// True: this site should not be open or should not be closed; false: a worry about a person.
    pub about_site: bool,
    pub at: Timestamp,
}

/// The office could not write it down; the person is asked to try again, and nothing they typed is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the office did not take it")]
pub struct NotTaken;

/// The gate's end of the way to the office. Bounded.
#[derive(Debug, Clone)]
pub struct Errands(mpsc::Sender<Errand>);

impl Errands {
    /// At most `waiting` errands wait.
    pub fn new(waiting: usize) -> (Errands, mpsc::Receiver<Errand>) {
        let (send, receive) = mpsc::channel(waiting);
        (Errands(send), receive)
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
        let (done, answer) = oneshot::channel();
        self.0.send(Errand::Sign { person, agreement, hash, at, done }).await.map_err(|_| NotTaken)?;
        answer.await.map_err(|_| NotTaken)?
    }

    /// # Errors
    /// [`NotTaken`].
    pub async fn report(&self, report: Report) -> Result<(), NotTaken> {
        let (done, answer) = oneshot::channel();
        self.0.send(Errand::Report { report, done }).await.map_err(|_| NotTaken)?;
        answer.await.map_err(|_| NotTaken)?
    }

    /// Never waits; lost, and logged, when the office is far behind.
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
            tracing::warn!(what, "the office is too far behind to note a sign-in");
        }
    }
}
