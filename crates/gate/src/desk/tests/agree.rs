use agreements::{Due, What};

use super::*;

/// AUP-07, AUP-08.
#[tokio::test]
async fn the_agreement_is_shown_after_signing_in_and_accepting_signs_its_very_text() {
    let rig = rig(snapshot_of([not_agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    let page = browser.send("/sign-in?back=https://example.org/", RIGHT).await;
    let link = header(&page, "location").to_owned();
    assert_eq!((page.status, &*link), (303, "/agree?back=https%3A%2F%2Fexample.org%2F"));
    let shown = text(&browser.get(&link).await);
    for line in crate::sample::agreement().readings()[0].text().lines().filter_map(|it| it.strip_prefix("- "))
    {
        assert!(shown.contains(&line.replace('"', "&quot;")), "{line}");
    }
    let page = browser.send(&link, &[("answer", "accept")]).await;
    assert_eq!((page.status, header(&page, "location")), (303, &*link));
    let page = browser.get(&link).await;
    assert_eq!((page.status, header(&page, "refresh")), (200, "0;url=https://example.org/"));
    let hash = crate::sample::agreement().readings()[0].hash();
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
    assert_eq!((page.status, browser.whoever().await.id()), (200, None));
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

/// AUP-05: the one for the age to begin with, any other by a link, and the one shown is signed.
#[tokio::test]
async fn any_reading_can_be_chosen_and_is_what_is_signed() {
    let year_four = |mut known: Known| {
        known.person.year = school::Year::new(4);
        known
    };
    let rig = rig(snapshot_of([year_four(not_agreed())]), Office::Open);
    let browser = Browser::on(&rig);
    browser.send("/sign-in", RIGHT).await;
    let agreement = crate::sample::agreement();
    let check = async |address: &str, level: agreements::Level| {
        let shown = text(&browser.get(address).await);
        let reading = agreement.reading(level);
        assert!(shown.contains(reading.title()), "{address}");
        assert!(shown.contains(&format!("value=\"{}\"", reading.hash())), "{address}");
    };
    check("/agree", agreements::Level::Easy).await;
    check("/agree?reading=standard", agreements::Level::Standard).await;
    check("/agree?reading=none", agreements::Level::Easy).await;
    check("/agree?reading=young&back=https://example.org/", agreements::Level::Young).await;
    browser.send("/agree?reading=young", &[("answer", "accept")]).await;
    let hash = agreement.reading(agreements::Level::Young).hash();
    assert_eq!(rig.told.lock()[1], format!("sign {AMINA} {AGREEMENT} {hash}"));
}

/// The one script of the gate, and only where the text is read.
#[tokio::test]
async fn the_text_can_be_read_out_and_is_there_without_a_script() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let rig = rig(snapshot_of([not_agreed()]), Office::Open);
    let browser = Browser::on(&rig);
    browser.send("/sign-in", RIGHT).await;
    let page = browser.get("/agree").await;
    let shown = text(&page);
    let script =
        shown.split("<script>").nth(1).and_then(|it| it.split("</script>").next()).expect("a script");
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(script));
    let policy = header(&page, "content-security-policy");
    assert!(
        policy.contains(&format!("script-src 'sha256-{hash}';")) && !policy.contains("unsafe"),
        "{policy}"
    );
    assert!(shown.contains("<p hidden><button"), "no button that does nothing without the script");
}

/// AUP-09, AUP-10: who can do no more is told who can, and help stays open.
#[tokio::test]
async fn a_pupil_who_waits_for_a_parent_is_told_so() {
    for (what, words) in [
        (What::Counter, "when a parent or carer has signed too"),
        (What::InPlace, "when a grown-up from home has signed"),
    ] {
        let known = Known { missing: vec![Due { what, ..due() }], ..not_agreed() };
        let rig = rig(snapshot_of([known]), Office::Open);
        let browser = Browser::on(&rig);
        let page = browser.send("/sign-in", RIGHT).await;
        assert_eq!(header(&page, "location"), "/agree");
        let page = browser.get("/agree?back=https://example.org/").await;
        let shown = text(&page);
        assert_eq!(page.status, 200);
        assert!(
            shown.contains(words) && shown.contains("/help") && shown.contains("school office"),
            "{shown}"
        );
        assert!(!shown.contains("I agree"), "{shown}");
        let forged = format!("token=x&answer=accept&agreement={AGREEMENT}");
        browser.ask(Method::Post, "/agree", forged.as_bytes()).await;
        assert!(!rig.told.lock().iter().any(|it| it.starts_with("sign ")), "nobody signs for a parent");
    }
}

/// AUP-08, where it is asked at every sign-in.
#[tokio::test]
async fn who_signs_in_again_is_asked_again() {
    let given =
        |minute| Due { since: at(24 * 60), last_given: Some(at(minute)), what: What::OwnAgain, ..due() };
    for (signed_at, asked) in [(-10, true), (5, false)] {
        let known = Known { missing: vec![given(signed_at)], ..not_agreed() };
        let rig = rig(snapshot_of([known]), Office::Open);
        let browser = Browser::on(&rig);
        browser.send("/sign-in", RIGHT).await;
        let later = Browser { minute: 10, ..Browser::on(&rig) };
        let Who::Known(known) = later.who().await.expect("no refusal") else { panic!("signed in") };
        assert_eq!(known.missing_at(at(10)).count() == 1, asked, "signed {signed_at} minutes after nine");
        let shown = text(&later.get("/agree").await);
        assert_eq!(shown.contains("I have read this and I agree"), asked);
    }
}
