//! What is sent: from where, how long, and by whom.
use axum::{
    body::Body,
    http::{HeaderName, Method, StatusCode, header::CONTENT_TYPE},
};
use school::Role;

use super::{World, request};

#[tokio::test]
async fn a_form_from_another_site_or_without_the_token_of_the_session_changes_nothing() {
    let world = World::new().await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let other = world.session(&world.elm, Role::NetworkManager).await;
    let check = async |headers: &[(&str, &str)], token: &str, expected: StatusCode| {
        let body = Body::from(format!("token={token}"));
        let mut request = request(Method::POST, "/lists/check", Some(&manager), body);
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).expect("a name");
            request.headers_mut().insert(name, value.parse().expect("a value"));
        }
        assert_eq!(world.send(request).await.status, expected, "{headers:?}");
    };
    let token = manager.form_token(None);
    check(&[], "", StatusCode::FORBIDDEN).await;
    check(&[], &other.form_token(None), StatusCode::FORBIDDEN).await;
    check(&[("sec-fetch-site", "cross-site")], &token, StatusCode::FORBIDDEN).await;
    check(&[("sec-fetch-site", "same-site")], &token, StatusCode::FORBIDDEN).await;
    check(&[("origin", "https://evil.test")], &token, StatusCode::FORBIDDEN).await;
    assert!(!world.audit(&world.elm).await.iter().any(|it| it.contains("list updates")));
    check(&[("sec-fetch-site", "same-origin")], &token, StatusCode::SEE_OTHER).await;
    assert!(world.audit(&world.elm).await[0].contains("ask for list updates"));
}

#[tokio::test]
async fn a_form_without_end_is_refused() {
    let world = World::new().await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let long = format!("token={}&text={}", manager.form_token(None), "x".repeat(2 << 20));
    let answer =
        world.send(request(Method::POST, "/profiles/change", Some(&manager), Body::from(long))).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
}

#[tokio::test]
async fn a_policy_is_looked_at_before_it_is_saved() {
    let world = World::new().await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let bad = "block games for nobody-we-know\nfrobnicate\n";
    let answer = world
        .post(
            "/profiles/change",
            Some(&manager),
            &[("do", "save"), ("note", "x"), ("base", "1"), ("text", bad)],
        )
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("#line-2"), "{}", answer.words());

    let good = format!("{}\nblock new.example.org\n", policy::starter());
    let fields = |base| [("do", "save"), ("note", "A new site"), ("base", base), ("text", good.as_str())];
    let stale = world.post("/profiles/change", Some(&manager), &fields("0")).await;
    assert_eq!(stale.status, StatusCode::BAD_REQUEST);
    assert!(stale.words().contains("Somebody else has saved a version"));
    let saved = world.post("/profiles/change", Some(&manager), &fields("1")).await;
    assert_eq!(saved.location(), "/profiles/versions", "{}", saved.words());
    let page = world.get("/profiles/versions?old=1&new=2", Some(&manager)).await;
    assert!(page.words().contains("block new.example.org"), "{}", page.words());
    assert!(world.audit(&world.elm).await.iter().any(|it| it.contains("save rules school rules version 2")));
}

#[tokio::test]
async fn a_policy_can_be_read_from_a_file() {
    let world = World::new().await;
    let manager = world.session(&world.elm, Role::NetworkManager).await;
    let body = format!(
        "--cut\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{}\r\n--cut\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"a.policy\"\r\n\r\nblock from-a-file.example.org\n\r\n--cut--\r\n",
        manager.form_token(None)
    );
    let mut request = request(Method::POST, "/profiles/change", Some(&manager), Body::from(body));
    request.headers_mut().insert(CONTENT_TYPE, "multipart/form-data; boundary=cut".parse().expect("a value"));
    let answer = world.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.words());
    assert!(answer.text.contains("+ block from-a-file.example.org"), "{}", answer.words());
}
