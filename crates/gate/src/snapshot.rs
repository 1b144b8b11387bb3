use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
    time::Duration,
};

use agreements::{Agreement, Due, Missing};
use arc_swap::ArcSwap;
use jiff::Timestamp;
use policy::{Rules, Subject, Target};
use school::{
    Calendar, Group, Id, KeptBy, Person, Post, School, Site, Username,
    exceptional::Held,
    passwords,
    pictures::Badge,
    remote::{RemoteAccess, Routes},
    settings::Settings as Chosen,
};

/// All that a gate decides from. Built by `workers`, swapped whole, never changed.
#[derive(Debug)]
pub struct Snapshot {
    pub school: School,
    /// Where this gate stands, for what a site says of its own (ACC-01).
    pub site: Option<Id<Site>>,
    pub rules: Rules,
    pub people: People,
    /// In force now, for showing to those who have not signed.
    pub agreements: Vec<Agreement>,
    pub calendar: Calendar,
    pub settings: Settings,
    /// Approvals of access from outside that stand or are to come, by person (ACC-22, ACC-23).
    pub remote: HashMap<Id<Person>, Vec<RemoteAccess>>,
    /// What trust, school and site have set in the console, resolved for this gate.
    pub chosen: school::settings::Settings,
    /// Why part of this is older than it should be, in words for staff; empty when all is well.
    pub faults: Vec<String>,
}

/// Everyone that the gate may meet.
#[derive(Debug, Default)]
pub struct People {
    by_id: HashMap<Id<Person>, Arc<Known>>,
    by_username: HashMap<Username, Arc<Known>>,
    /// Whom to turn to first, in front.
    posts: Vec<(Post, Id<Person>)>,
    /// Those that have somebody who signs in with pictures, by name.
    classes: Vec<Class>,
    /// Identities that a class shares on purpose.
    shared: HashSet<Id<Person>>,
}

/// A class of young pupils, as the sign-in with pictures shows it (PWD-04).
#[derive(Debug, Clone)]
pub struct Class {
    pub group: Group,
    /// Those who sign in with pictures, by name.
    pub children: Vec<Id<Person>>,
}

/// One person, with all that a gate needs of them.
#[derive(Debug)]
pub struct Known {
    pub person: Person,
    pub subject: Subject,
    /// Argon2id in PHC form. `None`: cannot sign in with a password.
    pub password: Option<Box<str>>,
    /// From when their password has to be changed before anything else opens (PWD-03). `None`: never.
    pub change_from: Option<Timestamp>,
    /// Of a child who signs in with pictures.
    pub pictures: Option<Pictured>,
    /// Who is asked whether a password is theirs.
    pub kept_by: KeptBy,
    /// What they, or a parent for them, must accept before anything else opens, and from when.
    pub missing: Vec<Due>,
    /// Signed or not, they wait for the head or campus lead, or were refused (ACC-19).
    pub held: Option<Held>,
}

/// A young child's pictures, and how they find themselves (PWD-04).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictured {
    /// Argon2id in PHC form.
    pub hash: Box<str>,
    pub badge: Badge,
}

/// What the school set for its gate. Start from [`Settings::new`] and change what differs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name under which the gate answers for itself, through the proxy and directly. Lower case.
    pub gate_name: Box<str>,
    /// Where the proxy listens, as devices are told in the PAC file.
    pub proxy: ProxyAddress,
    /// Domains of the school itself, which the PAC file sends direct.
    pub local_names: Vec<Box<str>>,
    /// Where staff find the console.
    pub console_url: Option<Box<str>>,
    /// How staff ask for a site, in the school's own words, such as an e-mail address.
    pub ask_for_sites: Option<Box<str>>,
    pub sign_in: SignInBy,
    /// The school's identity provider, where it has one.
    pub provider: Option<Provider>,
    /// Whether someone who has not signed in may open what the strictest profile allows. Otherwise they are
    /// asked to sign in first (PWD-01).
    pub open_unknown: bool,
    /// How long a sign-in binds a device to a person (PWD-07).
    pub session: Duration,
    /// Whether a report may be sent without a name by someone who has signed in (G5).
    pub anonymous_reports: bool,
    /// Whether the record keeps path and query.
    pub keep_paths: bool,
    /// Devices known by address: name of the device, and the person it belongs to if it has one.
    pub devices: HashMap<IpAddr, (Arc<str>, Option<Id<Person>>)>,
    /// From which addresses people come in from outside, and by which approved way (ACC-22, ACC-23).
    pub routes: Routes,
}

/// The proxy as devices reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyAddress {
    /// A name or an address.
    pub host: Box<str>,
    pub port: u16,
    /// Where it is also reached over TLS.
    pub tls_port: Option<u16>,
}

/// Where people sign in with an account that the school gave them elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// What the button says.
    pub button: Box<str>,
    /// Names that its pages need, and what lies below them. In lower case; open before anybody has signed in.
    pub hosts: Vec<Box<str>>,
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

impl Known {
    /// What is missing at this moment (AUP-07): asked at every request, and answered without a look at any text.
    pub fn missing_at(&self, now: Timestamp) -> impl Iterator<Item = Missing> {
        self.missing.iter().filter_map(move |it| it.at(now, None))
    }

    /// Whether their password is too old, or was given to them (PWD-03, PWD-05).
    pub fn has_to_change(&self, now: Timestamp) -> bool {
        self.change_from.is_some_and(|from| from <= now)
    }

    /// As one who signed in at `came` where the school asks at every sign-in (AUP-08); `None` where that asks for
    /// nothing more.
    pub(crate) fn asked_anew(&self, came: Timestamp) -> Option<Known> {
        let anew = |it: &Due| it.last_given.is_some_and(|given| given < came);
        if !self.missing.iter().any(anew) {
            return None;
        }
        let missing = self
            .missing
            .iter()
            .map(|it| Due { since: if anew(it) { Timestamp::MIN } else { it.since }, ..*it });
        Some(Known {
            person: self.person.clone(),
            subject: self.subject.clone(),
            password: self.password.clone(),
            change_from: self.change_from,
            pictures: self.pictures.clone(),
            kept_by: self.kept_by,
            missing: missing.collect(),
            held: self.held,
        })
    }
}

impl Snapshot {
    /// How long a sign-in of theirs lasts (PWD-07): as their profile says, else as this gate does for everybody; never
    /// longer than the school lets anybody of their roles stay.
    pub(crate) fn session(&self, known: &Known) -> Duration {
        let said = self.rules.session(&known.subject).unwrap_or(self.settings.session);
        let most = Duration::from_hours(u64::from(self.chosen.longest_session(known.person.roles)));
        said.min(most)
    }
}

impl Settings {
    /// Whether somebody needs this to sign in at all.
    pub(crate) fn is_for_sign_in(&self, target: &Target) -> bool {
        let host = target.host();
        let hosts = self.provider.iter().flat_map(|it| &it.hosts);
        hosts.into_iter().any(|it| host.is_within(it) || host.as_text() == **it)
    }

    /// Whether it is the console, where a password is changed.
    pub(crate) fn is_console(&self, target: &Target) -> bool {
        let console = self.console_url.as_deref().and_then(|it| Target::parse(it).ok());
        console.is_some_and(|it| it.host() == target.host() && it.port() == target.port())
    }

    /// What a school has that has set nothing but its names: sign-in on the gate's page for eight hours, nothing
    /// open without it, paths kept.
    pub fn new(gate_name: &str, proxy: ProxyAddress) -> Settings {
        Settings {
            gate_name: gate_name.to_ascii_lowercase().into(),
            proxy,
            local_names: Vec::new(),
            console_url: None,
            ask_for_sites: None,
            sign_in: SignInBy::Page,
            provider: None,
            open_unknown: false,
            session: Duration::from_hours(8),
            anonymous_reports: false,
            keep_paths: true,
            devices: HashMap::new(),
            routes: Routes::default(),
        }
    }
}

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
    /// With those who hold a post, whom to turn to first in front (ACC-08).
    #[must_use]
    pub fn with_posts(self, posts: Vec<(Post, Id<Person>)>) -> People {
        People { posts, ..self }
    }

    /// With the classes whose children sign in with pictures, where the school has chosen that.
    #[must_use]
    pub fn with_classes(self, groups: &[Group], chosen: &Chosen) -> People {
        let mut pictured: Vec<_> = self.by_id.values().filter(|it| it.may_pick(chosen)).collect();
        pictured.sort_by(|a, b| (&a.person.name, a.person.id).cmp(&(&b.person.name, b.person.id)));
        let class = |group: &Group| {
            let theirs = pictured.iter().filter(|it| it.person.groups.contains(&group.id));
            let children: Vec<_> = theirs.map(|it| it.person.id).collect();
            (!children.is_empty()).then(|| Class { group: group.clone(), children })
        };
        let mut classes: Vec<_> = groups.iter().filter_map(class).collect();
        classes.sort_by(|a, b| a.group.name.cmp(&b.group.name));
        People { classes, ..self }
    }

    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// With those whom several may be at once (ACC-04).
    #[must_use]
    pub fn with_shared(self, shared: impl IntoIterator<Item = Id<Person>>) -> People {
        People { shared: shared.into_iter().collect(), ..self }
    }

    pub(crate) fn is_shared(&self, id: Id<Person>) -> bool {
        self.shared.contains(&id)
    }

    pub fn posts(&self) -> impl Iterator<Item = (Post, &Arc<Known>)> {
        self.posts.iter().filter_map(|(post, id)| Some((*post, self.get(*id)?)))
    }

    pub fn get(&self, id: Id<Person>) -> Option<&Arc<Known>> {
        self.by_id.get(&id)
    }
    pub fn by_username(&self, username: &Username) -> Option<&Arc<Known>> {
        self.by_username.get(username)
    }
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Known>> {
        self.by_id.values()
    }
    pub fn len(&self) -> usize {
        self.by_id.len()
    }
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

impl Known {
    /// Whether they sign in with pictures (PWD-04). Nobody whose password is kept elsewhere does.
    pub(crate) fn may_pick(&self, chosen: &Chosen) -> bool {
        self.pictures.is_some()
            && self.kept_by == KeptBy::School
            && passwords::by_pictures(chosen, &self.person)
    }

    /// What a believed password is held against: it is asked again when this changes. `None`: no password opens anything.
    pub(crate) fn stands(&self) -> Option<&str> {
        match self.kept_by {
            KeptBy::School => self.password.as_deref(),
            KeptBy::Provider => None,
            KeptBy::Directory => Some("the directory"),
        }
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
