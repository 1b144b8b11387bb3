//! Coming in from outside, and waiting for the head (ACC-19, ACC-22, ACC-23, LOG-03).
use school::exceptional::Held;

use super::*;
use crate::{
    Snapshot,
    sample::{OKAFOR, approval, routes},
};

const FAR: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7));
const STAFF: &[(&str, &str)] = &[("username", "t.okafor"), ("password", "kestrel 9")];

fn school(known: Known) -> Snapshot {
    let mut snapshot = snapshot_of([known]);
    snapshot.settings.routes = routes();
    snapshot
}

fn staff() -> Known {
    Known { password: Some(hash("kestrel 9")), ..teacher() }
}

async fn told(rig: &Rig) -> Vec<String> {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    std::mem::take(&mut *rig.told.lock())
}

#[tokio::test]
async fn signing_in_from_outside_takes_an_approval_and_either_is_noted() {
    let shut = rig(school(staff()), Office::Open);
    let page = Browser { device: FAR, ..Browser::on(&shut) }.send("/sign-in", STAFF).await;
    assert_eq!(page.status, 403);
    assert!(text(&page).contains("nobody has approved that for you"), "{}", text(&page));
    assert_eq!(told(&shut).await, ["t.okafor refused: no approval of remote access"]);

    let mut approved = school(staff());
    approved.remote = [(OKAFOR, vec![approval(OKAFOR, "School VPN")])].into();
    let open = rig(approved, Office::Open);
    let far = Browser { device: FAR, ..Browser::on(&open) };
    assert_eq!(far.send("/sign-in", STAFF).await.status, 200);
    assert_eq!(far.whoever().await.id(), Some(OKAFOR));
    assert_eq!(told(&open).await, ["t.okafor signed in"]);
    // The approval ends in the middle of what they do, and the sign-in with it.
    let later = Browser { minute: 61, ..far };
    assert_eq!(later.whoever().await.id(), None);
    let page = later.get("/sign-in").await;
    assert!(text(&page).contains("coming in from outside"), "{}", text(&page));
}

#[tokio::test]
async fn whoever_has_signed_is_told_that_the_head_has_to_approve() {
    let known = Known { missing: vec![due()], held: Some(Held::Waiting), ..agreed() };
    let rig = rig(snapshot_of([known]), Office::Open);
    let browser = Browser::on(&rig);
    let page = browser.send("/sign-in", RIGHT).await;
    assert_eq!((page.status, header(&page, "location")), (303, "/agree"), "signing comes first");
    browser.send("/agree", &[("answer", "accept")]).await;
    for page in [browser.get("/agree").await, browser.send("/sign-in", RIGHT).await] {
        assert!(text(&page).contains("the head or the campus lead has to approve"), "{}", text(&page));
    }
}
