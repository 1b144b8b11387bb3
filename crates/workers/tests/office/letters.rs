//! What letters a job sends, whatever it is.
use school::{Id, Layer, Person, Role, settings::Setting};
use store::{jobs, settings};
use tempfile::TempDir;
use testkit::{databases, smtp::Letter};

use crate::{SCHOOL, Small, by};

pub(crate) const DAY: i64 = 24 * 3_600;

/// The same story in a small school on each engine.
pub(crate) async fn in_a_small_school_on_both(story: impl AsyncFn(Small)) {
    databases::on_both(async |db| {
        story(Small::open_on(TempDir::new().expect("a folder"), db).await).await;
    })
    .await;
}

impl Small {
    pub(crate) async fn set(&self, setting: &Setting, value: &str) {
        let mut tx = self.db.write().await.expect("a transaction");
        let owner = SCHOOL.to_string();
        settings::set(&mut tx, &by(), SCHOOL, (Layer::School, &owner), setting, value, false)
            .await
            .expect("set");
        tx.commit().await.expect("kept");
    }

    /// Somebody more, with an address that begins with their username.
    pub(crate) async fn join(&self, id: Id<Person>, username: &str, name: &str, role: Role) -> Person {
        let person = Person {
            id,
            school: SCHOOL,
            username: username.parse().expect("a username"),
            name: name.parse().expect("a line"),
            roles: [role].into_iter().collect(),
            year: (role == Role::Pupil).then(|| "10".parse().expect("a year")),
            groups: Vec::new(),
            email: Some(format!("{username}@elm-park.test").parse().expect("an address")),
            stay: school::Stay::ALWAYS,
        };
        let mut tx = self.db.write().await.expect("a transaction");
        store::people::add(&mut tx, &by(), &person).await.expect("a person");
        tx.commit().await.expect("kept");
        person
    }

    pub(crate) async fn change(&self, id: Id<Person>, change: impl FnOnce(&mut Person)) {
        let mut tx = self.db.write().await.expect("a transaction");
        let kept = store::people::get(&mut tx, SCHOOL, id).await.expect("read").expect("there");
        let mut person = kept.person.clone();
        change(&mut person);
        store::people::save(&mut tx, &by(), &kept, &person).await.expect("saved");
        tx.commit().await.expect("kept");
    }

    /// What goes out when this job runs now.
    pub(crate) async fn letters_of(&self, job: &str, payload: &str) -> Vec<Letter> {
        let before = self.mailbox.letters().len();
        let mut tx = self.db.write().await.expect("a transaction");
        jobs::enqueue(&mut tx, job, payload, (self.clock())()).await.expect("a job");
        tx.commit().await.expect("kept");
        self.office().work_off().await.expect("worked off");
        let counts = jobs::waiting(&mut self.db.read().await.expect("a transaction")).await.expect("counts");
        assert_eq!(counts, (0, 0), "nothing waits, nothing was given up");
        self.mailbox.letters().split_off(before)
    }

    /// To whom letters go when this job runs now, in the order of the alphabet.
    pub(crate) async fn told_by(&self, job: &str) -> Vec<String> {
        to(&self.letters_of(job, "").await)
    }
}

pub(crate) fn to(letters: &[Letter]) -> Vec<String> {
    let mut all: Vec<String> = letters.iter().flat_map(|it| it.to.clone()).collect();
    all.sort_unstable();
    all
}

/// As it is read: quoted-printable undone (RFC 2045 section 6.7), every gap one space.
pub(crate) fn words(letter: &Letter) -> String {
    let joined = letter.text.replace("=\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        if let Some(byte) = piece.get(..2).and_then(|it| u8::from_str_radix(it, 16).ok()) {
            bytes.push(byte);
            bytes.extend_from_slice(&piece.as_bytes()[2..]);
        } else {
            bytes.push(b'=');
            bytes.extend_from_slice(piece.as_bytes());
        }
    }
    String::from_utf8_lossy(&bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Mail is read over shoulders, and kept by others.
pub(crate) fn hides(letters: &[Letter], secrets: &[&str]) {
    for letter in letters {
        let words = words(letter);
        for secret in secrets {
            assert!(!words.contains(secret), "“{secret}” stands in a letter: {words}");
        }
    }
}
