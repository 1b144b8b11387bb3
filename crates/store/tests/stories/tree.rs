use school::{Layer, Place, Role, Trust, settings::IDLE_LOCK};
use store::{
    By, StoreError, access, audit,
    digests::{self, Digest},
    fresh_id, oversight,
    oversight::Oversight,
    people, plans,
    plans::Plan,
    register, rules, schools, settings, stamp, trusts,
};
use testkit::databases::{on_both, on_both_at};

use crate::{at, by, small, write};

#[tokio::test]
async fn grants_are_written_down_with_the_change_that_gave_them() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let school = small.school.id;
        let mut tx = write(&db).await;
        let kept = people::get(&mut tx, school, small.lead.id).await.unwrap().unwrap();
        let mut head = kept.person.clone();
        head.roles = head.roles.without(Role::Dsl).with(Role::Head);
        people::save(&mut tx, &by("2026-11-23T09:00:00Z"), &kept, &head).await.unwrap();
        people::leave(&mut tx, &by("2026-11-25T09:00:00Z"), school, small.pupil.id).await.unwrap();
        let mut at_day = async |day: &str| -> Vec<String> {
            let all = access::as_at(&mut tx, school, at(day), "", 0, 100).await.unwrap();
            assert_eq!(access::count_at(&mut tx, school, at(day), "").await.unwrap(), all.len() as u64);
            all.into_iter().map(|it| format!("{}: {}", it.person_name, it.what)).collect()
        };
        let (internet, network) = ("Ada Pupil: Internet", "Ada Pupil: Network");
        let lead = "Lee Lead: Console: Designated safeguarding lead";
        assert_eq!(at_day("2026-11-22T08:00:00Z").await, [""; 0]);
        let first = at_day("2026-11-22T09:00:00Z").await;
        assert!(first.iter().any(|it| it == internet) && first.iter().any(|it| it == network), "{first:?}");
        assert!(first.iter().any(|it| it == lead), "{first:?}");
        let second = at_day("2026-11-24T09:00:00Z").await;
        assert!(
            second.iter().any(|it| it == "Lee Lead: Console: Head") && !second.iter().any(|it| it == lead)
        );
        let third = at_day("2026-11-25T09:00:00Z").await;
        assert!(!third.iter().any(|it| it.starts_with("Ada")), "{third:?}");
    })
    .await;
}

#[tokio::test]
async fn one_plan_runs_for_a_person_and_gates_hear_of_it() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, by) = (small.school.id, by("2026-11-23T09:00:00Z"));
        let plan = |profile: &str| Plan {
            id: fresh_id(by.at),
            school,
            person: small.pupil.id,
            need: "a need".to_owned(),
            decided_by: "Lee Lead".parse().unwrap(),
            profile: profile.to_owned(),
            since: by.at,
            review_at: at("2027-01-10T09:00:00Z"),
            ended_at: None,
            version: 1,
        };
        let mut tx = write(&db).await;
        let before = stamp::of(&mut tx, school, by.at).await.unwrap();
        let (first, second) = (plan("Wide"), plan("Wider"));
        plans::make(&mut tx, &by, &first).await.unwrap();
        plans::make(&mut tx, &by, &second).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = write(&db).await;
        assert_ne!(stamp::of(&mut tx, school, by.at).await.unwrap(), before);
        assert_eq!(plans::all(&mut tx, school, false).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(plans::profiles(&mut tx, school).await.unwrap()[&small.pupil.id], "Wider");
        assert_eq!(plans::to_remind(&mut tx, school, by.at).await.unwrap().len(), 0);
        assert_eq!(plans::to_remind(&mut tx, school, second.review_at).await.unwrap().len(), 1);
        assert_eq!(plans::to_remind(&mut tx, school, second.review_at).await.unwrap().len(), 0, "once");
        let stale = plans::end(&mut tx, &by, &first).await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
        plans::end(&mut tx, &by, &second).await.unwrap();
        assert!(plans::profiles(&mut tx, school).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_digest_is_for_its_supervisor_alone_and_counts_one_operator() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let school = small.school.id;
        let mut tx = write(&db).await;
        let set = Oversight { vetting: None, supervisor: Some(small.pupil.id) };
        oversight::set(&mut tx, &by("2026-11-23T09:00:00Z"), school, small.lead.id, &set).await.unwrap();
        let worked = By { person: Some(small.lead.id), ..by("2026-11-24T09:00:00Z") };
        for act in ["view activity", "view activity", "change setting"] {
            audit::note(&mut tx, &worked, school, act, "it", None, None).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = write(&db).await;
        let pairs = digests::supervised(&mut tx, school).await.unwrap();
        assert_eq!(pairs, [(small.lead.id, small.pupil.id)]);
        let (since, until) = (at("2026-11-24T00:00:00Z"), at("2026-11-25T00:00:00Z"));
        let counts = digests::counts(&mut tx, school, small.lead.id, (since, until)).await.unwrap();
        let words: Vec<_> =
            counts.iter().map(|it| format!("{} {} {}", it.act, it.times, it.is_view())).collect();
        assert_eq!(words, ["change setting 1 false", "view activity 2 true"]);
        assert_eq!(digests::told_until(&mut tx, school, small.lead.id).await.unwrap(), None);
        let digest = Digest {
            id: fresh_id(until),
            school,
            operator: small.lead.id,
            supervisor: small.pupil.id,
            made_at: until,
            since,
            until,
            entries: 3,
        };
        digests::add(&mut tx, &worked, &digest).await.unwrap();
        assert_eq!(digests::told_until(&mut tx, school, small.lead.id).await.unwrap(), Some(until));
        let found = digests::get(&mut tx, school, small.pupil.id, digest.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&digest));
        assert_eq!(digests::get(&mut tx, school, small.lead.id, digest.id).await.unwrap(), None);
        assert_eq!(digests::of(&mut tx, school, small.pupil.id).await.unwrap(), [digest]);
    })
    .await;
}

#[tokio::test]
async fn people_are_found_by_username_and_by_what_their_roles_allow() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let school = small.school.id;
        let mut tx = write(&db).await;
        let names = [small.lead.username.clone(), "nobody.here".parse().unwrap()];
        let found = register::by_usernames(&mut tx, school, &names).await.unwrap();
        assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [small.lead.id]);
        let leads = register::with_roles(&mut tx, school, |it| it.has(Role::Dsl)).await.unwrap();
        assert_eq!(leads.iter().map(|it| it.id).collect::<Vec<_>>(), [small.lead.id]);
        assert!(register::with_roles(&mut tx, school, |_| false).await.unwrap().is_empty());
        let counts = register::count_by_roles(&mut tx, school).await.unwrap();
        let pupils: u64 = counts.iter().filter(|(it, _)| it.has(Role::Pupil)).map(|(_, n)| n).sum();
        assert_eq!(pupils, 1);
    })
    .await;
}

#[tokio::test]
async fn a_trust_has_schools() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let by = by("2026-11-23T09:00:00Z");
        let trust = Trust { id: fresh_id(by.at), name: "Made-up Trust".parse().unwrap() };
        let mut tx = write(&db).await;
        trusts::add(&mut tx, &by, &trust).await.unwrap();
        trusts::join(&mut tx, &by, small.school.id, &trust).await.unwrap();
        assert_eq!(trusts::named(&mut tx, &trust.name).await.unwrap().as_ref(), Some(&trust));
        let names: Vec<_> = schools::of_trust(&mut tx, trust.id).await.unwrap();
        assert_eq!(names.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Hill School"]);
        assert_eq!(schools::get(&mut tx, small.school.id).await.unwrap().unwrap().trust, Some(trust.id));
        let twin = trusts::add(&mut tx, &by, &Trust { id: fresh_id(by.at), ..trust.clone() }).await;
        assert!(matches!(twin, Err(StoreError::Taken(_))), "{twin:?}");
    })
    .await;
}

#[tokio::test]
async fn what_the_trust_says_holds_at_each_school_and_stands_in_the_trail_of_each() {
    on_both(async |db| {
        let (hill, dale) = (small(&db, "Hill School").await, small(&db, "Dale School").await);
        let late = small(&db, "Late School").await;
        let now = by("2026-11-23T09:00:00Z");
        let trust = Trust { id: fresh_id(now.at), name: "Made-up Trust".parse().unwrap() };
        let mut tx = write(&db).await;
        trusts::add(&mut tx, &now, &trust).await.unwrap();
        for school in [&hill.school, &dale.school] {
            trusts::join(&mut tx, &now, school.id, &trust).await.unwrap();
        }
        let first = "block games.example.org locked\n";
        rules::save_for_trust(&mut tx, &now, trust.id, first, "By the board").await.unwrap();
        let owner = trust.id.to_string();
        let place = (Layer::Trust, owner.as_str());
        settings::set(&mut tx, &now, hill.school.id, place, &IDLE_LOCK, "5", true).await.unwrap();
        tx.commit().await.unwrap();

        // Whoever joins later takes what stands.
        let mut tx = write(&db).await;
        trusts::join(&mut tx, &by("2026-11-24T09:00:00Z"), late.school.id, &trust).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(rules::of_trust(&mut tx, trust.id).await.unwrap().unwrap().text, first);
        for school in [&hill.school, &dale.school, &late.school] {
            let said = rules::current(&mut tx, school.id).await.unwrap();
            let of_trust = said.iter().find(|it| it.place == Place::Trust).map(|it| it.text.as_str());
            assert_eq!(of_trust, Some(first), "{}", school.name);
            let set = settings::of(&mut tx, school.id, None).await.unwrap().get(&IDLE_LOCK);
            assert_eq!((set.value.as_str(), set.locked_by), ("5", Some(Layer::Trust)), "{}", school.name);
        }
        for school in [&hill.school, &dale.school] {
            let trail = audit::recent(&mut tx, school.id, None, 10).await.unwrap();
            for act in ["save rules", "change setting"] {
                assert_eq!(trail.iter().filter(|it| it.act == act).count(), 1, "{act} at {}", school.name);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn people_from_before_the_register_are_written_into_it_once() {
    on_both_at(async |db, url| {
        let small = small(&db, "Hill School").await;
        let (school, now) = (small.school.id, by("2026-11-23T09:00:00Z"));
        let mut tx = write(&db).await;
        assert_eq!(access::catch_up(&mut tx, &now, school).await.unwrap(), 0, "nobody is missing");
        tx.commit().await.unwrap();
        crate::raw::run(url, "delete from grant_record").await;
        let mut tx = write(&db).await;
        assert_eq!(access::count_at(&mut tx, school, now.at, "").await.unwrap(), 0);
        assert_eq!(access::catch_up(&mut tx, &now, school).await.unwrap(), 2);
        let later = at("2026-11-23T09:00:01Z");
        let all = access::as_at(&mut tx, school, later, "ada", 0, 10).await.unwrap();
        assert!(all.iter().all(|it| it.basis == "had it when the register began"), "{all:?}");
        assert_eq!(all.iter().map(|it| it.what.as_str()).collect::<Vec<_>>(), ["Internet", "Network"]);
        assert_eq!(access::catch_up(&mut tx, &now, school).await.unwrap(), 0, "once");
    })
    .await;
}
