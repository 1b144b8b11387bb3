//! Lists from their sources to the gate: changes, damage, and the one before that stays (FIL-25, FIL-28).
use std::{fs, path::PathBuf};

use policy::{Category, CategorySet, Target};
use school::Id;
use store::{
    lists::{ListSource, ListState},
    security::Kind,
};

use crate::{SCHOOL, Small, by};

pub(crate) const GAMBLING: &str = "any any = gambling";

impl Small {
    pub(crate) async fn source(&self, kind: &str, location: &str, map: &str) -> (Id<ListSource>, PathBuf) {
        let path = self.folder.path().join(location);
        let source = ListSource {
            id: Id::from_u128(21),
            name: "A list".to_owned(),
            kind: kind.to_owned(),
            location: if location.contains("://") { location.to_owned() } else { path.display().to_string() },
            licence: "made up".to_owned(),
            sealed: kind == "sealed",
            enabled: true,
            map: map.to_owned(),
        };
        let mut tx = self.db.write().await.expect("a transaction");
        store::lists::add_source(&mut tx, &by(), SCHOOL, &source).await.expect("a source");
        tx.commit().await.expect("kept");
        (source.id, path)
    }

    pub(crate) async fn load(&self, id: Id<ListSource>) -> ListState {
        self.office().load_lists().await;
        let mut tx = self.db.read().await.expect("a transaction");
        store::lists::state(&mut tx, id).await.expect("readable").expect("it was tried")
    }

    fn categories(&self, url: &str) -> CategorySet {
        let target = Target::parse(url).expect("an address");
        self.current.load().rules.lists().look_up(&target).categories
    }

    pub(crate) fn is_gambling(&self, url: &str) -> bool {
        self.categories(url).has(Category::Gambling)
    }
}

#[tokio::test]
async fn a_list_is_loaded_and_its_changes_are_told() {
    let small = Small::open().await;
    let (id, path) = small.source("domains", "bets.txt", GAMBLING).await;
    let names = |from: u32, to: u32| (from..to).fold(String::new(), |all, n| all + &format!("bet{n}.test\n"));
    fs::write(&path, format!("# ours\n{}not a name at all\n", names(0, 200))).expect("written");
    let first = small.load(id).await;
    assert_eq!((first.entries, first.added, first.bad_lines, &first.fault), (200, 200, 1, &None));
    assert_eq!(first.warnings, ["bets.txt line 202: not a host name or address"]);
    assert!(small.is_gambling("https://www.bet7.test/") && !small.is_gambling("https://bet200.test/"));
    assert_eq!(small.health.faults(), Vec::<String>::new());

    small.pass(60);
    fs::write(&path, names(10, 210)).expect("written");
    let second = small.load(id).await;
    assert_eq!((second.entries, second.added, second.removed, second.bad_lines), (200, 10, 10, 0));
    assert!(small.is_gambling("https://bet200.test/") && !small.is_gambling("https://bet7.test/"));
    assert_eq!(second.warnings, Vec::<String>::new());

    small.pass(60);
    fs::write(&path, names(10, 290)).expect("written");
    let third = small.load(id).await;
    assert!(
        third.warnings[0].starts_with("has changed by more than a quarter: 80 came, 0 went"),
        "{third:?}"
    );
    assert!(small.health.faults()[0].contains("more than a quarter"));
    let told = small.security(Kind::ListJump).await;
    assert!(
        matches!(&told[..], [one] if one.starts_with("A list: The list A list has changed by more")),
        "{told:?}"
    );
}

#[tokio::test]
async fn what_cannot_be_made_into_a_list_leaves_the_one_before() {
    let small = Small::open().await;
    let (id, path) = small.source("domains", "bets.txt", GAMBLING).await;
    fs::write(&path, "bet.test\n").expect("written");
    let good = small.load(id).await;
    let rubbish = (0..=255_u8).cycle().take(100_000).collect::<Vec<u8>>();
    let check = async |bytes: Option<&[u8]>, fault: &str| {
        match bytes {
            Some(bytes) => fs::write(&path, bytes).expect("written"),
            None => fs::remove_file(&path).expect("removed"),
        }
        small.pass(60);
        let state = small.load(id).await;
        let said = state.fault.expect("a fault");
        assert!(said.contains(fault), "{said}");
        assert_eq!((state.entries, state.loaded_at), (good.entries, good.loaded_at));
        assert!(small.is_gambling("https://bet.test/"));
        assert!(small.health.faults()[0].starts_with("the list A list could not be brought up to date"));
    };
    check(Some(b""), "nothing in it").await;
    check(Some(b"# only a comment\n"), "nothing in it").await;
    check(Some(&rubbish), "in").await;
    check(Some(&[b"a.test\n".as_slice(), b"<html> error page\n".repeat(9).as_slice()].concat()), "damaged")
        .await;
    check(None, "cannot be read").await;
    fs::write(&path, "bet.test\nagain.test\n").expect("written");
    assert_eq!(small.load(id).await.fault, None);
    assert!(small.is_gambling("https://again.test/"));
    assert!(small.health.faults()[0].contains("more than a quarter"), "{:?}", small.health.faults());
}

#[tokio::test]
async fn a_process_killed_while_compiling_leaves_the_last_good_list() {
    let small = Small::open().await;
    let (id, path) = small.source("domains", "bets.txt", GAMBLING).await;
    fs::write(&path, "bet.test\n").expect("written");
    let state = small.load(id).await;
    // What kill -9 leaves: half of the next file beside the whole of this one.
    let compiled = PathBuf::from(state.compiled_path.expect("a file"));
    let bytes = fs::read(&compiled).expect("readable");
    fs::write(compiled.with_extension("sglist.new"), &bytes[..bytes.len() / 2]).expect("written");
    let again = Small::reopen(small).await;
    assert!(again.snapshots.refresh().await);
    assert!(again.is_gambling("https://bet.test/"));
    assert_eq!(again.load(id).await.fault, None);
    assert_eq!(fs::read_dir(compiled.parent().expect("a folder")).expect("readable").count(), 1);
}

#[tokio::test]
async fn a_tree_is_read_by_the_table_and_what_is_unknown_is_told() {
    let small = Small::open().await;
    let (id, tree) = small.source("squidguard", "ut1", "").await;
    for (file, text) in [
        ("gambling/domains", "bet.test\n"),
        ("gambling/urls", "news.test/bets\n"),
        ("never_heard_of/domains", "odd.test\n"),
        ("README", "words\n"),
    ] {
        let path = tree.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }
    let state = small.load(id).await;
    assert_eq!((state.entries, &state.fault), (2, &None));
    assert_eq!(state.warnings, ["nobody has said what its category never_heard_of means: left out"]);
    assert!(small.is_gambling("http://bet.test/") && small.is_gambling("http://news.test/bets/today"));
    assert!(!small.is_gambling("http://news.test/") && small.categories("http://odd.test/").is_empty());
}

#[tokio::test]
async fn what_has_not_changed_is_not_read_again_and_grows_stale() {
    let small = Small::open().await;
    // Later than the files of this test, which the clock of the machine dates.
    small.pass(10_000_000_000 - 1_790_000_000);
    let (id, path) = small.source("domains", "bets.txt", GAMBLING).await;
    fs::write(&path, "bet.test\n").expect("written");
    let first = small.load(id).await;
    small.pass(3_600);
    let second = small.load(id).await;
    assert_eq!(second.loaded_at, first.loaded_at);
    assert_ne!(second.tried_at, first.tried_at);
    small.pass(15 * 24 * 3_600);
    let third = small.load(id).await;
    assert_eq!(third.warnings, ["is stale: nothing new has come for more than 14 days"]);
    assert!(small.health.faults()[0].contains("is stale"));
    // Told once, however often it is looked at.
    small.pass(2 * 3600);
    small.load(id).await;
    let told = ["A list: The list A list is stale: nothing new has come for more than 14 days"];
    assert_eq!(small.security(Kind::StaleList).await, told);
}

#[tokio::test]
async fn a_sealed_list_is_known_and_never_shown() {
    let small = Small::open().await;
    let (id, path) = small.source("sealed", "members.txt", "").await;
    fs::write(&path, "awful.test\n").expect("written");
    let state = small.load(id).await;
    let compiled = fs::read(state.compiled_path.expect("a file")).expect("readable");
    assert!(!compiled.windows(5).any(|it| it == b"awful"));
    let target = Target::parse("https://awful.test/").expect("an address");
    assert!(small.current.load().rules.lists().look_up(&target).sealed.is_some());
}

#[tokio::test]
async fn a_list_that_was_never_loaded_opens_nothing() {
    let small = Small::open().await;
    assert!(small.snapshots.refresh().await);
    let (id, path) = small.source("domains", "bets.txt", GAMBLING).await;
    // Added to a gate that stands: what stood before still does, and the fault is told.
    assert!(small.snapshots.refresh().await);
    assert!(!small.current.load().rules.is_closed());
    assert!(small.health.faults().iter().any(|it| it.contains("has not been loaded yet")));
    // A gate that starts with it, and cannot read it.
    let small = Small::reopen(small).await;
    small.snapshots.refresh().await;
    assert!(small.current.load().rules.is_closed());
    small.load(id).await;
    assert!(small.current.load().rules.is_closed());
    assert!(small.health.faults().iter().any(|it| it.contains("has never been loaded")));
    fs::write(&path, "bet.test\n").expect("written");
    small.pass(60);
    small.load(id).await;
    assert!(!small.current.load().rules.is_closed() && small.is_gambling("https://bet.test/"));
}

#[tokio::test]
async fn a_sealed_list_that_was_never_loaded_closes_even_a_gate_that_stands() {
    let small = Small::open().await;
    assert!(small.snapshots.refresh().await);
    let (id, path) = small.source("sealed", "members.txt", "").await;
    small.snapshots.refresh().await;
    assert!(small.current.load().rules.is_closed());
    fs::write(&path, "awful.test\n").expect("written");
    small.load(id).await;
    assert!(!small.current.load().rules.is_closed());
}
