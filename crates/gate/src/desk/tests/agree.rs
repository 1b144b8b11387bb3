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
