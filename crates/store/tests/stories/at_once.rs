//! Two who save the same thing at the same moment: one of them is told, and nothing is lost unseen. On `SQLite` they take
//! turns; on `PostgreSQL` they really meet.
use agreements::{Audience, Level, Reading};
use school::{Layer, Place, settings::IDLE_LOCK};
use store::{
    By, Db, StoreError, agreements as texts, audit, concerns, fresh_id, plans,
    plans::Plan,
    posts::{self, Holder},
    rules, settings,
};
use testkit::databases::on_both;

use crate::{Small, at, by, small, write};

/// Both in a transaction of their own, each with a rest between its first statement and its commit, so that both have
/// begun before either ends.
async fn both<T>(
    db: &Db,
    save: impl AsyncFn(&mut store::Tx, &By) -> Result<T, StoreError>,
) -> [Result<T, StoreError>; 2] {
    let one = async |name: &str| {
        let by = By { name: name.to_owned(), ..by("2026-11-23T09:00:00Z") };
        let mut tx = write(db).await;
        let done = save(&mut tx, &by).await?;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        tx.commit().await?;
        Ok(done)
    };
    let (first, second) = tokio::join!(one("Ann"), one("Bea"));
    [first, second]
}

fn one_is_stale<T: std::fmt::Debug>(of: &[Result<T, StoreError>; 2], what: &str) {
    let stale = of.iter().filter(|it| matches!(it, Err(StoreError::Stale))).count();
    let kept = of.iter().filter(|it| it.is_ok()).count();
    assert_eq!((kept, stale), (1, 1), "{what}: {of:?}");
}

#[tokio::test]
async fn of_two_who_save_rules_at_once_one_looks_again() {
    on_both(async |db| {
        let Small { school, .. } = small(&db, "Hill School").await;
        let place = Place::School;
        let done = both(&db, async |tx, by| {
            rules::replace(tx, by, school.id, (place, 0), &format!("by {}", by.name), "new").await
        })
        .await;
        one_is_stale(&done, "the first rules");
        let mut tx = write(&db).await;
        // A site's rules are no change of the school's.
        let site = school::Site {
            id: fresh_id(at("2026-11-23T09:00:00Z")),
            school: school.id,
            name: "North".parse().unwrap(),
        };
        store::schools::add_site(&mut tx, &by("2026-11-23T09:00:00Z"), &site).await.unwrap();
        rules::save(&mut tx, &by("2026-11-23T09:00:00Z"), school.id, Place::Site(site.id), "site", "")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let done =
            both(&db, async |tx, by| rules::replace(tx, by, school.id, (place, 1), "next", &by.name).await)
                .await;
        one_is_stale(&done, "the next rules");
        assert_eq!(
            rules::versions(&mut write(&db).await, school.id).await.unwrap().len(),
            3,
            "no number was lost"
        );
    })
    .await;
}

#[tokio::test]
async fn of_two_who_publish_an_agreement_at_once_one_looks_again() {
    on_both(async |db| {
        let Small { school, .. } = small(&db, "Hill School").await;
        for base in 0..2 {
            let done = both(&db, async |tx, by| {
                let readings = vec![Reading::new(Level::Standard, "Rules", &format!("as {} wrote", by.name))];
                texts::publish_after(tx, by, school.id, (Audience::Pupils, base), readings, "new").await
            })
            .await;
            one_is_stale(&done, "an agreement");
        }
        let all = texts::versions(&mut write(&db).await, school.id, Audience::Pupils).await.unwrap();
        assert_eq!(all.iter().map(|it| it.agreement.version).collect::<Vec<_>>(), [2, 1]);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_change_a_setting_at_once_one_looks_again() {
    on_both(async |db| {
        let Small { school, .. } = small(&db, "Hill School").await;
        let owner = school.id.to_string();
        let place = (Layer::School, owner.as_str());
        let change = async |was: settings::Word<'_>, now: settings::Word<'_>| {
            both(&db, async |tx, by| settings::change(tx, by, school.id, place, &IDLE_LOCK, (was, now)).await)
                .await
        };
        one_is_stale(&change(None, Some(("5", false))).await, "said first");
        one_is_stale(&change(Some(("5", false)), Some(("7", true))).await, "said anew");
        one_is_stale(&change(Some(("7", true)), None).await, "left to the layer above");
        let trail = audit::recent(&mut write(&db).await, school.id, None, 100).await.unwrap();
        assert_eq!(trail.iter().filter(|it| it.act == "change setting").count(), 3);
    })
    .await;
}

#[tokio::test]
async fn two_who_make_a_plan_at_once_leave_one_that_runs() {
    on_both(async |db| {
        let Small { school, pupil, .. } = small(&db, "Hill School").await;
        let done = both(&db, async |tx, by| {
            let plan = Plan {
                id: fresh_id(by.at),
                school: school.id,
                person: pupil.id,
                need: "a need".to_owned(),
                decided_by: by.name.parse().unwrap(),
                profile: "Wide".to_owned(),
                since: by.at,
                review_at: at("2027-01-10T09:00:00Z"),
                ended_at: None,
                version: 1,
            };
            plans::make(tx, by, &plan).await
        })
        .await;
        assert!(done.iter().all(|it| matches!(it, Ok(()) | Err(StoreError::Stale))), "{done:?}");
        let mut tx = write(&db).await;
        let running = plans::all(&mut tx, school.id, false).await.unwrap();
        assert_eq!(running.len(), 1, "{running:?}");
        // Reviewed by one while the other ends it.
        let plan = running[0].clone();
        plans::review(&mut tx, &by("2026-11-23T10:00:00Z"), &plan, at("2027-03-01T09:00:00Z")).await.unwrap();
        let ended = plans::end(&mut tx, &by("2026-11-23T10:00:00Z"), &plan).await;
        assert!(matches!(ended, Err(StoreError::Stale)), "{ended:?}");
    })
    .await;
}

#[tokio::test]
async fn two_who_appoint_somebody_at_once_fill_the_post_once() {
    on_both(async |db| {
        let Small { school, lead, .. } = small(&db, "Hill School").await;
        let done = both(&db, async |tx, by| {
            let holder = Holder {
                id: fresh_id(by.at),
                school: school.id,
                post: school::Post::NetworkManager,
                person: lead.id,
                since: by.at,
                until: None,
                contact: "Room 4".to_owned(),
                about: "the network".parse().unwrap(),
                version: 1,
            };
            posts::appoint(tx, by, &holder).await
        })
        .await;
        one_is_stale(&done, "a post");
        let held = posts::at(&mut write(&db).await, school.id, at("2026-11-24T09:00:00Z")).await.unwrap();
        assert_eq!(held.len(), 1, "{held:?}");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_close_a_concern_at_once_one_is_told() {
    on_both(async |db| {
        let Small { school, pupil, lead, .. } = small(&db, "Hill School").await;
        let new = casework::NewConcern {
            school: school.id,
            at: at("2026-11-23T08:00:00Z"),
            origin: casework::Origin::Search,
            about: Some(pupil.id),
            reporter: None,
            theme: None,
            severity: None,
            words: "made-up words".to_owned(),
            place: None,
        };
        let mut tx = write(&db).await;
        concerns::raise(&mut tx, &by("2026-11-23T08:00:00Z"), &new).await.unwrap();
        let concern = concerns::awaiting(&mut tx, school.id).await.unwrap().remove(0);
        tx.commit().await.unwrap();
        let done = both(&db, async |tx, by| {
            let closed = concern.clone().close(lead.id, by.at, &format!("as {} saw it", by.name)).unwrap();
            concerns::save_stage(tx, by, &closed).await
        })
        .await;
        one_is_stale(&done, "a concern");
        let events = concerns::events(&mut write(&db).await, school.id, concern.id).await.unwrap();
        assert_eq!(events.iter().filter(|it| it.what == "closed").count(), 1);
    })
    .await;
}
