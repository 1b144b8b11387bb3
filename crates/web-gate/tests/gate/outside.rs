//! Coming in from outside by an approved way, and waiting for the head (ACC-19, ACC-22, ACC-23).
use std::time::Duration;

use http::header::LOCATION;
use jiff::Timestamp;
use school::{
    Id, Role,
    exceptional::Held,
    remote::{Authority, RemoteAccess, Route, Routes},
};
use testkit::asker::Asker;
use tokio::{io::AsyncReadExt as _, time::timeout};
use web_gate::Limits;

use crate::world::{PUPIL, With, World, usual};

fn approval(route: &str, until: Timestamp) -> RemoteAccess {
    let line = |text: &str| text.parse().expect("a line");
    RemoteAccess {
        id: Id::from_u128(70),
        school: Id::from_u128(9),
        person: PUPIL,
        need: line("Marks at home"),
        scope: line("The web"),
        route: line(route),
        from: Timestamp::MIN,
        until,
        authority: Authority::Head,
        approved_by: Id::from_u128(3),
        approved_at: Timestamp::MIN,
        ended_at: None,
    }
}

/// Whoever is on this machine comes by the school's VPN.
fn by_vpn(settings: &mut gate::Settings) {
    let ranges = ["127.0.0.0/8", "::1/128"].map(|it| it.parse().expect("a range")).to_vec();
    settings.routes = Routes::new(vec![Route { name: "School VPN".parse().expect("a line"), ranges }]);
}

async fn teacher(approvals: Vec<RemoteAccess>) -> World {
    let role = Role::Teacher;
    World::with(usual().await, With { settings: by_vpn, role, approvals, ..With::default() }).await
}

#[tokio::test]
async fn from_outside_a_site_opens_only_with_an_approval_for_this_way() {
    for (approvals, status) in [
        (vec![], 511),
        (vec![approval("Support line", Timestamp::MAX)], 511),
        (vec![approval("School VPN", Timestamp::MAX)], 200),
    ] {
        let world = teacher(approvals).await;
        let page = world.browser().get("http://plain.test/").await.unwrap();
        assert_eq!(page.status, status, "{}", page.text());
        assert!(status == 200 || page.text().contains("Not open to you from outside"), "{}", page.text());
        let secure = world.browser().get("https://one.test/").await.unwrap();
        assert_eq!(secure.status, if status == 200 { 200 } else { 302 });
        let help = world.browser().get("http://childline.org.uk/").await.unwrap();
        assert_eq!(help.status, 200, "help stays open from anywhere");
    }
}

#[tokio::test]
async fn a_tunnel_from_outside_ends_with_its_approval() {
    let opens = World::shortly_before(15);
    let limits = Limits {
        hello_time: Duration::from_millis(500),
        look: Duration::from_millis(50),
        stall: Duration::from_millis(300),
        ..Limits::default()
    };
    let approvals = vec![approval("School VPN", opens + Duration::from_mins(3))];
    let (role, opens) = (Role::Teacher, Some(opens));
    let with = With { opens, limits, settings: by_vpn, role, approvals, ..With::default() };
    let world = World::with(usual().await, with).await;
    let asker = Asker { trusts: world.internet.root(), ..world.asker() };
    let mut tunnel = asker.secure("bank.test:443", "bank.test").await.unwrap();
    let still = timeout(Duration::from_millis(300), tunnel.read_u8()).await;
    assert!(still.is_err(), "it stands: {still:?}");
    world.wait(Duration::from_mins(4));
    let mut buffer = [0; 64];
    let gone = async { while tunnel.read(&mut buffer).await.is_ok_and(|count| 0 < count) {} };
    assert!(timeout(Duration::from_secs(5), gone).await.is_ok(), "it is closed");
}

#[tokio::test]
async fn whoever_waits_for_the_head_gets_a_page_that_says_so_and_is_recorded() {
    let with = With { role: Role::Visitor, held: Some(Held::Waiting), ..With::default() };
    let world = World::with(usual().await, with).await;
    for url in ["http://plain.test/", "https://one.test/", "https://bank.test/"] {
        let page = world.browser().get(url).await.unwrap();
        assert_eq!(page.status, 403, "{url}");
        assert!(page.text().contains("the head or the campus lead has to approve"), "{url}: {}", page.text());
        assert!(!page.headers.contains_key(LOCATION));
    }
    assert_eq!(world.internet.reached().len(), 0, "no site was asked");
    assert_eq!(world.browser().get("http://childline.org.uk/").await.unwrap().status, 200);
    let seen = world.record(3).await;
    assert!(seen.iter().any(|it| it.outcome == policy::Outcome::Held), "{seen:?}");
}
