//! PWD-04.
use school::{
    Choice, Group, Id, Layer, Person, Year,
    pictures::{Badge, Picture, Pictures},
    settings::{Said, Settings},
};

use super::*;
use crate::{Pictured, sample::known_of};

const OAK: Id<Group> = Id::from_u128(70);
const IVY: Id<Person> = Id::from_u128(71);
const ROWAN: Id<Person> = Id::from_u128(72);
const THEIRS: [Picture; 3] = [Picture::Fish, Picture::Sun, Picture::Key];

fn child(id: Id<Person>, username: &str, name: &str, badge: &str) -> Known {
    let mut known = known_of(id, username, name, Year::new(2));
    known.person.groups = vec![OAK];
    let hash = hash(&Pictures::picked(THEIRS).secret());
    Known { pictures: Some(Pictured { hash, badge: badge.parse().expect(badge) }), ..known }
}

/// A class of two, in a school that has chosen pictures; or `how`.
fn class(how: &str, from: &str) -> Rig {
    let mut snapshot = snapshot_of([]);
    let said = |key: &str, value: &str| Said {
        layer: Layer::School,
        key: key.into(),
        value: value.into(),
        locked: false,
    };
    snapshot.chosen = Settings::resolve(&[said("young-sign-in", how), said("personal-password-from", from)]);
    let group = Group { id: OAK, school: snapshot.school.id, name: "2 Oak".parse().expect("a line") };
    let empty = Group { id: Id::from_u128(73), name: "2 Elm".parse().expect("a line"), ..group.clone() };
    let people = [
        child(IVY, "ivy.small", "Ivy May Small", "red-fish"),
        child(ROWAN, "rowan", "Ivy Marsh", "blue-sun"),
        Known { password: Some(hash("kestrel 9")), ..pupil() },
    ];
    snapshot.people =
        people.into_iter().collect::<crate::People>().with_classes(&[group, empty], &snapshot.chosen);
    rig(snapshot, Office::Open)
}

/// Picks them one after the other, as a browser would, and gives the last page.
async fn pick(browser: &Browser<'_>, child: Id<Person>, picks: &[&str]) -> Page {
    let mut page =
        browser.get(&format!("/sign-in/pictures?child={child}&back=https%3A%2F%2Fexample.org%2F")).await;
    for pick in picks {
        let form = fill(&text(&page), &[("pick", pick)]);
        page = browser.ask(Method::Post, "/sign-in/pictures", form.as_bytes()).await;
    }
    page
}

#[tokio::test]
async fn a_child_finds_class_and_self_and_picks_three_pictures() {
    let rig = class("pictures", "3");
    let browser = Browser::on(&rig);
    let form = text(&browser.get("/sign-in").await);
    assert!(form.contains("/sign-in/pictures?back="), "{form}");
    let page = text(&browser.get("/sign-in/pictures").await);
    assert!(page.contains("2 Oak") && !page.contains("2 Elm"), "{page}");
    let page = text(&browser.get(&format!("/sign-in/pictures?class={OAK}")).await);
    // No more of their names than tells them apart.
    assert!(page.contains("Ivy S") && page.contains("Ivy M<") && !page.contains("Small"), "{page}");
    assert!(page.contains("aria-label=\"Red fish\"") && !page.contains("Amina"), "{page}");

    let page = pick(&browser, IVY, &["fish"]).await;
    let shown = text(&page);
    assert_eq!(page.status, 200);
    assert!(shown.contains("Pick picture 2 of 3") && shown.contains("Start again"), "{shown}");
    for picture in Picture::ALL {
        assert!(shown.contains(&format!("<span>{}</span></button>", picture.label())), "{picture:?}");
    }
    let page = pick(&browser, IVY, &["fish", "again", "fish", "sun", "key"]).await;
    assert_eq!(
        (page.status, header(&page, "refresh")),
        (200, "0;url=https://example.org/"),
        "{}",
        text(&page)
    );
    assert_eq!(browser.whoever().await.id(), Some(IVY));
    tokio::task::yield_now().await;
    assert_eq!(*rig.told.lock(), ["ivy.small signed in"]);
}

#[tokio::test]
async fn other_pictures_another_order_or_one_twice_are_refused() {
    let rig = class("pictures", "3");
    for (minute, picks) in
        [["fish", "key", "sun"], ["fish", "fish", "fish"], ["sun", "fish", "key"]].iter().enumerate()
    {
        let minute = i64::try_from(minute).expect("small") * 60;
        let browser = Browser { minute, ..Browser::on(&rig) };
        let page = pick(&browser, IVY, picks).await;
        let shown = text(&page);
        assert_eq!((page.status, browser.whoever().await.id()), (403, None), "{picks:?}");
        assert!(
            shown.contains("Pick picture 1 of 3") && shown.contains("name=\"picked\" value=\"\""),
            "{shown}"
        );
    }
    // A hand-made form with all of them at once, or without ours.
    let browser = Browser::on(&rig);
    for form in [format!("child={IVY}&picked=fish+sun&pick=key"), format!("child={IVY}&pick=fish")] {
        let page = browser.ask(Method::Post, "/sign-in/pictures", form.as_bytes()).await;
        assert_eq!((page.status, browser.whoever().await.id()), (422, None));
    }
}

#[tokio::test]
async fn guessing_pictures_is_slowed_on_every_device_and_told() {
    let rig = class("pictures", "3");
    for n in 1..=4 {
        let device = IpAddr::from([192, 0, 2, n]);
        let page = pick(&Browser { device, ..Browser::on(&rig) }, IVY, &["hat", "cup", "key"]).await;
        assert_eq!(page.status, 403, "{n}");
    }
    let browser = Browser { device: [192, 0, 2, 9].into(), ..Browser::on(&rig) };
    let page = pick(&browser, IVY, &["fish", "sun", "key"]).await;
    assert_eq!((page.status, header(&page, "retry-after"), browser.whoever().await.id()), (429, "600", None));
    tokio::task::yield_now().await;
    assert_eq!(rig.told.lock().last().map(String::as_str), Some("ivy.small slowed down"));
    let page = pick(&browser, ROWAN, &["fish", "sun", "key"]).await;
    assert_eq!(page.status, 200, "others are not held up");
    let later = Browser { minute: 10, ..browser };
    assert_eq!(pick(&later, IVY, &["fish", "sun", "key"]).await.status, 200);
}

/// Only where the school chose them, only below its year, and only on this page.
#[tokio::test]
async fn pictures_open_nothing_where_they_are_not_meant() {
    for (how, from) in [("cards", "3"), ("neither", "3"), ("pictures", "2")] {
        let rig = class(how, from);
        let browser = Browser::on(&rig);
        assert!(!text(&browser.get("/sign-in").await).contains("/sign-in/pictures"), "{how} {from}");
        let page = browser.get(&format!("/sign-in/pictures?child={IVY}")).await;
        assert_eq!(page.status, 404, "{how} {from}");
        let form = fill(&text(&browser.get("/sign-in").await), &[]);
        let form = format!("{form}&child={IVY}&picked=fish+sun&pick=key");
        let page = browser.ask(Method::Post, "/sign-in/pictures", form.as_bytes()).await;
        assert_eq!((page.status, browser.whoever().await.id()), (404, None), "{how} {from}");
    }
    // As a password they are worth nothing.
    let rig = class("pictures", "3");
    let browser = Browser::on(&rig);
    let page = browser.send("/sign-in", &[("username", "ivy.small"), ("password", "fish sun key")]).await;
    assert_eq!((page.status, browser.whoever().await.id()), (403, None));
    let page = browser.get(&format!("/sign-in/pictures?child={AMINA}")).await;
    assert_eq!(page.status, 404, "of those who have none, nothing is told");
}

#[tokio::test]
async fn new_pictures_end_the_sign_in_with_the_old() {
    let rig = class("pictures", "3");
    let browser = Browser::on(&rig);
    pick(&browser, IVY, &["fish", "sun", "key"]).await;
    assert_eq!(browser.whoever().await.id(), Some(IVY));
    let mut next = snapshot_of([]);
    let known = child(IVY, "ivy.small", "Ivy May Small", "red-fish");
    let badge: Badge = "red-fish".parse().expect("a badge");
    next.people =
        [Known { pictures: Some(Pictured { hash: hash("others"), badge }), ..known }].into_iter().collect();
    rig.desk.current.swap(next);
    assert_eq!(browser.whoever().await.id(), None);
}
