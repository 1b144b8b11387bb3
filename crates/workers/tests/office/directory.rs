//! A directory over TLS: Debian's slapd, with certificates that the test makes (ACC-05).
use rustls_pki_types::CertificateDer;
use school::{NotLetIn, Person};
use testkit::directory::{self, ACCOUNT, Authority, BASE};
use workers::{
    Fetch, Health,
    identity::{Directory, DirectorySettings, Find},
};

use crate::{PUPIL, SCHOOL, Small};

/// One sign-in: what the directory said, and what stands on Today afterwards.
async fn ask(
    url: &str,
    start_tls: bool,
    root: Option<CertificateDer<'static>>,
    person: &Person,
    password: &str,
) -> (Result<bool, NotLetIn>, String) {
    let find = Find::Search {
        account: ACCOUNT.0.to_owned(),
        password: ACCOUNT.1.to_owned(),
        base: BASE.to_owned(),
        filter: "(uid={})".to_owned(),
    };
    let (settings, health) = (DirectorySettings { url: url.to_owned(), start_tls, find }, Health::default());
    let fetch = Fetch::new(root, None).expect("a client");
    let said = Directory::new(settings, &fetch, health.clone()).is_right(person, password).await;
    (said, health.faults().join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_is_asked_over_tls_and_only_where_its_certificate_can_be_trusted() {
    let small = Small::open().await;
    let mut tx = small.db.read().await.expect("a transaction");
    let person = store::people::get(&mut tx, SCHOOL, PUPIL).await.expect("read").expect("there").person;
    drop(tx);
    let people = [("m.birch", "marsh harrier 7")];
    let ours = Authority::new("Pretend Directory Root");
    let (Some(good), Some(other), Some(plain)) = (
        directory::Directory::start_with_tls(&people, &ours, "localhost"),
        directory::Directory::start_with_tls(&people, &ours, "directory.elsewhere.test"),
        directory::Directory::start(&people),
    ) else {
        return;
    };
    let check = async |url: String, start_tls: bool, root: Option<&Authority>, fault: Option<&str>| {
        let what = format!("{url} {start_tls} {fault:?}");
        let root = root.map(Authority::root);
        for (password, right) in [("marsh harrier 7", true), ("another", false)] {
            let (said, today) = ask(&url, start_tls, root.clone(), &person, password).await;
            match fault {
                None => assert_eq!((said, today.as_str()), (Ok(right), ""), "{what}"),
                Some(words) => {
                    assert_eq!(said, Err(NotLetIn::Down), "{what}: nobody is let in for that");
                    assert!(today.contains(words) && today.contains("cannot be asked"), "{what}: {today}");
                }
            }
        }
    };
    check(good.secure_url(), false, Some(&ours), None).await;
    check(good.named_url(), true, Some(&ours), None).await;
    let nobody = Some("issued by nobody whom this machine trusts");
    let another = Authority::new("Nobody's Root");
    check(good.secure_url(), false, Some(&another), nobody).await;
    check(good.named_url(), true, Some(&another), nobody).await;
    check(good.secure_url(), false, None, nobody).await;
    check(other.secure_url(), false, Some(&ours), Some("for another name")).await;
    check(other.named_url(), true, Some(&ours), Some("for another name")).await;
    // One that speaks no TLS is told no password.
    check(plain.named_url(), true, Some(&ours), Some("cannot be asked")).await;
}
