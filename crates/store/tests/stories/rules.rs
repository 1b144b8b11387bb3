use school::{Place, Site};
use store::{lists, rules, schools};
use testkit::databases::on_both;

use crate::{at, by, small, write};

#[tokio::test]
async fn every_version_of_the_rules_is_kept() {
    on_both(async |db| {
        let school = small(&db, "Hill School").await.school.id;
        let mut tx = write(&db).await;
        let by = by("2026-11-22T10:00:00Z");
        assert_eq!(rules::save(&mut tx, &by, school, Place::School, "one", "start").await.unwrap(), 1);
        assert_eq!(rules::save(&mut tx, &by, school, Place::Trust, "two", "").await.unwrap(), 2);
        assert_eq!(rules::save(&mut tx, &by, school, Place::School, "three", "for 7B").await.unwrap(), 3);
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let current = rules::current(&mut tx, school).await.unwrap();
        let texts: Vec<_> = current.iter().map(|it| (it.place, it.text.as_str(), it.version)).collect();
        assert_eq!(texts, [(Place::Trust, "two", 2), (Place::School, "three", 3)]);
        let versions: Vec<i64> =
            rules::versions(&mut tx, school).await.unwrap().iter().map(|it| it.version).collect();
        assert_eq!(versions, [3, 2, 1]);
        let first = rules::at(&mut tx, school, 1).await.unwrap().unwrap();
        assert_eq!((first.text.as_str(), first.note.as_str(), first.saved_at), ("one", "start", by.at));
        assert_eq!(rules::at(&mut tx, school, 9).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn each_site_has_a_text_of_its_own() {
    on_both(async |db| {
        let school = small(&db, "Hill School").await.school.id;
        let by = by("2026-11-22T10:00:00Z");
        let site = |name: &str| Site { id: store::fresh_id(by.at), school, name: name.parse().unwrap() };
        let (north, south) = (site("North"), site("South"));
        let mut tx = write(&db).await;
        for (site, text) in [(&north, "north one"), (&south, "south one")] {
            schools::add_site(&mut tx, &by, site).await.unwrap();
            rules::save(&mut tx, &by, school, Place::Site(site.id), text, "").await.unwrap();
        }
        rules::save(&mut tx, &by, school, Place::Site(north.id), "north two", "").await.unwrap();
        tx.commit().await.unwrap();
        let current = rules::current(&mut db.read().await.unwrap(), school).await.unwrap();
        let mut texts: Vec<_> = current.iter().map(|it| (it.place, it.text.as_str())).collect();
        texts.sort_by_key(|it| it.1);
        assert_eq!(texts, [(Place::Site(north.id), "north two"), (Place::Site(south.id), "south one")]);
    })
    .await;
}

#[tokio::test]
async fn lists_say_how_their_last_loading_went() {
    on_both(async |db| {
        let school = small(&db, "Hill School").await.school.id;
        let by = by("2026-11-22T10:00:00Z");
        let source = lists::ListSource {
            id: store::fresh_id(by.at),
            name: "Sealed list".to_owned(),
            kind: "hashes".to_owned(),
            location: "/srv/lists/sealed".to_owned(),
            licence: "members only".to_owned(),
            sealed: true,
            enabled: true,
            map: String::new(),
        };
        let mut tx = write(&db).await;
        lists::add_source(&mut tx, &by, school, &source).await.unwrap();
        assert_eq!(lists::all(&mut tx).await.unwrap(), [(source.clone(), None)]);
        let mut state = lists::ListState {
            tried_at: by.at,
            loaded_at: Some(by.at),
            entries: 5_000_000,
            size_bytes: 80 << 20,
            compiled_path: Some("sealed-1.lists".to_owned()),
            added: 12,
            removed: 3,
            bad_lines: 1,
            fault: None,
            warnings: vec!["line 7: two\nlines".to_owned(), "stale".to_owned()],
        };
        lists::set_state(&mut tx, source.id, &state).await.unwrap();
        state.fault = Some("gone".to_owned());
        state.tried_at = at("2026-11-23T10:00:00Z");
        lists::set_state(&mut tx, source.id, &state).await.unwrap();
        state.warnings[0] = "line 7: two lines".to_owned();
        assert_eq!(lists::state(&mut tx, source.id).await.unwrap(), Some(state));
        // A sealed list has no off switch (FIL-06).
        let off = lists::ListSource { enabled: false, ..source.clone() };
        lists::save_source(&mut tx, &by, school, &off).await.unwrap();
        assert_eq!(lists::sources(&mut tx).await.unwrap(), [source]);
    })
    .await;
}
