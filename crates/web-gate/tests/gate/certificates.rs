//! Sites whose certificate cannot be believed.
use policy::Outcome;
use testkit::{
    asker::Asker,
    internet::{Flaw, Speaks},
};

use crate::world::{With, World, usual};

#[tokio::test]
async fn a_certificate_that_cannot_be_believed_gets_its_notice_and_nothing_is_sent() {
    let mut internet = usual().await;
    let flaws = [
        ("expired.test", Flaw::Expired, "out of date"),
        ("early.test", Flaw::NotYetValid, "not valid yet"),
        ("wrong-name.test", Flaw::WrongName, "belongs to a different site"),
        ("self-signed.test", Flaw::SelfSigned, "made itself"),
        ("unknown.test", Flaw::UnknownAuthority, "from someone we do not know"),
    ];
    for (name, flaw, _) in flaws {
        internet.secure(name, Speaks::Two, flaw).await;
    }
    let world = World::with(internet, With::default()).await;
    for (name, _, words) in flaws {
        for asker in [world.browser(), Asker { h2: true, ..world.browser() }] {
            let got = asker.get(&format!("https://{name}/private?password=1")).await.unwrap();
            assert_eq!(got.status, 502, "{name}");
            assert!(got.text().contains(words), "{name}: {:?}", got.text().split("</h1>").last());
        }
    }
    assert!(world.internet.reached().is_empty());
    assert!(world.record(10).await.iter().all(|it| it.outcome == Outcome::Failed));
}

#[tokio::test]
async fn a_root_that_is_no_longer_trusted_vouches_for_nobody() {
    // Another root takes the place of the one that signed these sites.
    let other = World::new().await.authority.certificate().clone();
    let upstreams = Box::new(|it: &mut web_gate::Upstreams| it.trust = web_gate::Trust::Only(vec![other]));
    let world = World::with(usual().await, With { upstreams, ..With::default() }).await;
    for name in ["one.test", "two.test"] {
        let got = world.browser().get(&format!("https://{name}/")).await.unwrap();
        assert_eq!(got.status, 502, "{name}");
        assert!(got.text().contains("from someone we do not know"), "{}", got.text());
    }
    assert!(world.internet.reached().is_empty());
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
