use super::*;

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

/// PWD-07: the time-out is a setting of each profile.
#[tokio::test]
async fn a_profile_ends_a_sign_in_sooner_than_the_school_does() {
    use policy::{Directory, LayerText, Rules, lists::Lists};
    let text = "profile \"Short\"\n    mode block by category\n    session 30 minutes\n\
        use profile \"Short\" for everyone\n";
    let layer = LayerText { layer: school::Layer::School, name: "Marsh Lane School", text };
    let rules =
        Rules::compile(&[layer], &Directory::default(), Arc::new(Lists::empty())).expect("good rules");
    let known = agreed();
    let known = Known { subject: rules.subject(&known.person), ..known };
    let rig = rig(Snapshot { rules, ..snapshot_of([known]) }, Office::Open);
    let browser = Browser::on(&rig);
    browser.send("/sign-in", &[("username", "a.rahman"), ("password", "marsh harrier 7")]).await;
    assert_eq!(rig.desk.bindings.until(DEVICE, at(0)), Some(at(30)));
}

/// FIL-17: before anyone signs in, over TLS where the form stands.
#[tokio::test]
async fn whoever_signs_in_is_told_that_encrypted_pages_are_opened() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let shown = text(&Browser::on(&rig).get("/sign-in").await);
    for words in [
        "filters what is opened here and records it",
        "opens encrypted pages",
        "except banking, health and help",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

/// ACC-08: by name, on any device.
#[tokio::test]
async fn the_help_page_names_those_who_hold_a_post() {
    let mut snapshot = snapshot_of([agreed(), teacher()]);
    let id = teacher().person.id;
    let people = std::mem::take(&mut snapshot.people);
    snapshot.people =
        people.with_posts(vec![(school::Post::Dsl, id), (school::Post::Head, school::Id::from_u128(77))]);
    let name = teacher().person.name;
    let shown = text(&Browser::on(&rig(snapshot, Office::Open)).get("/help").await);
    assert!(shown.contains(name.as_str()) && shown.contains("Any worry about a child"), "{shown}");
}

/// REP-05: on the page itself, signed in or not.
#[tokio::test]
async fn the_front_page_leads_straight_to_childline_and_ceop() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    let check = async |who: &str| {
        let shown = text(&browser.get("/").await);
        for words in [
            who,
            "href=\"https://www.childline.org.uk/\"",
            "0800 1111",
            "href=\"https://www.ceop.police.uk/safety-centre/\"",
        ] {
            assert!(shown.contains(words), "{words}: {shown}");
        }
    };
    check("Nobody is signed in").await;
    browser.send("/sign-in", RIGHT).await;
    check("You are Amina").await;
}
