//! Letters about agreements: to whom, about whom, and how often.
use agreements::{Audience, Signature, Standing};
use school::{
    Id, Person, Role,
    roster::ParentLink,
    settings::{AGREEMENT_COUNTER_SIGN, AGREEMENT_ISSUE, AGREEMENT_REMIND_PARENTS, AGREEMENT_STAFF_REMINDER},
};
use store::agreements::{Method, Signing};

use crate::{
    PUPIL, SCHOOL, Small, TEACHER, at, by,
    letters::{DAY, hides, in_a_small_school_on_both, to, words},
};

const PARENT: Id<Person> = Id::from_u128(21);
const SIBLING: Id<Person> = Id::from_u128(22);
const REMIND: &str = "remind about agreements";
const GIVE: &str = "give the agreement to parents";

/// Morgan's parent, who has a second child at the school; the teacher can be written to as well.
async fn fill(small: &Small) {
    small.join(PARENT, "p.birch", "Pat Birch", Role::Parent).await;
    small.join(SIBLING, "s.birch", "Sky Birch", Role::Pupil).await;
    small.change(SIBLING, |it| it.email = None).await;
    small.change(TEACHER, |it| it.email = Some("t.ash@elm-park.test".parse().unwrap())).await;
    for child in [PUPIL, SIBLING] {
        give_to_parent(small, child).await;
    }
    let mut tx = small.db.write().await.unwrap();
    for audience in [Audience::Pupils, Audience::Adults] {
        let text = agreements::first(store::fresh_id(at(0)), SCHOOL, audience, agreements::Contract::Silent);
        let readings = text.readings().to_vec();
        store::agreements::publish(&mut tx, &by(), SCHOOL, audience, readings, "").await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn give_to_parent(small: &Small, child: Id<Person>) {
    let mut tx = small.db.write().await.unwrap();
    let link = ParentLink { child, parent: PARENT, relation: "mother".to_owned(), priority: Some(1) };
    store::parents::link(&mut tx, &by(), SCHOOL, &link).await.unwrap();
    tx.commit().await.unwrap();
}

/// AUP-12: whoever asks for it, and however many children wait, nobody is written to twice within a week.
#[tokio::test]
async fn reminders_go_to_the_right_people_and_at_most_weekly() {
    in_a_small_school_on_both(async |small| {
        fill(&small).await;
        let first = small.letters_of(REMIND, "").await;
        assert_eq!(to(&first), ["t.ash@elm-park.test"], "a pupil of Year 8 signs at the gate, not by letter");
        assert!(words(&first[0]).contains("https://office.elm-park.test/agreements/mine"));

        small.set(&AGREEMENT_COUNTER_SIGN, "on").await;
        assert_eq!(small.told_by(REMIND).await, [""; 0], "parents are left alone until that is set");
        small.set(&AGREEMENT_REMIND_PARENTS, "on").await;
        let letters = small.letters_of(REMIND, "").await;
        assert_eq!(to(&letters), ["p.birch@elm-park.test"], "one letter for two children");
        assert!(words(&letters[0]).contains("/children"));
        hides(&letters, &["Morgan", "Sky"]);

        let by_hand = format!("Lee Oak\n{PUPIL}\n{TEACHER}");
        small.pass(6 * DAY);
        assert_eq!(small.told_by(REMIND).await, [""; 0]);
        assert_eq!(to(&small.letters_of(REMIND, &by_hand).await), [""; 0], "nor by hand");
        small.pass(DAY);
        let letters = small.letters_of(REMIND, &format!("Lee Oak\n{TEACHER}")).await;
        assert_eq!(to(&letters), ["t.ash@elm-park.test"], "by hand, about those who were chosen alone");
        assert_eq!(small.told_by(REMIND).await, ["p.birch@elm-park.test"]);

        small.change(TEACHER, |it| it.stay.until = Some(at(7 * DAY))).await;
        small.pass(30 * DAY);
        assert_eq!(
            small.told_by(REMIND).await,
            ["p.birch@elm-park.test"],
            "whose time is over is left alone"
        );
    })
    .await;
}

/// AUP-13.
#[tokio::test]
async fn staff_are_reminded_a_year_later_of_what_they_agreed() {
    in_a_small_school_on_both(async |small| {
        fill(&small).await;
        let mut tx = small.db.write().await.unwrap();
        for agreement in store::agreements::in_force(&mut tx, SCHOOL).await.unwrap() {
            let person = if agreement.audience == Audience::Adults { TEACHER } else { SIBLING };
            let signing = Signing {
                signature: Signature {
                    agreement: agreement.id,
                    hash: agreement.readings()[0].hash(),
                    person,
                    signer: Some(person),
                    standing: Standing::Own,
                    at: at(0),
                },
                signer_name: "Terry Ash",
                method: Method::Console,
                job_title: None,
                appointed_on: None,
                form: None,
            };
            store::agreements::sign(&mut tx, &by(), SCHOOL, &signing).await.unwrap();
        }
        tx.commit().await.unwrap();
        small.set(&school::settings::AGREEMENT_ADULTS_AGAIN, "once").await;
        small.pass(364 * DAY);
        assert_eq!(small.told_by(REMIND).await, [""; 0], "not before its day");
        small.pass(DAY);
        let letters = small.letters_of(REMIND, "").await;
        assert_eq!(to(&letters), ["t.ash@elm-park.test"], "pupils talk about theirs in class");
        assert!(words(&letters[0]).contains("A year ago"));
        assert_eq!(small.told_by(REMIND).await, [""; 0], "once");
        small.set(&AGREEMENT_STAFF_REMINDER, "off").await;
        small.pass(365 * DAY);
        assert_eq!(small.told_by(REMIND).await, [""; 0]);
    })
    .await;
}

/// AUP-14: on entry, and then as often as is set.
#[tokio::test]
async fn parents_are_given_the_agreement_on_entry_and_each_term() {
    in_a_small_school_on_both(async |small| {
        fill(&small).await;
        assert_eq!(small.told_by(GIVE).await, [""; 0], "it is off until the school says otherwise");
        small.set(&AGREEMENT_ISSUE, "91").await;
        let letters = small.letters_of(GIVE, "").await;
        assert_eq!(to(&letters), ["p.birch@elm-park.test"]);
        let text = words(&letters[0]);
        assert!(text.contains("Morgan Birch and Sky Birch") && text.contains("talk about it"), "{text}");
        let mut tx = small.db.read().await.unwrap();
        let log = store::agreements::issues(&mut tx, SCHOOL, 10).await.unwrap();
        assert_eq!(log.len(), 2, "each child is logged");
        assert!(log.iter().all(|it| it.parent == Some(PARENT)));
        drop(tx);
        small.pass(90 * DAY);
        assert_eq!(small.told_by(GIVE).await, [""; 0]);
        small.pass(DAY);
        assert_eq!(small.told_by(GIVE).await, ["p.birch@elm-park.test"]);
    })
    .await;
}

/// AUP-14: those who were there before are not written to where it is set to entry alone.
#[tokio::test]
async fn on_entry_only_the_parents_of_new_children_are_written_to() {
    in_a_small_school_on_both(async |small| {
        fill(&small).await;
        small.set(&AGREEMENT_ISSUE, "entry").await;
        assert_eq!(small.told_by(GIVE).await, [""; 0]);
        small.pass(400 * DAY);
        let child = store::fresh_id((small.clock())());
        small.join(child, "r.birch", "Robin Birch", Role::Pupil).await;
        give_to_parent(&small, child).await;
        let letters = small.letters_of(GIVE, "").await;
        assert_eq!(to(&letters), ["p.birch@elm-park.test"]);
        let text = words(&letters[0]);
        assert!(text.contains("among them Robin Birch") && !text.contains("Morgan"), "{text}");
        small.pass(DAY);
        assert_eq!(small.told_by(GIVE).await, [""; 0], "once");
    })
    .await;
}
