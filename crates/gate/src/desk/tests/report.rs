use super::*;

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

/// REP-12.
#[tokio::test]
async fn no_picture_can_be_sent_with_a_report_and_the_form_says_why_and_what_to_do() {
    let rig = rig(snapshot_of([agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    let shown = text(&browser.get("/report").await);
    for words in [
        "Pictures and videos cannot be sent here, because",
        "Do not copy it or send it on",
        "tell an adult",
        "Report Remove",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("type=\"file\"") && !shown.contains("multipart"), "{shown}");

    // The fields of a true report between the parts: not even those are taken.
    let fields = fill(&shown, &[("words", "x"), ("kind", "person")]);
    let body = format!(
        "--b\r\ncontent-disposition: form-data; name=\"f\"; filename=\"a.png\"\r\n\r\n&{fields}&\r\n--b--\r\n"
    );
    let page = browser.ask(Method::Post, "/report", body.as_bytes()).await;
    assert_eq!(page.status, 415);
    assert!(text(&page).contains("Pictures and videos cannot be sent here"));
    assert!(rig.told.lock().is_empty(), "nothing was passed on");
    let page = browser.ask(Method::Post, "/report", fields.as_bytes()).await;
    assert_eq!((page.status, rig.told.lock().len()), (200, 1), "the same without the parts is taken");
}
