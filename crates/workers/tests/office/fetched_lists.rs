//! Lists from the internet: whole, unchanged, missing, cut off, huge, going round in circles (FIL-25).
use std::fs;

use school::Id;
use store::lists::{ListSource, ListState};
use testkit::internet::{Flaw, Internet, Speaks};

use crate::{Small, lists::GAMBLING};

impl Small {
    /// As after `schoolgate lists compile`: looked for now.
    async fn renew(&self, id: Id<ListSource>) -> ListState {
        self.office().renew_lists().await;
        let mut tx = self.db.read().await.expect("a transaction");
        store::lists::state(&mut tx, id).await.expect("readable").expect("it was tried")
    }

    fn nothing_left_behind(&self) {
        let left: Vec<_> = fs::read_dir(self.folder.path().join("lists/downloads"))
            .expect("reads")
            .map(|it| it.expect("reads").file_name().into_string().expect("a name"))
            .collect();
        assert!(left.iter().all(|it| it.contains(".marks")), "{left:?}");
    }
}

#[tokio::test]
async fn a_published_list_is_fetched_and_asked_for_only_when_it_is_time() {
    let (small, mut internet) = (Small::open().await, Internet::new());
    let site = internet.plain("lists.test").await;
    internet.publish("/bets.txt", "bet.test\n");
    let (id, _) = small.source("domains", &format!("http://{site}/bets.txt"), GAMBLING).await;
    let first = small.load(id).await;
    assert_eq!((first.entries, &first.fault), (1, &None));
    assert!(small.is_gambling("https://bet.test/"));
    small.nothing_left_behind();

    // Starting again needs nothing from the internet.
    assert_eq!(small.load(id).await, first);
    assert_eq!(internet.reached().len(), 1);

    small.pass(60);
    let same = small.renew(id).await;
    assert_eq!(same, ListState { tried_at: same.tried_at, ..first.clone() });
    let asked = internet.reached();
    assert!(asked[1].headers.contains_key("if-none-match") && asked.len() == 2, "{asked:?}");

    small.pass(60);
    internet.publish("/bets.txt", "bet.test\nagain.test\n");
    let second = small.renew(id).await;
    assert_eq!((second.entries, second.added), (2, 1));
    assert!(small.is_gambling("https://again.test/"));
}

#[tokio::test]
async fn what_does_not_come_whole_leaves_the_list_before() {
    let (small, mut internet) = (Small::open().await, Internet::new());
    let site = internet.plain("lists.test").await;
    internet.publish("/bets.txt", "bet.test\n");
    let (id, _) = small.source("domains", &format!("http://{site}/bets.txt"), GAMBLING).await;
    let good = small.load(id).await;
    let cut: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nnew.test\nnew2.te";
    let round: &[u8] = b"HTTP/1.1 302 Found\r\nLocation: /bets.txt\r\nContent-Length: 0\r\n\r\n";
    let cut = internet.raw("cut.test", 80, Some(cut)).await;
    let round = internet.raw("round.test", 80, Some(round)).await;
    let rubbish = internet.raw("rubbish.test", 80, Some(b"SSH-2.0-x\r\n")).await;
    let gone = internet.plain("gone.test").await;
    internet.publish("/broken.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0].as_slice());
    internet.publish("/page.html", "<html><body>\nplease sign in\n</body></html>\n");
    let check = async |url: String, fault: &str| {
        small.pass(60);
        let mut tx = small.db.write().await.expect("a transaction");
        let source = store::lists::sources(&mut tx).await.expect("readable").remove(0);
        let source = ListSource { location: url.clone(), ..source };
        store::lists::save_source(&mut tx, &crate::by(), crate::SCHOOL, &source).await.expect("saved");
        tx.commit().await.expect("kept");
        let state = small.renew(id).await;
        let said = state.fault.expect(&url);
        assert!(said.contains(fault), "{url}: {said}");
        assert_eq!((state.entries, state.loaded_at), (good.entries, good.loaded_at), "{url}");
        assert!(small.is_gambling("https://bet.test/"), "{url}");
        assert!(small.health.faults()[0].contains("the list A list could not be brought up to date"));
        small.nothing_left_behind();
    };
    check(format!("http://{gone}/status/404"), "says 404 Not Found").await;
    check(format!("http://{gone}/status/500"), "says 500").await;
    check(format!("http://{cut}/"), "it broke off in the middle").await;
    check(format!("http://{gone}/big/1000001"), "it is longer than 1000000 bytes").await;
    check(format!("http://{gone}/chunked/5000"), "it is longer than 1000000 bytes").await;
    check(format!("http://{round}/"), "more than 5 redirects").await;
    check(format!("http://{rubbish}/"), "invalid HTTP").await;
    check(format!("http://{gone}/broken.gz"), "it cannot be unpacked").await;
    check(format!("http://{gone}/page.html"), "nothing in it that we can read").await;
    check("http://127.0.0.1:1/".to_owned(), "cannot be reached").await;
    check("http://x:y@127.0.0.1:1/".to_owned(), "a username in it").await;
}

#[tokio::test]
async fn a_list_comes_over_tls_only_from_whom_we_trust() {
    let (mut small, mut internet) = (Small::open().await, Internet::new());
    let good = internet.secure("localhost", Speaks::One, Flaw::None).await.port();
    let bad = internet.secure("localhost", Speaks::One, Flaw::UnknownAuthority).await.port();
    internet.publish("/bets.txt", "bet.test\n");
    let (id, _) = small.source("domains", &format!("https://localhost:{good}/bets.txt"), GAMBLING).await;
    let state = small.load(id).await;
    assert!(state.fault.is_some_and(|it| it.contains("no safe connection to localhost")));
    small.roots.push(internet.root());
    assert_eq!(small.renew(id).await.fault, None);
    assert!(small.is_gambling("https://bet.test/"));
    let mut tx = small.db.write().await.expect("a transaction");
    let source = store::lists::sources(&mut tx).await.expect("readable").remove(0);
    let source = ListSource { location: format!("https://localhost:{bad}/bets.txt"), ..source };
    store::lists::save_source(&mut tx, &crate::by(), crate::SCHOOL, &source).await.expect("saved");
    tx.commit().await.expect("kept");
    assert!(small.renew(id).await.fault.is_some_and(|it| it.contains("no safe connection to localhost")));
    assert!(small.is_gambling("https://bet.test/"));
}

#[tokio::test]
async fn an_archive_of_many_lists_is_read_by_the_table() {
    let (small, mut internet) = (Small::open().await, Internet::new());
    let site = internet.plain("lists.test").await;
    let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let mut archive = tar::Builder::new(gzip);
    for (name, text) in
        [("blacklists/gambling/domains", "bet.test\n"), ("blacklists/odd/domains", "odd.test\n")]
    {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, text.as_bytes()).expect("packs");
    }
    let packed = archive.into_inner().expect("packs").finish().expect("packs");
    internet.publish("/ut1/all.tar.gz", packed);
    let (id, _) = small.source("squidguard", &format!("http://{site}/ut1/all.tar.gz"), "").await;
    let state = small.load(id).await;
    assert_eq!((state.entries, &state.fault), (1, &None));
    assert_eq!(state.warnings, ["nobody has said what its category odd means: left out"]);
    assert!(small.is_gambling("https://www.bet.test/"));
}
