use jiff::SignedDuration;
use school::{
    Id, Role, Stay,
    guest::{Guest, Hours, Kind, Rules, Stage},
    remote::{Authority, RemoteAccess, may_enter},
    settings::Settings,
};
use store::{StoreError, audit, fresh_id, guests, local_bodies, people, remote, stamp};
use testkit::databases::on_both;

use crate::{Small, at, by, small, write};

fn visitor(small: &Small) -> Guest {
    Guest {
        id: fresh_id(at("2026-11-25T08:00:00Z")),
        school: small.school.id,
        name: "Vera Guest".parse().unwrap(),
        kind: Kind::Visitor,
        organisation: Some("Rivers Trust".parse().unwrap()),
        email: None,
        focus: "A talk on rivers".parse().unwrap(),
        sponsor: small.lead.id,
        hours: Hours { from: at("2026-11-25T09:00:00Z"), until: at("2026-11-25T15:00:00Z") },
        signed_on_paper: true,
        asked_by: Some(small.lead.id),
        asked_at: at("2026-11-25T08:00:00Z"),
        stage: Stage::Requested,
    }
}

#[tokio::test]
async fn a_guest_comes_stays_longer_and_is_out() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let school = small.school.id;
        let rules = Rules::of(&Settings::default());
        let ask = by("2026-11-25T08:00:00Z");
        let mut tx = write(&db).await;
        let asked = visitor(&small).ask(&rules, ask.at).unwrap();
        guests::add(&mut tx, &ask, &asked).await.unwrap();
        let kept = guests::get(&mut tx, school, asked.id).await.unwrap().unwrap();
        assert_eq!((&kept.guest, kept.version), (&asked, 1));
        let cleared = asked.clone().approve(small.lead.id, ask.at).unwrap();
        guests::save(&mut tx, &ask, "approve guest", &kept, &cleared).await.unwrap();
        // Somebody else had the old page open.
        let stale = guests::save(&mut tx, &ask, "approve guest", &kept, &cleared).await;
        assert!(matches!(stale, Err(StoreError::Stale)), "{stale:?}");
        tx.commit().await.unwrap();

        let inside_by = by("2026-11-25T08:55:00Z");
        let mut tx = write(&db).await;
        let kept = guests::get(&mut tx, school, asked.id).await.unwrap().unwrap();
        let account = fresh_id(inside_by.at);
        let admitted = cleared.admit(account, Some(small.lead.id), inside_by.at, &rules).unwrap();
        let username =
            guests::open_account(&mut tx, &inside_by, &admitted, account, "$argon2id$made-up").await;
        assert_eq!(username.unwrap().as_str(), "guest-1");
        guests::save(&mut tx, &inside_by, "admit guest", &kept, &admitted).await.unwrap();
        let person = people::get(&mut tx, school, account).await.unwrap().unwrap().person;
        assert!(person.roles.has(Role::Visitor) && person.stay == admitted.stay());
        assert_eq!(guests::admitted(&mut tx, school).await.unwrap(), [account]);
        tx.commit().await.unwrap();

        // Longer, then the time runs out; the record is closed once, and a day later the account is gone.
        let later = by("2026-11-25T14:50:00Z");
        let mut tx = write(&db).await;
        let before = stamp::of(&mut tx, school, later.at).await.unwrap();
        let kept = guests::get(&mut tx, school, asked.id).await.unwrap().unwrap();
        assert_eq!(kept.guest, admitted);
        let until = at("2026-11-25T16:00:00Z");
        let longer = admitted.extend(until, later.at, &rules, true).unwrap();
        guests::save(&mut tx, &later, "extend guest", &kept, &longer).await.unwrap();
        let person = people::get(&mut tx, school, account).await.unwrap().unwrap().person;
        assert_eq!(person.stay.until, Some(until));
        assert_ne!(stamp::of(&mut tx, school, later.at).await.unwrap(), before, "gates look again");
        assert_eq!(guests::lapse(&mut tx, &by("2026-11-25T15:59:00Z"), school).await.unwrap(), (0, 0));
        assert_eq!(guests::lapse(&mut tx, &by("2026-11-25T16:01:00Z"), school).await.unwrap(), (1, 0));
        assert_eq!(guests::lapse(&mut tx, &by("2026-11-25T16:02:00Z"), school).await.unwrap(), (0, 0));
        assert!(guests::current(&mut tx, school).await.unwrap().is_empty());
        let over = &guests::past(&mut tx, school, 10).await.unwrap()[0].guest;
        let Stage::Ended { account: Some(of), by: None, at: ended, .. } = over.stage else {
            panic!("{over:?}")
        };
        assert_eq!((of, ended), (account, until));
        assert_eq!(guests::lapse(&mut tx, &by("2026-11-26T16:00:00Z"), school).await.unwrap(), (0, 1));
        assert_eq!(people::get(&mut tx, school, account).await.unwrap(), None);
        let acts: Vec<String> =
            audit::recent(&mut tx, school, None, 20).await.unwrap().into_iter().map(|it| it.act).collect();
        for act in ["ask for a guest", "approve guest", "admit guest", "extend guest", "guest’s time is over"]
        {
            assert!(acts.iter().any(|it| it == act), "{act}: {acts:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_is_sent_home_is_out_from_that_moment() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, now) = (small.school.id, by("2026-11-25T10:00:00Z"));
        let rules = Rules { approval: false, ..Rules::of(&Settings::default()) };
        let mut tx = write(&db).await;
        let asked = visitor(&small).ask(&rules, now.at).unwrap();
        guests::add(&mut tx, &now, &asked).await.unwrap();
        let account = fresh_id(now.at);
        let inside = asked.clone().admit(account, None, now.at, &rules).unwrap();
        guests::open_account(&mut tx, &now, &inside, account, "$argon2id$made-up").await.unwrap();
        let kept = guests::get(&mut tx, school, asked.id).await.unwrap().unwrap();
        guests::save(&mut tx, &now, "admit guest", &kept, &inside).await.unwrap();
        let kept = guests::get(&mut tx, school, asked.id).await.unwrap().unwrap();
        let home = inside.end(Some(small.lead.id), at("2026-11-25T11:00:00Z"), "went home").unwrap();
        guests::save(&mut tx, &by("2026-11-25T11:00:00Z"), "end guest", &kept, &home).await.unwrap();
        let person = people::get(&mut tx, school, account).await.unwrap().unwrap().person;
        let until = Some(at("2026-11-25T11:00:00Z"));
        assert_eq!(person.stay, Stay { from: Some(at("2026-11-25T09:00:00Z")), until });
        // Another school knows nothing of it.
        let other = Id::from_u128(77);
        assert_eq!(guests::get(&mut tx, other, asked.id).await.unwrap(), None);
        assert!(guests::past(&mut tx, other, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn approvals_of_remote_access_stand_end_and_are_told_of_once() {
    on_both(async |db| {
        let small = small(&db, "Hill School").await;
        let (school, now) = (small.school.id, by("2026-11-25T10:00:00Z"));
        let access = RemoteAccess {
            id: fresh_id(now.at),
            school,
            person: small.lead.id,
            need: "Referrals in the holidays".parse().unwrap(),
            scope: "Web through the gate".parse().unwrap(),
            route: "School VPN".parse().unwrap(),
            from: now.at,
            until: at("2026-12-20T10:00:00Z"),
            authority: Authority::Head,
            approved_by: small.lead.id,
            approved_at: now.at,
            ended_at: None,
        };
        let mut tx = write(&db).await;
        remote::add(&mut tx, &now, &access).await.unwrap();
        assert_eq!(remote::get(&mut tx, school, access.id).await.unwrap(), Some(access.clone()));
        let enter = async |tx: &mut store::Tx, when: &str| {
            let all = remote::standing(tx, school, at(when)).await.unwrap();
            may_enter(&small.lead, &all, "School VPN", at(when)).is_ok()
        };
        assert!(enter(&mut tx, "2026-12-20T09:59:00Z").await);
        assert!(!enter(&mut tx, "2026-12-20T10:00:00Z").await);
        let week = SignedDuration::from_hours(7 * 24);
        let told = async |tx: &mut store::Tx, when: &str| {
            remote::take_ending(tx, school, week, at(when)).await.unwrap().len()
        };
        assert_eq!(told(&mut tx, "2026-12-13T09:00:00Z").await, 0);
        assert_eq!(told(&mut tx, "2026-12-13T10:00:00Z").await, 1);
        assert_eq!(told(&mut tx, "2026-12-14T10:00:00Z").await, 0, "once");
        remote::end(&mut tx, &by("2026-12-15T10:00:00Z"), &access).await.unwrap();
        assert!(!enter(&mut tx, "2026-12-16T10:00:00Z").await);
        let again = remote::end(&mut tx, &by("2026-12-15T10:01:00Z"), &access).await;
        assert!(matches!(again, Err(StoreError::Stale)), "{again:?}");
        assert_eq!(remote::all(&mut tx, school).await.unwrap().len(), 1, "it is kept");

        let mut body = local_bodies::LocalBody {
            id: fresh_id(now.at),
            school,
            name: "Marsh Lane Scouts".parse().unwrap(),
            contact: "01632 960001".to_owned(),
            shares: false,
            note: String::new(),
        };
        local_bodies::put(&mut tx, &now, &body).await.unwrap();
        body.shares = true;
        local_bodies::put(&mut tx, &now, &local_bodies::LocalBody { id: fresh_id(now.at), ..body.clone() })
            .await
            .unwrap();
        assert_eq!(local_bodies::all(&mut tx, school).await.unwrap(), [body]);
    })
    .await;
}
