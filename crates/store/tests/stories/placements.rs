use school::{Id, Placement, Post, Right, Role, Roles, Stay};
use store::{
    StoreError, access, audit, fresh_id, oversight,
    oversight::Oversight,
    people, placements,
    posts::{self, Holder},
    register, sessions, stamp,
};
use testkit::databases::on_both;

use crate::{at, by, small, write};

const CENTRAL: Roles = Roles::NONE.with(Role::CentralSupport);

fn placed(
    school: Id<school::School>,
    person: Id<school::Person>,
    from: &str,
    until: Option<&str>,
) -> Placement {
    Placement {
        id: fresh_id(at(from)),
        school,
        person,
        username: None,
        roles: CENTRAL,
        stay: Stay { from: Some(at(from)), until: until.map(at) },
        basis: "Service agreement 7".parse().unwrap(),
    }
}

#[tokio::test]
async fn roles_at_a_second_school_are_given_changed_and_ended_and_written_down_at_both() {
    on_both(async |db| {
        let (home, other) = (small(&db, "Hill School").await, small(&db, "Dale School").await);
        let (first, later) = (by("2026-11-23T09:00:00Z"), by("2026-11-24T09:00:00Z"));
        let person = home.lead.id;
        let mut tx = write(&db).await;
        let given = placed(other.school.id, person, "2026-11-23T10:00:00Z", None);
        let before = stamp::of(&mut tx, other.school.id, first.at).await.unwrap();
        placements::give(&mut tx, &first, &given, &home.lead).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = write(&db).await;
        assert_ne!(stamp::of(&mut tx, other.school.id, first.at).await.unwrap(), before, "gates hear of it");
        let now = stamp::of(&mut tx, other.school.id, first.at).await.unwrap();
        assert_ne!(stamp::of(&mut tx, other.school.id, later.at).await.unwrap(), now, "and when it begins");
        let standing = async |tx: &mut store::Tx, school, time: &str| {
            placements::standing(tx, school, person, at(time)).await.unwrap().map(|it| it.roles)
        };
        let (there, here) = (other.school.id, home.school.id);
        assert_eq!(standing(&mut tx, there, "2026-11-23T09:59:59Z").await, None, "not before it begins");
        assert_eq!(standing(&mut tx, there, "2026-11-23T10:00:00Z").await, Some(CENTRAL));
        assert_eq!(standing(&mut tx, here, "2026-11-23T10:00:00Z").await, Some(home.lead.roles));
        let stands = placements::standing(&mut tx, there, other.pupil.id, later.at).await.unwrap().unwrap();
        assert_eq!(stands.school, there, "one of its own");
        assert!(placements::standing(&mut tx, there, home.pupil.id, later.at).await.unwrap().is_none());

        // Who is placed opens the gate with the password that their own school keeps, and pages can name them.
        let mut gate = placements::people(&mut tx, there, later.at).await.unwrap();
        let known = gate.pop().unwrap();
        assert_eq!((known.person.id, known.person.school, known.person.roles), (person, there, CENTRAL));
        assert_eq!(register::some(&mut tx, there, &[person]).await.unwrap()[&person].roles, CENTRAL);
        assert!(register::some(&mut tx, there, &[home.pupil.id]).await.unwrap().is_empty());

        let what = "Console: Central IT support";
        let at_day = async |tx: &mut store::Tx, day: &str| -> Vec<String> {
            let all = access::as_at(tx, there, at(day), "lee", 0, 100).await.unwrap();
            all.into_iter().map(|it| it.what).collect()
        };
        assert!(
            !at_day(&mut tx, "2026-11-23T09:30:00Z").await.iter().any(|it| it == what),
            "it begins at ten"
        );
        assert!(at_day(&mut tx, "2026-11-23T10:30:00Z").await.iter().any(|it| it == what));

        let kept = placements::get(&mut tx, given.id).await.unwrap().unwrap();
        let wider = Placement { roles: CENTRAL.with(Role::Technician), ..given.clone() };
        placements::change(&mut tx, &later, &kept, &wider).await.unwrap();
        let stale = placements::change(&mut tx, &later, &kept, &wider).await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");

        // Two sessions of theirs: the one that acts there ends with the placement, the other stays.
        let until = at("2026-11-25T09:00:00Z");
        for token in [[1; 32], [2; 32]] {
            sessions::open(&mut tx, &token, here, person, later.at, until).await.unwrap();
        }
        sessions::act_at(&mut tx, &[1; 32], Some(there)).await.unwrap();
        assert_eq!(sessions::find(&mut tx, &[1; 32], later.at).await.unwrap().unwrap().acting, Some(there));
        let kept = placements::get(&mut tx, given.id).await.unwrap().unwrap();
        placements::end(&mut tx, &later, &kept, "the contract is over").await.unwrap();
        assert!(matches!(placements::end(&mut tx, &later, &kept, "").await, Err(StoreError::Stale)));
        assert_eq!(sessions::find(&mut tx, &[1; 32], later.at).await.unwrap(), None);
        assert_eq!(sessions::find(&mut tx, &[2; 32], later.at).await.unwrap().unwrap().acting, None);
        assert_eq!(standing(&mut tx, there, "2026-11-24T09:00:00Z").await, None);
        assert!(placements::people(&mut tx, there, later.at).await.unwrap().is_empty());
        assert!(!at_day(&mut tx, "2026-11-24T09:00:01Z").await.iter().any(|it| it == what));
        tx.commit().await.unwrap();

        let mut tx = db.read().await.unwrap();
        for (school, whose) in [(there, "of Hill School"), (here, "at Dale School")] {
            let trail = audit::recent(&mut tx, school, None, 10).await.unwrap();
            for act in ["give placement", "change placement", "end placement"] {
                let found = trail.iter().find(|it| it.act == act).unwrap_or_else(|| panic!("{act} {whose}"));
                assert!(found.subject.ends_with(whose), "{}", found.subject);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_placement_is_over_with_its_time_and_with_the_account_it_is_of() {
    on_both(async |db| {
        let (home, other) = (small(&db, "Hill School").await, small(&db, "Dale School").await);
        let there = other.school.id;
        let first = by("2026-11-23T09:00:00Z");
        let mut tx = write(&db).await;
        let short = placed(there, home.lead.id, "2026-11-23T09:00:00Z", Some("2026-11-23T12:00:00Z"));
        let long = placed(there, home.pupil.id, "2026-11-23T09:00:00Z", None);
        placements::give(&mut tx, &first, &short, &home.lead).await.unwrap();
        placements::give(&mut tx, &first, &long, &home.pupil).await.unwrap();
        let noon = by("2026-11-23T12:00:00Z");
        assert_eq!(placements::end_due(&mut tx, &by("2026-11-23T11:59:59Z"), there).await.unwrap(), 0);
        assert_eq!(placements::end_due(&mut tx, &noon, there).await.unwrap(), 1);
        assert_eq!(placements::end_due(&mut tx, &noon, there).await.unwrap(), 0, "once");
        // Whoever leaves their own school is nobody at the second from that moment, job or none.
        people::leave(&mut tx, &noon, home.school.id, home.pupil.id).await.unwrap();
        assert!(placements::standing(&mut tx, there, home.pupil.id, noon.at).await.unwrap().is_none());
        assert!(placements::people(&mut tx, there, noon.at).await.unwrap().is_empty());
        assert_eq!(placements::end_due(&mut tx, &noon, there).await.unwrap(), 1);
        assert_eq!(
            access::count_at(&mut tx, there, at("2026-11-23T12:00:01Z"), "ada pupil").await.unwrap(),
            2
        );
        // Their namesake of Dale School keeps what is theirs.
    })
    .await;
}

#[tokio::test]
async fn a_username_is_one_persons_at_a_gate() {
    on_both(async |db| {
        let (home, other) = (small(&db, "Hill School").await, small(&db, "Dale School").await);
        let (there, now) = (other.school.id, by("2026-11-23T09:00:00Z"));
        let mut tx = write(&db).await;
        let own = home.lead.username.clone();
        let free = "lee.hill".parse().unwrap();
        let taken = async |tx: &mut store::Tx, name, but| {
            placements::is_taken(tx, there, name, but, now.at).await.unwrap()
        };
        assert!(taken(&mut tx, &own, home.lead.id).await, "Dale has a lead of this username");
        assert!(!taken(&mut tx, &free, home.lead.id).await);
        let named = Placement {
            username: Some(free.clone()),
            ..placed(there, home.lead.id, "2026-11-23T09:00:00Z", None)
        };
        placements::give(&mut tx, &now, &named, &home.lead).await.unwrap();
        assert!(!taken(&mut tx, &free, home.lead.id).await, "their own");
        assert!(taken(&mut tx, &free, home.pupil.id).await);
        let found = async |tx: &mut store::Tx, name| {
            placements::by_username(tx, there, name, now.at).await.unwrap().map(|it| it.id)
        };
        assert_eq!(found(&mut tx, &free).await, Some(home.lead.id));
        assert_eq!(found(&mut tx, &own).await, Some(other.lead.id));
    })
    .await;
}

#[tokio::test]
async fn the_limits_of_the_second_school_hold_for_who_is_placed_there() {
    on_both(async |db| {
        let (home, other) = (small(&db, "Hill School").await, small(&db, "Dale School").await);
        let (there, now) = (other.school.id, by("2026-11-23T09:00:00Z"));
        let mut tx = write(&db).await;
        let holder = Holder {
            id: fresh_id(now.at),
            school: there,
            post: Post::Head,
            person: other.lead.id,
            since: now.at,
            until: None,
            contact: "Front office".to_owned(),
            about: "Everything".parse().unwrap(),
            version: 1,
        };
        posts::appoint(&mut tx, &now, &holder).await.unwrap();
        let refused = async |tx: &mut store::Tx, it: &Oversight| {
            oversight::refusal(tx, there, home.lead.id, CENTRAL, it, now.at).await.unwrap().map(|it| it.0)
        };
        let none = Oversight::default();
        assert_eq!(refused(&mut tx, &none).await, Some("vetting"));
        let vetted = Oversight { vetting: Some("SCR 4".parse().unwrap()), supervisor: None };
        assert_eq!(refused(&mut tx, &vetted).await, Some("supervisor"));
        // A head of the first school leads nobody at the second.
        let mut head = people::get(&mut tx, home.school.id, home.lead.id).await.unwrap().unwrap();
        head.person.roles = Roles::NONE.with(Role::Head);
        let own = people::get(&mut tx, home.school.id, home.lead.id).await.unwrap().unwrap();
        people::save(&mut tx, &now, &own, &head.person).await.unwrap();
        let elsewhere = Oversight { supervisor: Some(home.lead.id), ..vetted.clone() };
        let asked =
            oversight::refusal(&mut tx, there, home.pupil.id, CENTRAL, &elsewhere, now.at).await.unwrap();
        assert_eq!(asked.map(|it| it.0), Some("supervisor"));
        // Placed there as its head, they do.
        let leads = Placement {
            roles: Roles::NONE.with(Role::Head),
            ..placed(there, home.lead.id, "2026-11-23T09:00:00Z", None)
        };
        placements::give(&mut tx, &now, &leads, &head.person).await.unwrap();
        let asked =
            oversight::refusal(&mut tx, there, home.pupil.id, CENTRAL, &elsewhere, now.at).await.unwrap();
        assert_eq!(asked, None);
        let rights = async |tx: &mut store::Tx, who| {
            oversight::rights(tx, there, who, CENTRAL, now.at).await.unwrap().has(Right::ManageRules)
        };
        assert!(!rights(&mut tx, home.pupil.id).await, "nobody answers for them yet");
        oversight::set(&mut tx, &now, there, home.pupil.id, &elsewhere).await.unwrap();
        assert!(rights(&mut tx, home.pupil.id).await);
    })
    .await;
}
