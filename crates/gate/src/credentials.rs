use std::{
    net::IpAddr,
    sync::{Arc, PoisonError},
    time::Duration,
};

use argon2::{Argon2, PasswordVerifier, password_hash::phc::PasswordHash};
use jiff::Timestamp;
use moka::sync::Cache;
use school::{
    Id, KeptBy, OpeningHours, Person, Role, School, Username,
    guesses::{self, Guess, Guesses, Origin, Secret as Guessed},
    passwords,
    pictures::Pictures,
    remote::{NotEntered, may_enter},
    settings::COMMUNITY_HOURS,
};
use tokio::sync::{Mutex, Semaphore};
use zeroize::Zeroizing;

use crate::{Errands, Known, Secret, Snapshot, secret::Purpose, sittings::Sittings};

/// Checks passwords (Argon2id, PHC form), and remembers answers so that hashing is not paid per request.
///
/// A remembered answer holds only while the person is there under that name with that very stored hash: changing
/// a password or removing a person ends it at the next request.
#[derive(Debug)]
pub struct Credentials {
    /// Since when the browsers of those who were believed have sent it.
    pub(crate) sittings: Sittings,
    secret: Secret,
    right: Cache<[u8; 32], Arc<Right>>,
    /// Wrong ones too, briefly: a browser that has saved an old password sends it with every request.
    wrong: Cache<[u8; 32], Wrong>,
    guesses: guesses::Shared,
    hashing: Arc<Semaphore>,
    waiting: Semaphore,
    /// The way to whoever keeps passwords that are not kept here.
    errands: Option<Errands>,
    /// The directory did not say of late: until then it is not asked again about those it has let in before.
    quiet_until: parking_lot::Mutex<Timestamp>,
    /// One of these is held while hashing, so that a browser's twenty first connections cost one hash.
    turns: Box<[Mutex<()>]>,
}

/// Who it is, or why nobody, and whether that was found out just now: what is remembered is nobody's news.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) who: Result<Arc<Known>, Refusal>,
    pub(crate) anew: bool,
}

/// Why a sign-in failed. The same words are shown whether the name or the password is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the name or the password is wrong")]
    Wrong,
    #[error("too many are signing in at once")]
    Busy,
    /// The directory that keeps the password did not say.
    #[error("the directory cannot be asked")]
    Down,
    #[error("too many wrong guesses: wait a little")]
    SlowDown,
    /// Right, but sent by a browser for longer than a sign-in lasts: to be typed again (PWD-07).
    #[error("the sign-in has lasted as long as it may: sign in again")]
    Again,
    /// Theirs was the right password, or their device: but their time is over, since then (ACC-14, ACC-18).
    #[error("the time of this account is over")]
    Ended(Timestamp),
    /// As [`Refusal::Ended`], but their time has not come yet.
    #[error("the time of this account has not come yet")]
    NotYet(Timestamp),
    /// A community user, outside the hours in which the school is open to them (ACC-20).
    #[error("the school is not open to community users at this hour")]
    Closed,
    /// They come from outside, by a way or at a time for which nobody has approved it (ACC-22, ACC-23).
    #[error("coming in from outside: {0}")]
    Outside(NotEntered),
}

impl Refusal {
    /// Why this person may pass no door now from this device, if that is so.
    pub fn of(snapshot: &Snapshot, known: &Known, device: IpAddr, now: Timestamp) -> Option<Refusal> {
        Refusal::of_time(snapshot, known, now).or_else(|| {
            let route = snapshot.settings.routes.by(device)?;
            let approvals = snapshot.remote.get(&known.person.id).into_iter().flatten();
            may_enter(&known.person, approvals, route.as_str(), now).err().map(Refusal::Outside)
        })
    }

    /// Before their time, after it, or outside the hours of community users.
    pub fn of_time(snapshot: &Snapshot, known: &Known, now: Timestamp) -> Option<Refusal> {
        let stay = known.person.stay;
        if let Some(until) = stay.until
            && until <= now
        {
            return Some(Refusal::Ended(until));
        }
        if let Some(from) = stay.from.filter(|from| now < *from) {
            return Some(Refusal::NotYet(from));
        }
        let roles = known.person.roles;
        if !roles.has(Role::CommunityUser) || roles.has(Role::Pupil) || roles.of_the_house() {
            return None;
        }
        // Hours that cannot be read are no hours: closed, and the console says so beside the setting.
        let hours = OpeningHours::read(&snapshot.chosen.text(&COMMUNITY_HOURS));
        let hours = hours.unwrap_or(Some(OpeningHours::CLOSED))?;
        let local = snapshot.calendar.zone.to_datetime(now);
        (!hours.covers(local)).then_some(Refusal::Closed)
    }

    /// It is known who they are: a browser's own box could do nothing about it, so they are shown a page.
    pub fn knows_them(self) -> bool {
        matches!(self, Refusal::Ended(_) | Refusal::NotYet(_) | Refusal::Closed | Refusal::Outside(_))
    }
}

#[derive(Debug)]
struct Right {
    person: Id<Person>,
    username: Username,
    hash: Box<str>,
    /// From then on whoever keeps it elsewhere is asked again, as long as they answer.
    again: Timestamp,
    until: Timestamp,
}

#[derive(Debug, Clone)]
struct Wrong {
    hash: Option<Box<str>>,
    until: Timestamp,
}

impl Right {
    fn holds(&self, snapshot: &Snapshot, now: Timestamp) -> Option<Arc<Known>> {
        let known = snapshot.people.get(self.person)?;
        let holds =
            now < self.until && known.person.username == self.username && known.stands() == Some(&*self.hash);
        holds.then(|| Arc::clone(known))
    }
}

/// How long a right password is believed without hashing it again: a day at school.
const RIGHT_LASTS: Duration = Duration::from_hours(8);
/// The same where the directory keeps it: a password that was changed there, or an account that was closed, is found
/// out by then.
const ELSEWHERE_LASTS: Duration = Duration::from_mins(15);
/// How long a directory that did not say is left alone.
const QUIET: Duration = Duration::from_mins(1);
const WRONG_LASTS: Duration = Duration::from_mins(1);
/// Answers remembered of each kind, at most; some 250 bytes each.
const REMEMBERED: u64 = 20_000;
/// Sign-ins by the browser's own box that are remembered.
const SITTINGS: usize = 20_000;
/// Sign-ins that may wait for a turn before others are told that the gate is busy: some ten seconds' worth.
const WAITING: usize = 256;
/// A password longer than this is not hashed at all.
const LONGEST: usize = 1024;
/// Argon2id of a password nobody knows, with the parameters that new passwords get, for names that do not exist.
const DUMMY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2Nob29sZ2F0ZS1ub2JvZHk$XvEKa+4yDWKJbXlyB/TqaQkDtkUj9eqQRyQQgkmdwCU";

impl Credentials {
    /// Hashes at most `at_once` passwords at a time, each with 19 MiB of memory.
    pub fn new(secret: &Secret, at_once: usize) -> Credentials {
        Credentials {
            sittings: Sittings::new(SITTINGS),
            secret: secret.clone(),
            right: Cache::new(REMEMBERED),
            wrong: Cache::new(REMEMBERED),
            guesses: guesses::Shared::default(),
            hashing: Arc::new(Semaphore::new(at_once.max(1))),
            waiting: Semaphore::new(WAITING),
            errands: None,
            quiet_until: parking_lot::Mutex::new(Timestamp::MIN),
            turns: (0..64).map(|_| Mutex::new(())).collect(),
        }
    }

    /// Asks the office about people whose password the school's directory keeps.
    #[must_use]
    pub fn asking(self, errands: Errands) -> Credentials {
        Credentials { errands: Some(errands), ..self }
    }

    /// Counts wrong guesses together with other doors (BEY-11).
    #[must_use]
    pub fn counting(self, guesses: guesses::Shared) -> Credentials {
        Credentials { guesses, ..self }
    }

    /// # Errors
    /// [`Refusal`]; unknown names take as long as wrong passwords.
    pub async fn check(
        &self,
        snapshot: &Snapshot,
        device: IpAddr,
        username: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<Arc<Known>, Refusal> {
        self.answer(snapshot, device, username, password, now).await.who
    }

    pub(crate) async fn answer(
        &self,
        snapshot: &Snapshot,
        device: IpAddr,
        username: &str,
        password: &str,
        now: Timestamp,
    ) -> Answer {
        let mut anew = false;
        let right = self.right(snapshot, device, username, password, &mut anew, now).await;
        // Asked of a remembered answer too: the password stays right after their time is over.
        let let_in = |known: Arc<Known>| Refusal::of(snapshot, &known, device, now).map_or(Ok(known), Err);
        Answer { who: right.and_then(let_in), anew }
    }

    async fn right(
        &self,
        snapshot: &Snapshot,
        device: IpAddr,
        username: &str,
        password: &str,
        anew: &mut bool,
        now: Timestamp,
    ) -> Result<Arc<Known>, Refusal> {
        let key = self.secret.tag(Purpose::Password, &[username.as_bytes(), password.as_bytes()]);
        if let Some(known) = self.remembered(snapshot, &key, now) {
            return Ok(known);
        }
        let username = username.parse::<Username>().ok().filter(|_| password.len() <= LONGEST);
        let Some(username) = username else {
            *anew = !self.known_wrong(None, &key, now);
            if *anew {
                self.wrong.insert(key, Wrong { hash: None, until: now + WRONG_LASTS });
            }
            return Err(Refusal::Wrong);
        };
        let known = snapshot.people.by_username(&username);
        let hash = known.and_then(|it| it.stands());
        if self.known_wrong(hash, &key, now) {
            return Err(Refusal::Wrong);
        }

        let _place = self.waiting.try_acquire().map_err(|_| Refusal::Busy)?;
        let _turn = self.turns[usize::from(key[0]) % self.turns.len()].lock().await;
        if let Some(known) = self.remembered(snapshot, &key, now) {
            return Ok(known);
        }
        if self.known_wrong(hash, &key, now) {
            return Err(Refusal::Wrong);
        }
        // What was right a while ago is no guess. Nor does the very same wrong password say anything new: a browser that has
        // saved it guesses nothing.
        let before = self.believed(snapshot, &key, now);
        *anew = before.is_none();
        let guess = if before.is_some() || self.was_wrong(hash, &key) {
            None
        } else {
            Some(self.begin(Guessed::Password, snapshot.school.id, device, &username, now)?)
        };
        // PWD-04: a child may type the code of its card with its gap, or in capitals.
        let young = known.is_some_and(|it| passwords::is_young(&snapshot.chosen, &it.person));
        let card = if young { passwords::card_code(password).map(Zeroizing::new) } else { None };
        let password = card.as_ref().map_or(password, |it| it.as_str());
        let right = match known {
            // What it does not say is not remembered either, for or against.
            Some(known) if known.kept_by == KeptBy::Directory => {
                // The hash of nobody beside it, so that by its time a name kept there is like one that nobody has. The
                // time that the directory takes beyond a hash is still seen.
                let hashed = async {
                    if before.is_none() {
                        self.verify(DUMMY, password).await;
                    }
                };
                match tokio::join!(hashed, self.ask(known, password)).1 {
                    Ok(right) => right,
                    Err(_) if before.is_some() => {
                        *self.quiet_until.lock() = now + QUIET;
                        return Ok(Arc::clone(known));
                    }
                    Err(refusal) => {
                        self.settle(guess, Guesses::take_back);
                        return Err(refusal);
                    }
                }
            }
            _ => self.verify(hash.unwrap_or(DUMMY), password).await && hash.is_some(),
        };
        match (known, hash) {
            (Some(known), Some(hash)) if right => {
                self.settle(guess, Guesses::was_right);
                let (person, hash) = (known.person.id, hash.into());
                let elsewhere = known.kept_by == KeptBy::Directory;
                let again = now + if elsewhere { ELSEWHERE_LASTS } else { RIGHT_LASTS };
                let right = Right { person, username, hash, again, until: now + RIGHT_LASTS };
                self.right.insert(key, Arc::new(right));
                Ok(Arc::clone(known))
            }
            _ => {
                *anew = true;
                self.right.invalidate(&key);
                self.wrong.insert(key, Wrong { hash: hash.map(Into::into), until: now + WRONG_LASTS });
                Err(Refusal::Wrong)
            }
        }
    }

    /// Three pictures that a young child picked (PWD-04). Nothing is remembered: they are believed once, for a device.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn check_pictures(
        &self,
        snapshot: &Snapshot,
        device: IpAddr,
        child: Id<Person>,
        picked: Pictures,
        now: Timestamp,
    ) -> Result<Arc<Known>, Refusal> {
        let known = snapshot.people.get(child).filter(|it| it.may_pick(&snapshot.chosen));
        let Some((known, theirs)) = known.and_then(|it| Some((it, it.pictures.as_ref()?))) else {
            return Err(Refusal::Wrong);
        };
        let _place = self.waiting.try_acquire().map_err(|_| Refusal::Busy)?;
        let name = &known.person.username;
        let guess = self.begin(Guessed::Pictures, snapshot.school.id, device, name, now)?;
        if !self.verify(&theirs.hash, &Zeroizing::new(picked.secret())).await {
            return Err(Refusal::Wrong);
        }
        self.settle(Some(guess), Guesses::was_right);
        Refusal::of(snapshot, known, device, now).map_or_else(|| Ok(Arc::clone(known)), Err)
    }

    fn begin(
        &self,
        what: Guessed,
        school: Id<School>,
        device: IpAddr,
        name: &Username,
        now: Timestamp,
    ) -> Result<Guess, Refusal> {
        let account = guesses::account(school, name.as_str());
        let mut guesses = self.guesses.lock().unwrap_or_else(PoisonError::into_inner);
        guesses.begin(what, Origin::Device(device), &account, now).ok_or(Refusal::SlowDown)
    }

    fn settle(&self, guess: Option<Guess>, how: impl FnOnce(&mut Guesses, Guess)) {
        let Some(guess) = guess else { return };
        how(&mut self.guesses.lock().unwrap_or_else(PoisonError::into_inner), guess);
    }

    async fn ask(&self, known: &Known, password: &str) -> Result<bool, Refusal> {
        let errands = self.errands.as_ref().ok_or(Refusal::Down)?;
        errands.is_right(&known.person, password).await.map_err(|_| Refusal::Down)
    }

    fn remembered(&self, snapshot: &Snapshot, key: &[u8; 32], now: Timestamp) -> Option<Arc<Known>> {
        let right = self.right.get(key)?;
        if right.again <= now && *self.quiet_until.lock() <= now {
            return None;
        }
        right.holds(snapshot, now)
    }

    /// Of a right password that was believed, and may have to be asked about again.
    fn believed(&self, snapshot: &Snapshot, key: &[u8; 32], now: Timestamp) -> Option<Arc<Known>> {
        self.right.get(key)?.holds(snapshot, now)
    }

    fn known_wrong(&self, hash: Option<&str>, key: &[u8; 32], now: Timestamp) -> bool {
        self.wrong.get(key).is_some_and(|it| now < it.until && it.hash.as_deref() == hash)
    }

    fn was_wrong(&self, hash: Option<&str>, key: &[u8; 32]) -> bool {
        self.wrong.get(key).is_some_and(|it| it.hash.as_deref() == hash)
    }

    /// On a thread that may block, and only so many at once.
    async fn verify(&self, hash: &str, password: &str) -> bool {
        let Ok(permit) = Arc::clone(&self.hashing).acquire_owned().await else { return false };
        let (hash, password) = (hash.to_owned(), Zeroizing::new(password.to_owned()));
        let work = tokio::task::spawn_blocking(move || {
            // Kept until the work is done, even when whoever asked has gone away.
            let _permit = permit;
            let Ok(hash) = PasswordHash::new(&hash) else {
                tracing::error!("a stored password is not in PHC form: its owner cannot sign in");
                return false;
            };
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
        });
        work.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests;
