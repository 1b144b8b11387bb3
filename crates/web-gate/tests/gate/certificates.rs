//! Sites whose certificate cannot be believed.
use policy::Outcome;
use testkit::internet::{Flaw, Speaks};

use crate::world::{With, World, usual};

#[tokio::test]
async fn a_certificate_that_cannot_be_believed_gets_its_notice_and_nothing_is_sent() {
    let mut internet = usual().await;
    let flaws = [
        ("expired.test", Flaw::Expired, "Expired"),
        ("early.test", Flaw::NotYetValid, "NotYetValid"),
        ("wrong-name.test", Flaw::WrongName, "WrongName"),
        ("self-signed.test", Flaw::SelfSigned, "SelfSigned"),
        ("unknown.test", Flaw::UnknownAuthority, "UnknownAuthority"),
    ];
    for (name, flaw, _) in flaws {
        internet.secure(name, Speaks::Two, flaw).await;
    }
    let world = World::with(internet, With::default()).await;
    let mut pages = Vec::new();
    for (name, _, _) in flaws {
        for asker in [world.browser(), world.asker_two()] {
            let got = asker.get(&format!("https://{name}/private?password=1")).await.unwrap();
            assert!((500..600).contains(&got.status), "{name}: {}", got.status);
            pages.push(got.text().replace(name, ""));
        }
    }
    assert!(world.internet.reached().is_empty());
    assert!(world.record(10).await.iter().all(|it| it.outcome == Outcome::Failed));
    pages.sort();
    pages.dedup();
    assert!(pages.len() >= 5, "each fault has its own words: {pages:#?}");
}

#[tokio::test]
async fn a_site_that_does_not_speak_tls_gets_its_notice() {
    let mut internet = usual().await;
    internet.raw("not-tls.test", 443, Some(b"HTTP/1.1 400 Bad Request\r\n\r\n")).await;
    internet.absent("gone.test", 443).await;
    let world = World::with(internet, With::default()).await;
    for name in ["not-tls.test", "gone.test"] {
        let got = world.browser().get(&format!("https://{name}/")).await.unwrap();
        assert!((500..600).contains(&got.status), "{name}: {}", got.status);
    }
}
