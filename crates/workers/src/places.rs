//! What sign-ins at the gate say of misuse: guessing, one account in two places, staff on a pupil's device, an account of
//! another school (PWD-09, ACC-17). Nothing here looks at what anybody opens: a visit to a help page is no sign-in.
use std::{collections::HashMap, net::IpAddr};

use gate::Snapshot;
use jiff::{SignedDuration, Timestamp};
use school::{
    Flood, Id, Person, School, Username,
    passwords::is_pupils,
    settings::{OTHER_SCHOOL, STAFF_ON_PUPILS, Setting, TWO_PLACES, TWO_PLACES_WITHIN},
};
use store::{
    StoreError, Tx, people,
    security::{self, Kind, New},
};

use crate::alerts::ourselves;

/// One sign-in, or what was taken for one.
pub(crate) struct Entry<'a> {
    pub(crate) person: Option<Id<Person>>,
    pub(crate) username: &'a str,
    pub(crate) address: IpAddr,
    pub(crate) what: &'a str,
    pub(crate) at: Timestamp,
}

/// What the network manager is to be told.
#[derive(Debug)]
pub(crate) struct Alert {
    kind: Kind,
    subject: String,
    words: String,
    /// Stands in the list, and sends no letter.
    quiet: bool,
    /// Not for the identity of a class, which is shared on purpose (ACC-04).
    unless_shared: Option<Id<Person>>,
}

/// Who signed in where of late. Forgotten at a restart, when everyone is signed out as well.
#[derive(Default)]
pub(crate) struct Places {
    /// Where each person signed in last and did not sign out.
    last: HashMap<Id<Person>, (IpAddr, Timestamp)>,
    /// Who signed in last on each device and did not sign out.
    there: HashMap<IpAddr, (Id<Person>, Timestamp)>,
    /// Each kind apart, so that the first that is slowed down is told at once, however lately one before it was refused.
    refused: Flood<(String, IpAddr, String)>,
    strangers: Flood<(Username, IpAddr)>,
}

/// Longer than the setting allows, nothing is remembered.
const LONGEST: SignedDuration = SignedDuration::from_hours(4);
/// So long a device is a pupil's after they signed in there and left it so.
const PUPILS_HOUR: SignedDuration = SignedDuration::from_hours(1);
const MOST: usize = 50_000;

impl Places {
    /// Whether the audit trail gets a row of it, and how many of the same it stands for besides.
    pub(crate) fn row(&mut self, it: &Entry<'_>) -> Option<u64> {
        // A browser that cannot ask its person sends the same again with every picture of a page.
        if it.what == "slowed down" || it.what.starts_with("refused") {
            let key = (it.username.to_owned(), it.address, it.what.to_owned());
            return self.refused.note(key, it.at);
        }
        Some(0)
    }

    /// What the network manager is to be told because of it. Asked once of each: whoever cannot write it down keeps it.
    pub(crate) fn alerts(&mut self, snapshot: &Snapshot, it: &Entry<'_>) -> Vec<Alert> {
        match (it.what, it.person) {
            ("slowed down", _) => vec![guessing(it)],
            ("signed in", Some(person)) => {
                self.make_room(it.at);
                let before = self.last.insert(person, (it.address, it.at));
                let there = self.there.insert(it.address, (person, it.at));
                let two = two_places(snapshot, it, before);
                two.into_iter().chain(staff_on_pupils(snapshot, it, there)).collect()
            }
            // The next person's sign-in comes after it, and is looked at with what was there before.
            ("left signed in", Some(person)) => {
                self.forget(person, it.address);
                Vec::new()
            }
            ("signed out", Some(person)) => {
                self.forget(person, it.address);
                self.there.remove(&it.address);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// A name that nobody of this school has was typed at its gate. What was typed may be a password in the wrong box, so
    /// it is written down nowhere unless it is somebody's of another school.
    pub(crate) async fn stranger(
        &mut self,
        tx: &mut Tx,
        snapshot: &Snapshot,
        (username, address, at): (Username, IpAddr, Timestamp),
    ) -> Result<(), StoreError> {
        if self.strangers.note((username.clone(), address), at).is_none() {
            return Ok(());
        }
        let Some(theirs) = people::stranger(tx, snapshot.school.id, &username, at).await? else {
            return Ok(());
        };
        let words = format!(
            "{username} of {} tried to sign in at the gate of this school from {address}, without a placement here",
            theirs.name
        );
        match alert(snapshot, (&OTHER_SCHOOL, Kind::OtherSchool), username.as_str(), words) {
            Some(alert) => alert.raise(tx, snapshot.school.id, at).await,
            None => Ok(()),
        }
    }

    fn forget(&mut self, person: Id<Person>, address: IpAddr) {
        if self.last.get(&person).is_some_and(|(last, _)| *last == address) {
            self.last.remove(&person);
        }
    }

    fn make_room(&mut self, now: Timestamp) {
        if MOST <= self.last.len() {
            self.last.retain(|_, (_, at)| is_within(*at, now, LONGEST));
        }
        if MOST <= self.there.len() {
            self.there.retain(|_, (_, at)| is_within(*at, now, PUPILS_HOUR));
        }
    }
}

impl Alert {
    pub(crate) async fn raise(
        &self,
        tx: &mut Tx,
        school: Id<School>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(person) = self.unless_shared
            && store::class_identities::is_one(tx, person).await?
        {
            return Ok(());
        }
        let new = New { kind: self.kind, subject: &self.subject, words: &self.words, quiet: self.quiet };
        security::raise(tx, &ourselves(at), school, new).await.map(drop)
    }
}

fn guessing(it: &Entry<'_>) -> Alert {
    let address = it.address.to_string();
    let (subject, of) = match it.username {
        "" => (address.as_str(), "names that nobody has"),
        name => (name, name),
    };
    let words = format!("Wrong passwords or pictures for {of}, again and again, at the gate from {address}");
    Alert { kind: Kind::Guessing, subject: subject.to_owned(), words, quiet: false, unless_shared: None }
}

fn two_places(snapshot: &Snapshot, it: &Entry<'_>, before: Option<(IpAddr, Timestamp)>) -> Option<Alert> {
    let within = SignedDuration::from_mins(i64::from(snapshot.chosen.number(&TWO_PLACES_WITHIN)));
    let (address, at) =
        before.filter(|(address, at)| *address != it.address && is_within(*at, it.at, within))?;
    let words = format!(
        "{} signed in from {} and, {} minutes before, from {address}, without signing out",
        it.username,
        it.address,
        it.at.duration_since(at).as_mins()
    );
    let alert = alert(snapshot, (&TWO_PLACES, Kind::TwoPlaces), it.username, words)?;
    Some(Alert { unless_shared: it.person, ..alert })
}

/// `there`: who signed in on the device before them and did not sign out.
fn staff_on_pupils(
    snapshot: &Snapshot,
    it: &Entry<'_>,
    there: Option<(Id<Person>, Timestamp)>,
) -> Option<Alert> {
    let of = |id| snapshot.people.get(id).map(|it| &it.person);
    let is_staff = |it: &Person| it.roles.iter().any(school::Role::is_staff);
    if !it.person.and_then(of).is_some_and(is_staff) {
        return None;
    }
    let pupil = |id| of(id).filter(|it| is_pupils(it)).map(|it| it.username.as_str());
    let device = snapshot.settings.devices.get(&it.address.to_canonical());
    let owner = device.and_then(|(name, owner)| Some((name, pupil((*owner)?)?)));
    let left = there.filter(|(_, at)| is_within(*at, it.at, PUPILS_HOUR)).and_then(|(id, _)| pupil(id));
    let (who, from) = (it.username, it.address);
    let words = match (owner, left) {
        (Some((device, owner)), _) => format!("{who} signed in on {device} ({from}), the device of {owner}"),
        (None, Some(left)) => {
            format!("{who} signed in from {from} over the sign-in that {left} left open there")
        }
        (None, None) => return None,
    };
    alert(snapshot, (&STAFF_ON_PUPILS, Kind::StaffOnPupils), who, words)
}

/// As the setting says: not at all, on the page of alerts, or by letter too.
fn alert(snapshot: &Snapshot, (how, kind): (&Setting, Kind), subject: &str, words: String) -> Option<Alert> {
    let how = snapshot.chosen.text(how);
    (how != "off").then(|| Alert {
        kind,
        subject: subject.to_owned(),
        words,
        quiet: how != "alert",
        unless_shared: None,
    })
}

/// A time of a clock that ran ahead is over at once.
fn is_within(before: Timestamp, now: Timestamp, span: SignedDuration) -> bool {
    (SignedDuration::ZERO..span).contains(&now.duration_since(before))
}
