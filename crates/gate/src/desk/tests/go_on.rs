use super::*;

#[tokio::test]
async fn a_warning_is_passed_by_its_own_button_and_by_nothing_else() {
    use crate::{Asked, Notice, Ruling, Wants};
    use policy::{Step, Target, Verdict};
    let rig = rig(snapshot_of([agreed(), teacher()]), Office::Open);
    let (browser, desk) = (Browser::on(&rig), &rig.desk);
    browser.send("/sign-in", RIGHT).await;
    let who = browser.whoever().await;
    let url = "https://www.shop.example.org/a?b=c&d";
    let target = Target::parse(url).expect("an address");
    let warned = decision(Verdict::Warn, Step::Category);
    let snapshot = desk.current.load_full();
    let asked = Asked {
        target: &target,
        url,
        who: &who,
        device: DEVICE,
        wants: Wants::Page,
        inside: true,
        now: at(0),
    };
    let notice = desk.notice(&snapshot, Notice::Warn(&warned), &asked);
    assert_eq!(notice.status, 403);
    let passes = |who: &Who, device: IpAddr, url: &str, minute: i64| {
        let target = Target::parse(url).expect("an address");
        let ruling = desk.passes.settle(Ruling::Warn(warned.clone()), who, device, &target, at(minute));
        matches!(ruling, Ruling::Proceed(_))
    };
    assert!(!passes(&who, DEVICE, url, 0));

    let form = fill(&text(&notice), &[]);
    let elsewhere = fill(&text(&notice), &[("to", "https://example.net/")]);
    let forged = fill(&text(&notice), &[("token", "AAAAAAAAAAAAAAAAAAAAAA")]);
    let other = Browser { device: OTHER, ..Browser::on(&rig) };
    let late = Browser { minute: 180, ..Browser::on(&rig) };
    for (why, from, form) in [
        ("another site", &browser, &elsewhere),
        ("forged", &browser, &forged),
        ("another device", &other, &form),
        ("three hours later", &late, &form),
    ] {
        assert_eq!(from.ask(Method::Post, "/go-on", form.as_bytes()).await.status, 403, "{why}");
        assert!(!passes(&who, DEVICE, url, 0) && !passes(&who, DEVICE, "https://example.net/", 0), "{why}");
    }

    let page = browser.ask(Method::Post, "/go-on", form.as_bytes()).await;
    assert_eq!((page.status, header(&page, "refresh")), (200, &*format!("0;url={url}")));
    assert!(passes(&who, DEVICE, "https://shop.example.org/other", 1), "all of the site");
    assert!(passes(&who, OTHER, url, 1), "the person, wherever they sit");
    assert!(!passes(&Who::Nobody, DEVICE, url, 1), "not the device");
    assert!(!passes(&who, DEVICE, "https://example.net/", 1), "not another site");
    assert!(!passes(&who, DEVICE, url, 61), "not for ever");
    let refused = desk.passes.settle(Ruling::Refuse(warned.clone()), &who, DEVICE, &target, at(1));
    assert!(matches!(refused, Ruling::Refuse(_)), "a pass opens nothing that is refused");
}
