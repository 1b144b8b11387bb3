use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};

use agreements::Agreement;
use arc_swap::ArcSwap;
use policy::{Rules, Subject};
use school::{Calendar, Id, Person, School, Username};

/// All that a gate decides from. Built by `workers`, swapped whole, never changed.
#[derive(Debug)]
pub struct Snapshot {
    pub school: School,
    pub rules: Rules,
    pub people: People,
    /// In force now, for showing to those who have not signed.
    pub agreements: Vec<Agreement>,
    pub calendar: Calendar,
    pub settings: Settings,
    /// Why part of this is older than it should be, in words for staff; empty when all is well.
    pub faults: Vec<String>,
}

/// Everyone that the gate may meet.
#[derive(Debug, Default)]
pub struct People {
    by_id: HashMap<Id<Person>, Arc<Known>>,
    by_username: HashMap<Username, Arc<Known>>,
}

/// One person, with all that a gate needs of them.
#[derive(Debug)]
pub struct Known {
    pub person: Person,
    pub subject: Subject,
    /// Argon2id in PHC form. `None`: cannot sign in with a password.
    pub password: Option<Box<str>>,
    /// What they must accept before anything else opens, as ids of [`Snapshot::agreements`].
    pub missing: Vec<Id<Agreement>>,
}

/// What the school set for its gate.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name under which the gate answers for itself, through the proxy and directly.
    pub gate_name: Box<str>,
    /// Where staff find the console.
    pub console_url: Option<Box<str>>,
    pub sign_in: SignInBy,
    /// How long a sign-in binds a device to a person (PWD-07).
    pub session: Duration,
    /// Whether the record keeps path and query.
    pub keep_paths: bool,
    /// Devices known by address: name of the device, and the person it belongs to if it has one.
    pub devices: HashMap<IpAddr, (Arc<str>, Option<Id<Person>>)>,
}

/// How an unknown person is asked who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInBy {
    /// The browser's own proxy sign-in (407).
    Proxy,
    /// The gate's page, bound to the device for [`Settings::session`].
    Page,
}

/// The snapshot in force.
#[derive(Debug)]
pub struct Current(ArcSwap<Snapshot>);

impl Current {
    pub fn new(first: Snapshot) -> Current {
        Current(ArcSwap::from_pointee(first))
    }
    pub fn load(&self) -> arc_swap::Guard<Arc<Snapshot>> {
        self.0.load()
    }
    pub fn load_full(&self) -> Arc<Snapshot> {
        self.0.load_full()
    }
    pub fn swap(&self, next: Snapshot) {
        self.0.store(Arc::new(next));
    }
}

impl People {
    pub fn get(&self, id: Id<Person>) -> Option<&Arc<Known>> {
        self.by_id.get(&id)
    }
    pub fn by_username(&self, username: &Username) -> Option<&Arc<Known>> {
        self.by_username.get(username)
    }
    pub fn len(&self) -> usize {
        self.by_id.len()
    }
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

impl FromIterator<Known> for People {
    fn from_iter<I: IntoIterator<Item = Known>>(people: I) -> People {
        let mut all = People::default();
        for known in people {
            let known = Arc::new(known);
            all.by_username.insert(known.person.username.clone(), Arc::clone(&known));
            all.by_id.insert(known.person.id, known);
        }
        all
    }
}
