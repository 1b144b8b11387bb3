//! Letters to those who look after others: supervisors, whoever decided on a plan, the network manager.
use jiff::SignedDuration;
use school::{Id, Person, Post, Role, settings::DIGEST_EVERY};
use store::{
    audit, fresh_id,
    oversight::{self, Oversight},
    plans::{self, Plan},
    posts::{self, Holder},
    security,
};

use crate::{
    PUPIL, SCHOOL, Small, at, by,
    letters::{DAY, hides, in_a_small_school_on_both, to, words},
};

const OPERATOR: Id<Person> = Id::from_u128(31);
const LEADER: Id<Person> = Id::from_u128(32);

/// ACC-11.
#[tokio::test]
async fn supervisors_get_a_digest_of_their_own_operators_and_no_other() {
    const DIGEST: &str = "supervisor digest";
    in_a_small_school_on_both(async |small| {
        small.join(OPERATOR, "n.reed", "Nico Reed", Role::NetworkManager).await;
        small.join(LEADER, "s.lark", "Sage Lark", Role::SeniorLeader).await;
        small.join(Id::from_u128(33), "o.finch", "Oak Finch", Role::SeniorLeader).await;
        assert_eq!(small.told_by(DIGEST).await, [""; 0], "nobody answers for anybody yet");
        let mut tx = small.db.write().await.unwrap();
        let it = Oversight { vetting: None, supervisor: Some(LEADER) };
        oversight::set(&mut tx, &by(), SCHOOL, OPERATOR, &it).await.unwrap();
        let nico = store::By { person: Some(OPERATOR), name: "Nico Reed".to_owned(), at: at(-60) };
        for act in ["view activity", "view activity", "change rules"] {
            audit::note(&mut tx, &nico, SCHOOL, act, "Morgan Birch", None, Some("games.example"))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();

        let letters = small.letters_of(DIGEST, "").await;
        assert_eq!(to(&letters), ["s.lark@elm-park.test"]);
        let text = words(&letters[0]);
        assert!(text.contains("looked at something 2 times and changed something 1 times"), "{text}");
        assert!(text.contains("https://office.elm-park.test/digests/"), "{text}");
        hides(&letters, &["Nico", "Morgan", "games.example"]);

        assert_eq!(small.told_by(DIGEST).await, [""; 0], "once");
        small.pass(7 * DAY - 60);
        assert_eq!(small.told_by(DIGEST).await, [""; 0], "not before its day");
        small.pass(60);
        assert_eq!(small.told_by(DIGEST).await, ["s.lark@elm-park.test"], "and then of the week after");

        small.set(&DIGEST_EVERY, "1").await;
        small.change(LEADER, |it| it.stay.until = Some(at(0))).await;
        small.pass(DAY);
        assert_eq!(small.told_by(DIGEST).await, [""; 0], "whose time is over reads no more");
    })
    .await;
}

fn plan(decided_by: &str, review: i64) -> Plan {
    Plan {
        id: fresh_id(at(0)),
        school: SCHOOL,
        person: PUPIL,
        need: "Reads with a screen reader".to_owned(),
        decided_by: decided_by.parse().expect("a line"),
        profile: "Year 10".to_owned(),
        since: at(0),
        review_at: at(review),
        ended_at: None,
        version: 1,
    }
}

async fn make(small: &Small, plan: &Plan) {
    let mut tx = small.db.write().await.unwrap();
    plans::make(&mut tx, &by(), plan).await.unwrap();
    tx.commit().await.unwrap();
}

/// ACC-16.
#[tokio::test]
async fn whoever_decided_on_a_plan_is_told_of_its_review_once_and_on_its_day() {
    const REVIEWS: &str = "remind of reviews";
    in_a_small_school_on_both(async |small| {
        let decided = plan("Sage Lark, assistant head", 30 * DAY);
        make(&small, &decided).await;
        small.pass(30 * DAY);
        assert_eq!(small.told_by(REVIEWS).await, [""; 0], "nobody can be written to yet");

        small.pass(-60);
        small.join(LEADER, "s.lark", "Sage Lark", Role::SeniorLeader).await;
        small.join(Id::from_u128(34), "t.lark", "Sage Lark", Role::Pupil).await;
        small.join(Id::from_u128(35), "w.wren", "Win Wren", Role::Teacher).await;
        let mut tx = small.db.write().await.unwrap();
        let senco = Holder {
            id: fresh_id(at(0)),
            school: SCHOOL,
            post: Post::Senco,
            person: Id::from_u128(35),
            since: at(0),
            until: None,
            contact: "Room 4".to_owned(),
            about: "Special needs".parse().unwrap(),
            version: 1,
        };
        posts::appoint(&mut tx, &by(), &senco).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(small.told_by(REVIEWS).await, [""; 0], "not before its day");
        small.pass(60);
        let letters = small.letters_of(REVIEWS, "").await;
        let both = ["s.lark@elm-park.test", "w.wren@elm-park.test"];
        assert_eq!(to(&letters), both, "not the pupil of the same name");
        assert!(words(&letters[0]).contains("https://office.elm-park.test/plans"));
        hides(&letters, &["Morgan", "screen reader", "Year 10"]);
        small.pass(DAY);
        assert_eq!(small.told_by(REVIEWS).await, [""; 0], "once");

        // It goes on until another day, and then it is due again.
        let mut tx = small.db.write().await.unwrap();
        let kept = plans::get(&mut tx, SCHOOL, decided.id).await.unwrap().unwrap();
        let next = (small.clock())() + SignedDuration::from_hours(24);
        plans::review(&mut tx, &by(), &kept, next).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(small.told_by(REVIEWS).await, [""; 0]);
        small.pass(DAY);
        assert_eq!(small.told_by(REVIEWS).await, both);
    })
    .await;
}

async fn raise(small: &Small, quiet: bool, subject: &str) {
    let mut tx = small.db.write().await.unwrap();
    let now = store::By { at: (small.clock())(), ..by() };
    let kind = security::Kind::Guessing;
    let new = security::New { kind, subject, words: "Morgan Birch, from 10.0.0.5", quiet };
    security::raise(&mut tx, &now, SCHOOL, new).await.unwrap();
    tx.commit().await.unwrap();
}

/// PWD-09.
#[tokio::test]
async fn the_network_manager_is_told_of_guessing_once_an_hour_and_not_of_whom() {
    const ALERTS: &str = "mail alerts";
    in_a_small_school_on_both(async |small| {
        raise(&small, true, "m.birch").await;
        assert_eq!(small.told_by(ALERTS).await, [""; 0], "some stand on the page alone");
        raise(&small, false, "t.ash").await;
        raise(&small, false, "t.ash").await;
        let letters = small.letters_of(ALERTS, "").await;
        assert_eq!(to(&letters), ["it@example.org"]);
        assert!(words(&letters[0]).contains("https://office.elm-park.test/security"));
        hides(&letters, &["m.birch", "t.ash", "Morgan", "10.0.0.5"]);
        small.pass(59 * 60);
        raise(&small, false, "t.ash").await;
        assert_eq!(small.told_by(ALERTS).await, [""; 0], "the same within the hour");
        small.pass(2 * 60);
        raise(&small, false, "t.ash").await;
        assert_eq!(small.told_by(ALERTS).await, ["it@example.org"]);
    })
    .await;
}
