use school::Layer;
use store::{lists, rules};
use testkit::databases::on_both;

use crate::{at, by, small, write};

#[tokio::test]
async fn every_version_of_the_rules_is_kept() {
    on_both(async |db| {
        let school = small(&db, "Hill School").await.school.id;
        let mut tx = write(&db).await;
        let by = by("2026-11-22T10:00:00Z");
        assert_eq!(rules::save(&mut tx, &by, school, Layer::School, "one", "start").await.unwrap(), 1);
        assert_eq!(rules::save(&mut tx, &by, school, Layer::Trust, "two", "").await.unwrap(), 2);
        assert_eq!(rules::save(&mut tx, &by, school, Layer::School, "three", "for 7B").await.unwrap(), 3);
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let current = rules::current(&mut tx, school).await.unwrap();
        let texts: Vec<_> = current.iter().map(|it| (it.layer, it.text.as_str(), it.version)).collect();
        assert_eq!(texts, [(Layer::Trust, "two", 2), (Layer::School, "three", 3)]);
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
