use super::*;
use crate::{
    Known,
    sample::{AGREEMENT, AMINA, Office, Rig, at, decision, hash, pupil, rig, snapshot_of, teacher},
};

const DEVICE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const OTHER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

fn not_agreed() -> Known {
    Known { password: Some(hash("marsh harrier 7")), missing: vec![AGREEMENT], ..pupil() }
}
fn agreed() -> Known {
    Known { missing: Vec::new(), ..not_agreed() }
}

/// A browser on one device.
struct Browser<'a> {
    rig: &'a Rig,
    device: IpAddr,
    secure: bool,
    minute: i64,
}

impl Browser<'_> {
    fn on(rig: &Rig) -> Browser<'_> {
        Browser { rig, device: DEVICE, secure: true, minute: 0 }
    }

    async fn who(&self) -> Who {
        let snapshot = self.rig.desk.current.load_full();
        self.rig.desk.who(&snapshot, self.device, None, at(self.minute)).await.expect("no credentials")
    }

    async fn ask(&self, method: Method, address: &str, form: &[u8]) -> Page {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let (device, secure, now) = (self.device, self.secure, at(self.minute));
        let who = self.who().await;
        self.rig.desk.answer(Visit { method, path, query, form, secure, device, who: &who, now }).await
    }

    async fn get(&self, address: &str) -> Page {
        self.ask(Method::Get, address, b"").await
    }

    /// Opens the form at `address`, fills it in and sends it as a browser would.
    async fn send(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(address).await;
        let path = address.split('?').next().expect("a path");
        let form = fill(&text(&page), fields);
        self.ask(Method::Post, path, form.as_bytes()).await
    }
}

/// Hidden fields of the page, and what was typed.
fn fill(page: &str, fields: &[(&str, &str)]) -> String {
    let mut all: Vec<String> = Vec::new();
    for input in page.split("<input type=\"hidden\"").skip(1) {
        let attribute = |name: &str| {
            let from = input.split(&format!("{name}=\"")).nth(1).unwrap_or_default();
            from.split('"').next().unwrap_or_default().replace("&amp;", "&")
        };
        let name = attribute("name");
        if !fields.iter().any(|(it, _)| *it == name) {
            all.push(format!("{name}={}", encode(&attribute("value"))));
        }
    }
    all.extend(fields.iter().map(|(name, value)| format!("{name}={}", encode(value))));
    all.join("&")
}

fn text(page: &Page) -> String {
    String::from_utf8(page.body.clone()).expect("text")
}
fn header<'a>(page: &'a Page, name: &str) -> &'a str {
    page.headers.iter().find(|(it, _)| *it == name).map_or("", |(_, value)| value)
}
const RIGHT: &[(&str, &str)] = &[("username", "a.rahman"), ("password", "marsh harrier 7")];

#[tokio::test]
async fn signing_in_binds_the_device_and_leads_back_without_a_redirect() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    let page = browser.send("/sign-in?back=https%3A%2F%2Fexample.org%2Fa%3Fb%26c", RIGHT).await;
    assert_eq!((page.status, header(&page, "refresh")), (200, "0;url=https://example.org/a?b&c"));
    assert_eq!(browser.who().await.id(), Some(AMINA));
    assert_eq!(Browser { device: OTHER, ..Browser::on(&rig) }.who().await.id(), None);
    assert_eq!(Browser { minute: 8 * 60, ..Browser::on(&rig) }.who().await.id(), None, "the day is over");
    tokio::task::yield_now().await;
    assert_eq!(*rig.told.lock(), ["a.rahman signed in"]);
}

#[tokio::test]
async fn a_wrong_password_says_so_keeps_the_name_and_never_the_password() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let page =
        Browser::on(&rig).send("/sign-in", &[("username", "a.rahman"), ("password", "hunter2<")]).await;
    assert_eq!(page.status, 403);
    let shown = text(&page);
    assert!(shown.contains("value=\"a.rahman\"") && shown.contains("role=\"alert\""), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(Browser::on(&rig).who().await.id(), None);
    // A password typed into the wrong box is not passed on as a name.
    Browser::on(&rig).send("/sign-in", &[("username", "marsh-harrier-7"), ("password", "x")]).await;
    tokio::task::yield_now().await;
    assert_eq!(*rig.told.lock(), ["a.rahman refused", " refused"]);
}

#[tokio::test]
async fn a_password_is_asked_for_over_tls_only() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let plain = Browser { secure: false, ..Browser::on(&rig) };
    let page = plain.get("/sign-in?back=http://example.org/").await;
    assert_eq!(page.status, 303);
    assert_eq!(
        header(&page, "location"),
        "https://gate.school.test/sign-in?back=http%3A%2F%2Fexample.org%2F"
    );
    let page = plain.ask(Method::Post, "/sign-in", fill("", RIGHT).as_bytes()).await;
    assert_eq!((page.status, plain.who().await.id()), (303, None));
}

#[tokio::test]
async fn forms_of_another_device_person_purpose_or_day_are_worth_nothing() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let (browser, other) = (Browser::on(&rig), Browser { device: OTHER, ..Browser::on(&rig) });
    let check = async |why: &str, from: &Browser<'_>, page: &str, to: &Browser<'_>| {
        let form = fill(&text(&from.get(page).await), RIGHT);
        let answer = to.ask(Method::Post, "/sign-in", form.as_bytes()).await;
        assert_eq!((answer.status, to.who().await.id()), (422, None), "{why}");
    };
    check("another device", &other, "/sign-in", &browser).await;
    check("another form", &browser, "/report", &browser).await;
    check("the day before", &browser, "/sign-in", &Browser { minute: 24 * 60, ..Browser::on(&rig) }).await;
    let answer = browser.ask(Method::Post, "/sign-in", fill("", RIGHT).as_bytes()).await;
    assert_eq!(answer.status, 422, "no token at all");
    browser.send("/sign-in", RIGHT).await;
    let answer = browser.ask(Method::Post, "/sign-out", b"token=x").await;
    assert_eq!((answer.status, browser.who().await.id()), (200, Some(AMINA)), "signed out by another site");
}

#[tokio::test]
async fn signing_out_frees_the_device() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    browser.send("/sign-in", RIGHT).await;
    let front = text(&browser.get("/").await);
    assert!(front.contains("You are Amina Rahman") && front.contains("until <strong>17:00"), "{front}");
    let page = browser.send("/sign-out", &[]).await;
    assert!(text(&page).contains("You are signed out"));
    assert_eq!(browser.who().await.id(), None);
}

/// AUP-07, AUP-08.
#[tokio::test]
async fn the_agreement_is_shown_after_signing_in_and_accepting_signs_its_very_text() {
    let rig = rig(snapshot_of([not_agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    let page = browser.send("/sign-in?back=https://example.org/", RIGHT).await;
    let link = header(&page, "location").to_owned();
    assert_eq!((page.status, &*link), (303, "/agree?back=https%3A%2F%2Fexample.org%2F"));
    let shown = text(&browser.get(&link).await);
    for line in crate::sample::agreement().text.lines().filter_map(|it| it.strip_prefix("- ")) {
        assert!(shown.contains(&line.replace('"', "&quot;")), "{line}");
    }
    let page = browser.send(&link, &[("answer", "accept")]).await;
    assert_eq!((page.status, header(&page, "location")), (303, &*link));
    let page = browser.get(&link).await;
    assert_eq!((page.status, header(&page, "refresh")), (200, "0;url=https://example.org/"));
    let hash = crate::sample::agreement().hash();
    assert_eq!(
        *rig.told.lock(),
        ["a.rahman signed in".to_owned(), format!("sign {AMINA} {AGREEMENT} {hash}")]
    );
}

#[tokio::test]
async fn declining_the_agreement_signs_out() {
    let rig = rig(snapshot_of([not_agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    browser.send("/sign-in", RIGHT).await;
    let page = browser.send("/agree", &[("answer", "decline")]).await;
    assert_eq!((page.status, browser.who().await.id()), (200, None));
    assert!(text(&page).contains("did not accept the agreement"));
    tokio::task::yield_now().await;
    assert_eq!(
        *rig.told.lock(),
        ["a.rahman signed in", "a.rahman declined the agreement", "a.rahman signed out"]
    );
}

#[tokio::test]
async fn an_agreement_that_is_not_the_one_shown_is_not_signed() {
    let rig = rig(snapshot_of([not_agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    browser.send("/sign-in", RIGHT).await;
    for fields in [
        &[("answer", "accept"), ("text", "00")][..],
        &[("answer", "accept"), ("agreement", "00000000-0000-0000-0000-000000000099")],
        &[("answer", "perhaps")],
        &[("answer", "accept"), ("token", "x")],
    ] {
        let page = browser.send("/agree", fields).await;
        assert!(text(&page).contains("I have read this and I agree"), "{fields:?}");
    }
    tokio::task::yield_now().await;
    assert_eq!(*rig.told.lock(), ["a.rahman signed in"]);
}

#[tokio::test]
async fn an_answer_that_the_office_did_not_keep_is_asked_for_again() {
    let rig = rig(snapshot_of([not_agreed()]), Office::Shut);
    let browser = Browser::on(&rig);
    browser.send("/sign-in", RIGHT).await;
    let page = browser.send("/agree", &[("answer", "accept")]).await;
    assert_eq!(page.status, 503);
    assert!(text(&page).contains("could not be kept"));
}

/// REP-02, CHG-07: without signing in, and with the place filled in from the notice.
#[tokio::test]
async fn a_report_needs_no_sign_in_and_arrives() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let browser = Browser { secure: false, ..Browser::on(&rig) };
    let page = browser
        .send(
            "/report?about=https%3A%2F%2Fexample.org%2Fx",
            &[("words", " horrid pictures "), ("kind", "site"), ("place", "https://example.org/x")],
        )
        .await;
    assert_eq!(page.status, 200);
    assert!(text(&page).contains("Thank you") && text(&page).contains("0800 1111"));
    let told = rig.told.lock().join("\n");
    assert!(told.contains("person: None") && told.contains("about_site: true"), "{told}");
    assert!(told.contains("words: \"horrid pictures\"") && told.contains("https://example.org/x"), "{told}");
}

#[tokio::test]
async fn a_report_carries_the_name_unless_the_school_lets_it_stay_away() {
    let check = async |may: bool, nameless: &str, named: bool| {
        let mut snapshot = snapshot_of([agreed()]);
        snapshot.settings.anonymous_reports = may;
        let rig = rig(snapshot, Office::Open);
        let browser = Browser::on(&rig);
        browser.send("/sign-in", RIGHT).await;
        browser.send("/report", &[("words", "x"), ("kind", "person"), ("nameless", nameless)]).await;
        let told = rig.told.lock().join("\n");
        assert_eq!(told.contains(&AMINA.to_string()), named, "{told}");
    };
    check(false, "", true).await;
    check(false, "yes", true).await;
    check(true, "", true).await;
    check(true, "yes", false).await;
}

#[tokio::test]
async fn nothing_typed_into_a_report_is_lost_when_it_comes_back() {
    let rig = rig(snapshot_of([agreed()]), Office::Shut);
    let browser = Browser::on(&rig);
    let long = "a".repeat(4_001);
    let check = async |fields: &[(&str, &str)], status: u16, says: &str| {
        let page = browser.send("/report", fields).await;
        assert_eq!(page.status, status, "{says}");
        let shown = text(&page);
        assert!(shown.contains(says), "{says}: {shown}");
        for (name, value) in fields.iter().filter(|(name, _)| matches!(*name, "words" | "place")) {
            assert!(
                shown.contains(&value.trim().replace('<', "&lt;").replace('>', "&gt;")),
                "{name} was lost"
            );
        }
    };
    check(&[("words", "<b>mine"), ("kind", "person"), ("place", "example.org")], 503, "could not be sent")
        .await;
    check(&[("words", "mine")], 422, "Choose what it is about").await;
    check(&[("words", "  "), ("kind", "site"), ("place", "example.org")], 422, "Write a few words").await;
    check(&[("words", &long), ("kind", "site")], 422, "under 4,000").await;
    check(&[("words", "mine"), ("kind", "site"), ("token", "x")], 422, "open for a long time").await;
    let check = async |words: &str| {
        let page = browser.ask(Method::Post, "/report", words.as_bytes()).await;
        assert_eq!(page.status, 413);
    };
    check(&"a".repeat(Visit::BODY + 1)).await;
}

/// PWD-01: what is open to one who has not signed in, in full; and none of it shows anything of anyone.
#[tokio::test]
async fn only_help_reporting_set_up_and_signing_in_are_open_to_nobody() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    let check = async |address: &str, status: u16, kind: &str| {
        let page = browser.get(address).await;
        assert_eq!((page.status, page.content_type.split(';').next()), (status, Some(kind)), "{address}");
        assert!(!text_of(&page).contains("Amina"), "{address}");
    };
    check("/", 200, "text/html").await;
    check("/help", 200, "text/html").await;
    check("/report", 200, "text/html").await;
    check("/set-up", 200, "text/html").await;
    check("/sign-in", 200, "text/html").await;
    check("/sign-out", 200, "text/html").await;
    check("/agree", 303, "text/plain").await;
    check("/go-on", 303, "text/plain").await;
    check("/set-up/school.crt", 200, "application/x-x509-ca-cert").await;
    check("/set-up/school.pem", 200, "application/x-pem-file").await;
    check("/set-up/school.mobileconfig", 200, "application/x-apple-aspen-config").await;
    check("/set-up/policies.json", 200, "application/json").await;
    check("/proxy.pac", 200, "application/x-ns-proxy-autoconfig").await;
    check("/proxy-tls.pac", 404, "text/html").await;
    check("/favicon.ico", 200, "image/svg+xml").await;
    for missing in ["/set-up/school.key", "/set-up/../school.key", "/console", "", "/help/", "//", "/Report"]
    {
        check(missing, 404, "text/html").await;
    }
}

fn text_of(page: &Page) -> String {
    String::from_utf8_lossy(&page.body).into_owned()
}

#[tokio::test]
async fn methods_that_a_page_does_not_know_are_refused() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    for (method, path, status) in [
        (Method::Put, "/report", 405),
        (Method::Delete, "/", 405),
        (Method::Connect, "/", 405),
        (Method::Other, "/", 405),
        (Method::Post, "/help", 405),
        (Method::Post, "/nothing", 404),
        (Method::Head, "/help", 200),
    ] {
        let page = Browser::on(&rig).ask(method, path, b"").await;
        assert_eq!(page.status, status, "{method:?} {path}");
        assert_eq!(header(&page, "allow").is_empty(), status != 405, "{method:?} {path}");
    }
}

#[tokio::test]
async fn a_warning_is_passed_by_its_own_button_and_by_nothing_else() {
    use crate::{Asked, Notice, Ruling, Wants};
    use policy::{Step, Target, Verdict};
    let rig = rig(snapshot_of([agreed(), teacher()]), Office::Open);
    let (browser, desk) = (Browser::on(&rig), &rig.desk);
    browser.send("/sign-in", RIGHT).await;
    let who = browser.who().await;
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

#[tokio::test]
async fn pages_load_nothing_run_nothing_and_are_not_kept() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    for address in ["/", "/sign-in", "/report", "/help", "/set-up", "/nothing"] {
        let page = Browser::on(&rig).get(address).await;
        let policy = header(&page, "content-security-policy");
        for rule in ["default-src 'none'", "style-src 'sha256-", "frame-ancestors 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(rule), "{address}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
        assert_eq!(header(&page, "cache-control"), "no-store");
        assert_eq!(header(&page, "referrer-policy"), "no-referrer");
        assert_eq!(header(&page, "x-content-type-options"), "nosniff");
        let shown = text(&page);
        for bad in ["<script", " style=", "onclick", "src=\"http"] {
            assert!(!shown.contains(bad), "{address}: {bad}");
        }
    }
}
