//! Letters about agreements: to whom, about whom, and how often.
use agreements::Audience;
use school::{
    Id, Layer, Person, Role,
    roster::ParentLink,
    settings::{AGREEMENT_COUNTER_SIGN, AGREEMENT_ISSUE, Setting},
};
use store::{jobs, settings};
use testkit::smtp::Letter;

use crate::{PUPIL, SCHOOL, Small, TEACHER, by};

const PARENT: Id<Person> = Id::from_u128(21);
const DAY: i64 = 24 * 3_600;

/// Morgan's parent, who has a second child at the school; the teacher can be written to as well.
async fn small() -> Small {
    let small = Small::open().await;
    let mut tx = small.db.write().await.expect("a transaction");
    let sibling = Id::from_u128(22);
    for (id, username, name, role) in
        [(PARENT, "p.birch", "Pat Birch", Role::Parent), (sibling, "s.birch", "Sky Birch", Role::Pupil)]
    {
        let person = Person {
            id,
            school: SCHOOL,
            username: username.parse().expect("a username"),
            name: name.parse().expect("a line"),
            roles: [role].into_iter().collect(),
            year: (role == Role::Pupil).then(|| "10".parse().expect("a year")),
            groups: Vec::new(),
            email: (role == Role::Parent).then(|| "pat@birch.test".parse().expect("an address")),
            stay: school::Stay::ALWAYS,
        };
        store::people::add(&mut tx, &by(), &person).await.expect("a person");
    }
    for child in [PUPIL, sibling] {
        let link = ParentLink { child, parent: PARENT, relation: "mother".to_owned(), priority: Some(1) };
        store::parents::link(&mut tx, &by(), SCHOOL, &link).await.expect("linked");
    }
    let teacher = store::people::get(&mut tx, SCHOOL, TEACHER).await.expect("read").expect("there");
    let mut written = teacher.person.clone();
    written.email = Some("terry@elm-park.test".parse().expect("an address"));
    store::people::save(&mut tx, &by(), &teacher, &written).await.expect("saved");
    for audience in [Audience::Pupils, Audience::Adults] {
        let text =
            agreements::first(store::fresh_id(by().at), SCHOOL, audience, agreements::Contract::Silent);
        let readings = text.readings().to_vec();
        store::agreements::publish(&mut tx, &by(), SCHOOL, audience, readings, "").await.expect("published");
    }
    tx.commit().await.expect("kept");
    set(&small, &AGREEMENT_ISSUE, "off").await;
    small
}

async fn set(small: &Small, setting: &Setting, value: &str) {
    let mut tx = small.db.write().await.expect("a transaction");
    let owner = SCHOOL.to_string();
    settings::set(&mut tx, &by(), SCHOOL, (Layer::School, &owner), setting, value, false).await.expect("set");
    tx.commit().await.expect("kept");
}

/// What goes out when this job runs now.
async fn letters_of(small: &Small, job: &str, payload: &str) -> Vec<Letter> {
    let before = small.mailbox.letters().len();
    let mut tx = small.db.write().await.expect("a transaction");
    jobs::enqueue(&mut tx, job, payload, (small.clock())()).await.expect("a job");
    tx.commit().await.expect("kept");
    small.office().work_off().await.expect("worked off");
    let (waiting, given_up) =
        jobs::waiting(&mut small.db.read().await.expect("a transaction")).await.expect("counts");
    assert_eq!((waiting, given_up), (0, 0));
    small.mailbox.letters().split_off(before)
}

fn to(letters: &[Letter]) -> Vec<&str> {
    let mut all: Vec<&str> = letters.iter().flat_map(|it| &it.to).map(String::as_str).collect();
    all.sort_unstable();
    all
}

/// AUP-12: whoever asks for it, and however many children wait, nobody is written to twice within a week.
#[tokio::test]
async fn reminders_go_to_the_right_people_and_at_most_weekly() {
    const REMIND: &str = "remind about agreements";
    let small = small().await;
    let first = letters_of(&small, REMIND, "").await;
    assert_eq!(to(&first), ["terry@elm-park.test"], "a pupil of Year 8 signs at the gate, not by letter");
    assert!(first[0].text.contains("https://office.elm-park.test/agreements/mine"), "{}", first[0].text);

    set(&small, &AGREEMENT_COUNTER_SIGN, "on").await;
    let letters = letters_of(&small, REMIND, "").await;
    assert_eq!(
        to(&letters),
        ["pat@birch.test"],
        "one letter for two children, and the teacher has had theirs"
    );
    assert!(letters[0].text.contains("/children"), "{}", letters[0].text);
    assert!(!letters[0].text.contains("Morgan"), "letters name no child");

    let by_hand = format!("Lee Oak\n{PUPIL}\n{TEACHER}");
    small.pass(6 * DAY);
    assert_eq!(to(&letters_of(&small, REMIND, "").await), [""; 0]);
    assert_eq!(to(&letters_of(&small, REMIND, &by_hand).await), [""; 0], "nor by hand");
    small.pass(DAY);
    let letters = letters_of(&small, REMIND, &format!("Lee Oak\n{TEACHER}")).await;
    assert_eq!(to(&letters), ["terry@elm-park.test"], "by hand, about those who were chosen alone");
    assert_eq!(to(&letters_of(&small, REMIND, "").await), ["pat@birch.test"]);
}

/// AUP-14: on entry, and then as often as is set.
#[tokio::test]
async fn parents_are_given_the_agreement_on_entry_and_each_term() {
    const GIVE: &str = "give the agreement to parents";
    let small = small().await;
    assert_eq!(to(&letters_of(&small, GIVE, "").await), [""; 0], "off");
    set(&small, &AGREEMENT_ISSUE, "91").await;
    let letters = letters_of(&small, GIVE, "").await;
    assert_eq!(to(&letters), ["pat@birch.test"]);
    let text = &letters[0].text;
    assert!(text.contains("Morgan Birch and Sky Birch") && text.contains("talk about it"), "{text}");
    let mut tx = small.db.read().await.expect("a transaction");
    let log = store::agreements::issues(&mut tx, SCHOOL, 10).await.expect("read");
    assert_eq!(log.len(), 2, "each child is logged");
    assert!(log.iter().all(|it| it.parent == Some(PARENT)));
    drop(tx);
    small.pass(90 * DAY);
    assert_eq!(to(&letters_of(&small, GIVE, "").await), [""; 0]);
    small.pass(DAY);
    assert_eq!(to(&letters_of(&small, GIVE, "").await), ["pat@birch.test"]);
}
